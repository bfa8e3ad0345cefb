/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies in, answers out: methods, eras, batches, progress. */
#include "lib/test.h"
#include "protocol/fixture.h"

#include <string.h>

#define META                                                                                   \
	"\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","               \
	"\"io.modelcontextprotocol/clientCapabilities\":{}}"
#define OPEN "{\"jsonrpc\":\"2.0\","
#define REQ(method, params) OPEN "\"id\":7,\"method\":\"" method "\",\"params\":{" params "}}"
#define SERVER                                                                                 \
	",\"_meta\":{\"io.modelcontextprotocol/"                                               \
	"serverInfo\":{\"name\":\"fixture\",\"version\":\"1\"}}"
#define MODERN(members)                                                                        \
	OPEN "\"id\":7,\"result\":{\"resultType\":\"complete\"," members SERVER "}}"
#define HINTS ",\"ttlMs\":3600000,\"cacheScope\":\"public\""
#define LEGACY(members) OPEN "\"id\":7,\"result\":{" members "}}"
#define HI "\"content\":[{\"type\":\"text\",\"text\":\"hi\"}]"
#define ECHO "\"name\":\"echo\",\"arguments\":{\"text\":\"hi\"}"

enum era { PIPE, OLD, NOW }; /* which headers come along */
struct row {
	const char *body;
	enum era era;
	int status;
	const char *want; /* the whole answer, or how it begins where that ends with "..." */
};

static struct headers headers_for(enum era era, const char *body)
{
	struct headers h = { 0 };
	struct str method = str_of(strstr(body, "\"method\":\""));
	if (era == OLD)
		h.version = (struct header) { STR("2025-11-25"), 1 };
	if (era != NOW)
		return h;
	h.version = (struct header) { STR("2026-07-28"), 1 };
	h.name = (struct header) { STR("echo"), strstr(body, "\"echo\"") != NULL };
	if (method.p) {
		method = (struct str) { method.p + 10, method.n - 10 };
		method.n = str_find(method, '"');
		h.method = (struct header) { method, 1 };
	}
	return h;
}

static void check(struct desks *d, const struct row *row)
{
	struct headers h = headers_for(row->era, row->body);
	struct told t;
	struct str want = str_of(row->want);
	tell(&t, d, row->era == PIPE ? NULL : &h, str_of(row->body), 0);
	struct str got = buf_str(&t.out);
	if (str_ends(want, STR("..."))) {
		want.n -= 3;
		got.n = got.n < want.n ? got.n : want.n;
	}
	if (t.turn.status != row->status)
		test_fail(__FILE__, __LINE__, "%s: status %d", row->body, t.turn.status);
	if (!str_eq(got, want))
		test_fail(__FILE__, __LINE__, "%s\n#  got: %.*s\n# want: %.*s", row->body,
			STR_ARG(got), STR_ARG(want));
	told_free(&t);
}

static void check_rows(const struct row *rows, size_t count)
{
	struct desks *d = desks_start(1, 10, NULL, NULL, NULL);
	for (size_t i = 0; i < count; i++)
		check(d, &rows[i]);
	desks_stop(&d);
}

