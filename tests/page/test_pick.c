/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/test.h"
#include "base/json.h"
#include "page/page.h"
#include "page/pick_in.h"

#include <string.h>

/* What is picked of html with `selectors`, or the complaint. */
static const char *picked(struct arena *a, struct str html, const char *selectors, bool *cut)
{
	struct err e;
	struct page_result r;
	struct page_opts o = { .url = STR("http://h.example/dir/page.html?q") };
	const json_t *j = json_read(a, str_of(selectors), &e);
	if (!j)
		return arena_copy(a, e.msg);
	o.pick = pick_compile(a, j, &e);
	if (!o.pick)
		return arena_printf(a, "%s %s", err_name(e.code), e.msg);
	CHECK_TRUE(page_work(a, html, &o, &r, &e));
	*cut = r.pick_cut;
	CHECK_TRUE(json_read(a, r.picked, &e) != NULL);
	return arena_text(a, r.picked);
}

static const struct {
	const char *html, *selectors, *want;
} cases[] = {
	{ "<h1> A \n <b>big</b>&nbsp; title</h1><h1>2</h1>", "{\"t\":\"h1\",\"x\":\"h2\"}",
		"{\"t\":\"A big title\",\"x\":null}" },
	{ "<p>a<p>b", "{\"z\":{\"css\":\"p\",\"all\":true},\"a\":{\"css\":\"i\",\"all\":true}}",
		"{\"z\":[\"a\",\"b\"],\"a\":[]}" },
	{ "<div><p>one</p><p>two<br>three</p>fo<wbr>ur<b>f</b>ive<script>x</script><style>y</"
	  "style>"
	  "<ul><li>1<li>2</ul></div>",
		"{\"d\":\"div\",\"s\":\"script\"}",
		"{\"d\":\"one two three fourfive 1 2\",\"s\":\"x\"}" },
	{ "<a href=' /x?y=1 '>t</a><a>u</a>",
		"{\"h\":{\"css\":\"a\",\"attr\":\"HREF\"},\"all\":{\"css\":\"a\",\"attr\":"
		"\"href\",\"all\":true}}",
		"{\"h\":\"/x?y=1\",\"all\":[\"/x?y=1\",null]}" },
	{ "<a>u</a><a href=x>t</a>", "{\"h\":\"a::attr(href)\",\"t\":\"a::text\"}",
		"{\"h\":\"x\",\"t\":\"u\"}" },
	{ "<div> <p>in</p>own <i>i</i> more</div>",
		"{\"f\":\"div::text\",\"a\":{\"css\":\"div::text\",\"all\":true},\"d\":{"
		"\"css\":\"div ::text\",\"all\":true}}",
		"{\"f\":\"own\",\"a\":[\"own\",\"more\"],\"d\":[\"in\",\"i\"]}" },
	{ "<div>1<div>2</div>3</div>", "{\"a\":{\"css\":\"div::text\",\"all\":true}}",
		"{\"a\":[\"1\",\"2\",\"3\"]}" },
	{ "<p class=x>a<b>c</b></p>", "{\"h\":{\"css\":\"p\",\"type\":\"html\"}}",
		"{\"h\":\"<p class=\\\"x\\\">a<b>c</b></p>\"}" },
	{ "<div><h2>H</h2><p>a <b>b</b> <a href=../z>l</a></div><table><tr><td>c</table>",
		"{\"m\":{\"css\":\"div\",\"type\":\"markdown\"},\"s\":{\"css\":\"h2, td, "
		"tr\",\"type\":\"markdown\",\"all\":true}}",
		"{\"m\":\"## H\\n\\na **b** [l](http://h.example/z)\",\"s\":[\"## "
		"H\",\"c\",\"c\"]}" },
	{ "<a href=a.html>x</a><img src=//i.example/i.png><p>http://t.example/</p><q "
	  "cite=c>q</q><a "
	  "href=' '>b</a><link href>",
		"{\"u\":{\"css\":\"a,img,p,q\",\"type\":\"url\",\"all\":true},\"e\":{\"css\":"
		"\"b\",\"type\":\"url\"}}",
		"{\"u\":[\"http://h.example/dir/a.html\",\"http://i.example/i.png\",\"http://"
		"t.example/\","
		"\"http://h.example/dir/c\",null],\"e\":null}" },
	{ "<base href=/other/><a href=a data-u=b>x</a>",
		"{\"u\":{\"css\":\"a\",\"type\":\"url\"},\"d\":{\"css\":\"a\",\"attr\":\"data-"
		"u\",\"type\":\"url\"},"
		"\"s\":{\"css\":\"a::attr(data-u)\",\"type\":\"url\"}}",
		"{\"u\":\"http://h.example/other/a\",\"d\":\"http://h.example/other/b\","
		"\"s\":\"http://h.example/other/b\"}" },
	{ "<p data-n='7,5'>Price: $1,234.50 of 9</p><p>none</p>",
		"{\"n\":{\"css\":\"p\",\"type\":\"number\",\"all\":true},\"d\":{\"css\":\"p\","
		"\"attr\":\"data-n\",\"type\":\"number\"}}",
		"{\"n\":[1234.5,null],\"d\":7.5}" },
	{ "<p>\"q\" \\ é\xE2\x80\xA8</p>", "{\"\\\"é\":\"p\"}",
		"{\"\\\"é\":\"\\\"q\\\" \\\\ é\xE2\x80\xA8\"}" },
	/* what is refused */
	{ "", "[]",
		"INVALID_REQUEST selectors: expected an object of 1 to 100 names and CSS "
		"selectors" },
	{ "", "{}",
		"INVALID_REQUEST selectors: expected an object of 1 to 100 names and CSS "
		"selectors" },
	{ "", "{\"\":\"p\"}",
		"INVALID_REQUEST selectors: a name has 1 to 100 bytes and no control "
		"characters" },
	{ "", "{\"price\":\"div p.\"}",
		"INVALID_SELECTOR selectors.price: position 7: expected a name after \".\"" },
	{ "", "{\"price\":{\"css\":\"\"}}",
		"INVALID_SELECTOR selectors.price: position 1: expected a selector, but the "
		"text ends here" },
	{ "", "{\"l\":\"h1@href\"}",
		"INVALID_SELECTOR selectors.l: position 3: \"@\" has no meaning in a selector; "
		"for an "
		"attribute write {\"css\": ..., \"attr\": ...}" },
	{ "", "{\"x\":7}",
		"INVALID_REQUEST selectors.x: expected a CSS selector or an object {css, attr, "
		"all, type}" },
	{ "", "{\"x\":{\"xpath\":\"//p\"}}",
		"INVALID_REQUEST selectors.x: xpath is not supported: use css" },
	{ "", "{\"x\":{\"css\":\"p\",\"foo\":1}}",
		"INVALID_REQUEST selectors.x: unknown member \"foo\"; css, attr, all and type "
		"are known" },
	{ "", "{\"x\":{\"attr\":\"p\"}}", "INVALID_REQUEST selectors.x: css is missing" },
	{ "", "{\"x\":{\"css\":[]}}",
		"INVALID_REQUEST selectors.x: expected a CSS selector as a string" },
	{ "", "{\"x\":{\"css\":\"p\",\"all\":1}}",
		"INVALID_REQUEST selectors.x: all: expected true or false" },
	{ "", "{\"x\":{\"css\":\"p\",\"attr\":\"\"}}",
		"INVALID_REQUEST selectors.x: attr: expected the name of an attribute" },
	{ "", "{\"x\":{\"css\":\"p\",\"type\":\"int\"}}",
		"INVALID_REQUEST selectors.x: type: expected text, html, markdown, number or "
		"url" },
	{ "", "{\"x\":{\"css\":\"p::text\",\"type\":\"html\"}}",
		"INVALID_REQUEST selectors.x: type html and markdown go with elements, not "
		"with an attribute or "
		"::text" },
	{ "", "{\"x\":{\"css\":\"p::text\",\"attr\":\"a\"}}",
		"INVALID_REQUEST selectors.x: attr does not go with ::text or ::attr() in "
		"css" },
};

