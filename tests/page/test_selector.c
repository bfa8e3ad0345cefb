/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/test.h"
#include "base/buf.h"
#include "page/selector_in.h"

#include <stdio.h>
#include <string.h>

/* The ids of what is found, or "! complaint". */
static const char *found(struct arena *a, const char *html, const char *selector)
{
	static char out[512];
	nid ids[100];
	struct err e;
	bool whole;
	const struct dom *d = dom_parse(a, str_of(html), NULL);
	const struct selector *s = selector_compile(a, str_of(selector), &e);
	if (!s) {
		snprintf(out, sizeof out, "! %s", e.msg);
		return out;
	}
	size_t n = selector_find(s, d, 1, ids, 100, a, &whole), len = 0;
	CHECK_TRUE(whole);
	out[0] = 0;
	for (size_t i = 0; i < n; i++) {
		struct str id = dom_name(d, ids[i]);
		dom_attr(d, ids[i], ATTR_ID, &id);
		len += (size_t)snprintf(
			out + len, sizeof out - len, "%s%.*s", i ? " " : "", STR_ARG(id));
	}
	return out;
}

#define LIST                                                                                   \
	"<ul><li id=a><li id=b class=k><!--x--><li id=c class=k><li id=d><li id=e "            \
	"class=k></ul>"
#define NEST                                                                                   \
	"<div id=a><div id=b><p id=c><b id=d></b></p></div><p id=e></p><div id=f></div></div>"
#define DOC "<!doctype html>"

