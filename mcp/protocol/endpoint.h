/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The protocol over HTTP, at one path. A door makes the route:
 *	{ NULL, "/mcp", 0, mcp_endpoint, NULL, admit, &server }
 * Its admit says who may come in (the token is looked at before the method, so that a client which
 * opens with GET meets the challenge); row is the struct mcp_server.
 */
#ifndef PROTOCOL_ENDPOINT_H
#define PROTOCOL_ENDPOINT_H

#include "http/http.h"
#include "mcp/protocol/mcp.h"

extern const struct flow_step mcp_endpoint[];

/* The http_error_fn of the path: a JSON-RPC error without an id. */
void mcp_print_error(struct http_req *r, const struct err *e);

/* The request behind a call whose answer can still become a plain HTTP refusal (no stream is
 * open, it is not part of a batch); NULL: answer in the protocol. */
struct http_req *mcp_refusable(struct mcp_call *m);
/* The caller has filled res with a refusal: nothing is added to it. Returns FLOW_NEXT. */
enum flow_next mcp_refused(struct mcp_call *m);

/* The request that brought m; NULL on a pipe. For who wants to know again who is calling. */
struct http_req *mcp_request(struct mcp_call *m);

#endif