static void what_is_picked(void)
{
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct arena *a = arena_new(0);
		bool cut = false;
		const char *got = picked(a, str_of(cases[i].html), cases[i].selectors, &cut);
		if (strcmp(got, cases[i].want) != 0 || cut)
			test_fail(__FILE__, __LINE__, "%s:\n  got %s\n want %s",
				cases[i].selectors, got, cases[i].want);
		arena_free(&a);
	}
}

static const struct {
	const char *text, *want;
} numbers[] = {
	{ "12", "12" },
	{ "1,234.50", "1234.5" },
	{ "1.234,50", "1234.5" },
	{ "\xE2\x82\xAC 12", "12" },
	{ "12,50 \xE2\x82\xAC", "12.5" },
	{ "-5", "-5" },
	{ "\xE2\x88\x92"
	  "5,5",
		"-5.5" },
	{ "-\xE2\x82\xAC 1.234,00", "-1234" },
	{ "\xE2\x82\xAC -7", "-7" },
	{ "-$3", "-3" },
	{ "A-5", "5" },
	{ "10-20", "10" },
	{ "- 5", "5" },
	{ "1,234", "1234" },
	{ "1.234", "1.234" },
	{ "0,125", "0.125" },
	{ "12,5", "12.5" },
	{ "1234,567", "1234.567" },
	{ "1.234.567", "1234567" },
	{ "1,234,567.89", "1234567.89" },
	{ "1 234 567,8", "1234567.8" },
	{ "1\xC2\xA0"
	  "234",
		"1234" },
	{ "1\xE2\x80\xAF"
	  "234,5",
		"1234.5" },
	{ "CHF 1'234.50", "1234.5" },
	{ "12 345 678", "12345678" },
	{ "12 34", "12" },
	{ "1234 567", "1234" },
	{ "007", "7" },
	{ "0.00", "0" },
	{ "-0", "0" },
	{ "1.50", "1.5" },
	{ ".5", "0.5" },
	{ "-.5", "-0.5" },
	{ "v1.2.3", "1.2" },
	{ "2024.12.25", "2024.12" },
	{ "3,5.2", "3.5" },
	{ "Total: 3.", "3" },
	{ "1,", "1" },
	{ "4 of 5", "4" },
	{ "123456789012345678901234567890", "123456789012345678901234567890" },
	{ "1234567890123456789012345678901", NULL },
	{ "none", NULL },
	{ "", NULL },
};

