/* SPDX-License-Identifier: Apache-2.0 */
/* Operations as tools, as far as the gate: no page is fetched here. */
#include "mcp/tool.h"
#include "account/principal.h"
#include "base/mem.h"
#include "lib/test.h"
#include "mcp/protocol/turn.h"
#include "mcp/tool_list.h"
#include "op/op.h"

#include <string.h>

static const struct mcp_server server = {
	.name = "test",
	.version = "1",
	.tools = &product_tools,
};

/* Answer to one line of a pipe, parsed; NULL: none. */
static json_t *ask(struct arena *a, const struct principal *who, const char *line)
{
	struct desks *d = desks_start(1, 10, NULL, NULL, NULL);
	struct call call = { .arena = a, .request_id = "test", .who = who };
	struct flow flow;
	struct buf out;
	struct err e;
	struct turn t = {
		.server = &server,
		.flow = &flow,
		.arena = a,
		.fallback = MCP_LEGACY_LATEST,
		.out = &out,
	};
	buf_init(&out, 0);
	if (turn_read(&t, str_of(line))) {
		flow_init(&flow, &call, t.steps, &t, NULL);
		flow_run(d, &flow);
	}
	desks_stop(&d);
	json_t *j = json_read(a, buf_str(&out), &e);
	buf_release(&out);
	return j;
}

static const struct principal local = { "a", "local", VIA_LOCAL, SCOPES_ALL };

#define CALL(params)                                                                           \
	"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{" params "}}"
#define SCRAPE(args) CALL("\"name\":\"scrape_url\",\"arguments\":{" args "}")

/* The text of a result with isError, or "" with a failed check. */
static const char *failure(const json_t *answer)
{
	const json_t *result = json_object_get(answer, "result");
	CHECK_TRUE(json_is_true(json_object_get(result, "isError")));
	CHECK_TRUE(!json_object_get(result, "structuredContent"));
	const json_t *first = json_array_get(json_object_get(result, "content"), 0);
	const char *text = json_string_value(json_object_get(first, "text"));
	return text ? text : "";
}

static void lists(void)
{
	static const char *const hints[] = {
		"readOnlyHint",
		"destructiveHint",
		"idempotentHint",
		"openWorldHint",
	};
	for (int structured = 0; structured < 2; structured++) {
		struct arena *a = arena_new(0);
		struct buf b;
		struct err e;
		size_t i;
		json_t *tool;
		buf_init(&b, 0);
		tool_put_list(&b, structured);
		json_t *list = json_read(a, buf_str(&b), &e);
		CHECK_TRUE(json_array_size(list) > 0);
		json_array_foreach(list, i, tool)
		{
			const json_t *notes = json_object_get(tool, "annotations");
			CHECK_TRUE(json_is_object(json_object_get(tool, "inputSchema")));
			CHECK_INT(json_is_object(json_object_get(tool, "outputSchema")),
				structured);
			for (size_t k = 0; k < sizeof hints / sizeof hints[0]; k++)
				CHECK_TRUE(json_is_boolean(json_object_get(notes, hints[k])));
			CHECK_TRUE(json_equal(json_object_get(notes, "title"),
				json_object_get(tool, "title")));
		}
		buf_release(&b);
		arena_free(&a);
	}
}

static void only_tools_are_offered(void)
{
	struct arena *a = arena_new(0);
	static const char *const names[] = { "scrape", "", "scrape_ur", "SCRAPE_URL" };
	tool_start();
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *line = arena_printf(a, CALL("\"name\":\"%s\""), names[i]);
		const json_t *error = json_object_get(ask(a, &local, line), "error");
		CHECK_INT(json_integer_value(json_object_get(error, "code")), -32602);
	}
	tool_stop();
	arena_free(&a);
}

static void wrong_arguments(void)
{
	static const struct {
		const char *line, *field;
	} rows[] = {
		{ CALL("\"name\":\"scrape_url\""), "url" },
		{ SCRAPE("\"url\":7"), "url" },
		{ SCRAPE("\"url\":\"http://a.example/\",\"timeout_ms\":120001"), "timeout_ms" },
		{ SCRAPE("\"url\":\"http://a.example/\",\"timeout_ms\":1.5"), "timeout_ms" },
		{ SCRAPE("\"url\":\"http://a.example/\",\"format\":\"pdf\""), "format" },
	};
	tool_start();
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct arena *a = arena_new(0);
		struct str text = str_of(failure(ask(a, &local, rows[i].line)));
		CHECK_TRUE(str_starts(text, STR("INVALID_REQUEST: ")));
		CHECK_TRUE(str_has(text, str_of(rows[i].field)));
		CHECK_TRUE(str_ends(text, str_of(tool_advice(ERR_INVALID_REQUEST))));
		arena_free(&a);
	}
	tool_stop();
}

/* On a pipe, where no HTTP challenge can be given. */
static void a_missing_scope(void)
{
	static const struct principal weak = { "a", "k", VIA_KEY, SCOPE(JOBS_READ) };
	struct arena *a = arena_new(0);
	struct str text;
	tool_start();
	text = str_of(failure(ask(a, &weak, SCRAPE("\"url\":\"http://a.example/\""))));
	CHECK_TRUE(str_starts(text, STR("INSUFFICIENT_SCOPE: ")));
	CHECK_TRUE(str_has(text, STR("scrape")));
	tool_stop();
	arena_free(&a);
}

static void advice(void)
{
	for (int code = 1; code < ERR_COUNT; code++) {
		struct str text = str_of(tool_advice((enum err_code)code));
		CHECK_TRUE(text.n > 20 && str_utf8_ok(text));
		/* what may be retried is never called hopeless, and the other way round */
		bool hopeless = str_starts(text, STR("Trying again does not help"));
		if (hopeless && err_retry((enum err_code)code))
			test_fail(__FILE__, __LINE__, "%s", err_name((enum err_code)code));
	}
}

TEST_MAIN(TEST(lists), TEST(only_tools_are_offered), TEST(wrong_arguments),
	TEST(a_missing_scope), TEST(advice))
