/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which client is it, and is it really that one? Unknown clients and wrong secrets get the same
 * words. A public client that sends a secret all the same is let in: some libraries always do.
 */
#include "auth/oauth.h"

enum { CLIENT_ID_BYTES = 2048, BASIC_BYTES = 4096 };

/* RFC 6749 section 2.3.1: both halves are form-encoded before they are joined. */
static bool half(struct str in, struct arena *a, struct str *out)
{
	struct form *one = ARENA_NEW(a, struct form);
	struct err e;
	if (memchr(in.p, '&', in.n) || memchr(in.p, '=', in.n)) {
		*out = in; /* it was not encoded */
		return str_utf8_ok(in);
	}
	if (in.n == 0 || !form_parse(in, a, one, &e) || one->n != 1)
		return false;
	*out = one->fields[0].name;
	return true;
}

static bool read_basic(struct oauth_call *c, struct str value)
{
	struct arena *a = c->r->arena;
	struct str text, id;
	value = str_trim((struct str) { value.p + 6, value.n - 6 });
	if (value.n == 0 || value.n > BASIC_BYTES)
		return false;
	unsigned char *plain = arena_raw(a, value.n);
	if (!b64_decode(value, plain, &text.n))
		return false;
	text.p = (const char *)plain;
	return !memchr(text.p, 0, text.n) && str_cut(&text, ':', &id) && text.p &&
	       half(id, a, &c->client_id) && half(text, a, &c->secret);
}

static enum flow_next step_identify(struct flow *f)
{
	struct oauth_call *c = oauth_of(f);
	struct str header = http_header(c->r, "Authorization");
	struct str id = form_get(&c->form, "client_id");
	struct str secret = form_get(&c->form, "client_secret");
	if (http_header_count(c->r, "Authorization") > 1)
		return oauth_stop(
			f, OAUTH_INVALID_REQUEST, "more than one Authorization header");
	c->basic = str_istarts(header, STR("basic "));
	if (c->basic + (secret.p != NULL) + oauth_assertion_sent(&c->form) > 1)
		return oauth_stop(f, OAUTH_INVALID_REQUEST,
			"use one method of client authentication, not several");
	if (c->basic && !read_basic(c, header))
		return oauth_stop(
			f, OAUTH_INVALID_CLIENT, "the Authorization header cannot be read");
	if (c->basic && id.p && !str_eq(id, c->client_id))
		return oauth_stop(f, OAUTH_INVALID_REQUEST,
			"client_id is not the one of the Authorization header");
	if (!c->basic) {
		c->client_id = id.p ? id : oauth_assertion_client(c);
		c->secret = secret;
	}
	if (!c->client_id.p)
		return oauth_stop(f, OAUTH_INVALID_REQUEST, "client_id is missing");
	if (c->client_id.n > CLIENT_ID_BYTES)
		return oauth_stop(f, OAUTH_INVALID_CLIENT, "unknown client or wrong secret");
	return FLOW_NEXT;
}

/* The document of a CIMD client is read again only when we have forgotten it: what was granted stays
 * good while its host is away. */
static enum flow_next step_find(struct flow *f)
{
	struct oauth_call *c = oauth_of(f);
	const struct auth *parts = auth_parts();
	struct err e;
	if (client_find(parts->store, c->client_id, c->r->arena, &c->client, &e))
		return FLOW_NEXT;
	if (e.code != ERR_NOT_FOUND) {
		f->err = e;
		return FLOW_FAILED;
	}
	if (!parts->cimd || !cimd_id_ok(c->client_id))
		return oauth_stop(f, OAUTH_INVALID_CLIENT, "unknown client or wrong secret");
	c->find = (struct cimd_find) { .id = c->client_id, .peer = c->r->peer };
	return cimd_enter(parts->cimd, &c->find, f);
}

static enum flow_next step_prove(struct flow *f)
{
	struct oauth_call *c = oauth_of(f);
	if (c->find.fault.code != OAUTH_NONE)
		return oauth_stop(f, OAUTH_INVALID_CLIENT, "%s", c->find.fault.about);
	if (c->find.id.p)
		c->client = c->find.client;
	bool by_secret = c->client.auth == AUTH_BASIC || c->client.auth == AUTH_POST;
	if (!oauth_client_allowed(&c->client) ||
		(by_secret && (!c->secret.p || !client_secret_ok(&c->client, c->secret))))
		return oauth_stop(f, OAUTH_INVALID_CLIENT, "unknown client or wrong secret");
	if (c->client.may_be_public && !oauth_assertion_sent(&c->form))
		c->client.auth = AUTH_NONE; /* this time */
	if (c->client.auth == AUTH_PRIVATE_KEY_JWT)
		return flow_enter(f, oauth_assertion_steps, flow_self(f));
	return FLOW_NEXT;
}

/* A proof makes tokens that only its key can use (RFC 9449 section 5). */
static enum flow_next step_proof(struct flow *f)
{
	struct oauth_call *c = oauth_of(f);
	struct dpop_proof proof;
	const char *why;
	if (http_header_count(c->r, "DPoP") == 0)
		return FLOW_NEXT;
	if (http_header_count(c->r, "DPoP") > 1)
		return oauth_stop(f, OAUTH_INVALID_DPOP_PROOF, "more than one DPoP header");
	proof = oauth_proof(c->r, &c->site);
	if (!dpop_check(&proof, c->r->arena, &c->jkt, &why))
		return oauth_stop(f, OAUTH_INVALID_DPOP_PROOF, "%s", why);
	return FLOW_NEXT;
}

const struct flow_step oauth_client_steps[] = {
	{ "identify", step_identify },
	{ "find", step_find },
	{ "prove", step_prove },
	{ "proof", step_proof },
	{ 0 },
};

enum flow_next oauth_step_client(struct flow *f)
{
	return flow_enter(f, oauth_client_steps, flow_self(f));
}

struct dpop_proof oauth_proof(const struct http_req *r, const struct site *site)
{
	struct str path = r->target;
	path.n = str_find(path, '?');
	return (struct dpop_proof) {
		.text = http_header(r, "DPoP"),
		.method = arena_text(r->arena, r->method),
		.url = arena_printf(r->arena, "%s%.*s", site->base, STR_ARG(path)),
		.seen = auth_parts()->dpop_seen,
	};
}
