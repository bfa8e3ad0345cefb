/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 9068 section 2.2, and gid: the grant, by which the resource server sees its end at once. */
#include "auth/grant/inner.h"
#include "base/clock.h"

static void put_text(json_t *o, const char *name, const char *text)
{
	(void)json_object_set_new(o, name, json_string(text));
}

static void put_seconds(json_t *o, const char *name, int64_t ms)
{
	(void)json_object_set_new(o, name, json_integer(ms / 1000));
}

const char *access_token(struct ring *r, const struct token_grant *g,
	const struct token_life *life, struct arena *a, struct err *e)
{
	json_t *claims = json_own(a, json_object());
	unsigned char random[16];
	char scopes[256];
	int64_t now = now_ms();
	random_bytes(random, sizeof random);
	scopes_print(g->scopes, ' ', scopes);
	put_text(claims, "iss", g->issuer);
	put_text(claims, "sub", g->account_id);
	put_text(claims, "aud", g->resource);
	put_text(claims, "client_id", g->client_id);
	put_text(claims, "scope", scopes);
	put_seconds(claims, "iat", now);
	put_seconds(claims, "exp", now + life->access_ms);
	put_text(claims, "jti", b64url((struct str) { (char *)random, sizeof random }, a));
	put_text(claims, "gid", g->id);
	if (g->auth_ms)
		put_seconds(claims, "auth_time", g->auth_ms);
	if (g->dpop_jkt) {
		json_t *cnf = json_object();
		put_text(cnf, "jkt", g->dpop_jkt);
		(void)json_object_set_new(claims, "cnf", cnf);
	}
	return ring_sign(r, "at+jwt", claims, a, e);
}
