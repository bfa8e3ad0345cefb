/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the library leaves out (auth.md section 5c): it compares htu whole and without case, takes
 * private keys in the header, never looks at ath, and knows a replay only by the whole text, which
 * anybody can change (an ECDSA signature has a second form).
 */
#include "auth/jose/dpop.h"
#include "auth/jose/inner.h"
#include "base/check.h"
#include "base/clock.h"

#include <cjose/cjose.h>

static const struct {
	const char *name;
	oauth2_http_method_t code;
} methods[] = {
	{ "GET", OAUTH2_HTTP_METHOD_GET },
	{ "POST", OAUTH2_HTTP_METHOD_POST },
	{ "PUT", OAUTH2_HTTP_METHOD_PUT },
	{ "DELETE", OAUTH2_HTTP_METHOD_DELETE },
	{ "OPTIONS", OAUTH2_HTTP_METHOD_OPTIONS },
};

static struct str skip(struct str s, size_t n)
{
	return (struct str) { s.p + n, s.n - n };
}

/* Up to the first character that ends an authority or a path. */
static struct str until(struct str s, const char *ends)
{
	size_t n = 0;
	while (n < s.n && (!s.p[n] || !strchr(ends, s.p[n])))
		n++;
	return (struct str) { s.p, n };
}

struct place { /* of a URL: what a proof's htu must name */
	struct str scheme, authority, host, port, path, rest;
};

static bool place_read(struct str url, struct place *out)
{
	if (!url.p)
		return false;
	struct str scheme = until(url, ":/?#");
	const struct str slashes = STR("://");
	if (!str_starts(skip(url, scheme.n), slashes))
		return false;
	bool https = str_ieq(scheme, STR("https"));
	struct str rest = skip(url, scheme.n + slashes.n), authority = until(rest, "/?#");
	size_t colon = authority.n;
	while (colon > 0 && authority.p[colon - 1] >= '0' && authority.p[colon - 1] <= '9')
		colon--;
	bool has_port = colon > 0 && authority.p[colon - 1] == ':';
	/* in another case the library loses its memory, and takes HTTP for https */
	out->scheme = https ? STR("https") : STR("http");
	out->authority = authority;
	out->host = has_port ? (struct str) { authority.p, colon - 1 } : authority;
	out->port = has_port ? skip(authority, colon) : (struct str) { NULL, 0 };
	if (out->port.n == 0)
		out->port = https ? STR("443") : STR("80");
	out->rest = skip(rest, authority.n);
	out->path = until(out->rest, "?#");
	if (out->path.n == 0)
		out->path = STR("/");
	return (https || str_ieq(scheme, STR("http"))) && out->host.n;
}

static bool same_place(const struct place *a, const struct place *b)
{
	return str_eq(a->scheme, b->scheme) && str_ieq(a->host, b->host) &&
	       str_eq(a->port, b->port) && str_eq(a->path, b->path);
}

static bool header_read(
	const json_t *header, struct arena *a, struct proof *out, const char **why)
{
	*why = "the proof's typ is not dpop+jwt";
	if (!str_ieq(member(header, "typ"), STR("dpop+jwt")))
		return false;
	*why = "the proof's alg is not ES256";
	if (!str_eq(member(header, "alg"), STR("ES256")))
		return false;
	*why = "the proof has a crit or b64 header";
	if (json_object_get(header, "crit") || json_object_get(header, "b64"))
		return false;
	*why = "the proof's jwk is not a public key of P-256";
	const char *inside;
	if (!jwk_read(json_object_get(header, "jwk"), a, &out->key, &inside) ||
		!(out->key.algs & ALG_ES256))
		return false;
	out->jkt = sha256_b64(str_of(out->key.text), a);
	return true;
}

