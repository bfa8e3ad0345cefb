/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A key may come as `Authorization: Bearer` or as `X-API-KEY`, on every path. A caller that sends
 * two different ones has a mistake somewhere, and guessing which is meant would hide it: 400. What
 * a credential is, is told by its shape; tokens in the query or in a form count for nothing.
 */
#include "auth/bearer.h"
#include "auth/bearer_token.h"
#include "auth/oauth.h"

static const struct auth *parts; /* set once, before any request is read */

void bearer_start(const struct auth *a)
{
	parts = a;
	token_start(a);
}

void bearer_stop(void)
{
	token_stop();
	parts = NULL;
}

struct credential {
	struct str text;
	bool dpop; /* the scheme was DPoP */
	bool key; /* X-API-KEY alone: no token */
};

/* The credential behind the scheme, which is compared without case (RFC 9110, 11.1). */
static bool after_scheme(struct str value, struct str scheme, struct str *out)
{
	if (!str_istarts(value, scheme))
		return false;
	*out = str_trim((struct str) { value.p + scheme.n, value.n - scheme.n });
	return out->n > 0;
}

static bool credential(const struct http_req *r, struct credential *c, struct err *e)
{
	struct str auth = http_header(r, "Authorization"), plain = http_header(r, "X-API-KEY");
	struct str token = { NULL, 0 };
	*c = (struct credential) { .key = !auth.p };
	if (http_header_count(r, "Authorization") > 1 || http_header_count(r, "X-API-KEY") > 1)
		return err_set(e, ERR_INVALID_REQUEST,
			"send one Authorization or X-API-KEY header, not several");
	c->dpop = after_scheme(auth, STR("dpop "), &token);
	if (auth.p && !c->dpop && !after_scheme(auth, STR("bearer "), &token) && !plain.p)
		return err_set(e, ERR_UNAUTHORIZED,
			"Authorization must be Bearer and an API key or access token");
	if (token.p && plain.p && !str_eq(token, plain))
		return err_set(e, ERR_INVALID_REQUEST,
			"Authorization and X-API-KEY hold different keys: send one");
	c->text = token.p ? token : plain;
	c->key |= !token.p;
	return c->text.n > 0 ||
	       err_set(e, ERR_UNAUTHORIZED,
		       "missing or invalid API key: send Authorization: Bearer KEY");
}

/* The one DPoP header that the scheme needs. */
static bool read_proof(struct token_who *w, struct err *e)
{
	if (http_header_count(w->r, "DPoP") != 1)
		return err_set(e, ERR_UNAUTHORIZED,
			"The access token is not good: the scheme DPoP needs one DPoP header");
	struct dpop_proof *proof = ARENA_NEW(w->r->arena, struct dpop_proof);
	*proof = oauth_proof(w->r, &w->site);
	w->proof = proof;
	return true;
}

static bool find_key(struct http_req *r, struct str text, struct err *e)
{
	r->admitted = keys_find(parts->keys, text, r->arena, &r->call.who, e);
	return r->admitted;
}

static enum flow_next step_who(struct flow *f)
{
	struct http_req *r = flow_self(f);
	struct credential c;
	if (!credential(r, &c, &f->err))
		return FLOW_FAILED;
	bool signed_token = !c.key && jws_looks_like(c.text);
	bool ours = str_starts(c.text, STR("sk_")) || str_starts(c.text, STR("sk-"));
	if (!signed_token && !c.dpop && find_key(r, c.text, &f->err))
		return FLOW_NEXT;
	if (!signed_token && !c.dpop &&
		(c.key || ours || !parts->outside || f->err.code != ERR_UNAUTHORIZED))
		return FLOW_FAILED;
	struct token_who *w = ARENA_NEW(r->arena, struct token_who);
	w->r = r;
	w->token = c.text;
	if (!(parts->ring || parts->outside) || !site_of(r, &w->site))
		return flow_fail(f, ERR_UNAUTHORIZED,
			"access tokens are not accepted here: send an API key");
	f->err.code = ERR_NONE;
	if (c.dpop && !read_proof(w, &f->err))
		return FLOW_FAILED;
	return parts->outside ? token_who_outside(w, f) : token_who_own(w, f);
}

const struct flow_step bearer_who[] = { { "who", step_who }, { 0 } };

/* Fit for a quoted-string. */
static const char *quotable(const char *text, struct arena *a)
{
	char *copy = arena_text(a, str_of(text));
	for (char *p = copy; *p; p++)
		if (*p == '"' || *p == '\\' || (unsigned char)*p < 0x20 ||
			(unsigned char)*p >= 0x7F)
			*p = '\'';
	return copy;
}

static void put_parameter(struct buf *b, const char *name, const char *value)
{
	buf_addf(b, "%s%s=\"%s\"", b->len && b->p[b->len - 1] != ' ' ? ", " : "", name, value);
}

/* RFC 6750 section 3: no error code when no credential was sent. */
static void put_challenge(
	struct http_req *r, const struct err *e, unsigned scopes, struct buf *b)
{
	struct str auth = http_header(r, "Authorization");
	bool sent = auth.p || http_header(r, "X-API-KEY").p;
	bool dpop = str_istarts(auth, STR("dpop "));
	struct site site;
	char names[256];
	bool offered = parts && (parts->ring || parts->outside) && site_of(r, &site);
	buf_text(b, dpop ? "DPoP " : "Bearer ");
	if (!offered)
		put_parameter(b, "realm", "scraped");
	if (e->code == ERR_SCOPE)
		put_parameter(b, "error", "insufficient_scope");
	else if (sent) {
		put_parameter(b, "error", "invalid_token");
		put_parameter(b, "error_description", quotable(e->msg, r->arena));
	}
	if (offered && e->code != ERR_SCOPE)
		scopes = oauth_default_scopes();
	scopes_print(scopes, ' ', names);
	if (scopes)
		put_parameter(b, "scope", names);
	if (offered)
		put_parameter(b, "resource_metadata",
			arena_printf(r->arena, "%s/.well-known/oauth-protected-resource/mcp",
				site.base));
	if (dpop)
		put_parameter(b, "algs", "ES256");
}

void bearer_challenge(struct http_req *r, const struct err *e, unsigned scopes)
{
	struct buf b;
	if (e->code != ERR_SCOPE && e->code != ERR_UNAUTHORIZED)
		return;
	buf_init(&b, 4096);
	put_challenge(r, e, scopes, &b);
	http_set_header(r, "WWW-Authenticate", arena_text(r->arena, buf_str(&b)));
	buf_release(&b);
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
