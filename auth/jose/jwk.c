/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A public key from outside, checked before a library sees it: cjose takes a modulus of one byte,
 * with which liboauth2 loops for ever, and reports some faults through a pointer it never set.
 */
#include "auth/jose/inner.h"
#include "base/check.h"

#include <cjose/cjose.h>

static const struct {
	const char *name;
	enum jose_alg alg;
} algs[] = { { "ES256", ALG_ES256 }, { "RS256", ALG_RS256 }, { "PS256", ALG_PS256 } };

enum jose_alg jose_alg_find(struct str name)
{
	for (size_t i = 0; i < COUNT_OF(algs); i++)
		if (str_eq(name, str_of(algs[i].name)))
			return algs[i].alg;
	return 0;
}

static bool has_private(const json_t *j)
{
	static const char *const members[] = { "d", "p", "q", "dp", "dq", "qi", "oth", "k" };
	for (size_t i = 0; i < COUNT_OF(members); i++)
		if (json_object_get(j, members[i]))
			return true;
	return false;
}

/* use, key_ops and alg (RFC 7517 section 4) allow verifying with one of our algorithms. */
static bool meant_for_us(const json_t *j, unsigned *allowed)
{
	const json_t *ops = json_object_get(j, "key_ops"), *op;
	bool verify = ops == NULL;
	size_t i;
	json_array_foreach(ops, i, op)
	{
		const char *word = json_string_value(op);
		verify |= word && strcmp(word, "verify") == 0;
	}
	if (json_object_get(j, "alg"))
		*allowed &= jose_alg_find(member(j, "alg"));
	return verify && *allowed &&
	       (!json_object_get(j, "use") || str_eq(member(j, "use"), STR("sig")));
}

/* 2048 to 4096 bits, odd, no leading zero byte; the exponent that everybody uses. */
static bool rsa_read(const json_t *j, struct arena *a, struct jwk *out)
{
	struct str n = member(j, "n"), bytes;
	if (n.n < 342 || n.n > 683 || !str_eq(member(j, "e"), STR("AQAB")) ||
		!b64url_decode(n, a, &bytes) || bytes.n < 256 || bytes.n > 512)
		return false;
	unsigned char first = (unsigned char)bytes.p[0],
		      last = (unsigned char)bytes.p[bytes.n - 1];
	if (first == 0 || (bytes.n == 256 && first < 128) || last % 2 == 0)
		return false;
	out->text =
		arena_printf(a, "{\"e\":\"AQAB\",\"kty\":\"RSA\",\"n\":\"%.*s\"}", STR_ARG(n));
	return true;
}

static bool ec_read(const json_t *j, struct arena *a, struct jwk *out)
{
	struct str x = member(j, "x"), y = member(j, "y");
	if (!str_eq(member(j, "crv"), STR("P-256")) || x.n != P256_B64 || y.n != P256_B64 ||
		!b64url_ok(x) || !b64url_ok(y))
		return false;
	out->text = arena_printf(a,
		"{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"%.*s\",\"y\":\"%.*s\"}", STR_ARG(x),
		STR_ARG(y));
	return true;
}

/* Only now the library may look: it refuses points that are not on the curve. */
static bool importable(const char *text)
{
	cjose_err e = { 0 };
	cjose_jwk_t *k = cjose_jwk_import(text, strlen(text), &e);
	if (k)
		cjose_jwk_release(k);
	return k != NULL;
}

bool jwk_read(const json_t *j, struct arena *a, struct jwk *out, const char **why)
{
	struct str kty = member(j, "kty"), kid = member(j, "kid");
	*out = (struct jwk) { 0 };
	*why = "a key holds private members";
	if (has_private(j))
		return false;
	*why = "a key is neither RSA nor EC";
	bool rsa = str_eq(kty, STR("RSA"));
	if (!rsa && !str_eq(kty, STR("EC")))
		return false;
	out->algs = rsa ? ALG_RS256 | ALG_PS256 : ALG_ES256;
	*why = "a key is not for verifying with ES256, RS256 or PS256";
	if (!meant_for_us(j, &out->algs))
		return false;
	*why = "a key's kid is not a short text";
	if (json_object_get(j, "kid") && (kid.n == 0 || kid.n > KID_MAX))
		return false;
	out->kid = kid.p;
	*why = rsa ? "an RSA key's n or e is out of bounds"
		   : "an EC key is not a point of P-256";
	return (rsa ? rsa_read(j, a, out) : ec_read(j, a, out)) && importable(out->text);
}
