/* SPDX-License-Identifier: Apache-2.0 */
/* What is sent to an OpenID provider: the browser's way there, and the request for the tokens. */
#ifndef AUTH_OUTSIDE_WIRE_H
#define AUTH_OUTSIDE_WIRE_H

#include "auth/auth.h"

enum { OUTSIDE_ANSWER_BYTES = 128 * 1024 };

struct outside_secrets { /* of one sign-in; text in the arena */
	const char *state, *nonce, *verifier;
};
void outside_draw(struct outside_secrets *s, struct arena *a);
/* Where the provider sends the browser back to: exactly what is registered there. */
const char *outside_redirect_uri(const struct site *site, struct arena *a);
/* OpenID Connect Core section 3.1.2.1, with PKCE S256 (RFC 7636 section 4.3). */
const char *outside_authorize_url(const struct issuer_metadata *m,
	const struct outside_secrets *s, const struct site *site, struct arena *a);
/* The code's redemption (section 3.1.3.1), by client_secret_basic; without a secret as a public
 * client. */
void outside_token_request(struct fetch_req *req, struct str code, const char *verifier,
	const struct site *site, struct arena *a);

/* Section 5.3.1: who the access token is about. false: it is no token that a header can carry. */
bool outside_userinfo_request(struct fetch_req *req, struct str access_token, struct arena *a);
/* Section 5.3.4: the claims (arena's), only of the subject that the ID token names. NULL: nothing that
 * counts came; *why in a few words. */
const json_t *outside_userinfo_read(
	struct fetch_res *res, const char *sub, struct arena *a, const char **why);

#endif