static const struct {
	const char *html, *selector, *want;
} cases[] = {
	/* combinators: every way back is remembered, none is tried twice, each node comes once */
	{ NEST, "div div p", "c" },
	{ NEST, "div > p", "c e" },
	{ NEST, "div p b", "d" },
	{ NEST, "#a > div b", "d" },
	{ NEST, "#a > div > b", "" },
	{ NEST, "div + p", "e" },
	{ NEST, "div + p + div", "f" },
	{ NEST, "div ~ div", "f" },
	{ NEST, "#b ~ *", "e f" },
	{ NEST, "* ~ * + *", "f" },
	{ NEST, "div ~ div, #b ~ div, div", "a b f" },
	{ "<i id=a></i>x<i id=b></i><!-- --><i id=c></i>", "i + i", "b c" },
	{ "<a id=a><b id=b></b></a><c id=c><b id=d></b></c>", "a ~ c b", "d" },
	{ LIST, "li:nth-child(2n+1 of .k)", "b e" },
	{ LIST, "li:nth-last-child(2 of .k)", "c" },
	{ LIST, ":nth-child(2 of ul > .k)", "c" },
	{ LIST, "li:nth-child(-1n + 2)", "a b" },
	{ LIST, "li:nth-child(-2)", "" },
	{ LIST, "li:nth-child(0)", "" },
	{ LIST, "li:nth-child(99999999999999999999)", "" },
	{ LIST, "li:nth-child(1000000000n+3)", "c" },
	{ LIST, "li:nth-child(4n\\2b1)",
		"! position 14: expected a number, odd, even or a step such as 2n+1" },
	{ LIST, "li:nth-child(-n- /**/ 1)", "" },
	{ LIST, "ul:has(> .k + .k)", "ul" },
	{ LIST, "li:has(+ .k)", "a b d" },
	{ LIST, "li:has(+ .k + .k)", "a" },
	{ LIST, "li:has(~ :not(.k))", "a b c" },
	{ NEST, ":has(> p b)", "b" },
	{ NEST, ":has(p + div)", "html body a" },
	{ NEST, ":not(:has(*)):not(head)", "d e f" },
	{ NEST, "div:has(:scope > body)", "" },
	{ NEST, ":has(:is(div p) b)", "html body a b" },
	{ NEST, ":is(div > p):not(div div p)", "e" },
	/* scope without a root is the root */
	{ NEST, ":scope", "html" },
	{ NEST, ":root:scope > body > :first-child", "a" },
	/* templates are closed; their element is empty */
	{ "<template id=a><p id=b></p></template><p id=c>", "p, template:empty", "a c" },
	/* the text of the page */
	{ "<p id=a>aaa<p id=b>aa<b id=c>aa</b>", ":contains(\"aaaa\"):not(html, body)", "b" },
	{ "<p id=a>x</p>y<p id=b>xy", "p:contains(\"xy\")", "b" },
	{ "<p id=a>x</p>y<p id=b>xy", "body:contains(\"xyxy\")", "body" },
	{ "<p id=a>x", "p:contains(\"\")", "a" },
	{ "<script id=a>v</script><style id=b>v</style><p id=c>v", ":contains(v):not(html)",
		"a b body c" },
	{ "<p id=a>one<p id=b>two", "p:-soup-contains(one, \"two\")", "a b" },
	{ "<meta http-equiv=content-language content=fr><p id=a><p id=b lang=de>", "p:lang(fr)",
		"a" },
	{ "<p id=a lang=de-x-ch>", "p:lang('de-ch')", "" },
	/* what a type and a class are */
	{ DOC "<p class='a\tb\nc' id=x>", ".a.b.c", "x" },
	{ DOC "<p class=A id=x><p class=a id=y>", ".a", "y" },
	{ "<p class=A id=x><p class=a id=y>", ".a", "x y" },
	{ "<svg><A id=x></A><linearGradient id=y>", "linearGradient, a, A", "x y" },
	{ "<svg><title id=x></title></svg><p><title id=y>", "title:first-of-type", "x y" },
	{ "<p id=x DATA-Foo=1>", "[data-foo='1'], [DATA-FOO='2']", "x" },
	{ "<p id=x title=İ>", "[title=İ]", "x" },
	{ "<p id=x title='aé'>", "[title=\"A\\E9\" i]", "x" },
	{ "<p id=x><a::b id=y>", "a\\:\\:b", "y" },
	{ "<p id=x class='\xEF\xBF\xBD'>", ".\\0, .\\d800 , .\\110000", "x" },
	{ "<p id=x class=''>", "[class=\"\"]:not([class~=\"\"]):not([class*=\"\"])", "x" },
	{ "<ol type=A id=x><li type=a id=y></ol>", "[type=a]", "x y" },
	{ "<ol type=A id=x><li type=a id=y></ol>", "[type=a s]", "y" },
	{ "<p id=x><i id=y></i>", "p\\\n", "! position 2: expected a selector, found \"\\\"" },
	{ "<p id=x><i id=y></i>", "p::text", "x" },
	{ "<a id=x><a id=y href>", "a::attr(HREF)", "y" },
	{ "<a id=x><a id=y href>", "p ::attr(href), b",
		"! position 18: all selectors of a list must end in the same pseudo-element" },
};

static void what_is_found(void)
{
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct arena *a = arena_new(0);
		const char *got = found(a, cases[i].html, cases[i].selector);
		if (strcmp(got, cases[i].want) != 0)
			test_fail(__FILE__, __LINE__, "%s in %s: %s, not %s", cases[i].selector,
				cases[i].html, got, cases[i].want);
		arena_free(&a);
	}
}

/* Elements above and beside the root count for combinators, but are not found; :scope is the root. */
static void below_a_root(void)
{
	struct arena *a = arena_new(0);
	const struct dom *d = dom_parse(a, STR(NEST), NULL);
	static const struct {
		const char *selector;
		size_t n;
	} rows[] = { { "div p", 1 }, { "body p", 1 }, { "div", 0 }, { ":scope > p", 1 },
		{ "* > :scope", 0 }, { "p:nth-child(1)", 1 }, { "b", 1 }, { ":root b", 1 } };
	nid b = 0, out[10];
	struct str id;
	struct err e;
	bool whole;
	for (nid at = dom_walk(d, 1, 1); at; at = dom_walk(d, at, 1))
		if (dom_attr(d, at, ATTR_ID, &id) && str_eq(id, STR("b")))
			b = at;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct selector *s = selector_compile(a, str_of(rows[i].selector), &e);
		CHECK_INT(selector_find(s, d, b, out, 10, a, &whole), rows[i].n);
	}
	const struct selector *s = selector_compile(a, STR("*"), &e);
	CHECK_INT(selector_find(s, d, 1, out, 3, a, &whole), 3);
	CHECK_INT(selector_find(s, d, 1, out, 0, a, &whole), 0);
	arena_free(&a);
}

