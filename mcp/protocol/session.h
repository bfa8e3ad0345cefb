/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sessions of the legacy eras over HTTP (2025-11-25 basic/transports, session management): ids of
 * 134 random bits bound to the caller, a stream of the server's own (GET), DELETE, questions to the
 * client, and events that are kept for who comes back with Last-Event-ID. A server has them when
 * struct mcp_server.sessions is set; the product has not.
 */
#ifndef PROTOCOL_SESSION_H
#define PROTOCOL_SESSION_H

#include "mcp/protocol/part.h"

enum {
	SESSION_MAX = 1000, /* the one that was idle for the longest gives way */
	SESSION_IDLE_MS = 30 * 60 * 1000,
	SESSION_STREAMS = 32, /* of one session that are kept, the oldest gives way */
	SESSION_EVENTS = 64, /* kept of one stream */
};

struct lane;
/* lane: where flows wait (base/lane.h), borrowed. */
struct mcp_sessions *mcp_sessions_new(struct lane *lane);
/* After the desks have stopped. */
void mcp_sessions_free(struct mcp_sessions **s);
/* Tells every session of a change that it can hear of (resources: those that subscribed to uri) on
 * its own stream. From any thread. */
void mcp_sessions_tell(struct mcp_sessions *s, enum mcp_change change, struct str uri);
/* From a step of a call in a session: its stream is closed now, the client comes back for the rest
 * after retry_ms. Elsewhere nothing happens. */
void mcp_stream_pause(struct mcp_call *m, int retry_ms);

#endif