static void methods(void)
{
	static const struct row rows[] = {
		{ REQ("tools/list", META), NOW, 200,
			MODERN("\"tools\":[{\"name\":\"echo\",\"structured\":true}]" HINTS) },
		{ REQ("tools/list", ""), OLD, 200,
			LEGACY("\"tools\":[{\"name\":\"echo\",\"structured\":true}]") },
		{ REQ("tools/list", META ",\"cursor\":\"\""), NOW, 200,
			OPEN "\"id\":7,\"error\":{\"code\":-32602,..." },
		{ REQ("tools/list", "\"cursor\":5"), OLD, 200,
			OPEN "\"id\":7,\"error\":{\"code\":-32602,..." },
		{ REQ("server/discover", META), NOW, 200,
			MODERN("\"supportedVersions\":[\"2026-07-28\"],\"capabilities\":{"
			       "\"tools\":{}},"
			       "\"instructions\":\"Test.\"" HINTS) },
		{ REQ("server/discover", ""), OLD, 200,
			OPEN "\"id\":7,\"error\":{\"code\":-32601,..." },
		{ REQ("ping", ""), OLD, 200, LEGACY("") },
		{ REQ("ping", META), NOW, 404, OPEN "\"id\":7,\"error\":{\"code\":-32601,..." },
		{ REQ("initialize", META), NOW, 404,
			OPEN "\"id\":7,\"error\":{\"code\":-32601,..." },
		{ REQ("subscriptions/listen", META), NOW, 404,
			OPEN "\"id\":7,\"error\":{\"code\":-32601,..." },
		{ REQ("resources/list", META), NOW, 404,
			OPEN "\"id\":7,\"error\":{\"code\":-32601,..." },
		{ REQ("logging/setLevel", ""), OLD, 200,
			OPEN "\"id\":7,\"error\":{\"code\":-32601,\"message\":"
			     "\"Method not found: logging/setLevel\"}}" },
		{ OPEN "\"id\":7,\"method\":\"ping\"}", OLD, 200, LEGACY("") },
		{ OPEN "\"id\":7,\"method\":\"ping\",\"params\":[]}", OLD, 200,
			OPEN "\"id\":7,\"error\":{\"code\":-32602,..." },
		{ OPEN "\"id\":7,\"method\":\"tools/list\",\"params\":null}", NOW, 400,
			OPEN "\"id\":7,\"error\":{\"code\":-32602,..." },
		{ REQ("tools/list", ""), PIPE, 200,
			LEGACY("\"tools\":[{\"name\":\"echo\",\"structured\":true}]") },
		{ REQ("ping", ""), PIPE, 200, LEGACY("") },
	};
	check_rows(rows, sizeof rows / sizeof rows[0]);
}

static void calls(void)
{
	static const struct row rows[] = {
		{ REQ("tools/call", ECHO "," META), NOW, 200, MODERN(HI) },
		{ REQ("tools/call", ECHO), OLD, 200, LEGACY(HI) },
		{ REQ("tools/call", ECHO "," META), PIPE, 200, MODERN(HI) },
		{ REQ("tools/call", ECHO), PIPE, 200, LEGACY(HI) },
		{ REQ("tools/call", "\"name\":\"echo\""), OLD, 200,
			LEGACY("\"content\":[{\"type\":\"text\",\"text\":\"\"}]") },
		{ REQ("tools/call", "\"name\":\"work\""), OLD, 200,
			LEGACY("\"content\":[{\"type\":\"text\",\"text\":\"worked\"}]") },
		{ REQ("tools/call", "\"name\":\"fail\""), OLD, 200,
			OPEN "\"id\":7,\"error\":{\"code\":-32603,\"message\":\"no answer in 5 "
			     "ms\"}}" },
		{ REQ("tools/call", "\"name\":\"none\""), OLD, 200,
			OPEN "\"id\":7,\"error\":{\"code\":-32602,\"message\":\"Unknown tool: "
			     "none\"}}" },
		{ REQ("tools/call", "\"name\":\"echo\",\"arguments\":[]," META), NOW, 200,
			OPEN "\"id\":7,\"error\":{\"code\":-32602,..." },
		{ REQ("tools/call", "\"name\":\"echo\",\"arguments\":null," META), NOW, 200,
			OPEN "\"id\":7,\"error\":{\"code\":-32602,..." },
		{ REQ("tools/call", META), NOW, 200,
			OPEN "\"id\":7,\"error\":{\"code\":-32602,..." },
		{ REQ("tools/call", "\"name\":5"), OLD, 200,
			OPEN "\"id\":7,\"error\":{\"code\":-32602,..." },
	};
	check_rows(rows, sizeof rows / sizeof rows[0]);
}

