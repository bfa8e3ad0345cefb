/* SPDX-License-Identifier: Apache-2.0 */
#include "page/structured_case.h"

#define ITEMS(text) "{\"items\":[" text "]}"

static const struct structured_case micro[] = {
	{ "<p itemprop=a>x", NULL },
	{ "<div itemscope></div>", ITEMS("{\"properties\":{}}") },
	{ "<div itemscope itemtype=' http://a/1 http://a/2 ' itemid=../z><b "
	  "itemprop=a>x</b></div>",
		ITEMS("{\"type\":[\"http://a/1\",\"http://a/2\"],\"id\":\"https://example.org/"
		      "z\","
		      "\"properties\":{\"a\":[\"x\"]}}") },
	/* several names, several values, the order of the page */
	{ "<div itemscope><b itemprop='b a b'>1</b><b itemprop=a>2<i "
	  "itemprop=b>3</i></b></div>",
		ITEMS("{\"properties\":{\"b\":[\"1\",\"3\"],\"a\":[\"1\",\"23\"]}}") },
	{ "<div itemscope><a itemprop=a href=u>x</a><img itemprop=b src=/i><link itemprop=c "
	  "href=//c.example/c>"
	  "<object itemprop=d data=o></object><video itemprop=e src=v></video></div>",
		ITEMS("{\"properties\":{\"a\":[\"https://example.org/x/u\"],\"b\":[\"https://"
		      "example.org/i\"],"
		      "\"c\":[\"https://c.example/c\"],\"d\":[\"https://example.org/x/o\"],"
		      "\"e\":[\"https://example.org/x/v\"]}}") },
	{ "<div itemscope><meta itemprop=a content=' x '><time itemprop=b "
	  "datetime=2020-01-02>then</time>"
	  "<time itemprop=c>2021</time><data itemprop=d value=7>seven</data><meter itemprop=e "
	  "value=3></meter>"
	  "<b itemprop=f content=10>ten</b></div>",
		ITEMS("{\"properties\":{\"a\":[\"x\"],\"b\":[\"2020-01-02\"],\"c\":[\"2021\"],"
		      "\"d\":[\"7\"],"
		      "\"e\":[\"3\"],\"f\":[\"10\"]}}") },
	/* items in items; one without itemprop stands alone */
	{ "<div itemscope><p itemprop=a itemscope><b itemprop=n>1</b></p><p itemscope><b "
	  "itemprop=n>2</b></p></div>",
		ITEMS("{\"properties\":{\"a\":[{\"properties\":{\"n\":[\"1\"]}}]}},"
		      "{\"properties\":{\"n\":[\"2\"]}}") },
	{ "<div itemscope itemref='r none r'><b itemprop=a>1</b></div><p id=r><b "
	  "itemprop=a>2</b><p id=r itemprop=c>",
		ITEMS("{\"properties\":{\"a\":[\"1\",\"2\"]}}") },
	/* what stands before the item comes first */
	{ "<p id=r><b itemprop=a>2</b></p><div itemscope itemref=r><b itemprop=a>1</b></div>",
		ITEMS("{\"properties\":{\"a\":[\"2\",\"1\"]}}") },
	/* loops: an item is not its own property, neither at once nor by way of others */
	{ "<div id=s itemscope itemref=s><b itemprop=a>1</b></div>",
		ITEMS("{\"properties\":{\"a\":[\"1\"]}}") },
	{ "<div itemscope itemref=x></div><p id=x itemprop=a itemscope itemref=y>"
	  "<p id=y itemprop=b itemscope itemref=x>",
		ITEMS("{\"properties\":{\"a\":[{\"properties\":{\"b\":[{\"properties\":{}}]}}]}"
		      "}") },
	{ "<div itemscope><template><b itemprop=a>1</b></template></div>",
		ITEMS("{\"properties\":{}}") },
	{ "<div itemscope><p itemprop=a> two\n  words\"</p></div>",
		ITEMS("{\"properties\":{\"a\":[\"two words\\\"\"]}}") },
};

