/* SPDX-License-Identifier: Apache-2.0 */
/* Operations as tools: their list and their calls. */
#ifndef MCP_TOOL_H
#define MCP_TOOL_H

#include "http/http.h"
#include "mcp/protocol/part.h"
#include "op/op.h"

extern const struct mcp_tools product_tools;

void tool_start(void); /* makes the lists */
void tool_stop(void);
/* Whether this code may be retried and what to change; never empty. */
const char *tool_advice(enum err_code code);
/* Replaces the body of a refusal: {"error":...,"error_description":...} (RFC 6750's words). */
void tool_put_refusal(struct http_req *r, const char *error, const char *description);

/* RFC 6750: all that this operation needs, so that one new consent is enough. Only where
 * mcp_refusable says so. */
void tool_refuse_scope(struct mcp_call *m, const struct op *op, const struct err *e);

#endif