static void handshakes(void)
{
#define HELLO(version) REQ("initialize", "\"protocolVersion\":" version ",\"capabilities\":{}")
#define AGREED(version)                                                                        \
	LEGACY("\"protocolVersion\":\"" version "\",\"capabilities\":{\"tools\":{}},"          \
	       "\"instructions\":\"Test.\",\"serverInfo\":{\"name\":\"fixture\",\"version\":"  \
	       "\"1\"}")
	static const struct row rows[] = {
		{ HELLO("\"2025-11-25\""), PIPE, 200, AGREED("2025-11-25") },
		{ HELLO("\"2025-06-18\""), PIPE, 200, AGREED("2025-06-18") },
		{ HELLO("\"2025-03-26\""), OLD, 200, AGREED("2025-03-26") },
		{ HELLO("\"2024-11-05\""), PIPE, 200, AGREED("2025-11-25") },
		{ HELLO("\"2026-07-28\""), PIPE, 200, AGREED("2025-11-25") },
		{ HELLO("\"\""), PIPE, 200, AGREED("2025-11-25") },
		{ HELLO("5"), PIPE, 200, OPEN "\"id\":7,\"error\":{\"code\":-32602,..." },
		{ REQ("initialize", ""), OLD, 200,
			OPEN "\"id\":7,\"error\":{\"code\":-32602,..." },
	};
	check_rows(rows, sizeof rows / sizeof rows[0]);
}

static void refusals(void)
{
#define NO_ID(code) OPEN "\"error\":{\"code\":" code ",..."
	static const struct row rows[] = {
		{ "", OLD, 400, NO_ID("-32700") },
		{ "{", OLD, 400, NO_ID("-32700") },
		{ "{}", OLD, 400, NO_ID("-32600") },
		{ "{} {}", OLD, 400, NO_ID("-32700") },
		{ "\"x\"", NOW, 400, NO_ID("-32600") },
		{ OPEN "\"id\":1,\"id\":2,\"method\":\"ping\"}", OLD, 400, NO_ID("-32700") },
		{ REQ("ping", "\"a\":1,\"a\":2"), OLD, 400, NO_ID("-32700") },
		{ REQ("ping", "\"a\":\"\\u0000\""), OLD, 400, NO_ID("-32700") },
		{ REQ("ping", "\"a\":\"\\ud800\""), OLD, 400, NO_ID("-32700") },
		{ REQ("ping", "\"a\":\"\xff\""), OLD, 400, NO_ID("-32700") },
		{ OPEN "\"id\":null,\"method\":\"ping\"}", OLD, 400, NO_ID("-32600") },
		{ OPEN "\"id\":1.5,\"method\":\"ping\"}", OLD, 400, NO_ID("-32600") },
		{ OPEN "\"id\":7}", OLD, 400, OPEN "\"id\":7,\"error\":{\"code\":-32600,..." },
		{ OPEN "\"id\":1,\"result\":{}}", OLD, 400, NO_ID("-32600") },
		{ OPEN "\"method\":\"notifications/initialized\"}", OLD, 202, "" },
		{ OPEN "\"method\":\"no/such/thing\"}", OLD, 202, "" },
		/* nobody waits on a pipe for an answer to these */
		{ OPEN "\"id\":1,\"result\":{}}", PIPE, 400, "" },
		{ OPEN "\"method\":\"x\",\"params\":{\"_meta\":{"
		       "\"io.modelcontextprotocol/protocolVersion\":5}}}",
			PIPE, 400, "" },
		{ "garbage", PIPE, 400, NO_ID("-32700") },
	};
	check_rows(rows, sizeof rows / sizeof rows[0]);
}

