/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages made to hurt a tree builder, for test_limits.c (steps of the builder) and growth.c (all that
 * reading and writing a page takes).
 */
#ifndef TESTS_PAGE_HOSTILE_H
#define TESTS_PAGE_HOSTILE_H

#include "base/buf.h"
#include "page/dom.h"

/* A page is head, then `each` n times (%zu in it becomes the number), then middle, then
 * `tail` n times.
 */
struct hostile {
	const char *name, *head, *each, *middle, *tail;
	size_t n;
	unsigned cuts; /* that must be said */
	bool unseen; /* the last word stands where no reader sees it, or is no word any more */
};

static const struct hostile hostiles[] = {
	{ "nested div", "", "<div>", "", "", 20000, CUT_DEPTH },
	{ "nested div closed", "", "<div>x", "", "</div>", 20000, CUT_DEPTH },
	{ "nested b", "", "<b>", "", "", 20000, 0 },
	{ "nested font, all different", "", "<font size=%zu>", "", "", 20000, CUT_DEPTH },
	{ "formatting reopened", "", "<p><b>", "", "", 20000, 0 },
	{ "formatting reopened, all different", "", "<p><font size=%zu>x", "", "", 20000, 0 },
	{ "formatting reopened at the cap",
		"<font a=1><font a=2><font a=3><font a=4><font a=5>", "<div>x</font>", "",
		"<p>x", 20000, CUT_DEPTH },
	{ "formatting closed wrongly", "", "<a><b><i><u>", "", "<p>x</a></b></u></i>", 10000,
		0 },
	{ "adoption", "", "<b><i><u><s><div>x</b>", "", "", 20000, CUT_DEPTH },
	{ "adoption with a long block", "<b><div>", "<br>", "</b>", "<b></div></b>", 20000, 0 },
	{ "adoption through spans", "", "<b><span><span><span><div>", "", "</b>", 10000,
		CUT_DEPTH },
	{ "links in links", "", "<a href=%zu><div>", "", "", 20000, CUT_DEPTH },
	{ "a million links", "", "<a>", "", "", 50000, 0 },
	{ "nobr in nobr", "", "<nobr><div>", "", "", 20000, CUT_DEPTH },
	{ "stray p ends", "", "</p>", "", "", 20000, 0 },
	{ "stray p ends in a button", "<p><button>", "</p>", "", "", 20000, 0 },
	{ "stray ends of many kinds", "<div><span>",
		"</x-%zu></b></i></table></li></dd></h1></form></body>", "", "", 10000, 0 },
	{ "ends that pass by spans", "", "<span>", "", "</em></q></x-y>", 20000, CUT_DEPTH },
	{ "ends of items out of scope", "<ul><li><ul>", "<div></li>", "", "</li>", 20000,
		CUT_DEPTH },
	{ "ends of cells out of scope", "<table><td><dd><h1><p><table><td>", "<i>", "",
		"</dd></h1></p>", 20000, CUT_DEPTH },
	{ "items below divs", "<ul>", "<div><li></li><dd></dd>", "", "<li></li>", 20000,
		CUT_DEPTH },
	{ "ends that stop at a block", "<q><div>", "<span>", "", "</q></x-y>", 20000,
		CUT_DEPTH },
	{ "nested lists", "", "<ul><li>", "", "", 20000, CUT_DEPTH },
	{ "items that walk", "<ul><li>", "<p><i><div>", "", "<li>", 20000, CUT_DEPTH },
	{ "nested tables", "", "<table><tr><td>", "", "", 20000, CUT_DEPTH },
	{ "nested tables, closed", "", "<table><tr><td>x", "", "</table>", 20000, CUT_DEPTH },
	{ "foster parents", "<table>", "x<tr>", "", "", 20000, 0 },
	{ "foster parents of two kinds", "<table>", "<b>x<td>y</td>", "", "", 10000, 0 },
	{ "foster parents with NUL", "<table>", "x&amp;<!---->", "", "", 20000, 0 },
	{ "texts that grow in turn", "<table><tr>", "x<td>y</td>", "", "", 20000, 0 },
	{ "nested svg", "", "<svg>", "", "", 20000, CUT_DEPTH, true },
	{ "nested svg groups, wrong ends", "<svg>", "<g>", "", "</q>", 20000, CUT_DEPTH, true },
	{ "nested svg and html", "", "<svg><desc><p>", "", "", 20000, CUT_DEPTH, true },
	{ "nested templates", "", "<template>", "", "", 20000, CUT_DEPTH, true },
	{ "nested templates, closed", "", "<template><table>", "", "</template>", 20000,
		CUT_DEPTH },
	{ "nested forms and buttons", "", "<form><button><object>", "", "", 20000, CUT_DEPTH,
		true },
	{ "nested selects", "", "<select><button><selectedcontent></button><object>",
		"<option>x", "", 5000, CUT_DEPTH, true },
	{ "options", "<select>", "<option>x<b>", "", "", 20000, 0, true },
	{ "attributes", "<p ", "a%zu=1 ", ">", "", 20000, CUT_ATTRS },
	{ "attributes, all the same", "<p ", "a=1 ", ">", "", 20000, 0 },
	{ "attributes of html", "", "<html a%zu>", "", "", 20000, CUT_ATTRS },
	{ "attributes of body", "<body>", "<body a%zu=1 b=2>", "", "", 20000, CUT_ATTRS },
	{ "names of elements", "", "<x-%zu></x-%zu>", "", "", 20000, 0 },
	{ "a long attribute", "<p title='", "x ", "'>", "", 600000, CUT_ATTRS },
	{ "references", "", "&amp", "", "", 20000, 0 },
	{ "references that are none", "", "&#x", "", "&ampx", 20000, 0 },
	{ "less-than signs", "", "<", " ", "<3", 20000, 0 },
	{ "an unfinished comment", "last <!--", "-->x<!--", "", "", 20000, 0 },
	{ "comments", "", "<!--a--!>", "", "<!>", 20000, 0 },
	{ "an unfinished tag", "last<p ", "a", "", "", 20000, 0 },
	{ "an unfinished script", "last<script>", "<!--<script>", "", "</script", 20000, 0 },
	{ "scripts", "", "<script></script >", "", "", 20000, 0 },
	{ "titles", "", "<title>", "</title>", "", 20000, 0 },
	{ "NUL", "", "a\x01", "", "", 20000, 0, true },
	{ "CR", "", "a\r", "", "\r\n", 20000, 0 },
	{ "framesets", "last<noframes></noframes>", "<frameset>", "", "</frameset>", 20000, 0 },
	{ "doctypes", "", "<!doctype html public 'x' \"y\">", "", "", 20000, 0 },
};

/* A piece n times; %zu in it is the number, \x01 stands for NUL. */
static inline void add_times(struct buf *page, const char *piece, size_t n)
{
	for (size_t i = 0; *piece && i < n; i++) {
		for (const char *p = piece; *p;) {
			size_t plain = strcspn(p, "%\x01");
			buf_add(page, p, plain);
			p += plain;
			if (*p == '%')
				buf_addf(page, "%zu", i);
			else if (*p)
				buf_char(page, 0);
			p += *p == '%' ? 3 : *p != 0;
		}
	}
}

/* The page at n, with `last` as its last word. */
static inline void hostile_page(struct buf *page, const struct hostile *h, size_t n)
{
	buf_text(page, h->head);
	add_times(page, h->each, n);
	buf_text(page, h->middle);
	add_times(page, h->tail, n);
	buf_text(page, "last");
}

#endif
