/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The protocol as a library free of tools: a server is a description (struct mcp_server, with the
 * parts of part.h that it has), and two transports speak for it, HTTP (endpoint.h) and lines on a
 * pipe (stdio.h). Both eras are served at once: 2026-07-28, where each request stands alone, and
 * the handshake revisions before it, with sessions (session.h) or, as the product does, without.
 * Capabilities are made from the parts: what is advertised is what is answered.
 */
#ifndef PROTOCOL_MCP_H
#define PROTOCOL_MCP_H

#include "base/flow.h"
#include "base/lane.h"
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
	/* Parameters, checked by the library; p NULL or NULL: the method has none, or it was not sent. */
	struct str tool; /* tools/call: its name */
	struct str prompt; /* prompts/get: its name */
	struct str uri; /* resources/read, subscribe, unsubscribe */
	struct str task; /* tasks/get, update, cancel */
	struct str cursor; /* resources/list; n 0 with p set: an empty cursor, which is one */
	const json_t *args; /* tools/call, prompts/get: arguments (NULL: {}) */
	const json_t *answers; /* inputResponses, or what a legacy client answered (ask.h) */
	struct str kept; /* what mcp_asked kept for this round; p NULL: the first round */
	const json_t *caps; /* ClientCapabilities of this request or session; NULL: not known */
	/* How long a modern result may be cached (< 0: nothing is said), and whether by everybody. The
	 * method's row says so first; begin and end may change it. */
	int64_t ttl_ms;
	bool shared;

	/* --- the library's own --- */
	size_t start; /* of its answer in the transport's buffer */
	bool answered, failed, partial; /* partial: the result is not "complete" */
	const json_t *token; /* progress token; NULL: none, or nowhere to send it */
	double progress; /* last one sent */
	int64_t progress_ms; /* mono_ms when */
	struct ask *asks; /* questions of this round */
	int rounds; /* of questions so far (legacy) */
	bool rerun, again; /* begin runs once more for its answers; it asked once more */
	bool listens; /* subscriptions/listen: its result is marked, too */
};

/* Begins the work: answers at once (mcp_result or mcp_fail, then FLOW_NEXT), or enters steps,
 * which may park. Runs on a desk: no network, no waiting. */
typedef enum flow_next mcp_begin_fn(struct mcp_call *m);
/* Runs when the steps are through, unless answered already; m->flow->err tells a failure. */
typedef void mcp_end_fn(struct mcp_call *m);
struct mcp_work {
	mcp_begin_fn *begin;
	mcp_end_fn *end; /* may be NULL */
};

/* Everything is borrowed and must outlive the transports. A NULL part is not offered: its methods
 * are unknown and its capability is not advertised. */
struct mcp_server {
	const char *name, *title, *version;
	const char *instructions; /* under 2000 characters, most important first */
	const struct mcp_tools *tools;
	const struct mcp_resources *resources;
	const struct mcp_prompts *prompts;
	const struct mcp_work
		*complete; /* completion/complete: m->msg.params, of the right shape */
	const struct mcp_tasks *tasks;
	const struct mcp_listening *listening;
	bool logging; /* mcp_log says something: deprecated, not for new servers */
	struct mcp_sessions *sessions; /* legacy sessions over HTTP (session.h); NULL: none */
	/* Where flows wait for a legacy client's answers, and readers for events. NULL: the server has no
	 * sessions and asks legacy clients nothing. */
	struct lane *lane;
	/* A word that names the caller and stays the same (an account's id), arena or static: what is
	 * handed out and comes back is bound to it. NULL: callers are not told apart. */
	struct str (*caller)(const struct call *c);
	/* A copy of who is calling for a call that outlives its request (sessions). NULL: nobody. */
	const struct principal *(*keep)(const struct principal *who, struct arena *a);
};

/* Opens the result of m and returns where its members go (json_key); the rest is added later. */
struct buf *mcp_result(struct mcp_call *m);
/* Answers m with an error; what a result has got so far is dropped. Returns FLOW_NEXT. */
enum flow_next mcp_fail(struct mcp_call *m, const struct rpc_fault *f);
/* The same with RPC_PARAMS and these words. */
enum flow_next mcp_bad_params(struct mcp_call *m, const char *what);
/* No such resource, or it is another's (never an empty `contents`): names m->uri. */
enum flow_next mcp_no_resource(struct mcp_call *m);
/* No such task, or it is another's, or it has expired. */
enum flow_next mcp_no_task(struct mcp_call *m);

/* Fails with -32021: the client has not declared what this needs. capabilities: the JSON of the
 * ClientCapabilities that it lacks. */
enum flow_next mcp_lacks(struct mcp_call *m, const char *what, const char *capabilities);
/* Did the client declare it ("sampling", "elicitation", "elicitation.url", "roots")? */
bool mcp_can(const struct mcp_call *m, const char *capability);
/* notifications/message for who asked for this level or a lower one; data is JSON. Levels in the
 * order of RFC 5424, least first. */
enum mcp_level {
	MCP_DEBUG,
	MCP_INFO,
	MCP_NOTICE,
	MCP_WARNING,
	MCP_ERROR,
	MCP_CRITICAL,
	MCP_ALERT,
	MCP_EMERGENCY,
	MCP_SILENT
};
void mcp_log(struct mcp_call *m, enum mcp_level level, const char *logger, struct str data);

#endif