/* --- bounded work, counted in steps --- */

static struct str repeated(struct arena *a, const char *piece, size_t n)
{
	struct buf b;
	buf_init(&b, 0);
	for (size_t i = 0; i < n; i++)
		buf_text(&b, piece);
	struct str s = { arena_text(a, buf_str(&b)), b.len };
	buf_release(&b);
	return s;
}

static size_t steps(struct arena *a, struct str html, struct str selector)
{
	struct dom_limits deep = { .max_depth = 100000 };
	struct sel_work w;
	struct err e = { 0 };
	const struct dom *d = dom_parse(a, html, &deep);
	const struct selector *s = selector_compile(a, selector, &e);
	nid *out = ARENA_ARRAY(a, nid, dom_count(d) + 1);
	if (!s)
		test_fail(__FILE__, __LINE__, "%.60s: %s", selector.p, e.msg);
	if (!s)
		return 0;
	sel_work_begin(&w, d, a, SIZE_MAX);
	sel_find(&w, s, 1, out, dom_count(d));
	return w.steps;
}

static const struct {
	const char *page, *selector; /* both repeated */
	size_t selector_n;
} hard[] = {
	{ "<div>", "div ", 255 },
	{ "<div>", "div > div ", 120 },
	{ "<div></div>", "div ~ ", 255 },
	{ "<div></div>", "div + div ~ ", 120 },
	{ "<div><p></p>", "p ~ div ", 120 },
	{ "<div>", ":is(div div) ", 63 },
	{ "<div>", ":not(p p) ", 63 },
	{ "<div>", ":is(:is(:is(:not(:is(div div, p))))) ", 30 },
	{ "<div>", ":has(div div p) ", 60 },
	{ "<div>", ":has(~ div, + div, p) ", 50 },
	{ "<div></div>", ":has(~ div ~ p) ", 60 },
	{ "<i></i><b></b>", ":nth-child(2n of i):nth-last-child(2n of b) ", 4 },
	{ "<i></i><b></b>", ":nth-last-of-type(2n) ", 180 },
	{ "<i></i><!-- -->", ":only-child ", 200 },
	{ "<b>aaaa", ":contains(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab) ", 60 },
	{ "<p lang=de>", ":lang('*-de') ", 60 },
	{ "<fieldset disabled><input>", ":disabled ", 60 },
	{ "<p class='a b c d e f g h'>", ".x,", 250 },
	{ "<p title='aaaaaaaaaaaaaaaaaaaaaa'>", "[title*=aaaaaaaaaaab i],", 150 },
};

/* Twice the page, about twice the steps; and never more than some for each node and condition. */
static void time_is_linear(void)
{
	for (size_t i = 0; i < sizeof hard / sizeof hard[0]; i++) {
		struct arena *a = arena_new((size_t)1 << 30);
		struct str s = repeated(a, hard[i].selector, hard[i].selector_n);
		s = (struct str) { arena_printf(a, "%.*s*", STR_ARG(s)), s.n + 1 };
		size_t small = steps(a, repeated(a, hard[i].page, 2000), s);
		size_t large = steps(a, repeated(a, hard[i].page, 8000), s);
		if (large > small * 5 || large > 8000 * 8 * (s.n + 100))
			test_fail(__FILE__, __LINE__,
				"%s: %zu steps, of four times the page %zu", hard[i].selector,
				small, large);
		arena_free(&a);
	}
}

