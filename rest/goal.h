/* SPDX-License-Identifier: Apache-2.0 */
/* What signing in and signing out share in the dialect of ScrapeHub. */
#ifndef REST_GOAL_H
#define REST_GOAL_H

#include "http/http.h"

/* The answer of r's row, with the head that every answer has. */
void goal_answer(struct http_req *r, const void *out);
/* Words the refusal and clears it: it has been said. */
void goal_refuse(struct http_req *r, struct err *e);

#endif
