/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/protocol/rpc.h"
#include "base/mem.h"
#include "lib/test.h"

#include <string.h>

#define OK "{\"jsonrpc\":\"2.0\","

static void shapes(void)
{
	static const struct {
		const char *text;
		int kind; /* -1: refused */
		const char *id; /* as it is echoed; NULL: none */
	} rows[] = {
		{ OK "\"id\":1,\"method\":\"a\"}", RPC_KIND_REQUEST, "1" },
		{ OK "\"id\":0,\"method\":\"a\"}", RPC_KIND_REQUEST, "0" },
		{ OK "\"id\":-7,\"method\":\"a\"}", RPC_KIND_REQUEST, "-7" },
		{ OK "\"id\":9007199254740991,\"method\":\"a\"}", RPC_KIND_REQUEST,
			"9007199254740991" },
		{ OK "\"id\":-9007199254740991,\"method\":\"a\"}", RPC_KIND_REQUEST,
			"-9007199254740991" },
		{ OK "\"id\":\"1\",\"method\":\"a\"}", RPC_KIND_REQUEST, "\"1\"" },
		{ OK "\"id\":\"\",\"method\":\"a\"}", RPC_KIND_REQUEST, "\"\"" },
		{ OK "\"id\":\"\\u00e9\\n\",\"method\":\"a\"}", RPC_KIND_REQUEST,
			"\"\xc3\xa9\\n\"" },
		{ OK "\"id\":1,\"method\":\"a\",\"more\":[1]}", RPC_KIND_REQUEST, "1" },
		{ OK "\"method\":\"a\"}", RPC_KIND_NOTIFICATION, NULL },
		{ OK "\"method\":\"\"}", RPC_KIND_NOTIFICATION, NULL },
		{ OK "\"id\":1,\"result\":{}}", RPC_KIND_RESPONSE, NULL },
		{ OK "\"id\":1,\"error\":{}}", RPC_KIND_RESPONSE, NULL },
		{ OK "\"id\":null,\"error\":{}}", RPC_KIND_RESPONSE, NULL },
		{ OK "\"id\":null,\"method\":\"a\"}", -1, NULL },
		{ OK "\"id\":1.5,\"method\":\"a\"}", -1, NULL },
		{ OK "\"id\":1.0,\"method\":\"a\"}", -1, NULL },
		{ OK "\"id\":1e3,\"method\":\"a\"}", -1, NULL },
		{ OK "\"id\":true,\"method\":\"a\"}", -1, NULL },
		{ OK "\"id\":[1],\"method\":\"a\"}", -1, NULL },
		{ OK "\"id\":{},\"method\":\"a\"}", -1, NULL },
		{ OK "\"id\":1}", -1, "1" },
		{ OK "\"id\":1,\"method\":5}", -1, "1" },
		{ OK "\"id\":1,\"method\":null}", -1, "1" },
		{ OK "\"id\":1,\"method\":\"a\",\"result\":{}}", -1, NULL },
		{ "{\"jsonrpc\":\"1.0\",\"id\":\"x\",\"method\":\"a\"}", -1, "\"x\"" },
		{ "{\"jsonrpc\":2.0,\"id\":1,\"method\":\"a\"}", -1, "1" },
		{ "{\"id\":1,\"method\":\"a\"}", -1, "1" },
		{ "{}", -1, NULL },
		{ "[]", -1, NULL },
		{ "\"text\"", -1, NULL },
		{ "5", -1, NULL },
		{ "null", -1, NULL },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct arena *a = arena_new(0);
		struct rpc_message m;
		struct rpc_fault f;
		struct err e;
		struct buf id;
		const json_t *j = json_read(a, str_of(rows[i].text), &e);
		buf_init(&id, 0);
		bool ok = rpc_shape(j, &m, &f);
		if (ok != (rows[i].kind >= 0) || (ok && (int)m.kind != rows[i].kind))
			test_fail(__FILE__, __LINE__, "%s: ok %d kind %d", rows[i].text, ok,
				(int)m.kind);
		if (!ok && (f.code != RPC_REQUEST || f.status != 400))
			test_fail(__FILE__, __LINE__, "%s: code %d", rows[i].text, f.code);
		if (m.id)
			json_put_value(&id, m.id);
		if (!m.id != !rows[i].id)
			test_fail(__FILE__, __LINE__, "%s: id", rows[i].text);
		else if (m.id)
			CHECK_STR(buf_str(&id), rows[i].id);
		buf_release(&id);
		arena_free(&a);
	}
}

