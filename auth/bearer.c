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

static enum flow_next step_who(struct flow *f)
{
	struct http_req *r = flow_self(f);
	struct str key;
	if (!credential(r, &key, &f->err) ||
		!keys_find(all_keys, key, r->arena, &r->call.who, &f->err))
		return FLOW_FAILED;
	r->admitted = true;
	return FLOW_NEXT;
}

const struct flow_step bearer_who[] = { { "who", step_who }, { 0 } };

/* RFC 6750 section 3: no error code when no credential was sent. */
void bearer_challenge(struct http_req *r, const struct err *e, unsigned scopes)
{
	bool sent = http_header(r, "Authorization").p || http_header(r, "X-API-KEY").p;
	char names[256];
	scopes_print(scopes, ' ', names);
	if (e->code == ERR_SCOPE)
		http_set_header(r, "WWW-Authenticate",
			arena_printf(r->arena,
				"Bearer realm=\"scraped\", error=\"insufficient_scope\", "
				"scope=\"%s\"",
				names));
	else if (e->code == ERR_UNAUTHORIZED)
		http_set_header(r, "WWW-Authenticate",
			sent ? "Bearer realm=\"scraped\", error=\"invalid_token\", "
			       "error_description=\"The API key is not valid\""
			     : "Bearer realm=\"scraped\"");
}

static enum flow_next step_ask(struct flow *f)
{
	return flow_enter(f, bearer_who, flow_self(f));
}

static enum flow_next step_refuse(struct flow *f)
{
	struct http_req *r = flow_self(f);
	if (f->err.code == ERR_NONE)
		return FLOW_NEXT;
	http_error(r, &f->err);
	bearer_challenge(r, &f->err, 0);
	f->err.code = ERR_NONE;
	return FLOW_NEXT;
}

const struct flow_step bearer_admit[] = {
	{ "ask", step_ask },
	{ "refuse", step_refuse, .always = true },
	{ 0 },
};
