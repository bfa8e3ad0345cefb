/* SPDX-License-Identifier: Apache-2.0 */
/* Each branch of the classification, with the headers it looks at. */
#include "mcp/protocol/era.h"
#include "lib/test.h"

#include <string.h>

#define V "\"io.modelcontextprotocol/protocolVersion\":"
#define C "\"io.modelcontextprotocol/clientCapabilities\":{}"
#define NOW V "\"2026-07-28\""
#define CALL(method, meta)                                                                     \
	"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" method "\",\"params\":{\"name\":\"t\","  \
	"\"_meta\":{" meta "}}}"
#define PLAIN(method)                                                                          \
	"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" method "\",\"params\":{\"name\":\"t\"}}"
#define NOTE(meta)                                                                             \
	"{\"jsonrpc\":\"2.0\",\"method\":\"notifications/x\",\"params\":{\"_meta\":{" meta "}" \
	"}"                                                                                    \
	"}"
#define MODERN_META NOW "," C

enum { FINE = -1 };
struct row {
	const char *what, *text;
	const char *version, *method, *name; /* headers; NULL: absent */
	int code; /* FINE, or enum rpc_code */
	int status; /* of a fault: HTTP, after the table's rule */
	enum mcp_revision revision;
};

static struct header given(const char *value)
{
	return (struct header) { str_of(value), value != NULL };
}

static void check(const struct row *row, const struct headers *h)
{
	struct arena *a = arena_new(0);
	struct rpc_message m;
	struct rpc_fault f;
	struct err e;
	enum mcp_revision r = MCP_REVISIONS;
	json_t *j = json_read(a, str_of(row->text), &e);
	if (!j || !rpc_shape(j, &m, &f)) {
		test_fail(__FILE__, __LINE__, "%s: not a message", row->what);
		arena_free(&a);
		return;
	}
	bool ok = era_decide(&m, h, MCP_2025_03_26, a, &r, &f);
	if (ok != (row->code == FINE))
		test_fail(__FILE__, __LINE__, "%s: ok is %d (%s)", row->what, ok,
			ok ? "" : f.msg);
	else if (ok && r != row->revision)
		test_fail(__FILE__, __LINE__, "%s: %s", row->what, mcp_revision_name(r));
	else if (!ok && ((int)f.code != row->code ||
				(f.status ? f.status : rpc_status(f.code)) != row->status))
		test_fail(__FILE__, __LINE__, "%s: code %d status %d (%s)", row->what,
			rpc_number(f.code), f.status, f.msg);
	arena_free(&a);
}

