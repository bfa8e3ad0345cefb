/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ES256 keys and signatures (auth.md section 6). A key belongs to one thread at a time, or is only
 * read by all: signing does not change it.
 */
#ifndef JOSE_SIGN_H
#define JOSE_SIGN_H

#include "auth/jose/jose.h"

struct signing_key;
struct signing_key *signing_key_new(void); /* fresh P-256; kid: RFC 7638 thumbprint */
/* From what signing_key_private wrote. NULL: not such a text. */
struct signing_key *signing_key_load(struct str jwk);
void signing_key_free(struct signing_key **k);
const char *signing_key_id(const struct signing_key *k);
/* The private JWK; the arena's copy is wiped when the arena goes. */
struct str signing_key_private(const struct signing_key *k, struct arena *a);
/* The public JWK with kid, alg and use: never a private member. Arena's. */
json_t *signing_key_public(const struct signing_key *k, struct arena *a);
/* header: {alg, typ, kid}. The compact form, in the arena; NULL: the library failed. */
const char *jws_sign(
	const struct signing_key *k, const char *typ, const json_t *payload, struct arena *a);

#endif
