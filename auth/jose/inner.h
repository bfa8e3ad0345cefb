/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of this floor share and nobody else sees: base64url, one checked public key, and
 * the inside of a key set. No other header of the floor shows a type of liboauth2 or cjose.
 */
#ifndef JOSE_INNER_H
#define JOSE_INNER_H

#include "auth/jose/verify.h"

#include <oauth2/oauth2.h>
#include <stdatomic.h>

enum { P256_B64 = 43, THUMB_B64 = 43, ES256_SIG_B64 = 86, KID_MAX = 256 };
/* A sender's clock may be this far ahead. Together with DPOP_BEFORE_S it is less than DPOP_LIFE_S,
 * so a proof is remembered for as long as it could be used. */
enum { DPOP_AHEAD_S = 30 };
_Static_assert(DPOP_BEFORE_S + DPOP_AHEAD_S < DPOP_LIFE_S, "a proof outlives its memory");

/* Letters of base64url alone, a length that bytes can have, unused bits zero: each text stands for
 * other bytes than every other text. */
bool b64url_ok(struct str in);
bool b64url_decode(struct str in, struct arena *a, struct str *out); /* false: not b64url_ok */
/* The member as text: p NULL when it is absent or not a string. */
struct str member(const json_t *object, const char *name);
size_t signature_size(struct str jws); /* characters of the last part */

/* A public key as the libraries get it: written anew from the members that count, so nothing that
 * was not looked at reaches them. */
struct jwk {
	unsigned algs; /* enum jose_alg: what it may verify */
	const char *kid; /* NULL: it has none */
	const char *text; /* JSON; of an EC key in the form of RFC 7638 section 3 */
};
/* false: *why says which rule it breaks (auth.md section 4 rule 4). */
bool jwk_read(const json_t *j, struct arena *a, struct jwk *out, const char **why);

/* One entry of a set. A chain of one key each: the library would otherwise import the token and
 * clone a key for every key of the set that comes before the right one. */
struct key {
	char *kid;
	unsigned algs;
	oauth2_cfg_token_verify_t *bearer, *dpop;
};
struct key_set {
	atomic_int users;
	size_t n;
	struct key keys[KEY_SET_MAX];
};

/* A proof that was read and compared with its request; its signature is not checked yet. */
struct proof {
	struct jws jws;
	struct jwk key;
	const char *jkt, *jti, *ath; /* ath "": absent */
	struct str scheme, authority,
		rest; /* of htu as it was written, but for the scheme's case */
	oauth2_http_method_t method;
};
bool proof_read(
	const struct dpop_proof *in, struct arena *a, struct proof *out, const char **why);
/* After the signature was found good: false when it was used before. */
bool proof_take(struct dpop_seen *s, const struct proof *p, const char **why);
/* Signatures of token and proof, and the key that cnf.jkt names, by the library. */
bool proof_verify_with(const struct proof *p, const char *token, const struct key *key);

/* introspect.c: waits for the threads that hang in a call of the library, which must stay up for
 * them. false: one is still there. */
bool introspect_all_gone(int64_t wait_ms);

#endif
