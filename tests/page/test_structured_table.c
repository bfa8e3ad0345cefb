/* SPDX-License-Identifier: Apache-2.0 */
#include "page/structured_case.h"

#define T(text) "<table>" text "</table>"
#define ROW "<tr><td>1<td>2"
#define NUMBERS "\"rows\":[[\"1\",\"2\"]]}]"

static const struct structured_case cases[] = {
	{ "<p>x", NULL },
	{ T("<tr><td>one cell"), NULL },
	{ "<table role=presentation><tr><td>1<td>2<tr><td>3<td>4</table>", NULL },
	{ T("<thead><tr><td>a<td>b<tbody>" ROW), "[{\"headers\":[\"a\",\"b\"]," NUMBERS },
	{ T("<caption>The <b>cap</b>tion</caption><tr><th>a<th>b" ROW),
		"[{\"caption\":\"The caption\",\"headers\":[\"a\",\"b\"]," NUMBERS },
	/* the first row without marks */
	{ T("<tr><td>a<td>b<td>c<tr><td>1<td>2<td>3"),
		"[{\"headers\":[\"a\",\"b\",\"c\"],\"rows\":[[\"1\",\"2\",\"3\"]]}]" },
	{ T("<tr><td>2019<td>b<td>c<tr><td>1<td>2<td>3"),
		"[{\"headers\":[],\"rows\":[[\"2019\",\"b\",\"c\"],[\"1\",\"2\",\"3\"]]}]" },
	{ T("<tr><td>key<td>value" ROW),
		"[{\"headers\":[],\"rows\":[[\"key\",\"value\"],[\"1\",\"2\"]]}]" },
	{ T("<tr><td><b>a</b><td> <strong>b</strong>" ROW),
		"[{\"headers\":[\"a\",\"b\"]," NUMBERS },
	/* heads of rows are no names of columns */
	{ T("<tr><th scope=row>a<td>1<tr><th scope=row>b<td>2"),
		"[{\"headers\":[],\"rows\":[[\"a\",\"1\"],[\"b\",\"2\"]]}]" },
	{ T("<tr><td><th>x<tr><th>a<td>1"),
		"[{\"headers\":[\"\",\"x\"],\"rows\":[[\"a\",\"1\"]]}]" },
	/* a head of several rows; a title over all columns */
	{ T("<thead><tr><th rowspan=2>n<th "
	    "colspan=2>g<tr><th>a<th>b</thead><tr><td>1<td>2<td>3"),
		"[{\"headers\":[\"n\",\"g / a\",\"g / b\"],\"rows\":[[\"1\",\"2\",\"3\"]]}]" },
	{ T("<tr><th colspan=2>Title<tr><th>a<th>b" ROW),
		"[{\"caption\":\"Title\",\"headers\":[\"a\",\"b\"]," NUMBERS },
	{ T("<tr><th colspan=2>Title" ROW), "[{\"caption\":\"Title\",\"headers\":[]," NUMBERS },
	/* a foot that stands first is drawn last */
	{ T("\n<tfoot>\n<tr><td>sum<td>9<tr><td><td>8</tfoot>\n<thead><tr><td>a<td>b</thead>"
	    "<tbody>" ROW "<tbody><tr><td>3<td>4"),
		"[{\"headers\":[\"a\",\"b\"],\"rows\":[[\"1\",\"2\"],[\"3\",\"4\"],"
		"[\"sum\",\"9\"],[\"\",\"8\"]]}]" },
	{ T("<thead><tr><td>a<td>b<tfoot><tr><td>3<td>4<tbody>" ROW),
		"[{\"headers\":[\"a\",\"b\"],\"rows\":[[\"1\",\"2\"],[\"3\",\"4\"]]}]" },
	{ T("<tfoot></tfoot><tbody><tr><th>a<th>b" ROW),
		"[{\"headers\":[\"a\",\"b\"]," NUMBERS },
	{ T("<tfoot><tr><td>7<td>8" ROW),
		"[{\"headers\":[],\"rows\":[[\"7\",\"8\"],[\"1\",\"2\"]]}]" },
	/* spans */
	{ T("<tr><th>a<th>b<tr><td rowspan=3>1<td>2<tr><td>3<tr><td>4<tr><td colspan=9>5"),
		"[{\"headers\":[\"a\",\"b\"],\"rows\":[[\"1\",\"2\"],[\"1\",\"3\"],[\"1\","
		"\"4\"],[\"5\",\"5\"]]}]" },
	{ T("<tr><th>a<th>b<th>c<tbody><tr><td rowspan=9>1<td>2<td>3<tbody><tr><td>4<td>5"),
		"[{\"headers\":[\"a\",\"b\",\"c\"],"
		"\"rows\":[[\"1\",\"2\",\"3\"],[\"4\",\"5\",\"\"]]}]" },
	/* what a cell says */
	{ T("<tr><th>a<th>b<tr><td>x<br>y<p>z</p><td><img src=i alt=yes> <i "
	    "hidden>no</i><script>no</script>w<b>x</b>"),
		"[{\"headers\":[\"a\",\"b\"],\"rows\":[[\"x y z\",\"yes wx\"]]}]" },
	/* data in layout; two tables */
	{ T("<tr><td>" T("<tr><th>a<th>b" ROW) "<td>" T("<tr><th>c<th>d" ROW)),
		"[{\"headers\":[\"a\",\"b\"],\"rows\":[[\"1\",\"2\"]]},{\"headers\":[\"c\","
		"\"d\"]," NUMBERS },
};

