/* SPDX-License-Identifier: Apache-2.0 */
/* The method table: what is answered to whom. */
#ifndef PROTOCOL_METHOD_H
#define PROTOCOL_METHOD_H

#include "mcp/protocol/part.h"

enum method_eras { IN_LEGACY = 1, IN_MODERN = 2, IN_BOTH = 3 };
enum method_hint { NO_HINT, PUBLIC_HOUR, PRIVATE_NOW }; /* ttlMs and cacheScope of a result */
struct mcp_method {
	const char *name;
	unsigned eras;
	enum method_hint hint;
	bool asks; /* may ask the client back */
	bool (*offered)(const struct mcp_call *m);
	mcp_begin_fn *begin;
	mcp_end_fn *end; /* may be NULL */
};

/* NULL: unknown, not of this era, or not offered by this server. */
const struct mcp_method *method_find(const struct mcp_call *m);
/* {"name":...,"title":...,"version":...} */
void method_put_server(const struct mcp_server *s, struct buf *b);

/* The rows' functions. method_part.c: */
bool has_tools(const struct mcp_call *m), has_resources(const struct mcp_call *m);
bool has_prompts(const struct mcp_call *m), has_completion(const struct mcp_call *m);
bool has_logging(const struct mcp_call *m), has_pushes(const struct mcp_call *m);
mcp_begin_fn tools_list, tools_call, resources_list, resources_templates, resources_read;
mcp_begin_fn resources_subscribe, resources_unsubscribe, prompts_list, prompts_get, complete;
mcp_begin_fn logging_level;
mcp_end_fn tools_call_end, resources_list_end, resources_read_end, prompts_get_end,
	complete_end;
/* tasks.c: */
bool has_tasks(const struct mcp_call *m);
mcp_begin_fn tasks_get, tasks_update, tasks_cancel;
mcp_end_fn tasks_get_end, tasks_update_end, tasks_cancel_end;
/* listen.c: */
bool has_listening(const struct mcp_call *m);
mcp_begin_fn listen_begin;
mcp_end_fn listen_end;

#endif
