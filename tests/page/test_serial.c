/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trees written as HTML: what comes out for what goes in, and that reading it again gives the
 * same.
 */
#include "lib/test.h"
#include "base/buf.h"
#include "page/dump.h"
#include "page/serial.h"

struct serial_case {
	const char *context, *html, *want;
};

static const struct serial_case cases[] = {
	{ "div", "a &amp; b &lt; c &gt; d \" e ' f", "a &amp; b &lt; c &gt; d \" e ' f" },
	{ "div",
		"a\xC2\xA0"
		"b\xC2\xA9",
		"a&nbsp;b\xC2\xA9" },
	{ "div", "<p title='\"&<>\xC2\xA0'>", "<p title=\"&quot;&amp;&lt;&gt;&nbsp;\"></p>" },
	{ "div", "<br><img src=a><hr/><wbr>", "<br><img src=\"a\"><hr><wbr>" },
	{ "div", "<p>a<p>b", "<p>a</p><p>b</p>" },
	{ "div", "<script>a < b && c</script>", "<script>a < b && c</script>" },
	{ "div", "<style>a > b</style><xmp><b></xmp>", "<style>a > b</style><xmp><b></xmp>" },
	{ "div", "<noscript><b>a &lt;</b></noscript>", "<noscript><b>a &lt;</b></noscript>" },
	{ "div", "<textarea>&lt;b></textarea>", "<textarea>&lt;b&gt;</textarea>" },
	{ "div", "<!--a--><!--b", "<!--a--><!--b-->" },
	{ "div", "<svg viewbox=1><foreignobject xlink:href=x><path /></svg>",
		"<svg viewBox=\"1\"><foreignObject "
		"xlink:href=\"x\"><path></path></foreignObject></svg>" },
	{ "div", "<math><mi definitionurl=x>a", "<math><mi definitionURL=\"x\">a</mi></math>" },
	{ "div", "<template><td>a</template>", "<template><td>a</td></template>" },
	{ "div", "<svg><br-x/><style>a&lt;</style></svg>",
		"<svg><br-x></br-x><style>a&lt;</style></svg>" },
	{ "tr", "<td>a<th>b", "<td>a</td><th>b</th>" },
	{ "div", "<b><p>a</b>b", "<b></b><p><b>a</b>b</p>" },
	{ "div", "<X-y Data-Z=1>", "<x-y data-z=\"1\"></x-y>" },
};

static void written(void)
{
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct arena *a = arena_new(0);
		struct buf out;
		buf_init(&out, 0);
		const struct dom *d =
			dom_parse_fragment(a, str_of(cases[i].html), cases[i].context, NULL);
		html_write(&out, d, 1);
		CHECK_STR(buf_str(&out), cases[i].want);
		buf_release(&out);
		arena_free(&a);
	}
}

static void whole(void)
{
	struct arena *a = arena_new(0);
	struct buf out;
	buf_init(&out, 0);
	const struct dom *d =
		dom_parse(a, STR("<!doctype html><title>x</title><p id=1>a<b>c</b>"), NULL);
	html_write(&out, d, 1);
	CHECK_STR(buf_str(&out), "<!DOCTYPE html><html><head><title>x</title></head><body><p "
				 "id=\"1\">a<b>c</b></p></body></html>");
	buf_clear(&out);
	html_write(&out, d, dom_first(d, dom_body(d)));
	CHECK_STR(buf_str(&out), "<p id=\"1\">a<b>c</b></p>");
	buf_clear(&out);
	html_write_inside(&out, d, dom_first(d, dom_body(d)));
	CHECK_STR(buf_str(&out), "a<b>c</b>");
	buf_release(&out);
	arena_free(&a);
}

static void full(void)
{
	struct arena *a = arena_new(0);
	struct buf out;
	buf_init(&out, 20);
	html_write(&out, dom_parse(a, STR("<p>a<p>b<p>c<p>d<p>e"), NULL), 1);
	CHECK_TRUE(out.full && out.len <= 20);
	buf_release(&out);
	arena_free(&a);
}

/* Deep trees are written without recursion. */
static void deep(void)
{
	struct arena *a = arena_new(0);
	struct buf html, out;
	buf_init(&html, 0);
	buf_init(&out, 0);
	for (int i = 0; i < 600; i++)
		buf_text(&html, "<div>");
	html_write(&out, dom_parse_fragment(a, buf_str(&html), "div", NULL), 1);
	size_t closed = 0;
	for (size_t i = 0; i + 6 <= out.len; i++)
		closed += memcmp(out.p + i, "</div>", 6) == 0;
	CHECK_INT(closed, 600);
	buf_release(&html);
	buf_release(&out);
	arena_free(&a);
}

/* html5lib's trees: written, read and written again they must not change, but where the
 * standard says that they may: text after <pre>'s lost newline, nested forms and links,
 * plaintext, tables within paragraphs.
 */
static void stable(void)
{
	static const char *const pages[] = { "<p>a<p>b<table>x<tr><td>c", "<b><i>a</b>b</i>",
		"<ul><li>a<li>b", "<svg><desc><p>a</desc><g/></svg>",
		"<select><option>a<optgroup label=b><option>c</select>",
		"<!doctype html><frameset><frame></frameset>", "<title>a&lt;b</title>&amp;amp;",
		"<script>a<!--b--></script>", "<dl><dt>a<dd>b",
		"<math><annotation-xml encoding=text/html><p>a" };
	for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
		struct arena *a = arena_new(0);
		struct buf one, two;
		buf_init(&one, 0);
		buf_init(&two, 0);
		html_write(&one, dom_parse(a, str_of(pages[i]), NULL), 1);
		html_write(&two, dom_parse(a, buf_str(&one), NULL), 1);
		buf_char(&one, 0);
		CHECK_STR(buf_str(&two), one.p);
		buf_release(&one);
		buf_release(&two);
		arena_free(&a);
	}
}

TEST_MAIN(TEST(written), TEST(whole), TEST(full), TEST(deep), TEST(stable))
