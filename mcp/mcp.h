/* SPDX-License-Identifier: Apache-2.0 */
/* The MCP door: the operations marked OP_TOOL as tools, at /mcp and on a pipe. */
#ifndef MCP_MCP_H
#define MCP_MCP_H

#include "account/principal.h"
#include "mcp/protocol/endpoint.h" /* mcp_print_error, the http_error_fn of "/mcp" */

/* Once, before the doors open: the tool list is made. mcp_stop after the desks have stopped. */
void mcp_start(void);
void mcp_stop(void);
/* From any thread, when the server begins to drain: streams that listen end with their answer. */
void mcp_draining(void);
/* bearer_start must have been called before a request comes. */
const struct http_route *mcp_routes(void);
/* Serves stdin and stdout until they end or a signal comes; the exit status. cancelled (may be
 * NULL) is called when some call's `cancelled` was set. */
int mcp_serve_stdio(struct desks *desks, const struct principal *who,
	void (*cancelled)(void *arg), void *arg);

#endif
