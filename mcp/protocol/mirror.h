/* SPDX-License-Identifier: Apache-2.0 */
/* Mcp-Param-<name>: arguments of a tool that clients repeat in headers (x-mcp-header). */
#ifndef PROTOCOL_MIRROR_H
#define PROTOCOL_MIRROR_H

#include "mcp/protocol/part.h"

/* Of a modern tools/call over HTTP; everything else agrees. Fault: HEADER. */
bool mirror_agrees(const struct mcp_call *m, struct rpc_fault *f);

#endif
