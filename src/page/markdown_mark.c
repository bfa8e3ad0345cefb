/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Emphasis, strikethrough and the brackets of links: a stack of marks. A mark waits until text comes
 * (so blanks stay outside and empty emphasis vanishes), is open, or was dropped.
 *
 * CommonMark lets a delimiter open or close only by what stands on both sides of its run (section
 * 6.2, "flanking"; markdown_flank.c). Of one that opens both are known when it is written (markdown_open.c).
 * One that closes is written first and looked at again when the next text comes (markdown_close.c).
 */
#include "page/markdown_mark.h"

/* The innermost mark of a kind that is not dropped. */
static struct md_mark *innermost(struct md *m, enum md_mark_kind kind)
{
	for (size_t i = m->marks.n; i-- > 0;)
		if (m->marks.v[i].kind == kind && m->marks.v[i].state != MARK_DROPPED)
			return &m->marks.v[i];
	return NULL;
}

/* Has the outer element nothing but the inner one? */
static bool is_all_of(const struct dom *d, nid outer, nid inner)
{
	nid only = inner;
	for (nid up = dom_parent(d, only); up; only = up, up = dom_parent(d, up)) {
		for (nid c = dom_first(d, up); c; c = dom_next(d, c))
			if (c != only && (dom_kind(d, c) != DOM_TEXT || !md_is_blank(d, c)))
				return false;
		if (up == outer)
			return true;
	}
	return false;
}

bool md_mark_push(struct md *m, enum md_mark_kind kind, nid node)
{
	char delim = kind == MARK_DEL ? '~' : '*';
	uint8_t len = kind == MARK_EM || kind == MARK_LINK ? 1 : 2;
	if (m->marks.n == MD_MARKS)
		return false;
	bool apart = false;
	struct md_mark *outer = m->marks.active[kind] ? innermost(m, kind) : NULL;
	if (outer) {
		enum tag_id around = dom_html_tag(m->d, outer->node);
		bool all = around == TAG_DT ||
			   around == TAG_SUMMARY || /* strong by our own doing */
			   is_all_of(m->d, outer->node, node);
		bool named = around != dom_html_tag(m->d, node);
		if (kind > MARK_EM || m->marks.active[kind] > 2 || (all && named))
			return false; /* <b><strong>x</strong></b> */
		apart = !all;
		delim = outer->delim == '*' ? '_' : '*';
	}
	m->marks.v[m->marks.n++] = (struct md_mark) {
		.kind = kind, .delim = delim, .len = len, .apart = apart, .node = node
	};
	m->marks.active[kind]++;
	m->marks.n_waiting++;
	if (kind == MARK_LINK)
		m->in_link++;
	return true;
}

static void close_mark(struct md *m, struct md_mark *k)
{
	if (k->kind != MARK_LINK) {
		md_emphasis_close(m, k);
		return;
	}
	md_settle(m, ']');
	m->marks.n_recent = 0;
	md_link_close(m, k->node, k->at + 1);
}

void md_mark_pop(struct md *m)
{
	struct md_mark k = m->marks.v[--m->marks.n];
	if (k.kind == MARK_LINK)
		m->in_link--;
	if (k.state == MARK_DROPPED)
		return;
	m->marks.active[k.kind]--;
	if (k.state == MARK_WAITING)
		m->marks.n_waiting--;
	else
		close_mark(m, &k);
}

void md_marks_suspend(struct md *m)
{
	for (size_t i = m->marks.n; i-- > 0;) {
		struct md_mark *k = &m->marks.v[i];
		if (k->state != MARK_OPEN)
			continue;
		struct md_mark was = *k;
		if (was.kind == MARK_LINK) {
			k->state = MARK_DROPPED; /* a link is written once, */
			m->marks.active[MARK_LINK]--;
		} else {
			k->state = MARK_WAITING; /* the rest opens again in the next block */
			m->marks.n_waiting++;
		}
		close_mark(m, &was);
	}
}
