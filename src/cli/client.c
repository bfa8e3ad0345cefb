/* SPDX-License-Identifier: Apache-2.0 */
/* OAuth clients from the command line; the server may run meanwhile and sees each change at once. */
#include "account/user.h"
#include "auth/grant/client.h"
#include "auth/jose/key_set.h"
#include "base/clock.h"
#include "cli/cli.h"

#include <errno.h>
#include <stdio.h>

enum { JWKS_BYTES = 64 * 1024 };
enum { NAME, REDIRECT, GRANT, SCOPES, USER, JWKS, JWKS_URI, PUBLIC };
static const struct cli_option create_options[] = {
	[NAME] = { "name", "NAME", "what people are asked about (at most 100 characters)" },
	[REDIRECT] = { "redirect", "URI,URI", "its redirect URIs, comma separated" },
	[GRANT] = { "grant", "A,B",
		"authorization_code, device_code, client_credentials (default: "
		"authorization_code "
		"with --redirect, else client_credentials)" },
	[SCOPES] = { "scopes", "A,B",
		"the most that client_credentials get (default: scrape,jobs:read,jobs:write)" },
	[USER] = { "user", "NAME",
		"the user for whom client_credentials act (default: local)" },
	[JWKS] = { "jwks", "FILE",
		"it signs who it is (private_key_jwt): its public keys, as a JWKS; it gets no "
		"secret" },
	[JWKS_URI] = { "jwks-uri", "URL", "the same, with the keys at this https URL" },
	[PUBLIC] = { "public", NULL, "an application on people's devices: it gets no secret" },
	{ NULL },
};

static json_t *split(const char *list)
{
	json_t *out = json_array();
	struct str rest = str_of(list), one;
	while (str_cut(&rest, ',', &one)) {
		one = str_trim(one);
		if (one.n)
			(void)json_array_append_new(out, json_stringn(one.p, one.n));
	}
	return out;
}

/* Keys that nothing could be verified with are refused here, not at the client's first call. */
static json_t *read_jwks(const char *path, struct arena *a, struct err *e)
{
	struct buf text;
	char part[4096];
	size_t n;
	FILE *file = fopen(path, "rb");
	if (!file) {
		err_set(e, ERR_INVALID_REQUEST, "%s", strerror(errno));
		return NULL;
	}
	buf_init(&text, JWKS_BYTES);
	while ((n = fread(part, 1, sizeof part, file)) > 0)
		buf_add(&text, part, n);
	bool ok = !ferror(file);
	(void)fclose(file);
	json_t *jwks = ok && !text.full ? json_read(a, buf_str(&text), e) : NULL;
	if (!ok || text.full)
		err_set(e, ERR_INVALID_REQUEST, "it cannot be read, or has more than 64 KiB");
	buf_release(&text);
	if (!jwks)
		return NULL;
	jose_start();
	struct key_set *keys = key_set_new(jwks, e);
	ok = keys != NULL;
	key_set_drop(&keys);
	jose_stop();
	return ok ? jwks : NULL;
}

/* Metadata as the client itself would send it, so that the same rules hold. */
static json_t *metadata_of(const char *const *values, json_t *jwks, struct arena *a)
{
	static const char device[] = "urn:ietf:params:oauth:grant-type:device_code";
	json_t *body = json_own(a, json_object()), *grants, *one;
	bool renews = false;
	size_t i;
	const char *fallback = values[REDIRECT] ? "authorization_code" : "client_credentials";
	grants = split(values[GRANT] ? values[GRANT] : fallback);
	json_array_foreach(grants, i, one)
	{
		renews = renews || strcmp(json_string_value(one), "client_credentials") != 0;
		if (strcmp(json_string_value(one), "device_code") == 0)
			(void)json_array_set_new(grants, i, json_string(device));
	}
	if (renews)
		(void)json_array_append_new(grants, json_string("refresh_token"));
	(void)json_object_set_new(body, "grant_types", grants);
	if (values[NAME])
		(void)json_object_set_new(body, "client_name", json_string(values[NAME]));
	if (values[REDIRECT])
		(void)json_object_set_new(body, "redirect_uris", split(values[REDIRECT]));
	if (jwks)
		(void)json_object_set(body, "jwks", jwks);
	if (values[JWKS_URI])
		(void)json_object_set_new(body, "jwks_uri", json_string(values[JWKS_URI]));
	bool signs = jwks || values[JWKS_URI];
	(void)json_object_set_new(body, "token_endpoint_auth_method",
		json_string(values[PUBLIC] ? "none"
			    : signs	   ? "private_key_jwt"
					   : "client_secret_basic"));
	return body;
}

