/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Access tokens whose signature and claims were found good, so that a client that calls often pays
 * for one check (175 us) and not for each. What may change meanwhile is looked at every time: expiry
 * here, the issuer here, the keys (an exchange empties it); that the grant still lives is not asked
 * here but at grants_live, as for any token. Never for tokens that are bound to a key.
 */
#ifndef AUTH_GOOD_TOKENS_H
#define AUTH_GOOD_TOKENS_H

#include "auth/jose/verify.h"

enum { GOOD_TOKENS_MAX = 4096 };

struct good_tokens; /* safe from any desk */
struct good_tokens *good_tokens_new(void);
void good_tokens_free(struct good_tokens **g);
/* The claims (of all but `all`, arena's) of a token that these keys and this issuer made. */
bool good_tokens_find(struct good_tokens *g, struct key_set *keys, const char *issuer,
	struct str token, struct arena *a, struct claims *out);
void good_tokens_add(struct good_tokens *g, struct key_set *keys, struct str token,
	const struct claims *claims);

#endif
