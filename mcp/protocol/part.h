/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts that a server may have, as tables of functions. All run on a desk, in the flow of the
 * request (m->flow); begin functions may enter steps that park, the others may neither park nor
 * wait. What a caller may see is the server's to check, on every call.
 */
#ifndef PROTOCOL_PART_H
#define PROTOCOL_PART_H

#include "mcp/protocol/mcp.h"

/* An argument of a tool that clients repeat in the header Mcp-Param-<header> (2026-07-28 x-mcp-header
 * in the tool's schema); the library compares them. */
struct mcp_mirror {
	const char *tool;
	const char *argument; /* "region", "query.region" */
	const char *header; /* "Region" */
}; /* a list ends with a NULL tool */

struct mcp_tools {
	/* The JSON array of all tools as this revision may see them. */
	struct str (*list)(enum mcp_revision r);
	mcp_begin_fn *call; /* m->tool and m->args are set; an unknown tool is RPC_PARAMS */
	mcp_end_fn *end;
	const struct mcp_mirror *mirrors; /* NULL: none */
};

struct mcp_resources {
	/* resources/list: m->cursor (what this server gave as nextCursor, and to be checked); puts
	 * "resources":[...] and perhaps "nextCursor". */
	struct mcp_work list;
	struct str templates; /* the JSON array of resources/templates/list; p NULL: [] */
	/* resources/read: m->uri; puts "contents":[...] (mcp_put_contents) or mcp_no_resource. A result
	 * that never changes sets m->ttl_ms. */
	struct mcp_work read;
	/* May m's caller hear of changes of m->uri? Legacy resources/subscribe, which is offered where
	 * there are sessions. NULL: no resource changes. */
	bool (*may_watch)(struct mcp_call *m);
};
/* [{"uri":...,"mimeType":...,"text":...}]; not UTF-8: as blob. */
void mcp_put_contents(struct buf *b, struct str uri, const char *mime, struct str bytes);

struct mcp_prompts {
	struct str (*list)(enum mcp_revision r);
	struct mcp_work get; /* m->prompt, m->args; puts "messages":[...] */
};

/*
 * The Tasks extension (io.modelcontextprotocol/tasks). tools/call may answer with a task when
 * mcp_may_task says so: the task is durable before that, its id unguessable, its owner checked by
 * each of the functions below (mcp_no_task). The library has checked that the client declared the
 * extension on this request and that m->task is a string.
 */
enum mcp_task_status {
	MCP_TASK_WORKING,
	MCP_TASK_INPUT,
	MCP_TASK_COMPLETED,
	MCP_TASK_FAILED,
	MCP_TASK_CANCELLED
};
struct mcp_task {
	struct str id;
	enum mcp_task_status status;
	const char *message; /* one sentence; NULL: none */
	int64_t created_ms, updated_ms; /* since 1970 */
	int64_t ttl_ms; /* from its creation; < 0: kept for good */
	int64_t poll_ms; /* 0: says nothing */
};
struct mcp_tasks {
	/* tasks/get: puts mcp_put_task, and then "result":{...} when completed (exactly what the call
	 * would have answered), "error":{...} when failed, "inputRequests":{...} when it wants input. */
	struct mcp_work get;
	/* tasks/update: m->answers (an object) are taken, keys that nobody asked for ignored; and
	 * tasks/cancel, of a finished task, too: mcp_result, no members. */
	struct mcp_work update, cancel;
};
bool mcp_may_task(const struct mcp_call *m);
/* mcp_result for a tools/call that became a task: mcp_put_task goes there, nothing else. */
struct buf *mcp_task_result(struct mcp_call *m);
/* Fails with "this needs the tasks extension", for a tool that cannot answer otherwise. */
enum flow_next mcp_needs_tasks(struct mcp_call *m);
/* The members of a task. */
void mcp_put_task(struct buf *b, const struct mcp_task *t);

/*
 * subscriptions/listen (modern). The library reads the filter, asks `may` for each name in it,
 * answers first what is honoured, then runs `wait` and `tell` in turn until the client goes away
 * (flow_cancelled), tell says false, or mcp_listen_close was called. At most MCP_LISTENS streams
 * are open, at most MCP_LISTENS_EACH of one caller, of at most MCP_LISTEN_NAMES names.
 */
enum { MCP_LISTENS = 1024, MCP_LISTENS_EACH = 64, MCP_LISTEN_NAMES = 256 };
enum mcp_change {
	MCP_TOOLS_CHANGED = 1,
	MCP_PROMPTS_CHANGED = 2,
	MCP_RESOURCES_CHANGED = 4,
	MCP_RESOURCE_UPDATED = 8, /* name: its URI */
	MCP_TASK_CHANGED = 16 /* name: its id */
};
struct mcp_listen { /* one open stream, in its call's arena */
	struct mcp_call *m;
	unsigned changes; /* what the client asked for and this server tells of */
	struct str *uris, *tasks; /* the names of them that it may hear of */
	size_t n_uris, n_tasks;
	void *state; /* the server's own (arena) */
};
struct mcp_listening {
	unsigned
		changes; /* what this server tells of: enum mcp_change. Tasks need the client's word */
	/* May this caller hear of that resource or task? Asked once for each; unknown ones: false. */
	bool (*may)(struct mcp_listen *l, enum mcp_change change, struct str name);
	/* Before the first answer: from here on no change is missed. May be NULL. */
	void (*open)(struct mcp_listen *l);
	/* A step's last act; the library returns what it returns. Parks f until something may have
	 * changed, until it is cancelled, but a second at most (so that a close is seen). */
	enum flow_next (*wait)(struct mcp_listen *l, struct flow *f);
	/* Sends what has changed (mcp_tell), after looking again whether the caller may hear of it.
	 * false: nothing more will come. */
	bool (*tell)(struct mcp_listen *l);
	void (*close)(struct mcp_listen *l); /* the stream ends, however; may be NULL */
};
/* One notification, marked with the stream's id. members: of params, no braces: "uri":... for
 * MCP_RESOURCE_UPDATED; mcp_put_task and what tasks/get adds for MCP_TASK_CHANGED; else p NULL.
 * false: the client has gone. */
bool mcp_tell(struct mcp_listen *l, enum mcp_change change, struct str members);
const char *mcp_change_method(enum mcp_change change); /* "notifications/tools/list_changed" */
/* From any thread: open streams end with their answer, new ones end at once. For the end of the
 * process (http_setup.draining, a pipe's end). */
void mcp_listen_close(void);

#endif
