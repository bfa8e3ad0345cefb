/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/test.h"
#include "template/template.h"

#include <stdio.h>

#define FILE_ROW(name, text)                                                                   \
	{                                                                                      \
		name, text, sizeof(text) - 1                                                   \
	}

/* Renders `text` (with the partials beside it) over the JSON and compares; want NULL: an error. */
static void renders(const char *text, const char *data, const char *want)
{
	const struct template_file files[] = { { "page", text, strlen(text) },
		FILE_ROW("part", "[{{name}}]"), FILE_ROW("again", "{{>again}}"),
		FILE_ROW("open", "{{#name}}"),
		FILE_ROW("list", "{{#items}}{{>part}}{{/items}}"), { NULL, NULL, 0 } };
	struct err e = { 0 };
	struct buf b;
	json_t *j = json_loads(data, JSON_DECODE_ANY, NULL);
	buf_init(&b, 4096);
	buf_text(&b, "before:");
	bool ok = template_render(files, "page", j, &b, &e);
	CHECK_INT(ok, want != NULL);
	if (want) {
		struct str got = { b.p + 7, b.len - 7 };
		CHECK_STR(got, want);
	} else {
		CHECK_INT(e.code, ERR_INTERNAL);
		CHECK_STR(buf_str(&b), "before:"); /* nothing of a page that failed */
	}
	buf_release(&b);
	json_decref(j);
}

static void values_are_escaped_everywhere(void)
{
	renders("<p>{{v}}</p>", "{\"v\":\"<script>alert(1)</script>\"}",
		"<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>");
	renders("<a title=\"{{v}}\">", "{\"v\":\"\\\" onclick=\\\"x()\"}",
		"<a title=\"&quot; onclick=&quot;x()\">");
	renders("<a title='{{v}}'>", "{\"v\":\"' onclick='x()\"}",
		"<a title='&#39; onclick=&#39;x()'>");
	renders("{{v}}", "{\"v\":\"&amp; &<>\\\"'\"}", "&amp;amp; &amp;&lt;&gt;&quot;&#39;");
	renders("{{v}}", "{\"v\":\"a{{name}}b\",\"name\":\"x\"}", "a{{name}}b");
	renders("{{#l}}{{.}};{{/l}}", "{\"l\":[\"<\",\"&\"]}", "&lt;;&amp;;");
	renders("{{v}}", "{\"v\":\"gr\u00fc\u00df \u4e16\"}", "gr\u00fc\u00df \u4e16");
	renders("{{v}}", "{\"v\":\"\"}", "");
}

/* Every byte that HTML gives a meaning is a reference, every other byte is as it was. */
static void each_byte_is_escaped_or_itself(void)
{
	for (int c = 1; c < 128; c++) {
		char text[] = { 'a', (char)c, 'b', 0 };
		const char *special = "&<>\"'";
		struct buf b;
		buf_init(&b, 64);
		html_escape((struct str) { text, 3 }, &b);
		if (strchr(special, c))
			CHECK_TRUE(b.len > 5 && b.p[1] == '&' && b.p[b.len - 2] == ';' &&
				   !memchr(b.p + 2, c == '&' ? 0 : c, b.len - 2));
		else
			CHECK_STR(buf_str(&b), text);
		buf_release(&b);
	}
}

static void there_is_no_unescaped_form(void)
{
	renders("{{{v}}}", "{\"v\":\"<\"}", NULL);
	renders("{{&v}}", "{\"v\":\"<\"}", NULL);
	renders("{{& v}}", "{\"v\":\"<\"}", NULL);
	renders("{{=<% %>=}}", "{}", NULL);
}

static void values(void)
{
	renders("{{a}}{{b}}{{c}}{{d}}", "{\"a\":-3,\"b\":true,\"c\":null}", "-3true");
	renders("{{a}}", "{\"a\":9007199254740993}", "9007199254740993");
	renders("{{a}}", "{\"a\":1.5}", "1.5");
	renders("{{a}}{{b}}", "{\"a\":{},\"b\":[1]}", "");
	renders("{{a.b.c}}|{{a.x.c}}|{{a.b}}", "{\"a\":{\"b\":{\"c\":7}}}", "7||");
	renders("{{ a }}{{! a\n comment }}.", "{\"a\":1}", "1.");
	renders("no tags } }} {", "{}", "no tags } }} {");
	renders("{{a}}", "[1]", "");
}

