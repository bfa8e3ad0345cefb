/* SPDX-License-Identifier: Apache-2.0 */
/* What a server advertises, and what a client has declared. */
#include "mcp/protocol/capability.h"
#include "lib/test.h"

static const struct mcp_tools tools;
static const struct mcp_resources resources, fixed;
static const struct mcp_prompts prompts;
static const struct mcp_tasks tasks;
static const struct mcp_work work;
static const struct mcp_listening jobs = { .changes = MCP_TASK_CHANGED };
static const struct mcp_listening all = { .changes = 31 };
static bool yes(struct mcp_call *m)
{
	return m != NULL;
}
static const struct mcp_resources watched = { .may_watch = yes };

static void advertised(void)
{
	enum { MODERN = REACH_MODERN | REACH_PUSH, SESSION = REACH_PEER | REACH_PUSH };
	static const struct {
		struct mcp_server server;
		unsigned reach;
		const char *want;
	} rows[] = {
		{ { 0 }, MODERN, "{}" },
		{ { .tools = &tools }, REACH_ANSWERS, "{\"tools\":{}}" },
		{ { .tools = &tools, .tasks = &tasks }, REACH_ANSWERS, "{\"tools\":{}}" },
		{ { .tools = &tools, .resources = &fixed, .tasks = &tasks, .listening = &jobs },
			MODERN,
			"{\"tools\":{},\"resources\":{},\"extensions\":{\"io."
			"modelcontextprotocol/tasks\":{}}}" },
		{ { .tools = &tools,
			  .resources = &resources,
			  .prompts = &prompts,
			  .complete = &work,
			  .logging = true,
			  .listening = &all },
			MODERN,
			"{\"tools\":{\"listChanged\":true},\"resources\":{\"subscribe\":true,"
			"\"listChanged\":true},\"prompts\":{\"listChanged\":true},"
			"\"completions\":{},\"logging\":{}}" },
		{ { .tools = &tools,
			  .resources = &watched,
			  .logging = true,
			  .listening = &all },
			SESSION,
			"{\"tools\":{\"listChanged\":true},\"resources\":{\"subscribe\":true,"
			"\"listChanged\":true},\"logging\":{}}" },
		{ { .resources = &resources, .listening = &all }, SESSION,
			"{\"resources\":{\"listChanged\":true}}" },
		{ { .resources = &watched, .logging = true, .listening = &all }, REACH_PEER,
			"{\"resources\":{},\"logging\":{}}" },
		{ { .resources = &watched, .logging = true, .listening = &all }, REACH_ANSWERS,
			"{\"resources\":{}}" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buf b;
		buf_init(&b, 0);
		capability_put(&rows[i].server, rows[i].reach, &b);
		if (!str_eq(buf_str(&b), str_of(rows[i].want)))
			test_fail(__FILE__, __LINE__, "%s\n# got: %.*s", rows[i].want,
				STR_ARG(buf_str(&b)));
		buf_release(&b);
	}
}

static void declared(void)
{
	static const struct {
		const char *caps, *capability;
		bool can;
	} rows[] = {
		{ "{}", "sampling", false },
		{ "{\"sampling\":{}}", "sampling", true },
		{ "{\"sampling\":true}", "sampling", false },
		{ "{\"sampling\":null}", "sampling", false },
		{ "{\"sampling\":{}}", "sampling.tools", false },
		{ "{\"sampling\":{\"tools\":{}}}", "sampling.tools", true },
		{ "{\"elicitation\":{}}", "elicitation.form", true },
		{ "{\"elicitation\":{\"form\":{}}}", "elicitation.form", true },
		{ "{\"elicitation\":{\"url\":{}}}", "elicitation.form", false },
		{ "{\"elicitation\":{\"url\":{}}}", "elicitation.url", true },
		{ "{\"elicitation\":{}}", "elicitation.url", false },
		{ "{}", "elicitation.form", false },
		{ "{\"roots\":{}}", "roots", true },
	};
	struct arena *a = arena_new(0);
	struct err e;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct mcp_call m = { .caps = json_read(a, str_of(rows[i].caps), &e) };
		if (mcp_can(&m, rows[i].capability) != rows[i].can)
			test_fail(
				__FILE__, __LINE__, "%s %s", rows[i].caps, rows[i].capability);
	}
	CHECK_TRUE(!mcp_can(&(struct mcp_call) { 0 }, "sampling"));
	arena_free(&a);
}

TEST_MAIN(TEST(advertised), TEST(declared))
