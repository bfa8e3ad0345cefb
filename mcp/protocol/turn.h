/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One body (HTTP) or line (pipe) from its bytes to the bytes of its answer: a message, or a batch
 * of them. The transport fills the upper part, turn_read the lower.
 */
#ifndef PROTOCOL_TURN_H
#define PROTOCOL_TURN_H

#include "mcp/protocol/header.h"
#include "mcp/protocol/mcp.h"

enum { TURN_BATCH_MAX = 32 };

struct turn {
	const struct mcp_server *server;
	struct flow *flow;
	struct arena *arena;
	const struct headers *headers; /* NULL: a pipe */
	enum mcp_revision fallback; /* of legacy messages that do not name one */
	struct http_req *http; /* NULL: a pipe */
	struct buf *out; /* the answer; empty: none is due */
	/* Sends a message ahead of the answer; false: the client has gone. NULL: it wants none. */
	bool (*notify)(struct turn *t, struct str message);
	/* A notification came. May be NULL. */
	void (*notified)(struct turn *t, const struct rpc_message *m);
	void *transport;
	struct peer *peer; /* the legacy client, where it is remembered; NULL: it is not */
	struct session *session; /* of HTTP; NULL: none */
	/* A legacy message (NULL: a batch) has come; sets peer. false: it is not let in. May be NULL. */
	bool (*admit)(struct turn *t, const struct rpc_message *m, struct rpc_fault *f);
	bool fresh; /* admit has made the session */

	int status; /* HTTP */
	bool batch;
	struct mcp_call *calls;
	size_t n_calls, at;
	const struct flow_step *steps; /* self is the turn */
	enum mcp_revision agreed; /* by initialize; fallback when there was none */
};

/* true: enter t->steps, the answer is complete after them. false: it is complete now. */
bool turn_read(struct turn *t, struct str body);
/* What the steps do, for each call: begin, run what begin entered, end. */
enum flow_next turn_begin(struct mcp_call *m);
void turn_end(struct mcp_call *m);

#endif