static void limits(void)
{
	struct arena *a = arena_new((size_t)256 << 20);
	struct err e;
	static const struct {
		const char *piece;
		size_t n;
		const char *complaint;
	} rows[] = {
		{ "a ", 2049, "a selector may have 4096 bytes at most" },
		{ "a ", 257, "position 513: a selector may have 256 parts at most" },
		{ "[a]", 513, "position 1539: a selector may have 512 conditions at most" },
		{ ":is(", 17, "position 65: parentheses may nest 16 deep at most" },
		{ ":lang(a)", 65,
			"position 520: a selector may have 64 inner searches at most" },
		{ ":nth-child(1 of a)", 9,
			"position 158: a selector may have 8 lists after \"of\" at most" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		CHECK_TRUE(!selector_compile(a, repeated(a, rows[i].piece, rows[i].n), &e));
		CHECK_INT(e.code, ERR_SELECTOR);
		CHECK_TEXT(e.msg, rows[i].complaint);
	}
	arena_free(&a);
}

/* Past the steps of one page nothing is found, and it is said. */
static void a_page_too_large(void)
{
	struct arena *a = arena_new((size_t)1 << 30);
	struct err e;
	const struct dom *d = dom_parse(a, repeated(a, "<p class=x>", 400000), NULL);
	const struct selector *s = selector_compile(a, repeated(a, ".y,", 255), &e);
	CHECK_TRUE(!s); /* an open list */
	struct str text = repeated(a, ".y,", 255);
	text.n--;
	s = selector_compile(a, text, &e);
	nid out[4];
	bool whole = true;
	CHECK_INT(selector_find(s, d, 1, out, 4, a, &whole), 0);
	CHECK_TRUE(!whole);
	arena_free(&a);
}

/* What is compared character by character is counted, not only what the walk looks at. */
static void long_values_cost(void)
{
	enum { BYTES = 1 << 20, MOST_PER_STEP = 256 };
	static const char *const rows[] = { "[title*=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaab i]",
		"[title*=aaaaaaaaaaaaaab i]" };
	struct arena *a = arena_new((size_t)64 << 20);
	struct str value = repeated(a, "a", BYTES);
	struct str page = str_of(arena_printf(a, "<p title='%.*s'>", STR_ARG(value)));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		CHECK_TRUE(steps(a, page, str_of(rows[i])) >=
			   BYTES * (strlen(rows[i]) - 13) / MOST_PER_STEP);
	arena_free(&a);
}

struct clock_of_steps {
	size_t asked, most;
};
static bool time_is_over(void *arg)
{
	struct clock_of_steps *c = arg;
	return ++c->asked > c->most;
}

/* Whatever a selector is busy with, it asks for the time. */
static void time_ends_it(void)
{
	static const char *const rows[] = { "i", "i ~ i", "i:has(~ b)", "i:contains(zz)",
		":not(i i)", "i:lang(de)", "[title*=ab i][title*=abc i][title*=abd i]",
		"i:nth-child(2n of b)" };
	struct arena *a = arena_new((size_t)256 << 20);
	struct str value = repeated(a, "a", 1 << 20);
	struct str page = str_of(arena_printf(a, "<p title='%.*s'>x</p>%.*s", STR_ARG(value),
		STR_ARG(repeated(a, "<i>x</i>", 100000))));
	const struct dom *d = dom_parse(a, page, NULL);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct clock_of_steps c = { .most = 1 };
		struct sel_work w;
		struct err e;
		nid found[1];
		const struct selector *s =
			selector_compile(a, str_of(arena_printf(a, "%s > u", rows[i])), &e);
		CHECK_TRUE(s != NULL);
		sel_work_begin(&w, d, a, SIZE_MAX);
		w.stop = time_is_over;
		w.stop_arg = &c;
		CHECK_INT(sel_find(&w, s, 1, found, 1), 0);
		CHECK_TRUE(w.over);
		CHECK_INT(c.asked, 2);
		CHECK_INT(sel_find(&w, s, 1, found, 1), 0);
		CHECK_TRUE(w.over); /* it stays over */
		CHECK_INT(c.asked, 2);
	}
	arena_free(&a);
}

TEST_MAIN(TEST(what_is_found), TEST(below_a_root), TEST(time_is_linear), TEST(limits),
	TEST(a_page_too_large), TEST(long_values_cost), TEST(time_ends_it))
