/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The protocol as a library free of tools: a server is a description (struct mcp_server), and two
 * transports speak for it, HTTP (endpoint.h) and lines on a pipe (stdio.h). Both eras are served
 * at once: 2026-07-28, where each request stands alone, and the handshake revisions before it,
 * served without sessions.
 */
#ifndef PROTOCOL_MCP_H
#define PROTOCOL_MCP_H

#include "base/flow.h"
#include "mcp/protocol/rpc.h"

enum mcp_revision {
#define REVISION_ROW(id, name, modern, batches, structured) MCP_##id,
#include "mcp/protocol/revision_table.h"
#undef REVISION_ROW
	MCP_REVISIONS
};
#define MCP_LEGACY_LATEST MCP_2025_11_25
const char *mcp_revision_name(enum mcp_revision r);
bool mcp_modern(enum mcp_revision r);
bool mcp_batches(enum mcp_revision r);
bool mcp_structured(enum mcp_revision r);
/* false: we do not know it. */
bool mcp_revision_find(struct str name, enum mcp_revision *r);

/* One request on its way. Lives in the arena of its flow's call. */
struct mcp_call {
	const struct mcp_server *server;
	const struct mcp_method *method;
	enum mcp_revision revision;
	struct rpc_message msg;
	struct flow *flow;
	struct turn *turn;
	void *state; /* a method's own, between begin and end */
	struct str tool; /* tools/call: name and arguments (NULL: {}) */
	const json_t *args;

	/* --- the library's own --- */
	size_t start; /* of its answer in the transport's buffer */
	bool answered, failed;
	const json_t *token; /* progress token; NULL: none, or nowhere to send it */
	double progress; /* last one sent */
	int64_t progress_ms; /* mono_ms when */
};

/* Begins the work: answers at once (mcp_result or mcp_fail, then FLOW_NEXT), or enters steps. */
typedef enum flow_next mcp_begin_fn(struct mcp_call *m);
/* Runs when the steps are through, unless answered already; m->flow->err tells a failure. */
typedef void mcp_end_fn(struct mcp_call *m);

enum mcp_eras { MCP_IN_LEGACY = 1, MCP_IN_MODERN = 2, MCP_IN_BOTH = 3 };
enum mcp_hint { MCP_NO_HINT, MCP_PUBLIC_HOUR }; /* ttlMs and cacheScope of a result */
struct mcp_method {
	const char *name;
	unsigned eras;
	enum mcp_hint hint;
	mcp_begin_fn *begin;
	mcp_end_fn *end; /* may be NULL */
}; /* a list ends with a NULL name */

struct mcp_tools {
	/* The JSON array of all tools as this revision may see them. */
	struct str (*list)(enum mcp_revision r);
	mcp_begin_fn *call; /* m->tool and m->args are set; an unknown tool is RPC_PARAMS */
	mcp_end_fn *end;
};
struct mcp_server {
	const char *name, *title, *version;
	const char *instructions; /* under 2000 characters, most important first */
	const char *capabilities; /* JSON object: exactly what is answered */
	const struct mcp_tools *tools; /* NULL: no tools */
	const struct mcp_method *methods; /* more methods of its own, or NULL */
};

/* Opens the result of m and returns where its members go (json_key); the rest is added later. */
struct buf *mcp_result(struct mcp_call *m);
/* Answers m with an error; what a result has got so far is dropped. Returns FLOW_NEXT. */
enum flow_next mcp_fail(struct mcp_call *m, const struct rpc_fault *f);

#endif