static const struct structured_case rdfa[] = {
	{ "<p property=a>x", NULL },
	{ "<meta property=og:title content=x>", NULL },
	{ "<p vocab=http://schema.org/ typeof=Person><b property=name>A</b><b "
	  "property=name>B</b></p>",
		ITEMS("{\"type\":[\"http://schema.org/"
		      "Person\"],\"properties\":{\"name\":[\"A\",\"B\"]}}") },
	{ "<div vocab=http://schema.org/><p typeof='Person foaf:Agent' resource=#me><b "
	  "property=foaf:nick>A</b>"
	  "<a property=url href=/u>x</a><meta property=age content=3></p></div>",
		ITEMS("{\"type\":[\"http://schema.org/Person\",\"http://xmlns.com/foaf/0.1/"
		      "Agent\"],"
		      "\"id\":\"https://example.org/x/y.html#me\",\"properties\":{"
		      "\"http://xmlns.com/foaf/0.1/nick\":[\"A\"],\"url\":[\"https://"
		      "example.org/u\"],"
		      "\"age\":[\"3\"]}}") },
	{ "<div vocab=http://s/ typeof=A><p property=b typeof=B><i property=c>1</i></p><i "
	  "property=d>2</i></div>",
		ITEMS("{\"type\":[\"http://s/A\"],\"properties\":{\"b\":[{\"type\":[\"http://s/"
		      "B\"],"
		      "\"properties\":{\"c\":[\"1\"]}}],\"d\":[\"2\"]}}") },
	/* prefixes: declared, hidden by a nearer one, unknown; of a type's own vocabulary */
	{ "<div prefix='p: http://p/ q: http://q/'><div prefix='p: http://r/' typeof=p:T>"
	  "<b property='p:a q:b z:c'>1</b></div></div>",
		ITEMS("{\"type\":[\"http://r/T\"],\"properties\":{\"a\":[\"1\"],\"http://q/"
		      "b\":[\"1\"],"
		      "\"z:c\":[\"1\"]}}") },
	{ "<div vocab=http://s/ typeof=A></div><b property=c>1</b>",
		ITEMS("{\"type\":[\"http://s/A\"],\"properties\":{}}") },
	/* a resource alone: an item without a type, if something is said of it */
	{ "<div vocab=http://s/><p resource=_:b><b property=a>1</b></p><p "
	  "resource=/none></p></div>",
		ITEMS("{\"id\":\"_:b\",\"properties\":{\"a\":[\"1\"]}}") },
	{ "<div vocab=http://s/ typeof=A><link property=v resource=schema:InStock><time "
	  "property=t datetime=2020>x"
	  "</time></div>",
		ITEMS("{\"type\":[\"http://s/A\"],\"properties\":{\"v\":[\"http://schema.org/"
		      "InStock\"],"
		      "\"t\":[\"2020\"]}}") },
};

static void microdata(void)
{
	structured_cases(micro, sizeof micro / sizeof micro[0], "microdata");
}

static void rdfa_lite(void)
{
	structured_cases(rdfa, sizeof rdfa / sizeof rdfa[0], "rdfa");
}

#define V50 "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv"
#define LONG_VOCAB "<div vocab=http://s/" V50 V50 V50 V50 V50 V50 V50 V50 V50 "/ typeof=A>"

static void hostile(void)
{
	structured_many("", "<div itemscope itemprop=a>", 100000, "", true);
	structured_many("<div itemscope>", "<i itemprop=a>x</i>", 300000, "", true);
	structured_many("<div itemscope>", "<i itemprop=a>", 2000, "x", true);
	structured_many("<p id=r><i itemprop=a>x</i><div itemscope>",
		"<p itemscope itemprop=b itemref=r>", 20000, "", true);
	structured_many(LONG_VOCAB,
		"<b property='a b c d e f g h i j k l m n o p q r s t u v'>", 20000, "", true);
	structured_many(LONG_VOCAB,
		"<b typeof='a b c d e f g h i j k l m n o p q r s t u v'></b>", 20000, "",
		true);
	structured_many("<div itemscope itemref='", "a b r ", 50000, "'></div><p id=r>", false);
	structured_many("<div itemscope itemprop='", "a%zu b ", 50000, "'></div>", false);
	structured_many("<div vocab=http://s/>", "<div typeof=A property=b>", 100000, "", true);
	structured_many("", "<div prefix='a: b c: d'>", 400, "<p typeof=A>", true);
	structured_many(
		"<div vocab=http://s/ typeof=A>", "<b property=a>x</b>", 100000, "", true);
}

/* Long values in a part that many items share: they end at the bytes that all may have. */
static void shared_texts(void)
{
	struct arena *a = arena_new(0);
	struct buf html;
	buf_init(&html, 0);
	buf_text(&html, "<div id=r>");
	for (int i = 0; i < 50; i++) {
		buf_text(&html, "<p itemprop=a>");
		for (int k = 0; k < 2000; k++)
			buf_text(&html, "word ");
	}
	buf_text(&html, "</div>");
	for (int i = 0; i < 100000; i++)
		buf_text(&html, "<i></i>");
	for (int i = 0; i < 4000; i++)
		buf_text(&html, "<b itemscope itemref=r></b>");
	json_t *all = structured_of(a, buf_str(&html));
	CHECK_TRUE(json_is_true(json_object_get(all, "cut")));
	buf_release(&html);
	arena_free(&a);
}

/* Two shared parts, each the property of the other twice over: 2^n ways, which the limits end. */
static void doubling(void)
{
	struct arena *a = arena_new(0);
	struct buf html;
	buf_init(&html, 0);
	buf_text(&html, "<div itemscope itemref='a0 b0'></div>");
	for (int i = 0; i < 40; i++)
		for (char c = 'a'; c <= 'b'; c++)
			buf_addf(&html,
				"<p id=%c%d itemprop=p itemscope itemref='a%d b%d'></p>", c, i,
				i + 1, i + 1);
	json_t *all = structured_of(a, buf_str(&html));
	CHECK_TRUE(json_is_true(json_object_get(all, "cut")));
	CHECK_TRUE(json_object_get(all, "microdata") != NULL);
	buf_release(&html);
	arena_free(&a);
}

TEST_MAIN(TEST(microdata), TEST(rdfa_lite), TEST(hostile), TEST(shared_texts), TEST(doubling))
