/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/protocol/header.h"
#include "lib/test.h"

#include <string.h>

static void decoding(void)
{
	static const struct {
		const char *value, *want; /* want NULL: malformed */
	} rows[] = {
		{ "scrape_url", "scrape_url" },
		{ " \tscrape_url ", "scrape_url" },
		{ "", "" },
		{ "=?base64?c2NyYXBlX3VybA==?=", "scrape_url" },
		{ "=?base64?w6k=?=", "\xc3\xa9" },
		{ "=?base64?"
		  "?=",
			"" },
		{ "=?base64?w6k?=", NULL }, /* padding missing */
		{ "=?base64?w6l=?=", NULL }, /* bits under the padding */
		{ "=?base64?w6k==?=", NULL }, /* too much padding */
		{ "=?base64?w6 k=?=", NULL }, /* a blank inside */
		{ "=?base64?_-8=?=", NULL }, /* the URL alphabet */
		{ "=?base64?/w==?=", NULL }, /* not UTF-8 */
		{ "=?base64?7aCA?=", NULL }, /* a lone surrogate */
		{ "=?BASE64?w6k=?=", "=?BASE64?w6k=?=" }, /* markers are exact */
		{ "=?base64?w6k=", "=?base64?w6k=" },
		{ "=?base64?=", NULL },
		{ "x=?base64?w6k=?=", "x=?base64?w6k=?=" },
		{ "caf\xc3\xa9", NULL },
		{ "a\x7f", NULL },
		{ "a\x01", NULL },
		{ "a\tb", "a\tb" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct arena *a = arena_new(0);
		struct str out;
		bool ok = header_decode(str_of(rows[i].value), a, &out);
		if (ok != (rows[i].want != NULL))
			test_fail(__FILE__, __LINE__, "%s: %d", rows[i].value, ok);
		else if (ok && !str_eq(out, str_of(rows[i].want)))
			test_fail(__FILE__, __LINE__, "%s: %.*s", rows[i].value, STR_ARG(out));
		arena_free(&a);
	}
}

static void accepts(void)
{
	static const struct {
		const char *value;
		enum accept want;
	} rows[] = {
		{ NULL, ACCEPT_BOTH },
		{ "", ACCEPT_BOTH },
		{ "*/*", ACCEPT_BOTH },
		{ "application/json, text/event-stream", ACCEPT_BOTH },
		{ "text/event-stream,application/json", ACCEPT_BOTH },
		{ "application/json", ACCEPT_JSON },
		{ "Application/JSON; charset=utf-8", ACCEPT_JSON },
		{ "application/*", ACCEPT_JSON },
		{ "text/event-stream", ACCEPT_SSE },
		{ "text/*;q=0.5", ACCEPT_SSE },
		{ "application/json;q=0, text/event-stream", ACCEPT_SSE },
		{ "application/json;q=0.000", ACCEPT_NONE },
		{ "application/json; q=0.1", ACCEPT_JSON },
		{ "text/html", ACCEPT_NONE },
		{ "application/jsonp", ACCEPT_NONE },
		{ ",,;,", ACCEPT_NONE },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (header_accept(str_of(rows[i].value)) != rows[i].want)
			test_fail(__FILE__, __LINE__, "%s", rows[i].value);
}

static void content_types(void)
{
	CHECK_TRUE(header_is_json(STR("application/json")));
	CHECK_TRUE(header_is_json(STR("Application/Json ; charset=utf-8")));
	CHECK_TRUE(!header_is_json(STR("application/json-patch+json")));
	CHECK_TRUE(!header_is_json(STR("text/plain")));
	CHECK_TRUE(!header_is_json(STR("text/plain; x=application/json")));
	CHECK_TRUE(!header_is_json((struct str) { 0 }));
}

TEST_MAIN(TEST(decoding), TEST(accepts), TEST(content_types))