static void depth_bombs(void)
{
	struct desks *d = desks_start(1, 10, NULL, NULL, NULL);
	struct headers h = { 0 };
	struct told t;
	struct buf bomb;
	buf_init(&bomb, 0);
	buf_text(&bomb, OPEN "\"id\":7,\"method\":\"ping\",\"params\":");
	for (int i = 0; i < 500000; i++)
		buf_text(&bomb, "{\"a\":");
	tell(&t, d, &h, buf_str(&bomb), 0);
	CHECK_INT(t.turn.status, 400);
	CHECK_TRUE(str_starts(buf_str(&t.out), STR(OPEN "\"error\":{\"code\":-32700")));
	told_free(&t);
	buf_release(&bomb);
	desks_stop(&d);
}

static void null_id_for_older_revisions(void)
{
	struct desks *d = desks_start(1, 10, NULL, NULL, NULL);
	struct headers h = { .version = { STR("2025-06-18"), 1 } };
	struct told t;
	tell(&t, d, &h, STR("{"), 0);
	CHECK_TRUE(str_starts(
		buf_str(&t.out), STR(OPEN "\"id\":null,\"error\":{\"code\":-32700")));
	told_free(&t);
	desks_stop(&d);
}

static void batches(void)
{
#define ITEM(id, method, params)                                                               \
	OPEN "\"id\":" id ",\"method\":\"" method "\",\"params\":{" params "}}"
#define NOTE OPEN "\"method\":\"notifications/x\"}"
#define REPLY OPEN "\"id\":5,\"result\":{}}"
	static const struct {
		const char *body, *version;
		int status;
		const char *want;
	} rows[] = {
		{ "[" ITEM("1", "ping", "") "," NOTE "," ITEM("\"b\"", "nope", "") "," ITEM("3",
			  "tools/call",
			  "\"name\":\"fail\"") "," ITEM("4", "tools/call", ECHO) "]",
			"2025-03-26", 200,
			"[" OPEN "\"id\":1,\"result\":{}}," OPEN
			"\"id\":\"b\",\"error\":{\"code\":-32601,\"message\":\"Method not "
			"found: "
			"nope\"}}," OPEN
			"\"id\":3,\"error\":{\"code\":-32603,\"message\":\"no answer "
			"in 5 ms\"}}," OPEN "\"id\":4,\"result\":{" HI "}}]" },
		{ "[" ITEM("1", "ping", "") "]", NULL, 200,
			"[" OPEN "\"id\":1,\"result\":{}}]" },
		{ "[" ITEM("1", "tools/list", "") "]", NULL, 200,
			"[" OPEN "\"id\":1,\"result\":{\"tools\":[{\"name\":\"echo\"}]}}]" },
		{ "[" NOTE "," REPLY "]", NULL, 202, "" },
		{ "[]", NULL, 400, NO_ID("-32600") },
		{ "[1]", NULL, 400, NO_ID("-32600") },
		{ "[" ITEM("1", "ping", "") ",{}]", NULL, 400, NO_ID("-32600") },
		{ "[" ITEM("1", "ping", META) "]", NULL, 400, NO_ID("-32600") },
		{ "[" ITEM("1", "initialize", "\"protocolVersion\":\"2025-03-26\"") "]", NULL,
			400, NO_ID("-32600") },
		{ "[" ITEM("1", "ping", "") "]", "2025-06-18", 400,
			OPEN "\"id\":null,\"error\":{\"code\":-32600..." },
		{ "[" ITEM("1", "ping", "") "]", "2025-11-25", 400, NO_ID("-32600") },
		{ "[" ITEM("1", "ping", "") "]", "2026-07-28", 400, NO_ID("-32600") },
		{ "[" ITEM("1", "ping", "") "]", "2031-01-01", 400, NO_ID("-32000") },
	};
	struct desks *d = desks_start(1, 10, NULL, NULL, NULL);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct headers h = { .version = { str_of(rows[i].version),
					     rows[i].version != NULL } };
		struct told t;
		struct str want = str_of(rows[i].want);
		tell(&t, d, &h, str_of(rows[i].body), 0);
		struct str got = buf_str(&t.out);
		if (str_ends(want, STR("..."))) {
			want.n -= 3;
			got.n = got.n < want.n ? got.n : want.n;
		}
		CHECK_INT(t.turn.status, rows[i].status);
		if (!str_eq(got, want))
			test_fail(__FILE__, __LINE__, "%s\n#  got: %.*s\n# want: %.*s",
				rows[i].body, STR_ARG(got), STR_ARG(want));
		told_free(&t);
	}
	desks_stop(&d);
}