static void numbers_in_text(void)
{
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		struct buf b;
		buf_init(&b, 100);
		bool there = pick_number(str_of(numbers[i].text), &b);
		if (there != (numbers[i].want != NULL) ||
			(there && !str_eq(buf_str(&b), str_of(numbers[i].want))))
			test_fail(__FILE__, __LINE__, "%s: %.*s", numbers[i].text,
				STR_ARG(buf_str(&b)));
		buf_release(&b);
	}
}

static struct str repeated(struct arena *a, const char *piece, size_t n)
{
	struct buf b;
	buf_init(&b, 0);
	for (size_t i = 0; i < n; i++)
		buf_text(&b, piece);
	struct str s = { arena_keep(a, buf_str(&b)), b.len };
	buf_release(&b);
	return s;
}

/* What a limit leaves out is said, and what is written is still an object with every name. */
static void limits_are_said(void)
{
	static const struct {
		const char *piece;
		size_t n;
		const char *selectors;
		size_t found; /* at most, of the first name */
		bool cut;
	} rows[] = {
		{ "<p>x", 1000, "{\"a\":{\"css\":\"p\",\"all\":true},\"b\":\"p\"}", 1000,
			false },
		{ "<p>x", 1001, "{\"a\":{\"css\":\"p\",\"all\":true},\"b\":\"p\"}", 1000,
			true },
		{ "<p>x", 1001, "{\"a\":{\"css\":\"p::text\",\"all\":true},\"b\":\"p\"}", 1000,
			true },
		{ "<p>x", 100000, "{\"a\":\"p\",\"b\":\"p\"}", 0, false },
		{ "<div>many words stand in here, and more in what is around them ", 500,
			"{\"a\":{\"css\":\"div\",\"all\":true},\"b\":\"p\"}", 499, true },
		{ "<div>many words stand in here, and more in what is around them ", 500,
			"{\"a\":{\"css\":\"div\",\"all\":true,\"type\":\"html\"},\"b\":\"p\"}",
			499, true },
		{ "<div>many words stand in here, and more in what is around them ", 500,
			"{\"a\":{\"css\":\"div\",\"all\":true,\"type\":\"markdown\"},\"b\":"
			"\"p\"}",
			499, true },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct arena *a = arena_new((size_t)256 << 20);
		struct err e;
		bool cut = false;
		struct str html = repeated(a, rows[i].piece, rows[i].n);
		const char *got = picked(a, html, rows[i].selectors, &cut);
		const json_t *j = json_read(a, str_of(got), &e);
		CHECK_INT(cut, rows[i].cut);
		CHECK_INT(json_object_size(j), 2);
		CHECK_TRUE(json_array_size(json_object_get(j, "a")) <= rows[i].found);
		CHECK_TRUE(rows[i].found != 1000 ||
			   json_array_size(json_object_get(j, "a")) == 1000);
		arena_free(&a);
	}
}

/* A site that answers with Markdown: every name is there, nothing is found. */
static void no_html(void)
{
	struct arena *a = arena_new(0);
	struct err e;
	struct page_result r;
	const json_t *j =
		json_read(a, STR("{\"a\":\"h1\",\"b\":{\"css\":\"p\",\"all\":true}}"), &e);
	struct page_opts o = { .is_text_markdown = true, .pick = pick_compile(a, j, &e) };
	CHECK_TRUE(page_work(a, STR("# x"), &o, &r, &e));
	CHECK_STR(r.picked, "{\"a\":null,\"b\":[]}");
	CHECK_STR(r.markdown, "# x");
	arena_free(&a);
}

