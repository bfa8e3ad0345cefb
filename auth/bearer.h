/* SPDX-License-Identifier: Apache-2.0 */
/* Who is calling: `Authorization: Bearer` or `X-API-KEY` to a principal (auth.md section 11). */
#ifndef AUTH_BEARER_H
#define AUTH_BEARER_H

#include "account/key.h"
#include "http/http.h"

/* Once, before the doors open. */
void bearer_start(struct keys *keys);
/* Fills r->call.who. ERR_UNAUTHORIZED, or ERR_INVALID_REQUEST for two different credentials. */
bool bearer_principal(struct http_req *r, struct err *e);
/* http_admit_fn for REST: 401 with WWW-Authenticate: Bearer, worded by the path's error body. */
bool bearer_admit(struct http_req *r);

#endif