static void batch_length(void)
{
	struct desks *d = desks_start(1, 10, NULL, NULL, NULL);
	struct headers h = { 0 };
	for (int n = TURN_BATCH_MAX; n <= TURN_BATCH_MAX + 1; n++) {
		struct told t;
		struct buf body;
		buf_init(&body, 0);
		for (int i = 0; i < n; i++)
			buf_text(&body,
				i ? "," ITEM("1", "ping", "") : "[" ITEM("1", "ping", ""));
		buf_char(&body, ']');
		tell(&t, d, &h, buf_str(&body), 0);
		CHECK_INT(t.turn.status, n > TURN_BATCH_MAX ? 400 : 200);
		told_free(&t);
		buf_release(&body);
	}
	desks_stop(&d);
}

static void progress(void)
{
#define WORK(more) REQ("tools/call", "\"name\":\"work\",\"_meta\":{" more "}")
#define STEP(token, done)                                                                      \
	OPEN "\"method\":\"notifications/progress\",\"params\":{\"progressToken\":" token ","  \
	     "\"progress\":" done ",\"total\":3,\"message\":\"Working\"}}\n"
	static const struct {
		const char *body, *want;
	} rows[] = {
		/* 2 comes too soon, 1 goes back, the second 2.500 does not increase */
		{ WORK("\"progressToken\":\"p\""),
			STEP("\"p\"", "1") STEP("\"p\"", "2.500") STEP("\"p\"", "3") },
		{ WORK("\"progressToken\":0"),
			STEP("0", "1") STEP("0", "2.500") STEP("0", "3") },
		{ WORK("\"progressToken\":1.5"), "" },
		{ WORK(""), "" },
		{ "[" WORK("\"progressToken\":1") "]", "" },
	};
	struct desks *d = desks_start(1, 10, NULL, NULL, NULL);
	struct headers h = { .version = { STR("2025-03-26"), 1 } };
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct told t;
		tell(&t, d, &h, str_of(rows[i].body), 0);
		if (!str_eq(buf_str(&t.notes), str_of(rows[i].want)))
			test_fail(__FILE__, __LINE__, "%s\n# got: %.*s", rows[i].body,
				STR_ARG(buf_str(&t.notes)));
		CHECK_TRUE(str_has(buf_str(&t.out), STR("worked")));
		CHECK_TRUE(t.call.say == NULL);
		told_free(&t);
	}
	desks_stop(&d);
}

static void answers_too_large(void)
{
	struct desks *d = desks_start(1, 10, NULL, NULL, NULL);
	struct told t;
	struct buf body;
	buf_init(&body, 0);
	buf_text(&body, OPEN "\"id\":7,\"method\":\"tools/call\",\"params\":{\"name\":\"echo\","
			     "\"arguments\":{\"text\":\"");
	for (int i = 0; i < 1000; i++)
		buf_char(&body, 'x');
	buf_text(&body, "\"}}}");
	tell(&t, d, NULL, buf_str(&body), 500);
	CHECK_TRUE(
		str_starts(buf_str(&t.out), STR(OPEN "\"id\":7,\"error\":{\"code\":-32603")));
	told_free(&t);
	buf_release(&body);
	desks_stop(&d);
}

TEST_MAIN(TEST(methods), TEST(calls), TEST(handshakes), TEST(refusals), TEST(depth_bombs),
	TEST(null_id_for_older_revisions), TEST(batches), TEST(batch_length), TEST(progress),
	TEST(answers_too_large))
