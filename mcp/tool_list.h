/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON array of all tools. */
#ifndef MCP_TOOL_LIST_H
#define MCP_TOOL_LIST_H

#include "base/buf.h"

/* structured: with output schemas (revisions that have them). */
void tool_put_list(struct buf *b, bool structured);

#endif
