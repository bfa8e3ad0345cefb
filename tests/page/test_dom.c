/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking a tree: names, attributes, walks, the lists and places met while reading.
 */
#include "lib/test.h"
#include "page/dom.h"

static struct arena *a;

static const struct dom *read_html(const char *html)
{
	arena_free(&a);
	a = arena_new(0);
	return dom_parse(a, str_of(html), NULL);
}

static nid find(const struct dom *d, enum tag_id tag)
{
	for (nid id = dom_walk(d, 1, 1); id; id = dom_walk(d, id, 1))
		if (dom_kind(d, id) == DOM_ELEMENT && dom_tag(d, id) == tag)
			return id;
	return 0;
}

static bool has_capitals(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] >= 'A' && name.p[i] <= 'Z')
			return true;
	return false;
}

/* Fails when a table has changed and script/gen/names.py has not been run. */
static void names(void)
{
	for (int tag = 1; tag < TAG_COUNT; tag++) {
		struct str name = tag_name((enum tag_id)tag);
		CHECK_INT(tag_find(name), has_capitals(name) ? TAG_NONE : tag);
	}
	for (int attr = 1; attr < ATTR_COUNT; attr++) {
		struct str name = attr_name((enum attr_id)attr);
		CHECK_INT(attr_find(name), has_capitals(name) ? ATTR_NONE : attr);
	}
	CHECK_INT(attr_find(STR("data-line-number")), ATTR_DATA_LINE_NUMBER);
	CHECK_INT(attr_find(STR("href")), ATTR_HREF);
	CHECK_INT(attr_find(STR("hre")), ATTR_NONE);
	CHECK_INT(attr_find(STR("")), ATTR_NONE);
	CHECK_INT(tag_find(STR("a-name-of-more-than-sixteen-bytes")), TAG_NONE);
	CHECK_STR(attr_name(ATTR_HTTP_EQUIV), "http-equiv");
}

static void attributes(void)
{
	const struct dom *d = read_html("<p id=a CLASS='b &amp; c' data-X=d hidden x=''>");
	nid p = find(d, TAG_P);
	struct str value, name;
	CHECK_INT(dom_attr_count(d, p), 5);
	CHECK_TRUE(dom_attr(d, p, ATTR_CLASS, &value));
	CHECK_STR(value, "b & c");
	CHECK_TRUE(dom_attr(d, p, ATTR_HIDDEN, &value) && value.n == 0);
	CHECK_TRUE(!dom_attr(d, p, ATTR_HREF, &value));
	CHECK_TRUE(dom_attr_named(d, p, STR("data-x"), &value));
	CHECK_STR(value, "d");
	CHECK_TRUE(dom_attr_named(d, p, STR("id"), &value));
	CHECK_TRUE(!dom_attr_named(d, p, STR("data-X"), &value));
	dom_attr_at(d, p, 4, &name, &value);
	CHECK_STR(name, "x");
	CHECK_TRUE(!dom_attr(d, 1, ATTR_ID, &value) && dom_attr_count(d, 1) == 0);
}

/* Repeated html and body tags give their attributes to the first; in a fragment too. */
static void merged(void)
{
	struct str value;
	const struct dom *d =
		read_html("<html a=1><body b=2><p c=3><html a=4 d=5><body b=6 e=7><i f=8>"
			  "<html g=9><body h=10>");
	CHECK_INT(dom_attr_count(d, dom_html(d)), 3);
	CHECK_INT(dom_attr_count(d, dom_body(d)), 3);
	CHECK_TRUE(dom_attr_named(d, dom_html(d), STR("a"), &value));
	CHECK_STR(value, "1");
	CHECK_TRUE(dom_attr_named(d, dom_body(d), STR("h"), &value));
	CHECK_STR(value, "10");
	CHECK_TRUE(dom_attr_named(d, find(d, TAG_I), STR("f"), &value));
	CHECK_STR(value, "8");
	d = dom_parse_fragment(a,
		STR("<body b=2><p c=3><html a=4 d=5><body b=6 e=7><i f=8><html g=9><body "
		    "h=10>"),
		"html", NULL);
	nid body = find(d, TAG_BODY);
	CHECK_INT(dom_attr_count(d, body), 3);
	CHECK_TRUE(dom_attr_named(d, body, STR("h"), &value));
	CHECK_STR(value, "10");
	CHECK_TRUE(dom_attr_named(d, find(d, TAG_I), STR("f"), &value));
	CHECK_STR(value, "8");
	CHECK_TRUE(dom_attr_named(d, find(d, TAG_P), STR("c"), &value));
	CHECK_STR(value, "3");
}