static void over_http(void)
{
	static const char now[] = "2026-07-28", old[] = "2025-11-25";
	static const struct row rows[] = {
		/* initialize */
		{ "initialize", PLAIN("initialize"), NULL, NULL, NULL, FINE, 0,
			MCP_2025_03_26 },
		{ "initialize, legacy header", PLAIN("initialize"), old, NULL, NULL, FINE, 0,
			MCP_2025_11_25 },
		{ "initialize, modern header", PLAIN("initialize"), now, NULL, NULL, RPC_HEADER,
			400, 0 },
		{ "initialize, bad claim, modern header", CALL("initialize", NOW), now, NULL,
			NULL, RPC_HEADER, 400, 0 },
		{ "initialize, bad claim, no header", CALL("initialize", NOW), NULL, NULL, NULL,
			FINE, 0, MCP_2025_03_26 },
		{ "initialize, claim of a legacy date",
			CALL("initialize", V "\"2025-11-25\"," C), NULL, NULL, NULL, FINE, 0,
			MCP_2025_03_26 },
		{ "initialize, valid claim", CALL("initialize", MODERN_META), now, "initialize",
			NULL, FINE, 0, MCP_2026_07_28 },
		/* a claim */
		{ "modern", CALL("tools/list", MODERN_META), now, "tools/list", NULL, FINE, 0,
			MCP_2026_07_28 },
		{ "modern, name", CALL("tools/call", MODERN_META), now, "tools/call", "t", FINE,
			0, MCP_2026_07_28 },
		{ "modern, name in base64", CALL("tools/call", MODERN_META), now, "tools/call",
			"=?base64?dA==?=", FINE, 0, MCP_2026_07_28 },
		{ "modern, padded headers", CALL("tools/call", MODERN_META), now,
			" tools/call ", " t ", FINE, 0, MCP_2026_07_28 },
		{ "capabilities missing", CALL("tools/list", NOW), now, "tools/list", NULL,
			RPC_PARAMS, 400, 0 },
		{ "capabilities missing, no headers", CALL("tools/list", NOW), NULL, NULL, NULL,
			RPC_PARAMS, 400, 0 },
		{ "version is a number", CALL("tools/list", V "5," C), now, "tools/list", NULL,
			RPC_PARAMS, 400, 0 },
		{ "version is null", CALL("tools/list", V "null," C), now, "tools/list", NULL,
			RPC_PARAMS, 400, 0 },
		{ "malformed before mismatch", CALL("tools/list", V "5," C), old, NULL, NULL,
			RPC_PARAMS, 400, 0 },
		{ "header version differs", CALL("tools/list", MODERN_META), old, "tools/list",
			NULL, RPC_HEADER, 400, 0 },
		{ "mismatch before unsupported", CALL("tools/list", V "\"2031-01-01\"," C), now,
			"tools/list", NULL, RPC_HEADER, 400, 0 },
		{ "header method differs", CALL("tools/list", MODERN_META), now, "tools/call",
			NULL, RPC_HEADER, 400, 0 },
		{ "header method's case", CALL("tools/list", MODERN_META), now, "Tools/List",
			NULL, RPC_HEADER, 400, 0 },
		{ "future version", CALL("tools/list", V "\"2031-01-01\"," C), "2031-01-01",
			"tools/list", NULL, RPC_VERSION, 400, 0 },
		{ "unknown version, no header", CALL("tools/list", V "\"x\"," C), NULL, NULL,
			NULL, RPC_VERSION, 400, 0 },
		{ "claim of a legacy date", CALL("tools/list", V "\"2025-11-25\"," C), old,
			"tools/list", NULL, RPC_VERSION, 400, 0 },
		{ "version header missing", CALL("tools/list", MODERN_META), NULL, "tools/list",
			NULL, RPC_HEADER, 400, 0 },
		{ "method header missing", CALL("tools/list", MODERN_META), now, NULL, NULL,
			RPC_HEADER, 400, 0 },
		{ "name header missing", CALL("tools/call", MODERN_META), now, "tools/call",
			NULL, RPC_HEADER, 400, 0 },
		{ "name header differs", CALL("tools/call", MODERN_META), now, "tools/call",
			"u", RPC_HEADER, 400, 0 },
		{ "name header's case", CALL("tools/call", MODERN_META), now, "tools/call", "T",
			RPC_HEADER, 400, 0 },
		{ "name header malformed", CALL("tools/call", MODERN_META), now, "tools/call",
			"=?base64?dA?=", RPC_HEADER, 400, 0 },
		{ "name header for a method without", CALL("tools/list", MODERN_META), now,
			"tools/list", "t", FINE, 0, MCP_2026_07_28 },
		{ "uri", CALL("resources/read", MODERN_META), now, "resources/read", "t",
			RPC_HEADER, 400, 0 },
		{ "no uri at all", CALL("resources/read", MODERN_META), now, "resources/read",
			NULL, FINE, 0, MCP_2026_07_28 },
		{ "task id", CALL("tasks/get", MODERN_META ",\"progressToken\":1"), now,
			"tasks/get", NULL, FINE, 0, MCP_2026_07_28 },
		/* no claim */
		{ "modern header, no claim", PLAIN("tools/list"), now, "tools/list", NULL,
			RPC_PARAMS, 400, 0 },
		{ "modern header, empty meta", CALL("tools/list", ""), now, NULL, NULL,
			RPC_PARAMS, 400, 0 },
		{ "legacy", PLAIN("tools/list"), old, NULL, NULL, FINE, 0, MCP_2025_11_25 },
		{ "legacy of June", PLAIN("tools/list"), "2025-06-18", NULL, NULL, FINE, 0,
			MCP_2025_06_18 },
		{ "legacy of March", PLAIN("tools/list"), "2025-03-26", NULL, NULL, FINE, 0,
			MCP_2025_03_26 },
		{ "no header", PLAIN("tools/list"), NULL, NULL, NULL, FINE, 0, MCP_2025_03_26 },
		{ "legacy progress token", CALL("tools/list", "\"progressToken\":1"), old, NULL,
			NULL, FINE, 0, MCP_2025_11_25 },
		{ "legacy ignores the modern headers", PLAIN("tools/call"), old, "x", "y", FINE,
			0, MCP_2025_11_25 },
		{ "too old", PLAIN("tools/list"), "2024-11-05", NULL, NULL, RPC_TRANSPORT, 400,
			0 },
		{ "nonsense", PLAIN("tools/list"), "latest", NULL, NULL, RPC_TRANSPORT, 400,
			0 },
		/* notifications */
		{ "modern notification", NOTE(MODERN_META), now, "notifications/x", NULL, FINE,
			0, MCP_2026_07_28 },
		{ "modern notification, no headers", NOTE(MODERN_META), NULL, NULL, NULL, FINE,
			0, MCP_2026_07_28 },
		{ "notification, header differs", NOTE(MODERN_META), now, "x", NULL, RPC_HEADER,
			400, 0 },
		{ "notification, capabilities missing", NOTE(NOW), now, NULL, NULL, RPC_PARAMS,
			400, 0 },
		{ "notification, future version", NOTE(V "\"2031-01-01\"," C), NULL, NULL, NULL,
			RPC_VERSION, 400, 0 },
		{ "notification by header", NOTE(""), now, NULL, NULL, FINE, 0,
			MCP_2026_07_28 },
		{ "legacy notification", NOTE(""), old, NULL, NULL, FINE, 0, MCP_2025_11_25 },
		{ "bare notification", NOTE(""), NULL, NULL, NULL, FINE, 0, MCP_2025_03_26 },
		{ "notification, unknown header", NOTE(""), "2024-11-05", NULL, NULL,
			RPC_TRANSPORT, 400, 0 },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct headers h = { given(rows[i].version), given(rows[i].method),
			given(rows[i].name) };
		check(&rows[i], &h);
	}
}

