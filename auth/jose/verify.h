/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is this token good? Pre-check, liboauth2's signature, and a post-check on the payload decoded
 * again (auth.md section 5a). Pure computation: about 90 us for ES256, no lock, no I/O.
 */
#ifndef JOSE_VERIFY_H
#define JOSE_VERIFY_H

#include "auth/jose/dpop.h"
#include "auth/jose/key_set.h"

enum jose_alg { ALG_ES256 = 1, ALG_RS256 = 2, ALG_PS256 = 4 };

struct verify_rules {
	const char *issuer; /* iss, compared byte for byte */
	const char *const *audiences; /* aud must hold one of these; NULL-ended */
	const char *const
		*types; /* accepted typ, without case, "application/" ignored; "" accepts its
				     absence; NULL-ended */
	unsigned algs; /* enum jose_alg */
	int leeway_s; /* for nbf and iat; exp gets none */
	bool scope_needed; /* an access token: scope must be there */
};
enum verdict {
	VERDICT_GOOD,
	VERDICT_BAD,
	VERDICT_UNKNOWN_KEY, /* shape, issuer and time are good, no key has its kid: keys may have changed */
};
struct claims { /* text in the arena; "" when absent */
	json_t *all;
	const char *iss, *sub, *client_id, *scope, *jti, *gid, *nonce, *azp;
	const char *jkt; /* cnf.jkt: bound to that key */
	int64_t exp_s, iat_s, auth_time_s; /* 0: absent */
};
/* proof NULL: a token with cnf is bad (it may not be used as a plain Bearer token). With proof the
 * token must have cnf.jkt and the proof must fit. *why: constant, safe to log and to show. */
enum verdict verify_token(struct key_set *keys, const struct verify_rules *rules,
	struct str token, const struct dpop_proof *proof, struct arena *a, struct claims *out,
	const char **why);
/* The claims of a checked introspection answer, by the same rules. */
enum verdict verify_claims(const json_t *claims, const struct verify_rules *rules,
	struct arena *a, struct claims *out, const char **why);

enum jose_alg jose_alg_find(struct str name); /* 0: not one of ours */

#endif