static void places(void)
{
	const struct dom *d =
		read_html("<!doctype html><title>t</title><meta name=a><base href=x>"
			  "<script type=application/ld+json>{}</script><script>1</script>"
			  "<template><meta></template><body><link><svg><title>s</title></svg>");
	size_t n;
	CHECK_STR(dom_name(d, dom_html(d)), "html");
	CHECK_STR(dom_name(d, dom_head(d)), "head");
	CHECK_STR(dom_name(d, dom_body(d)), "body");
	CHECK_TRUE(!dom_quirks(d));
	const nid *metas = dom_list(d, LIST_META, &n);
	CHECK_INT(n, 1);
	CHECK_INT(dom_tag(d, metas[0]), TAG_META);
	dom_list(d, LIST_TITLE, &n);
	CHECK_INT(n, 1);
	dom_list(d, LIST_BASE, &n);
	CHECK_INT(n, 1);
	dom_list(d, LIST_LINK, &n);
	CHECK_INT(n, 1);
	const nid *data = dom_list(d, LIST_SCRIPT_DATA, &n);
	CHECK_INT(n, 1);
	CHECK_STR(dom_text(d, dom_first(d, data[0])), "{}");
	nid svg = find(d, TAG_SVG);
	CHECK_INT(dom_tag(d, dom_first(d, svg)), TAG_TITLE);
	CHECK_INT(dom_html_tag(d, dom_first(d, svg)), TAG_NONE);
	CHECK_INT(dom_ns(d, svg), NS_SVG);
	CHECK_TRUE(dom_quirks(read_html("x")));
	d = read_html("<frameset>");
	CHECK_STR(dom_name(d, dom_body(d)), "frameset");
}

/* Said of white space alone, also where a text goes on behind a tag that means nothing or moves out of a table. */
static void blank_texts(void)
{
	const struct dom *d =
		read_html("<p> <i>\n\t</i> </b>x<p>\n</b> </b>\ny<table> <tr> <td> "
			  "</td> </tr> z</table> &#32;<pre>\n\n</pre>\r\n<b> </b>");
	size_t blank = 0;
	for (nid id = dom_walk(d, 1, 1); id; id = dom_walk(d, id, 1)) {
		if (dom_kind(d, id) != DOM_TEXT || !(d->nodes[id].flags & NODE_BLANK))
			continue;
		blank++;
		CHECK_INT(str_trim(dom_text(d, id)).n, 0);
	}
	CHECK_TRUE(blank >= 5);
}

static void walks(void)
{
	const struct dom *d = read_html("<ul><li>a<b>c</b><li>d</ul>e");
	nid ul = find(d, TAG_UL), one = dom_first(d, ul), two = dom_next(d, one);
	CHECK_TRUE(dom_prev(d, two) == one && dom_prev(d, one) == 0 && dom_next(d, two) == 0);
	CHECK_TRUE(dom_last(d, ul) == two && dom_parent(d, two) == ul);
	size_t n = 0;
	for (nid id = dom_walk(d, ul, ul); id; id = dom_walk(d, id, ul))
		n++;
	CHECK_INT(n, 6);
	CHECK_TRUE(dom_walk_past(d, one, ul) == two && dom_walk_past(d, two, ul) == 0);
	CHECK_TRUE(dom_walk_past(d, ul, ul) == 0);
	CHECK_STR(dom_text(d, dom_walk(d, two, 1)), "d");
	CHECK_STR(dom_text(d, dom_walk_past(d, two, 1)), "e");
	CHECK_TRUE(dom_last(d, dom_walk(d, two, 1)) == 0);
}

static void slices(void)
{
	static const char html[] = "<p title=plain>text<p title='a&amp;'>b&lt;</x>c";
	const struct dom *d = read_html(html);
	nid one = find(d, TAG_P), two = dom_next(d, one);
	struct str text = dom_text(d, dom_first(d, one)), value = { 0 };
	CHECK_TRUE(text.p == html + 15 && text.n == 4); /* not copied */
	CHECK_TRUE(dom_attr(d, one, ATTR_TITLE, &value) && value.p == html + 9);
	CHECK_STR(dom_text(d, dom_first(d, two)), "b<c");
	CHECK_TRUE(dom_attr(d, two, ATTR_TITLE, &value));
	CHECK_STR(value, "a&");
	arena_free(&a);
}

TEST_MAIN(TEST(names), TEST(attributes), TEST(merged), TEST(places), TEST(blank_texts),
	TEST(walks), TEST(slices))
