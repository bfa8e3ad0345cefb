/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DPoP (RFC 9449, auth.md section 5c): a proof that the sender has the key to which a token is
 * bound. liboauth2 checks signature, binding, method and time; replay by jti, ath, private members
 * and the exact htu are checked here.
 */
#ifndef JOSE_DPOP_H
#define JOSE_DPOP_H

#include "auth/jose/jose.h"

enum { DPOP_BEFORE_S = 60, DPOP_LIFE_S = 120, DPOP_REPLAYS_MAX = 100000 };

/* Proofs seen within their window; safe from any thread, bounded (full: proofs are refused). */
struct dpop_seen;
struct dpop_seen *dpop_seen_new(void);
void dpop_seen_free(struct dpop_seen **s);

struct dpop_proof {
	struct str text; /* the one DPoP header */
	const char *method; /* GET, POST, PUT, DELETE, OPTIONS; others are refused */
	const char *url; /* of this endpoint as configured, without query: never from Host */
	struct dpop_seen *seen;
};
/* The proof alone, as the token endpoint gets it: no token to bind yet. *jkt: the key's thumbprint,
 * to be put into cnf (arena). */
bool dpop_check(
	const struct dpop_proof *proof, struct arena *a, const char **jkt, const char **why);

#endif
