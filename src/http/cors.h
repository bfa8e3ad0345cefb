/* SPDX-License-Identifier: Apache-2.0 */
/* What browsers are told (Fetch standard, CORS protocol; mcp.md section 8). */
#ifndef HTTP_CORS_H
#define HTTP_CORS_H

#include "base/buf.h"
#include "http/http.h"

enum cors {
	CORS_NONE, /* no Origin came, or it is refused: no CORS lines */
	CORS_ECHO, /* the origin is on the list */
	CORS_ANY, /* the route is open to every origin */
};
/* Lines for any answer. */
void cors_lines(enum cors cors, struct str origin, struct buf *out);
/* More lines for the answer to a preflight; methods as route_methods wrote them. */
void cors_preflight_lines(const struct http_req *r, struct str methods, struct buf *out);

#endif
