/* SPDX-License-Identifier: Apache-2.0 */
/* Who is calling: `Authorization: Bearer` or `X-API-KEY` to a principal (auth.md section 11). */
#ifndef AUTH_BEARER_H
#define AUTH_BEARER_H

#include "account/key.h"
#include "http/http.h"

/* Once, before the doors open. */
void bearer_start(struct keys *keys);
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
