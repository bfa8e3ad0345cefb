/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A key may come as `Authorization: Bearer` or as `X-API-KEY`, on every path. A caller that sends
 * two different ones has a mistake somewhere, and guessing which is meant would hide it: 400.
 */
#include "auth/bearer.h"

static struct keys *all_keys; /* set once, before any request is read */

void bearer_start(struct keys *keys)
{
	all_keys = keys;
}

/* The token behind the scheme, which is compared without case (RFC 9110, 11.1). */
static bool bearer_token(struct str value, struct str *token)
{
	if (!str_istarts(value, STR("bearer ")))
		return false;
	*token = str_trim((struct str) { value.p + 7, value.n - 7 });
	return token->n > 0;
}

static bool credential(const struct http_req *r, struct str *key, struct err *e)
{
	struct str auth = http_header(r, "Authorization"), plain = http_header(r, "X-API-KEY");
	struct str token = { NULL, 0 };
	if (http_header_count(r, "Authorization") > 1 || http_header_count(r, "X-API-KEY") > 1)
		return err_set(e, ERR_INVALID_REQUEST,
			"send one Authorization or X-API-KEY header, not several");
	if (auth.p && !bearer_token(auth, &token) && !plain.p)
		return err_set(
			e, ERR_UNAUTHORIZED, "Authorization must be \"Bearer\" and an API key");
	if (token.p && plain.p && !str_eq(token, plain))
		return err_set(e, ERR_INVALID_REQUEST,
			"Authorization and X-API-KEY hold different keys: send one");
	*key = token.p ? token : plain;
	return key->n > 0 ||
	       err_set(e, ERR_UNAUTHORIZED,
		       "missing or invalid API key: send Authorization: Bearer KEY");
}

bool bearer_principal(struct http_req *r, struct err *e)
{
	struct str key;
	return credential(r, &key, e) && keys_find(all_keys, key, r->arena, &r->call.who, e);
}

bool bearer_admit(struct http_req *r)
{
	struct err e;
	if (bearer_principal(r, &e))
		return true;
	http_error(r, &e);
	if (e.code == ERR_UNAUTHORIZED)
		http_set_header(r, "WWW-Authenticate", "Bearer realm=\"scraped\"");
	return false;
}