static void params(void)
{
	static const struct {
		const char *text;
		bool bad, object, meta;
	} rows[] = {
		{ OK "\"id\":1,\"method\":\"a\"}", false, false, false },
		{ OK "\"id\":1,\"method\":\"a\",\"params\":{}}", false, true, false },
		{ OK "\"id\":1,\"method\":\"a\",\"params\":{\"_meta\":{}}}", false, true,
			true },
		{ OK "\"id\":1,\"method\":\"a\",\"params\":{\"_meta\":[]}}", false, true,
			false },
		{ OK "\"id\":1,\"method\":\"a\",\"params\":null}", true, false, false },
		{ OK "\"id\":1,\"method\":\"a\",\"params\":[]}", true, false, false },
		{ OK "\"id\":1,\"method\":\"a\",\"params\":\"x\"}", true, false, false },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct arena *a = arena_new(0);
		struct rpc_message m;
		struct rpc_fault f;
		struct err e;
		CHECK_TRUE(rpc_shape(json_read(a, str_of(rows[i].text), &e), &m, &f));
		if (m.params_bad != rows[i].bad || (m.params != NULL) != rows[i].object ||
			(m.meta != NULL) != rows[i].meta)
			test_fail(__FILE__, __LINE__, "%s", rows[i].text);
		arena_free(&a);
	}
}

static void errors(void)
{
	struct rpc_fault f;
	struct buf b;
	buf_init(&b, 0);
	rpc_fault(&f, RPC_METHOD, 0, "no \"%s\"", "x");
	rpc_put_error(&b, NULL, false, &f);
	CHECK_STR(buf_str(&b), "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32601,"
			       "\"message\":\"no \\\"x\\\"\"}}");
	buf_clear(&b);
	f.data = STR("{\"a\":1}");
	rpc_put_error(&b, NULL, true, &f);
	CHECK_STR(buf_str(&b), "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32601,"
			       "\"message\":\"no \\\"x\\\"\",\"data\":{\"a\":1}}}");
	buf_release(&b);
}

/* A message cut at its size keeps whole characters: JSON out must be valid UTF-8. */
static void long_messages_stay_utf8(void)
{
	char text[400];
	struct rpc_fault f;
	for (size_t shift = 0; shift < 3; shift++) {
		memset(text, 'x', shift);
		for (size_t i = shift; i + 3 < sizeof text; i += 3)
			memcpy(text + i, "\xe2\x82\xac", 4);
		rpc_fault(&f, RPC_PARAMS, 0, "%s", text);
		CHECK_TRUE(str_utf8_ok(str_of(f.msg)));
		CHECK_TRUE(strlen(f.msg) > 240);
	}
}

static void codes(void)
{
	CHECK_INT(rpc_number(RPC_PARSE), -32700);
	CHECK_INT(rpc_number(RPC_HEADER), -32020);
	CHECK_INT(rpc_number(RPC_CAPABILITY), -32021);
	CHECK_INT(rpc_number(RPC_VERSION), -32022);
	CHECK_INT(rpc_status(RPC_METHOD), 404);
	CHECK_INT(rpc_status(RPC_VERSION), 400);
	CHECK_INT(rpc_status(RPC_PARAMS), 200);
}

TEST_MAIN(TEST(shapes), TEST(params), TEST(errors), TEST(long_messages_stay_utf8), TEST(codes))
