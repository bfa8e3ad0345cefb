/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/outside_wire.h"
#include "base/ident.h"
#include "base/mem.h"

enum { RANDOM_BYTES = 32, ANSWER_MS = 10000, BEARER_BYTES = 16 * 1024 };

/* name=value, percent-encoded. */
static void put(struct buf *b, char before, const char *name, struct str value)
{
	if (before)
		buf_char(b, before);
	buf_addf(b, "%s%s", name, *name ? "=" : "");
	buf_percent(b, value);
}

static const char *take_text(struct buf *b, struct arena *a)
{
	const char *text = arena_text(a, buf_str(b));
	buf_release(b);
	return text;
}

static const char *random_text(struct arena *a)
{
	char bytes[RANDOM_BYTES];
	random_bytes(bytes, sizeof bytes);
	return b64url((struct str) { bytes, sizeof bytes }, a);
}

void outside_draw(struct outside_secrets *s, struct arena *a)
{
	s->state = random_text(a);
	s->nonce = random_text(a);
	s->verifier = random_text(a);
}

const char *outside_redirect_uri(const struct site *site, struct arena *a)
{
	return arena_printf(a, "%s/signin/callback", site->base);
}

const char *outside_authorize_url(const struct issuer_metadata *m,
	const struct outside_secrets *s, const struct site *site, struct arena *a)
{
	const char *to = m->authorization_endpoint;
	struct buf b;
	buf_init(&b, 0);
	buf_text(&b, to);
	put(&b, strchr(to, '?') ? '&' : '?', "response_type", STR("code"));
	put(&b, '&', "client_id", str_of(auth_parts()->conf->signin_client_id));
	put(&b, '&', "redirect_uri", str_of(outside_redirect_uri(site, a)));
	put(&b, '&', "scope", STR("openid email profile"));
	put(&b, '&', "state", str_of(s->state));
	put(&b, '&', "nonce", str_of(s->nonce));
	put(&b, '&', "code_challenge", str_of(sha256_b64(str_of(s->verifier), a)));
	put(&b, '&', "code_challenge_method", STR("S256"));
	return take_text(&b, a);
}

/* RFC 6749 section 2.3.1: both halves are form-encoded before they are joined. */
static const char *basic(const struct conf *c, struct arena *a)
{
	struct buf b;
	buf_init(&b, 0);
	put(&b, 0, "", str_of(c->signin_client_id));
	put(&b, ':', "", str_of(c->signin_client_secret));
	char *text = arena_printf(a, "Basic %s==", b64url(buf_str(&b), a));
	size_t n = strlen(text) - 2, from = strlen("Basic ");
	for (char *p = text + from; *p; p++)
		*p = *p == '-' ? '+' : *p == '_' ? '/' : *p;
	text[n + (4 - (n - from) % 4) % 4] = 0;
	mem_wipe(b.p, b.len);
	buf_release(&b);
	return text;
}

static void ask_operator(struct fetch_req *req, const struct fetch_header *headers)
{
	req->policy = FETCH_OPERATOR;
	req->headers = headers;
	req->user_agent = "scraped/" SCRAPED_VERSION;
	req->timeout_ms = ANSWER_MS;
	req->max_wire_bytes = req->max_body_bytes = OUTSIDE_ANSWER_BYTES;
}

void outside_token_request(struct fetch_req *req, struct str code, const char *verifier,
	const struct site *site, struct arena *a)
{
	const struct conf *c = auth_parts()->conf;
	bool public = !*c->signin_client_secret;
	struct fetch_header *h = ARENA_ARRAY(a, struct fetch_header, 4);
	struct buf b;
	h[0] = (struct fetch_header) { "Accept", "application/json" };
	h[1] = (struct fetch_header) { "Content-Type", "application/x-www-form-urlencoded" };
	if (!public)
		h[2] = (struct fetch_header) { "Authorization", basic(c, a) };
	buf_init(&b, 0);
	put(&b, 0, "grant_type", STR("authorization_code"));
	put(&b, '&', "code", code);
	put(&b, '&', "redirect_uri", str_of(outside_redirect_uri(site, a)));
	put(&b, '&', "code_verifier", str_of(verifier));
	if (public)
		put(&b, '&', "client_id", str_of(c->signin_client_id));
	ask_operator(req, h);
	req->method = "POST";
	req->body = str_of(take_text(&b, a));
}

/* RFC 6750 section 2.1: b64token */
static bool is_bearer(struct str token)
{
	for (size_t i = 0; i < token.n; i++) {
		char c = token.p[i], low = str_lower(c);
		bool ok = (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9') ||
			  (c && strchr("-._~+/=", c));
		if (!ok)
			return false;
	}
	return token.n > 0 && token.n <= BEARER_BYTES;
}

bool outside_userinfo_request(struct fetch_req *req, struct str access_token, struct arena *a)
{
	struct fetch_header *h = ARENA_ARRAY(a, struct fetch_header, 3);
	if (!is_bearer(access_token))
		return false;
	h[0] = (struct fetch_header) { "Accept", "application/json" };
	h[1] = (struct fetch_header) { "Authorization",
		arena_printf(a, "Bearer %.*s", STR_ARG(access_token)) };
	ask_operator(req, h);
	return true;
}

const json_t *outside_userinfo_read(
	struct fetch_res *res, const char *sub, struct arena *a, const char **why)
{
	struct err e;
	*why = "it cannot be reached";
	if (res->err.code != ERR_NONE)
		return NULL;
	*why = "its status is not 200";
	if (res->status != 200)
		return NULL;
	*why = "its answer is no JSON object";
	json_t *j = fetch_unpack(res, OUTSIDE_ANSWER_BYTES, a, &e) ? json_read(a, res->body, &e)
								   : NULL;
	if (!json_is_object(j))
		return NULL;
	const char *about = json_string_value(json_object_get(j, "sub"));
	*why = "it is about somebody else";
	return about && strcmp(about, sub) == 0 ? j : NULL;
}