static void sections(void)
{
	renders("{{#a}}yes{{/a}}{{^a}}no{{/a}}", "{\"a\":true}", "yes");
	for (size_t i = 0; i < 5; i++) {
		static const char *const nothing[] = { "{}", "{\"a\":false}", "{\"a\":null}",
			"{\"a\":\"\"}", "{\"a\":[]}" };
		renders("{{#a}}yes{{/a}}{{^a}}no{{/a}}", nothing[i], "no");
	}
	renders("{{#a}}yes{{/a}}{{^a}}no{{/a}}", "{\"a\":0}", "yes");
	renders("{{#a}}yes{{/a}}", "{\"a\":{}}", "yes");
	renders("{{#a}}{{n}},{{/a}}", "{\"a\":[{\"n\":1},{\"n\":2},{}]}", "1,2,,");
	renders("{{#a}}{{x}}{{/a}}", "{\"x\":\"out\",\"a\":[{\"x\":\"in\"},{}]}", "inout");
	renders("{{#a}}{{a.x}}{{/a}}", "{\"a\":{\"x\":5}}", "5");
	renders("{{#a}}{{x.y}}{{/a}}", "{\"x\":{\"y\":1},\"a\":{\"x\":{}}}", "");
	renders("{{#a}}{{#b}}{{.}}{{/b}}|{{/a}}", "{\"a\":[{\"b\":[1,2]},{\"b\":[3]}]}",
		"12|3|");
	renders("{{#a}}{{#a}}x{{/a}}{{/a}}", "{\"a\":true}", "x");
	renders("{{^a}}{{^b}}x{{/b}}{{/a}}", "{}", "x");
	renders("{{^a}}{{x}}{{/a}}", "{\"x\":1}", "1");
}

static void partials(void)
{
	renders("a{{>part}}b", "{\"name\":\"<\"}", "a[&lt;]b");
	renders("{{> list }}", "{\"items\":[{\"name\":1},{\"name\":2}]}", "[1][2]");
	renders("{{>missing}}", "{}", NULL);
	renders("{{#no}}{{>missing}}{{/no}}", "{}", NULL); /* also where it would not show */
	renders("{{>again}}", "{}", NULL); /* within itself */
	renders("{{>open}}{{/name}}", "{}", NULL); /* a section ends in its own file */
}

static void mistakes_are_found(void)
{
	static const char *const wrong[] = { "{{", "{{a", "{{a}", "{{#a}}", "{{#a}}{{/b}}",
		"{{/a}}", "{{#a}}{{#b}}{{/a}}{{/b}}", "{{}}", "{{ }}", "{{#}}{{/}}", "{{a b}}",
		"{{a<b}}", "{{>}}", "{{^a}}", "{{! no end", "{{#no}}{{bad tag}}{{/no}}" };
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		renders(wrong[i], "{\"a\":true}", NULL);
}

static void depth_is_bounded(void)
{
	for (int depth = TEMPLATE_DEPTH - 2; depth <= TEMPLATE_DEPTH + 1; depth++) {
		struct buf b;
		buf_init(&b, 4096);
		for (int i = 0; i < depth; i++)
			buf_text(&b, "{{#a}}");
		buf_text(&b, "x");
		for (int i = 0; i < depth; i++)
			buf_text(&b, "{{/a}}");
		buf_add(&b, "", 1);
		/* the file itself is one level */
		renders(b.p, "{\"a\":{}}", depth < TEMPLATE_DEPTH ? "x" : NULL);
		buf_release(&b);
	}
}

static void a_page_beyond_the_ceiling_is_refused(void)
{
	const struct template_file files[] = { FILE_ROW("page", "{{#a}}0123456789{{/a}}"),
		{ NULL, NULL, 0 } };
	struct err e = { 0 };
	struct buf b;
	json_t *j = json_loads("{\"a\":[1,2,3,4]}", 0, NULL);
	buf_init(&b, 32);
	CHECK_TRUE(!template_render(files, "page", j, &b, &e));
	CHECK_INT(b.len, 0);
	buf_release(&b);
	json_decref(j);
}

TEST_MAIN(TEST(values_are_escaped_everywhere), TEST(each_byte_is_escaped_or_itself),
	TEST(there_is_no_unescaped_form), TEST(values), TEST(sections), TEST(partials),
	TEST(mistakes_are_found), TEST(depth_is_bounded),
	TEST(a_page_beyond_the_ceiling_is_refused))
