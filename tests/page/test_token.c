/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tokenizer alone: what a text becomes, written as one line. Tokens: `text`, <tag a="v">,
 * </tag>, <!--comment-->, <!name "public" "system" quirks>, NUL.
 */
#include "lib/test.h"
#include "base/buf.h"
#include "base/mem.h"
#include "page/token.h"

struct token_case {
	const char *html, *want;
};

static const struct token_case texts[] = {
	{ "", "" },
	{ "abc", "`abc`" },
	{ "a < b <3 <", "`a < b <3 <`" },
	{ "</", "`</`" },
	{ "a</>b", "`a``b`" },
	{ "a</ b>c", "`a`<!-- b-->`c`" },
	{ "<?xml?>", "<!--?xml?-->" },
	{ "a\x01"
	  "b",
		"`a\x01"
		"b`" },
	{ "x\r\ny\r\rz\r", "`x\ny\n\nz\n`" },
	{ "<p\ra='b\r\nc'\rd=e\rf>", "<p a=\"b\nc\" d=\"e\" f=\"\">" },
	{ "<!--a\rb-->&#13;", "<!--a\nb-->`\r`" },
	{ "<![CDATA[x]]>", "<!--[CDATA[x]]-->" },
};
static const struct token_case tags[] = {
	{ "<p>", "<p>" },
	{ "<P CLASS=Big>", "<p class=\"Big\">" },
	{ "<br/>", "<br/>" },
	{ "<br / >", "<br>" },
	{ "</div a=b>", "</div>" },
	{ "<a href=x/>", "<a href=\"x/\">" },
	{ "<a b=1 B=2 b>", "<a b=\"1\">" },
	{ "<a b c = d e='f' g=\"h\"i=j>", "<a b=\"\" c=\"d\" e=\"f\" g=\"h\" i=\"j\">" },
	{ "<a =b c>", "<a =b=\"\" c=\"\">" },
	{ "<a b=>x", "<a b=\"\">`x`" },
	{ "<a b=''>", "<a b=\"\">" },
	{ "<a \"b'<c=d>", "<a \"b'<c=\"d\">" },
	{ "<a/b//c>", "<a b=\"\" c=\"\">" },
	{ "<x-Custom-Element-With-A-Long-Name data-Some-Long-Name-Indeed=1>",
		"<x-custom-element-with-a-long-name data-some-long-name-indeed=\"1\">" },
	{ "<p title='a\nb'>", "<p title=\"a\nb\">" },
	{ "a<p", "`a`" },
	{ "a<p b='", "`a`" },
	{ "a<p b", "`a`" },
	{ "<foreignobject viewbox=1>", "<foreignobject viewbox=\"1\">" },
	{ "<p a1 a2 a3 a4 a5 a6 a7 a8 a9 a10 a11 a12 a13 a14 a5 a15 a1 a14>",
		"<p a1=\"\" a2=\"\" a3=\"\" a4=\"\" a5=\"\" a6=\"\" a7=\"\" a8=\"\" a9=\"\" "
		"a10=\"\" a11=\"\" "
		"a12=\"\" a13=\"\" a14=\"\" a15=\"\">" },
};
static const struct token_case references[] = {
	{ "&amp;", "`&`" },
	{ "&ampx", "`&x`" },
	{ "&notit;", "`\xC2\xACit;`" },
	{ "&notin;", "`\xE2\x88\x89`" },
	{ "&nosuch;", "`&nosuch;`" },
	{ "& &; &#; &#x; &a", "`& &; &#; &#x; &a`" },
	{ "&#65;&#x41&#X41;", "`AAA`" },
	{ "&#0;&#xD800;&#x110000;&#99999999999999999999;",
		"`\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD`" },
	{ "&#128;&#x9F;&#x81;", "`\xE2\x82\xAC\xC5\xB8\xC2\x81`" },
	{ "&nGt;", "`\xE2\x89\xAB\xE2\x83\x92`" },
	{ "&CounterClockwiseContourIntegral;", "`\xE2\x88\xB3`" },
	{ "<a b=&amp c='&ampx' d=\"&amp=\" e=&lt;&notin; f='&#65'>",
		"<a b=\"&\" c=\"&ampx\" d=\"&amp=\" e=\"<\xE2\x88\x89\" f=\"A\">" },
};
static const struct token_case marks[] = {
	{ "<!---->", "<!---->" },
	{ "<!-->a", "<!---->`a`" },
	{ "<!--->a", "<!---->`a`" },
	{ "<!--a--!>b", "<!--a-->`b`" },
	{ "<!--a->b-->", "<!--a->b-->" },
	{ "<!--a", "<!--a-->" },
	{ "<!--a--", "<!--a-->" },
	{ "<!--a--!", "<!--a-->" },
	{ "<!--a-", "<!--a-->" },
	{ "<!-a>", "<!---a-->" },
	{ "<!a", "<!--a-->" },
	{ "<!DOCTYPE html>", "<!html>" },
	{ "<!docTYPE HtMl SYSTEM 'about:legacy-compat'>", "<!html \"about:legacy-compat\">" },
	{ "<!doctype html public 'p' \"s\">", "<!html 'p' \"s\">" },
	{ "<!doctype html public'p''s'>", "<!html 'p' \"s\">" },
	{ "<!doctype>", "<! quirks>" },
	{ "<!doctypehtml>", "<!html>" },
	{ "<!doctype html public>", "<!html quirks>" },
	{ "<!doctype html system 's' x>", "<!html \"s\">" },
	{ "<!doctype html public 'p", "<!html 'p' quirks>" },
	{ "<!doctype html x>", "<!html quirks>" },
};
static const struct token_case rcdata[] = {
	{ "a&lt;<b></titl></title x></title>", "`a<<b></titl>`</title></title>" },
	{ "a</TITLE", "`a</TITLE`" },
	{ "a</title ", "`a`" },
};
static const struct token_case scripts[] = {
	{ "a&lt;</b></script>b", "`a&lt;</b>`</script>`b`" },
	{ "<!--</script>", "`<!--`</script>" },
	{ "<!--<script></script>x</script>", "`<!--<script></script>x`</script>" },
	{ "<!--<script>--></script>x", "`<!--<script>-->`</script>`x`" },
	{ "<!--><script></script>x", "`<!--><script>`</script>`x`" },
	{ "<!--<scriptx></script>x", "`<!--<scriptx>`</script>`x`" },
	{ "<!--<script></script></script>", "`<!--<script></script>`</script>" },
};