static bool account_of(
	struct store *s, const char *name, struct arena *a, const char **id, struct err *e)
{
	struct user user;
	*id = "acc_local";
	if (!name)
		return true;
	if (!user_by_name(s, str_of(name), a, &user, e))
		return false;
	*id = user.id;
	return true;
}

static int usage(const struct cli *cli, const char *option, const char *why)
{
	return cli_fail(
		EXIT_USAGE, "%s: %s; see `scraped %s --help`", option, why, cli->command->name);
}

static int create(struct cli *cli, const char *const *values)
{
	struct client_register c = { 0 };
	struct oauth_error fault;
	struct err e;
	json_t *jwks = NULL;
	unsigned scopes = SCOPE(SCRAPE) | SCOPE(JOBS_READ) | SCOPE(JOBS_WRITE);
	if (!values[NAME])
		return usage(cli, "--name", "it is missing");
	if (values[SCOPES] && !scopes_parse(str_of(values[SCOPES]), &scopes, &e))
		return usage(cli, "--scopes", e.msg);
	if (values[PUBLIC] && (values[JWKS] || values[JWKS_URI]))
		return usage(cli, "--public", "such a client has no keys");
	if (values[JWKS] && !(jwks = read_jwks(values[JWKS], cli->arena, &e)))
		return usage(cli, "--jwks", e.msg);
	if (!client_metadata(metadata_of(values, jwks, cli->arena), CLIENT_STATIC,
		    cli->conf.client_schemes, cli->arena, &c.client, &fault))
		return usage(cli, "the client", fault.about);
	if (values[PUBLIC] && c.client.grant_types & GRANT_CLIENT)
		return usage(cli, "--public", "client_credentials need a secret");
	c.client.scopes = scopes;
	struct store *store = store_open(cli->conf.data, &e);
	client_register_draw(&c);
	bool ok = store &&
		  account_of(store, values[USER], cli->arena, &c.client.account_id, &e) &&
		  store_run(store, client_register_write, &c, &e) && cli_told(&c.fault, &e);
	store_close(&store);
	if (!ok)
		return cli_fail(EXIT_FAILED, "%s", e.msg);
	printf("client_id=%s\n", c.id);
	if (c.secret[0]) {
		printf("client_secret=%s\n", c.secret);
		fputs("the secret is shown only this once\n", stderr);
	}
	return 0;
}

static int list(struct cli *cli, const char *const *values)
{
	static const char *const kinds[] = { [CLIENT_DCR] = "registered",
		[CLIENT_CIMD] = "described",
		[CLIENT_STATIC] = "made" };
	struct client *rows;
	size_t count;
	struct err e;
	(void)values;
	struct store *store = store_open(cli->conf.data, &e);
	bool ok = store && client_list(store, cli->arena, &rows, &count, &e);
	store_close(&store);
	if (!ok)
		return cli_fail(EXIT_FAILED, "%s", e.msg);
	printf("%-33s  %-10s  %-20s  %-20s  %-8s  %s\n", "ID", "KIND", "CREATED", "LAST USED",
		"STATE", "NAME");
	for (size_t i = 0; i < count; i++) {
		char created[ISO_SIZE], used[ISO_SIZE];
		printf("%-33s  %-10s  %-20s  %-20s  %-8s  %s\n", rows[i].id,
			kinds[rows[i].kind], cli_time(rows[i].created_ms, "-", created),
			cli_time(rows[i].used_ms, "never", used),
			rows[i].disabled ? "revoked" : "live", rows[i].name);
	}
	return 0;
}

static int revoke(struct cli *cli, const char *const *values)
{
	struct client_revoke c = { .id = cli->args[0] };
	struct err e;
	(void)values;
	struct store *store = store_open(cli->conf.data, &e);
	bool ok = store && store_run(store, client_revoke_write, &c, &e) &&
		  cli_told(&c.fault, &e);
	store_close(&store);
	return ok ? 0 : cli_fail(EXIT_FAILED, "%s", e.msg);
}

const struct command cmd_client_create = {
	.name = "client create",
	.about = "Make an OAuth client; its id and secret go to standard output",
	.options = create_options,
	.run = create,
};
const struct command cmd_client_list = {
	.name = "client list",
	.about = "List the OAuth clients: made here, registered by themselves, or described",
	.run = list,
};
const struct command cmd_client_revoke = {
	.name = "client revoke",
	.arguments = "ID",
	.about = "Revoke the client with this id and all that people allowed it, at once",
	.min_args = 1,
	.max_args = 1,
	.run = revoke,
};
