/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server on the protocol library alone, without any product behind it: for tests of the protocol
 * that must not depend on pages, and for measuring what a trivial call costs.
 *	mcp_driver stdio | mcp_driver http [settings' flags]
 * Tools: echo {text}; wait {ms} (says progress each 20 ms, ends early when it is cancelled).
 */
#include "base/clock.h"
#include "base/conf.h"
#include "base/lane.h"
#include "base/log.h"
#include "base/mem.h"
#include "mcp/protocol/endpoint.h"
#include "mcp/protocol/stdio.h"
#include "content.h"

#include <stdio.h>

static struct lane *lane;

struct waiting {
	struct lane_stay stay;
	int64_t began_ms, until_ms;
};

static enum flow_next wait_step(struct flow *f)
{
	struct waiting *w = flow_self(f);
	return lane_sleep(lane, &w->stay, f, mono_ms() + 20);
}

static enum flow_next look_step(struct flow *f)
{
	struct waiting *w = flow_self(f);
	int64_t now = mono_ms();
	if (flow_cancelled(f))
		return flow_fail(f, ERR_CANCELLED, "cancelled");
	if (f->call->say)
		f->call->say(f->call->say_to, (double)(now - w->began_ms), 0, "Waiting");
	if (now < w->until_ms)
		f->frames[f->depth - 1].at = 0; /* once more from the top */
	return FLOW_NEXT;
}

static const struct flow_step wait_steps[] = {
	{ "wait", wait_step, false },
	{ "look", look_step, false },
	{ 0 },
};

static enum flow_next call(struct mcp_call *m)
{
	struct rpc_fault f;
	if (str_eq(m->tool, STR("echo"))) {
		put_content(m, json_str(json_object_get(m->args, "text")));
		return FLOW_NEXT;
	}
	if (str_eq(m->tool, STR("wait"))) {
		struct waiting *w = ARENA_NEW(m->flow->call->arena, struct waiting);
		w->began_ms = mono_ms();
		w->until_ms = w->began_ms + json_integer_value(json_object_get(m->args, "ms"));
		return flow_enter(m->flow, wait_steps, w);
	}
	rpc_fault(&f, RPC_PARAMS, 0, "Unknown tool: %.*s", STR_ARG(m->tool));
	return mcp_fail(m, &f);
}

static void end(struct mcp_call *m)
{
	if (m->flow->err.code == ERR_NONE)
		put_content(m, STR("waited"));
}

static struct str list(enum mcp_revision r)
{
	(void)r;
	return STR("[{\"name\":\"echo\",\"description\":\"Gives text "
		   "back\",\"inputSchema\":{\"type\":\"object\"}},"
		   "{\"name\":\"wait\",\"description\":\"Takes "
		   "ms\",\"inputSchema\":{\"type\":\"object\"}}]");
}

static const struct mcp_tools tools = { list, call, end };
static const struct mcp_server server = {
	.name = "driver",
	.version = "1",
	.tools = &tools,
};

static int serve_http(int argc, char **argv, struct desks *desks)
{
	extern char **environ;
	static const struct http_route routes[] = {
		{ .path = "/mcp", .steps = mcp_endpoint, .row = &server },
		{ 0 },
	};
	static const struct http_route *const lists[] = { routes, NULL };
	static const struct http_errors errors[] = { { "/mcp", mcp_print_error }, { 0 } };
	struct conf conf;
	struct err e = { 0 };
	struct arena *a = arena_new(0);
	char **flags = NULL;
	struct http_server *s = NULL;
	for (int i = 2; i < argc && conf_flag(a, argc, argv, &i, &flags, &e);)
		continue;
	if (e.code == ERR_NONE && conf_load(&conf, a, NULL, flags, environ, &e)) {
		struct http_setup setup = {
			.conf = &conf,
			.routes = lists,
			.errors = errors,
			.desks = desks,
		};
		s = http_open(&setup, &e);
	}
	if (!s) {
		fprintf(stderr, "%s\n", e.msg);
		arena_free(&a);
		return 1;
	}
	printf("listening %s\n", http_address(s));
	fflush(stdout);
	http_serve(s);
	http_close(&s);
	arena_free(&a);
	return 0;
}

int main(int argc, char **argv)
{
	bool http = argc > 1 && str_eq(str_of(argv[1]), STR("http"));
	mem_init();
	log_level(LOG_WARN);
	lane = lane_open(1);
	struct desks *desks = desks_start(2, 1000, NULL, NULL, NULL);
	struct mcp_stdio pipe = { .server = &server, .desks = desks, .in = 0, .out = 1 };
	int code = http ? serve_http(argc, argv, desks) : mcp_stdio(&pipe);
	lane_close(&lane);
	desks_stop(&desks);
	return code;
}
