/* SPDX-License-Identifier: Apache-2.0 */
/* The frame of results: what every one has, whatever its method. */
#ifndef PROTOCOL_RESULT_H
#define PROTOCOL_RESULT_H

#include "mcp/protocol/mcp.h"

/* type: resultType of the modern era. */
struct buf *result_open(struct mcp_call *m, const char *type);
void result_close(struct mcp_call *m);

#endif