static void print_name(struct buf *out, const struct lexer *x, const struct token *k)
{
	if (k->tag)
		buf_add_str(out, tag_name(k->tag));
	else
		buf_add(out, x->m->d.base[x->m->words[k->word].own] + x->m->words[k->word].off,
			x->m->words[k->word].len);
}

static void print_tag(struct buf *out, const struct lexer *x, const struct token *k)
{
	/* attributes are read through a node, as everyone does */
	nid id = node_make(x->m, DOM_ELEMENT);
	x->m->d.nodes[id].attr = k->attr;
	x->m->d.nodes[id].len = k->kind == TOKEN_START ? k->attr_n : 0;
	buf_text(out, k->kind == TOKEN_START ? "<" : "</");
	print_name(out, x, k);
	for (size_t i = 0; i < dom_attr_count(&x->m->d, id); i++) {
		struct str name, value;
		dom_attr_at(&x->m->d, id, i, &name, &value);
		buf_addf(out, " %.*s=\"%.*s\"", STR_ARG(name), STR_ARG(value));
	}
	buf_text(out, k->self_closing ? "/>" : ">");
}

static void print_span(
	struct buf *out, const struct lexer *x, const char *lead, struct span s, char end)
{
	buf_text(out, lead);
	buf_add(out, span_bytes(x->m, s), s.len);
	buf_char(out, end);
}

