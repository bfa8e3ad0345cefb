/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server of the tests on the protocol library: three tools without any product behind them, and
 * one body's turn. Included by each program that wants it.
 */
#ifndef TESTS_PROTOCOL_FIXTURE_H
#define TESTS_PROTOCOL_FIXTURE_H

#include "base/clock.h"
#include "base/mem.h"
#include "mcp/protocol/turn.h"
#include "content.h"

/* What the tool `work` says, one row a step; the clock moves before each. */
struct said {
	double done, total;
	int64_t after_ms;
};
static const struct said work_says[] = {
	{ 1, 3, 0 },
	{ 2, 3, 100 },
	{ 2.5, 3, 500 },
	{ 1, 3, 700 },
	{ 2.5, 3, 700 },
	{ 3, 3, 700 },
};

static struct str fixture_list(enum mcp_revision r)
{
	return mcp_structured(r) ? STR("[{\"name\":\"echo\",\"structured\":true}]")
				 : STR("[{\"name\":\"echo\"}]");
}

static enum flow_next work_step(struct flow *f)
{
	int64_t now = mono_ms();
	for (size_t i = 0; f->call->say && i < sizeof work_says / sizeof work_says[0]; i++) {
		now += work_says[i].after_ms;
		clock_fake(now, now);
		f->call->say(f->call->say_to, work_says[i].done, work_says[i].total, "Working");
	}
	clock_fake(-1, -1);
	return FLOW_NEXT;
}

static enum flow_next fail_step(struct flow *f)
{
	return flow_fail(f, ERR_TIMEOUT, "no answer in %d ms", 5);
}

static const struct flow_step work_steps[] = { { "work", work_step, false }, { 0 } };
static const struct flow_step fail_steps[] = { { "fail", fail_step, false }, { 0 } };

static enum flow_next fixture_call(struct mcp_call *m)
{
	struct rpc_fault f;
	if (str_eq(m->tool, STR("work")))
		return flow_enter(m->flow, work_steps, NULL);
	if (str_eq(m->tool, STR("fail")))
		return flow_enter(m->flow, fail_steps, NULL);
	if (str_eq(m->tool, STR("echo"))) {
		put_content(m, json_str(json_object_get(m->args, "text")));
		return FLOW_NEXT;
	}
	rpc_fault(&f, RPC_PARAMS, 0, "Unknown tool: %.*s", STR_ARG(m->tool));
	return mcp_fail(m, &f);
}

static void fixture_end(struct mcp_call *m)
{
	if (m->flow->err.code == ERR_NONE)
		put_content(m, STR("worked"));
}

static const struct mcp_tools fixture_tools = { fixture_list, fixture_call, fixture_end };
static const struct mcp_server fixture = {
	.name = "fixture",
	.version = "1",
	.instructions = "Test.",
	.tools = &fixture_tools,
};

/* One body and what came of it. */
struct told {
	struct arena *arena;
	struct buf out, notes; /* notes: notifications, a line each */
	struct call call;
	struct flow flow;
	struct turn turn;
};

static inline bool told_note(struct turn *turn, struct str message)
{
	struct told *t = turn->transport;
	buf_add_str(&t->notes, message);
	buf_char(&t->notes, '\n');
	return true;
}

static inline void told_free(struct told *t)
{
	buf_release(&t->out);
	buf_release(&t->notes);
	arena_free(&t->arena);
}

/* h NULL: a pipe. max: ceiling of the answer, 0: none to speak of. */
static inline void tell(
	struct told *t, struct desks *d, const struct headers *h, struct str body, size_t max)
{
	*t = (struct told) { .arena = arena_new(0) };
	buf_init(&t->out, max);
	buf_init(&t->notes, 0);
	t->call = (struct call) { .arena = t->arena, .request_id = "test" };
	t->turn = (struct turn) {
		.server = &fixture,
		.flow = &t->flow,
		.arena = t->arena,
		.headers = h,
		.fallback = h ? MCP_2025_03_26 : MCP_LEGACY_LATEST,
		.out = &t->out,
		.notify = told_note,
		.transport = t,
	};
	if (!turn_read(&t->turn, body))
		return;
	flow_init(&t->flow, &t->call, t->turn.steps, &t->turn, NULL);
	flow_run(d, &t->flow);
}

#endif
