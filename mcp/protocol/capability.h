/* SPDX-License-Identifier: Apache-2.0 */
/* What a server advertises (made from its parts) and what a client has declared. */
#ifndef PROTOCOL_CAPABILITY_H
#define PROTOCOL_CAPABILITY_H

#include "mcp/protocol/part.h"

#define TASKS_EXTENSION "io.modelcontextprotocol/tasks"

enum capability_reach {
	REACH_ANSWERS = 0, /* legacy without sessions: nothing is remembered or sent unasked */
	REACH_PEER = 1, /* legacy, and the client is remembered */
	REACH_PUSH = 2, /* there is a stream for what nobody asked for just now */
	REACH_MODERN = 4
};
/* ServerCapabilities for callers whom that much reaches. */
void capability_put(const struct mcp_server *s, unsigned reach, struct buf *b);

#endif