static void print_token(struct buf *out, const struct lexer *x, const struct token *k)
{
	switch (k->kind) {
	case TOKEN_TEXT:
		print_span(out, x, "`", k->text, '`');
		break;
	case TOKEN_COMMENT:
		print_span(out, x, "<!--", k->text, '-');
		buf_text(out, "->");
		break;
	case TOKEN_DOCTYPE:
		print_span(out, x, "<!", k->text, ' ');
		if (k->doctype.has_public)
			print_span(out, x, "'", k->doctype.public_id, '\''), buf_char(out, ' ');
		if (k->doctype.has_system)
			print_span(out, x, "\"", k->doctype.system_id, '"'), buf_char(out, ' ');
		buf_text(out, k->doctype.force_quirks ? "quirks " : "");
		out->len--;
		buf_char(out, '>');
		break;
	case TOKEN_START:
	case TOKEN_END:
		print_tag(out, x, k);
		break;
	case TOKEN_NUL:
		buf_text(out, "NUL");
		break;
	case TOKEN_EOF:
		break;
	}
}

static void check(
	struct str html, const char *want, enum lexer_state state, const char *raw_name)
{
	struct arena *a = arena_new(0);
	char *exact = mem_raw(html.n); /* so that a sanitizer sees a step past its end */
	memcpy(exact, html.p, html.n);
	html.p = exact;
	struct buf got;
	struct lexer x;
	struct token k = { .kind = TOKEN_EOF };
	buf_init(&got, 0);
	lexer_init(&x, maker_new(a, html, NULL), html);
	x.state = state;
	x.raw_name = str_of(raw_name);
	do {
		lexer_next(&x, &k);
		print_token(&got, &x, &k);
	} while (k.kind != TOKEN_EOF);
	CHECK_STR(got.len ? buf_str(&got) : STR(""), want);
	buf_release(&got);
	mem_free(exact);
	arena_free(&a);
}

#define CHECK_ALL(table, state, name)                                                          \
	for (size_t i = 0; i < sizeof(table) / sizeof(table)[0]; i++)                          \
	check(str_of((table)[i].html), (table)[i].want, state, name)

static void plain(void)
{
	CHECK_ALL(texts, LEX_DATA, "");
	CHECK_ALL(tags, LEX_DATA, "");
	CHECK_ALL(references, LEX_DATA, "");
	CHECK_ALL(marks, LEX_DATA, "");
}

static void raw(void)
{
	CHECK_ALL(rcdata, LEX_RCDATA, "title");
	CHECK_ALL(scripts, LEX_SCRIPT, "script");
	check(STR("a</b></style>b"), "`a</b>`</style>`b`", LEX_RAWTEXT, "style");
	check(STR("a</plaintext>"), "`a</plaintext>`", LEX_PLAINTEXT, "plaintext");
}

