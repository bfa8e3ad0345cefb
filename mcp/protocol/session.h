/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sessions of the legacy eras over HTTP (2025-11-25 basic/transports, session management): ids of
 * 134 random bits bound to the caller, a stream of the server's own (GET), DELETE, questions to the
 * client, and events that are kept for who comes back with Last-Event-ID. A server has them when
 * struct mcp_server.sessions (and .lane) are set; the product has not.
 */
#ifndef PROTOCOL_SESSION_H
#define PROTOCOL_SESSION_H

#include "mcp/protocol/part.h"

enum {
	SESSION_MAX = 1000, /* the one that was idle for the longest gives way */
	SESSION_EACH = 100, /* of one caller; the same */
	SESSION_IDLE_MS = 30 * 60 * 1000,
	SESSION_CALLS = 32, /* at a time, of one session */
	SESSION_STREAMS =
		64, /* kept of one session: of those that are through the oldest gives way */
	SESSION_EVENTS = 256, /* kept of one stream: the oldest gives way */
	SESSION_BYTES = 8 << 20, /* of all its events, or else the client has to come sooner */
	SESSION_URIS = 256, /* watched by one session */
};

struct mcp_sessions *mcp_sessions_new(void);
/* After the desks have stopped. */
void mcp_sessions_free(struct mcp_sessions **s);
/* Tells every session of a change that it can hear of (MCP_RESOURCE_UPDATED: those that subscribed
 * to uri) on its own stream. From any thread. */
void mcp_sessions_tell(struct mcp_sessions *s, enum mcp_change change, struct str uri);
/* From a step of a call in a session: its stream is closed now, the client comes back for the rest
 * after retry_ms (2025-11-25 and later; elsewhere nothing happens). */
void mcp_stream_pause(struct mcp_call *m, int retry_ms);

#endif
