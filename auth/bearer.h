/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is calling: `Authorization: Bearer` or `DPoP`, or `X-API-KEY`, to a principal (auth.md sections
 * 5a, 5b, 5c and 11; mcp.md 6.2, 6.3). API keys, access tokens of our own and of the outside issuer
 * look alike from here on.
 */
#ifndef AUTH_BEARER_H
#define AUTH_BEARER_H

#include "auth/auth.h"

/* Once, before the doors open; auth_start calls it. */
void bearer_start(const struct auth *parts);
void bearer_stop(void);
/* Steps (self: the struct http_req) that fill r->call.who and set r->admitted, or fail with
 * ERR_UNAUTHORIZED (ERR_NONE as its cause: nothing was sent), ERR_INVALID_REQUEST for two different
 * credentials, ERR_USER_DISABLED, ERR_OVERLOADED when the issuer cannot be asked. */
extern const struct flow_step bearer_who[];
/* http_route.admit for REST: bearer_who, and the refusal worded as the path's errors are, with its
 * challenge. */
extern const struct flow_step bearer_admit[];
/* The WWW-Authenticate line for an error of bearer_who, or ERR_SCOPE for which `scopes` names all
 * that the operation needs (RFC 6750 section 3, RFC 9728 section 5.1); nothing for other errors. */
void bearer_challenge(struct http_req *r, const struct err *e, unsigned scopes);

#endif