/* One name too many, and one too long. */
static void names(void)
{
	struct arena *a = arena_new(0);
	struct err e;
	json_t *j = json_own(a, json_object());
	for (int i = 0; i < PICK_NAMES; i++)
		json_object_set_new(j, arena_printf(a, "n%d", i), json_string("p"));
	CHECK_TRUE(pick_compile(a, j, &e) != NULL);
	json_object_set_new(j, "more", json_string("p"));
	CHECK_TRUE(pick_compile(a, j, &e) == NULL);
	json_object_clear(j);
	json_object_set_new(j, arena_text(a, repeated(a, "x", 100)), json_string("p"));
	CHECK_TRUE(pick_compile(a, j, &e) != NULL);
	json_object_set_new(j, arena_text(a, repeated(a, "x", 101)), json_string("p"));
	CHECK_TRUE(pick_compile(a, j, &e) == NULL);
	CHECK_INT(e.code, ERR_INVALID_REQUEST);
	arena_free(&a);
}

static bool never_again(void *arg)
{
	size_t *left = arg;
	return *left == 0 || --*left == 0;
}

/* Elements in elements, each as Markdown: whoever asks for that does not hold a page for longer than
 * its time. Every name is there all the same. */
static void time_is_short(void)
{
	static const char *const rows[] = {
		"{\"a\":{\"css\":\"div\",\"all\":true,\"type\":\"markdown\"},\"b\":\"p\"}",
		"{\"a\":{\"css\":\"div\",\"all\":true,\"type\":\"text\"},\"b\":\"p\"}",
		"{\"a\":{\"css\":\"div::text\",\"all\":true},\"b\":\"p\"}",
	};
	struct arena *a = arena_new((size_t)256 << 20);
	struct str deep = repeated(a, "<div>", 400), wide = repeated(a, "<i></i>", 100000);
	struct str page = str_of(arena_printf(a, "%.*s%.*s<p>x", STR_ARG(deep), STR_ARG(wide)));
	const struct dom *d = dom_parse(a, page, NULL);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct err e;
		struct buf to;
		bool cut = false;
		size_t left = 4;
		const struct pick *p = pick_compile(a, json_read(a, str_of(rows[i]), &e), &e);
		const struct pick_opts how = { .stop = never_again, .stop_arg = &left };
		buf_init(&to, 1 << 20);
		CHECK_TRUE(p != NULL);
		pick_write(p, d, &how, a, &to, &cut);
		CHECK_TRUE(cut);
		CHECK_INT(left, 0);
		const json_t *j = json_read(a, buf_str(&to), &e);
		CHECK_INT(json_object_size(j), 2);
		CHECK_TRUE(json_array_size(json_object_get(j, "a")) < 10);
		buf_release(&to);
	}
	arena_free(&a);
}

/* The same without a clock: what elements in elements cost is counted, whether they hold text or not. */
static void work_is_bounded(void)
{
	static const struct {
		const char *piece;
		size_t n;
		const char *type;
	} rows[] = { { "<i></i>", 100000, "markdown" }, { "          ", 400000, "text" },
		{ "<img srcset=',,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,'>",
			30000, "markdown" } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena *a = arena_new((size_t)256 << 20);
		struct err e;
		bool cut = false;
		struct str deep = repeated(a, "<div>", 400),
			   wide = repeated(a, rows[i].piece, rows[i].n);
		struct str page =
			str_of(arena_printf(a, "<p>x%.*s%.*s", STR_ARG(deep), STR_ARG(wide)));
		const char *got = picked(a, page,
			arena_printf(a,
				"{\"a\":{\"css\":\"div\",\"all\":true,\"type\":\"%s\"},"
				"\"b\":\"p\"}",
				rows[i].type),
			&cut);
		const json_t *j = json_read(a, str_of(got), &e);
		CHECK_TRUE(cut);
		CHECK_TRUE(json_array_size(json_object_get(j, "a")) < 400);
		CHECK_TRUE(json_array_size(json_object_get(j, "a")) > 1);
		CHECK_INT(json_object_size(j), 2);
		arena_free(&a);
	}
}

TEST_MAIN(TEST(what_is_picked), TEST(numbers_in_text), TEST(limits_are_said), TEST(no_html),
	TEST(names), TEST(time_is_short), TEST(work_is_bounded))
