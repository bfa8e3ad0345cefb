/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificate and key are read once here before libwebsockets does, because it would say only that
 * the vhost could not be made.
 */
#include "http/server.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

static int no_password(char *buf, int size, int rw, void *arg)
{
	(void)buf;
	(void)size;
	(void)rw;
	(void)arg;
	return 0; /* never asks at the terminal */
}

static bool failed(struct err *e, const char *setting, const char *path, const char *what)
{
	unsigned long code = ERR_peek_last_error();
	const char *reason = code ? ERR_reason_error_string(code) : NULL;
	err_set(e, ERR_INVALID_REQUEST, "%s: %s %s%s%s", setting, path, what,
		reason ? ": " : "", reason ? reason : "");
	ERR_clear_error();
	return false;
}

static bool readable(const char *setting, const char *path, struct err *e)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		return err_set(e, ERR_INVALID_REQUEST, "%s: %s cannot be read: %s", setting,
			path, strerror(errno));
	fclose(f);
	return true;
}

static bool check(SSL_CTX *ctx, const struct conf *c, struct err *e)
{
	SSL_CTX_set_default_passwd_cb(ctx, no_password);
	if (SSL_CTX_use_certificate_chain_file(ctx, c->tls_cert) != 1)
		return failed(e, "tls_cert", c->tls_cert, "is not a readable PEM certificate");
	if (SSL_CTX_use_PrivateKey_file(ctx, c->tls_key, SSL_FILETYPE_PEM) != 1)
		return failed(e, "tls_key", c->tls_key,
			"is not a readable PEM key (without password) of tls_cert");
	if (SSL_CTX_check_private_key(ctx) != 1)
		return failed(e, "tls_key", c->tls_key, "is not the key of tls_cert");
	return true;
}

bool tls_check(const struct conf *c, struct err *e)
{
	if (!readable("tls_cert", c->tls_cert, e) || !readable("tls_key", c->tls_key, e))
		return false;
	ERR_clear_error();
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	if (!ctx)
		return err_set(e, ERR_INTERNAL, "OpenSSL cannot make a context");
	bool ok = check(ctx, c, e);
	SSL_CTX_free(ctx);
	return ok;
}
