/* SPDX-License-Identifier: Apache-2.0 */
#include "page/structured_case.h"

#define LD(text) "<script type=application/ld+json>" text "</script>"

static const struct structured_case found[] = {
	{ "<p>x", NULL },
	{ LD("{\"a\":1}"), "[{\"a\":1}]" },
	{ LD("[{\"a\":1},[{\"b\":2}]]") LD("{\"c\":[3]}"),
		"[{\"a\":1},{\"b\":2},{\"c\":[3]}]" },
	{ LD("{\"@context\":\"https://"
	     "schema.org\",\"@graph\":[{\"@type\":\"A\"},{\"@type\":\"B\"}]}"),
		"[{\"@type\":\"A\"},{\"@type\":\"B\"}]" },
	{ LD("{\"name\":\"n\",\"@graph\":{\"@type\":\"A\"}}"),
		"[{\"name\":\"n\"},{\"@type\":\"A\"}]" },
	{ "<script type='Application/LD+JSON; charset=utf-8'>{\"a\":1}</script>",
		"[{\"a\":1}]" },
	{ LD("{\"price\":19.99,\"b\":[0.1,-4.7,1e3]}"),
		"[{\"price\":19.99,\"b\":[0.1,-4.7,1000.0]}]" },
	{ "<script type=application/json>{\"a\":1}</script>", NULL },
	{ LD("{\"@context\":\"x\"}"), NULL },
	{ LD("{}"), NULL },
};

static const struct structured_case forgiven[] = {
	{ LD("{\"a\":[1,2,],}"), "[{\"a\":[1,2]}]" },
	{ LD("[,{\"a\":[,1,,2 , ],},,{\"b\":1,/* x */},]"), "[{\"a\":[1,2]},{\"b\":1}]" },
	{ LD("// one\n{\"a\":\"http://b//c/*d*/\", // two\n/* { */\"b\":2}/* three"),
		"[{\"a\":\"http://b//c/*d*/\",\"b\":2}]" },
	{ LD("\xEF\xBB\xBF{\"a\":\xC2\xA0"
	     "1}\xE2\x80\x8B"),
		"[{\"a\":1}]" },
	{ LD("{\"a\":12345678901234567890,\"b\":1e999,\"c\":00123,\"d\":2024-05-01,\"e\":+1}"),
		"[{\"a\":\"12345678901234567890\",\"b\":\"1e999\",\"c\":\"00123\",\"d\":\"2024-"
		"05-01\","
		"\"e\":\"+1\"}]" },
	{ LD("{\"a\":123456789012345678,\"b\":-0.5e-7,\"c\":0,\"d\":-1}"),
		"[{\"a\":123456789012345678,\"b\":-5e-08,\"c\":0,\"d\":-1}]" },
	{ LD("<!-- {\"a\":1} -->"), "[{\"a\":1}]" },
	{ LD("//<![CDATA[\n{\"a\":1}\n//]]>"), "[{\"a\":1}]" },
	{ LD("/*<![CDATA[*/{\"a\":1}/*]]>*/"), "[{\"a\":1}]" },
	{ LD("{\"a\":1};{\"b\":2} , {\"c\":3}"), "[{\"a\":1},{\"b\":2},{\"c\":3}]" },
	{ LD("{\"a\":\"x\ny\tz\"}"), "[{\"a\":\"x y z\"}]" },
	{ LD("{\"a\":\"it\\'s \\q\"}"), "[{\"a\":\"it's q\"}]" },
	{ LD("{\"a\":\"\\u0000b\\ud800c\\udc00\\ud83d\\ude00\"}"),
		"[{\"a\":\" b\xEF\xBF\xBD"
		"c\xEF\xBF\xBD\xF0\x9F\x98\x80\"}]" },
	{ LD("{\"a\":\"<!-- , } --> ;\"}"), "[{\"a\":\"<!-- , } --> ;\"}]" },
	{ LD("{\"a\":1} {\"b\":") LD("{\"c\":1}"), "[{\"a\":1},{\"c\":1}]" },
	{ LD("{\"a\":\"\\"), NULL },
	{ LD("{\"a\":\"\\u12"), NULL },
};

static void as_found(void)
{
	structured_cases(found, sizeof found / sizeof found[0], "jsonLd");
}

static void faults_forgiven(void)
{
	structured_cases(forgiven, sizeof forgiven / sizeof forgiven[0], "jsonLd");
}

static void hostile(void)
{
	structured_many("<script type=application/ld+json>", "[", 100000, "", false);
	structured_many("<script type=application/ld+json>", "{\"@graph\":", 100000, "", false);
	structured_many("<script type=application/ld+json>[0", ",{\"a\":\"words\"}", 60000,
		"]</script>", true);
	structured_many(
		"<script type=application/ld+json>[0", ",+1", 100000, "]</script>", false);
	structured_many(
		"<script type=application/ld+json>", "/* x", 100000, "</script>", false);
	structured_many(
		"<script type=application/ld+json>[", " ,", 100000, "]</script>", false);
	structured_many("", LD("{\"a\":1}"), 3000, "", false);
	structured_many(
		"<script type=application/ld+json>", ",    ", 100000, "</script>", false);
}

/* An object past the limit is left out, what stands around it stays. */
static void one_too_large(void)
{
	struct arena *a = arena_new(0);
	struct buf html;
	buf_init(&html, 0);
	buf_text(&html, LD("{\"a\":1}") "<script type=application/ld+json>{\"b\":\"");
	for (int i = 0; i < 50000; i++)
		buf_text(&html, "ten bytes ");
	buf_text(&html, "\"}</script>" LD("{\"c\":1}"));
	json_t *all = structured_of(a, buf_str(&html));
	CHECK_STR(
		str_of(json_print(a, all)), "{\"jsonLd\":[{\"a\":1},{\"c\":1}],\"cut\":true}");
	buf_release(&html);
	arena_free(&a);
}

TEST_MAIN(TEST(as_found), TEST(faults_forgiven), TEST(hostile), TEST(one_too_large))