static void tables(void)
{
	structured_cases(cases, sizeof cases / sizeof cases[0], "tables");
}

/* Rows are lost at the end, and the table says so. */
static void cut(void)
{
	struct arena *a = arena_new(0);
	struct buf html;
	buf_init(&html, 0);
	buf_text(&html, "<table><tr><th>a<th>b");
	for (int i = 0; i < 30000; i++)
		buf_text(&html, "<tr><td>1<td>2");
	json_t *all = structured_of(a, buf_str(&html));
	json_t *table = json_array_get(json_object_get(all, "tables"), 0);
	size_t rows = json_array_size(json_object_get(table, "rows"));
	CHECK_TRUE(rows > 10000 && rows < 30000);
	CHECK_TRUE(json_is_true(json_object_get(table, "cut")));
	CHECK_TRUE(json_is_true(json_object_get(all, "cut")));
	buf_release(&html);
	arena_free(&a);
}

static void hostile(void)
{
	structured_many("", T("<tr><th>a<th>b" ROW), 3000, "", true);
	structured_many("<table><tr><th>a<th>b", "<tr><td rowspan=65534>x<td colspan=1000>y",
		20000, "", false);
	structured_many("<table><tr><td>a<td>b", "<tr>", 100000, "", false);
	structured_many("", "<table><tr><td>x", 1000, "", false);
	structured_many("", "<table><td>x</table>", 100000, "", false);
}

/* A head joins the texts of its rows in each of 200 columns: many such tables end early, not the program. */
static void heads(void)
{
	struct arena *a = arena_new(0);
	struct buf html, cell;
	struct page_opts o = { .structured = true };
	struct page_result r;
	struct err e;
	buf_init(&html, 0);
	buf_init(&cell, 0);
	for (int i = 0; i < 1900; i++)
		buf_char(&cell, 'x');
	for (int i = 0; i < 40000; i++)
		buf_text(&html, "<i></i>");
	for (int i = 0; i < 190; i++) {
		buf_text(&html, "<table>");
		for (int k = 0; k < 5; k++)
			buf_addf(&html, "<tr><th colspan=199>%d %.*s<th>%d", k,
				STR_ARG(buf_str(&cell)), k);
		buf_text(&html, "<tr><td>a<td>b</table>");
	}
	CHECK_TRUE(!page_work(a, buf_str(&html), &o, &r, &e));
	CHECK_INT(e.code, ERR_TOO_LARGE);
	buf_release(&cell);
	buf_release(&html);
	arena_free(&a);
}

TEST_MAIN(TEST(tables), TEST(cut), TEST(hostile), TEST(heads))