static bool request_fits(
	const json_t *payload, const struct dpop_proof *in, struct proof *out, const char **why)
{
	struct place claimed, here;
	*why = "the proof is for another method";
	out->method = OAUTH2_HTTP_METHOD_UNKNOWN;
	for (size_t i = 0; i < COUNT_OF(methods); i++)
		if (strcmp(methods[i].name, in->method) == 0)
			out->method = methods[i].code;
	if (out->method == OAUTH2_HTTP_METHOD_UNKNOWN ||
		!str_eq(member(payload, "htm"), str_of(in->method)))
		return false;
	*why = "the proof is for another URL";
	CHECK(place_read(str_of(in->url), &here));
	if (!place_read(member(payload, "htu"), &claimed) || !same_place(&claimed, &here))
		return false;
	out->scheme = claimed.scheme;
	out->authority = claimed.authority;
	out->rest = claimed.rest;
	return true;
}

static bool payload_fits(const json_t *payload, struct proof *out, const char **why)
{
	const json_t *iat = json_object_get(payload, "iat"),
		     *ath = json_object_get(payload, "ath");
	int64_t now = now_ms() / 1000;
	*why = "the proof is too old or not valid yet";
	if (!json_is_integer(iat) || json_integer_value(iat) < now - DPOP_BEFORE_S ||
		json_integer_value(iat) > now + DPOP_AHEAD_S)
		return false;
	*why = "the proof's jti is not a short text";
	struct str jti = member(payload, "jti");
	if (jti.n == 0 || jti.n > 256)
		return false;
	out->jti = jti.p;
	*why = "the proof's ath is not text";
	out->ath = ath ? json_string_value(ath) : "";
	return out->ath != NULL;
}

bool proof_read(
	const struct dpop_proof *in, struct arena *a, struct proof *out, const char **why)
{
	*out = (struct proof) { 0 };
	const char *inside;
	*why = "the proof is not a signed token of three parts, at most 8 KiB";
	if (!jws_split(in->text, a, &out->jws, &inside))
		return false;
	if (!header_read(out->jws.header, a, out, why))
		return false;
	*why = "the proof's signature has another length than ES256 gives";
	if (signature_size(in->text) != ES256_SIG_B64)
		return false;
	return request_fits(out->jws.payload, in, out, why) &&
	       payload_fits(out->jws.payload, out, why);
}

/* The library compares htu with the URL of the request, whole: it gets the URL as the proof wrote
 * it, which request_fits has compared with the real one. */
bool proof_verify_with(const struct proof *p, const char *token, const struct key *key)
{
	struct arena *a = arena_new(0);
	oauth2_http_request_t *r = oauth2_http_request_init(NULL);
	json_t *payload = NULL;
	oauth2_http_request_scheme_set(NULL, r, arena_text(a, p->scheme));
	oauth2_http_request_hostname_set(NULL, r, arena_text(a, p->authority));
	oauth2_http_request_port_set(NULL, r, 0);
	oauth2_http_request_path_set(NULL, r, arena_text(a, p->rest));
	oauth2_http_request_method_set(NULL, r, p->method);
	oauth2_http_request_header_add(NULL, r, "DPoP", arena_text(a, p->jws.text));
	bool good = oauth2_token_verify(NULL, r, key->dpop, token, &payload);
	json_decref(payload); /* also set when the proof is bad */
	oauth2_http_request_free(NULL, r);
	arena_free(&a);
	return good;
}

bool dpop_check(
	const struct dpop_proof *proof, struct arena *a, const char **jkt, const char **why)
{
	struct proof p;
	cjose_err e = { 0 };
	*jkt = NULL;
	if (!proof_read(proof, a, &p, why))
		return false;
	cjose_jwk_t *key = cjose_jwk_import(p.key.text, strlen(p.key.text), &e);
	cjose_jws_t *jws = key ? cjose_jws_import(p.jws.text.p, p.jws.text.n, &e) : NULL;
	bool good = jws && cjose_jws_verify(jws, key, &e);
	if (jws)
		cjose_jws_release(jws);
	if (key)
		cjose_jwk_release(key);
	*why = "the proof's signature is wrong";
	if (!good || !proof_take(proof->seen, &p, why))
		return false;
	*jkt = p.jkt;
	*why = "it is good";
	return true;
}
