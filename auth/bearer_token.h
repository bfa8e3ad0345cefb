/* SPDX-License-Identifier: Apache-2.0 */
/* Access tokens to a principal: our own by our keys and living grants, others' by their issuer. */
#ifndef AUTH_BEARER_TOKEN_H
#define AUTH_BEARER_TOKEN_H

#include "auth/auth.h"

/* An access token of this server, for this server, not yet expired. Whether its grant still lives is
 * not looked at. proof NULL: a Bearer token. *why: constant, safe to show. */
bool own_token(const struct http_req *r, const struct site *site, struct str token,
	const struct dpop_proof *proof, struct claims *claims, const char **why);

struct token_who { /* in the request's arena */
	struct http_req *r;
	struct site site;
	struct str token;
	const struct dpop_proof *proof; /* NULL */
	struct issuer_check check; /* of an outside issuer's token */
	struct user_create create;
};
/* Steps, ending with r->call.who set and r->admitted, or failing as bearer_who does. Return FLOW_NEXT
 * (flow_enter). */
enum flow_next token_who_own(struct token_who *w, struct flow *f);
enum flow_next token_who_outside(struct token_who *w, struct flow *f);
void token_start(const struct auth *parts);
void token_stop(void);

#endif