/* What is read 16 or 64 bytes at a time where there is room, else byte by byte. */
static const struct token_case steps[] = {
	{ "<blockquote cite=x data-line-number=1>",
		"<blockquote cite=\"x\" data-line-number=\"1\">" },
	{ "<P ID=\"a\" Data-X=\"1\" data-x=\"2\">", "<p id=\"a\" data-x=\"1\">" },
	{ "<p a=\"1\" a=\"2\" b='3' b=\"4\">", "<p a=\"1\" b=\"3\">" },
	{ "<p title=\"a&amp;b\" alt=\"a\r\nb\" id=\"a\n\tb\">",
		"<p title=\"a&b\" alt=\"a\nb\" id=\"a\n\tb\">" },
	{ "<p a = \"1\"b=\"2\"/c=\"3\" / d=\"\">", "<p a=\"1\" b=\"2\" c=\"3\" d=\"\">" },
	{ "<p  a=\">\"\nid=\"/>\"/>", "<p a=\">\" id=\"/>\"/>" },
	{ "<p =a=\"1\" \"b\"=\"2\" c>", "<p =a=\"1\" \"b\"=\"2\" c=\"\">" },
	{ "<abcdefghijklmno abcdefghijklmno=\"1\">",
		"<abcdefghijklmno abcdefghijklmno=\"1\">" },
	{ "<abcdefghijklmnop abcdefghijklmnop=\"1\">",
		"<abcdefghijklmnop abcdefghijklmnop=\"1\">" },
	{ "<abcdefghijklmnopq abcdefghijklmnopq=\"1\">",
		"<abcdefghijklmnopq abcdefghijklmnopq=\"1\">" },
	{ "<abcdefg abcdefgh=\"1\" abcdefghi=\"2\">",
		"<abcdefg abcdefgh=\"1\" abcdefghi=\"2\">" },
	{ "</P a=\"1\" b>", "</p>" },
	{ "<h\x11 a=\"1\"></h\x11>", "<h\x11 a=\"1\"></h\x11>" },
	{ "<annotation-xml encoding=\"a\"></annotation-xml>",
		"<annotation-xml encoding=\"a\"></annotation-xml>" },
	{ "<B-c Id=\"1\" id=\"2\" aria-describedby=\"3\" aria-describedbyx=\"4\">",
		"<b-c id=\"1\" aria-describedby=\"3\" aria-describedbyx=\"4\">" },
	{ "<p a=\"1\" b=\"2\" c=\"3\" d=\"4\" e=\"5\" f=\"6\" g=\"7\" h=\"8\" i=\"9\" j=\"10\" "
	  "k=\"11\" l=\"12\" a=\"-\" m=\"13\" l=\"-\" m=\"-\">",
		"<p a=\"1\" b=\"2\" c=\"3\" d=\"4\" e=\"5\" f=\"6\" g=\"7\" h=\"8\" i=\"9\" "
		"j=\"10\" "
		"k=\"11\" l=\"12\" m=\"13\">" },
	{ "</p ></div\n>", "</p></div>" },
};

/* html means the same wherever it stands towards the end. */
static void check_steps(const char *html, const char *want)
{
	struct buf in, out;
	buf_init(&in, 0);
	buf_init(&out, 0);
	for (int pad = 0; pad < 100; pad++) {
		buf_clear(&in);
		buf_clear(&out);
		buf_text(&in, html);
		buf_text(&out, want);
		for (int i = 0; i < pad; i++)
			buf_char(&in, 'x');
		if (pad)
			buf_addf(&out, "`%.*s`", pad, in.p + in.len - pad);
		buf_char(&out, 0);
		check(buf_str(&in), out.p, LEX_DATA, "");
	}
	buf_release(&in);
	buf_release(&out);
}

static void near_the_end(void)
{
	char html[160];
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
		check_steps(steps[i].html, steps[i].want);
	for (int n = 0; n < 70; n++) { /* values of all lengths */
		snprintf(html, sizeof html, "<p id=\"%0*d\" class=\"%*s\">", n, 0, n, "");
		check_steps(html, html);
	}
}

static void nul(void)
{
	check(STR("a\0\0b"), "`a`NUL`b`", LEX_DATA, "");
	check(STR("<a\0b c\0d=e\0f>"),
		"<a\xEF\xBF\xBD"
		"b c\xEF\xBF\xBD"
		"d=\"e\xEF\xBF\xBD"
		"f\">",
		LEX_DATA, "");
	check(STR("<!--\0-->"), "<!--\xEF\xBF\xBD-->", LEX_DATA, "");
	check(STR("a\0</title>"), "`a\xEF\xBF\xBD`</title>", LEX_RCDATA, "title");
}

static void cdata(void)
{
	struct arena *a = arena_new(0);
	struct str html = STR("<![CDATA[a<b>]]&amp;]]>c<![CDATA[]]><![CDATA[d");
	struct buf got;
	struct lexer x;
	struct token k = { .kind = TOKEN_EOF };
	buf_init(&got, 0);
	lexer_init(&x, maker_new(a, html, NULL), html);
	do {
		x.in_foreign = true;
		lexer_next(&x, &k);
		print_token(&got, &x, &k);
	} while (k.kind != TOKEN_EOF);
	CHECK_STR(buf_str(&got), "`a<b>]]&amp;``c``d`");
	buf_release(&got);
	arena_free(&a);
}

TEST_MAIN(TEST(plain), TEST(raw), TEST(near_the_end), TEST(nul), TEST(cdata))