static void on_a_pipe(void)
{
	static const struct row rows[] = {
		{ "initialize", PLAIN("initialize"), .code = FINE, .revision = MCP_2025_03_26 },
		{ "initialize, valid claim", CALL("initialize", MODERN_META), .code = FINE,
			.revision = MCP_2026_07_28 },
		{ "modern", CALL("tools/call", MODERN_META), .code = FINE,
			.revision = MCP_2026_07_28 },
		{ "legacy", PLAIN("tools/call"), .code = FINE, .revision = MCP_2025_03_26 },
		{ "future", CALL("tools/list", V "\"2031-01-01\"," C), .code = RPC_VERSION,
			.status = 400 },
		{ "capabilities missing", CALL("tools/list", NOW), .code = RPC_PARAMS,
			.status = 400 },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		check(&rows[i], NULL);
}

static void repeated_headers(void)
{
	static const struct row row = { "repeated", CALL("tools/call", MODERN_META),
		.code = RPC_HEADER, .status = 400 };
	for (int which = 0; which < 3; which++) {
		struct headers h = { given("2026-07-28"), given("tools/call"), given("t") };
		(which == 0 ? &h.version : which == 1 ? &h.method : &h.name)->count = 2;
		check(&row, &h);
	}
}

static void meta_types(void)
{
#define META(more) CALL("tools/list", MODERN_META "," more)
#define P "\"io.modelcontextprotocol/"
	static const struct row rows[] = {
		{ "info", META(P "clientInfo\":{\"name\":\"a\",\"version\":\"1\",\"x\":1}"),
			.code = FINE },
		{ "info without version", META(P "clientInfo\":{\"name\":\"a\"}"),
			.code = RPC_PARAMS },
		{ "info is text", META(P "clientInfo\":\"a\""), .code = RPC_PARAMS },
		{ "level", META(P "logLevel\":\"notice\""), .code = FINE },
		{ "unknown level", META(P "logLevel\":\"loud\""), .code = RPC_PARAMS },
		{ "level is a number", META(P "logLevel\":1"), .code = RPC_PARAMS },
		{ "text token", META("\"progressToken\":\"a\""), .code = FINE },
		{ "number token", META("\"progressToken\":0"), .code = FINE },
		{ "float token", META("\"progressToken\":1.5"), .code = RPC_PARAMS },
		{ "null token", META("\"progressToken\":null"), .code = RPC_PARAMS },
		{ "trace", META("\"traceparent\":\"00-1-2-01\",\"baggage\":\"\""),
			.code = FINE },
		{ "trace is a number", META("\"traceparent\":1"), .code = RPC_PARAMS },
		{ "unknown keys", META("\"x.example/y\":[1],\"z\":null"), .code = FINE },
		{ "capabilities is a list",
			CALL("tools/list", NOW "," P "clientCapabilities\":[]"),
			.code = RPC_PARAMS },
		{ "capabilities is null",
			CALL("tools/list", NOW "," P "clientCapabilities\":null"),
			.code = RPC_PARAMS },
		{ "a capability is true",
			CALL("tools/list", NOW "," P "clientCapabilities\":{\"roots\":true}"),
			.code = RPC_PARAMS },
		{ "capabilities",
			CALL("tools/list", NOW "," P "clientCapabilities\":{\"roots\":{},"
					       "\"extensions\":{\"a/b\":{}},\"new\":1}"),
			.code = FINE },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct headers h = { given("2026-07-28"), given("tools/list"), given(NULL) };
		struct row row = rows[i];
		row.status = 400;
		row.revision = MCP_2026_07_28;
		check(&row, &h);
	}
}

static void batches(void)
{
	static const struct {
		const char *version;
		bool ok;
	} rows[] = {
		{ NULL, true },
		{ "2025-03-26", true },
		{ "2025-06-18", false },
		{ "2025-11-25", false },
		{ "2026-07-28", false },
		{ "2024-11-05", false },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct headers h = { given(rows[i].version), given(NULL), given(NULL) };
		struct rpc_fault f;
		enum mcp_revision r;
		if (era_batch(&h, MCP_2025_03_26, &r, &f) != rows[i].ok)
			test_fail(__FILE__, __LINE__, "%s", rows[i].version);
	}
}

static void unsupported_names_what_is(void)
{
	struct arena *a = arena_new(0);
	struct rpc_message m;
	struct rpc_fault f;
	struct err e;
	enum mcp_revision r;
	rpc_shape(json_read(a, STR(CALL("x", V "\"2031\\\"\"," C)), &e), &m, &f);
	CHECK_TRUE(!era_decide(&m, NULL, MCP_2025_11_25, a, &r, &f));
	CHECK_STR(f.data, "{\"supported\":[\"2026-07-28\"],\"requested\":\"2031\\\"\"}");
	arena_free(&a);
}

static void null_ids(void)
{
	static const char *const want_null[] = { "2025-03-26", "2025-06-18" },
				 *const want_none[] = { NULL, "2025-11-25", "2026-07-28", "x" };
	struct headers h = { 0 };
	for (size_t i = 0; i < 2; i++) {
		h.version = given(want_null[i]);
		CHECK_TRUE(era_null_id(&h));
	}
	for (size_t i = 0; i < 4; i++) {
		h.version = given(want_none[i]);
		CHECK_TRUE(!era_null_id(&h));
	}
	CHECK_TRUE(!era_null_id(NULL));
}

TEST_MAIN(TEST(over_http), TEST(on_a_pipe), TEST(repeated_headers), TEST(meta_types),
	TEST(batches), TEST(unsupported_names_what_is), TEST(null_ids))
