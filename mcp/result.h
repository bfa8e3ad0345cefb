/* SPDX-License-Identifier: Apache-2.0 */
/* CallToolResult, whoever asks for it: a call, or a task that ends with what its call would have got. */
#ifndef MCP_RESULT_H
#define MCP_RESULT_H

#include "mcp/protocol/mcp.h"

/* The members content and isError, into an open object. links: blocks, comma between, or empty; left
 * out for revisions without them. The caller adds structuredContent where mcp_structured says so. */
void result_put(struct buf *b, enum mcp_revision revision, struct str text, struct str links,
	bool is_error);

#endif
