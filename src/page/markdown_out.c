/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines and blocks. A block that ends only says how many newlines must stand before what comes next;
 * md_content, which everything inline calls first, makes them. The prefix holds what each line of the
 * lists and quotes around begins with; a blank line has only the part that both its neighbours share.
 */
#include "page/markdown_in.h"
#include "base/check.h"

void md_push_prefix(struct md *m, const char *p, size_t n)
{
	CHECK(m->prefix_n + n <= MD_PREFIX);
	memcpy(m->prefix + m->prefix_n, p, n);
	m->prefix_n += n;
}

void md_pop_prefix(struct md *m, size_t to)
{
	m->prefix_n = to;
	if (m->low > to)
		m->low = to;
}

void md_line(struct md *m)
{
	if (m->bare) {
		if (m->prefix_n > m->bare_prefix)
			md_put(m, m->prefix + m->bare_prefix, m->prefix_n - m->bare_prefix);
	} else {
		/* Some readers end an item whose first line is a heading at the blank line behind it. */
		bool joined = m->join_at == m->out->len || (m->item && m->last == LAST_HEADING);
		if (m->out->len)
			md_char(m, '\n');
		if (m->out->len && m->need > 1 && !joined) {
			size_t n = m->low;
			while (n && m->prefix[n - 1] == ' ')
				n--;
			md_put(m, m->prefix, n);
			md_char(m, '\n');
		}
		if (m->prefix_n)
			md_put(m, m->prefix, m->prefix_n);
	}
	m->bare = false;
	m->need = 0;
	m->low = m->prefix_n;
}

/* No line ends within a link's text; breaks before its first letter stand before the link. */
static bool is_inside_link(const struct md *m)
{
	for (size_t i = m->marks.n; i-- > 0 && m->in_link;)
		if (m->marks.v[i].kind == MARK_LINK)
			return m->marks.v[i].state == MARK_OPEN;
	return m->in_link;
}

enum breaks { BREAK_NONE, BREAK_PARAGRAPH, BREAK_HARD, BREAK_TAG, BREAK_BLANK };

/* What the br elements that are due become, now that something follows them in the block. */
static enum breaks due_break(const struct md *m)
{
	if (!m->breaks)
		return BREAK_NONE;
	if (m->cell)
		return BREAK_TAG;
	if (m->flat || is_inside_link(m))
		return BREAK_BLANK;
	return m->breaks > 1 ? BREAK_PARAGRAPH : BREAK_HARD;
}

/* Those that stay in the block. A hard break: CommonMark 6.7. */
static void put_break(struct md *m, enum breaks what)
{
	m->breaks = 0;
	m->space = false;
	if (what != BREAK_HARD) {
		md_say(m, what == BREAK_TAG ? "<br>" : " ");
		return;
	}
	md_line_check(m);
	m->break_at = m->out->len;
	md_say(m, "  \n");
	md_put(m, m->prefix, m->prefix_n);
	m->line_at = m->out->len;
	m->first_line = false;
}

void md_begin(struct md *m, enum md_last next)
{
	md_block(m, 2);
	bool joins = m->last == LAST_HEADING || m->last == LAST_FENCE ||
		     (m->last == LAST_TEXT && next != LAST_OTHER) ||
		     ((m->last == LAST_QUOTE || m->last == LAST_LIST) &&
			     (next == LAST_HEADING || next == LAST_FENCE));
	joins = m->item == ITEM_TIGHT ? joins : m->item && m->last == LAST_HEADING;
	m->join_at = joins ? m->out->len : (size_t)-1;
}

static void note_heading(struct md *m)
{
	struct markdown_heads *heads = m->o->heads;
	size_t i = m->n_frames;
	while (i && m->frames[i - 1].act != ACT_HEADING)
		i--;
	if (!heads || !i)
		return;
	if (heads->n == heads->cap) {
		size_t cap = heads->cap ? heads->cap * 2 : 32;
		heads->v = arena_grow(m->arena, heads->v, heads->cap * sizeof *heads->v,
			cap * sizeof *heads->v);
		heads->cap = cap;
	}
	heads->v[heads->n++] = (struct markdown_head) { m->frames[i - 1].node, m->out->len };
}

void md_content(struct md *m, uint32_t next)
{
	enum breaks due = m->in_line ? due_break(m) : BREAK_NONE;
	if (due == BREAK_PARAGRAPH)
		md_block(m, 2);
	if (!m->in_line) {
		if (m->item == ITEM_TIGHT && m->last == LAST_FENCE)
			m->join_at = m->out->len;
		md_line(m);
		m->in_line = true;
		m->first_line = true;
		if (m->lead) {
			note_heading(m);
			md_put(m, "######", (size_t)m->lead);
			md_char(m, ' ');
		}
		m->line_at = m->out->len;
		m->tilde = false;
	} else {
		bool gap = m->space || due;
		if (m->angle_at && !gap)
			md_insert(m, m->angle_at, '\\');
		if (m->marks.n_recent && gap)
			md_settle(m, ' ');
		else if (m->marks.n_recent)
			md_settle_before(m, next);
		if (due)
			put_break(m, due);
		else if (m->space && m->out->len > m->line_at)
			md_char(m, ' ');
		if (gap)
			m->marks.n_recent = 0;
	}
	m->space = false;
	m->angle_at = 0;
	if (m->marks.n_waiting)
		md_marks_open(m, next);
	m->marks.n_recent = 0;
}

void md_end_line(struct md *m)
{
	m->breaks = 0;
	m->angle_at = 0;
	m->space = false;
	if (m->marks.n)
		md_marks_suspend(m);
	md_settle(m, ' ');
	m->marks.n_recent = 0;
	md_line_check(m);
	m->in_line = false;
	m->last = m->lead ? LAST_HEADING : LAST_TEXT;
	m->low = m->prefix_n;
	m->space = false;
}

/* Offsets noted in the current line move with the bytes. */
static void shift(struct md *m, size_t at, ptrdiff_t by)
{
	for (size_t i = 0; i < m->marks.n; i++)
		if (m->marks.v[i].state == MARK_OPEN && m->marks.v[i].at >= at)
			m->marks.v[i].at = (size_t)((ptrdiff_t)m->marks.v[i].at + by);
	for (size_t i = 0; i < m->marks.n_recent; i++) {
		if (m->marks.recent[i].open_at >= at)
			m->marks.recent[i].open_at =
				(size_t)((ptrdiff_t)m->marks.recent[i].open_at + by);
		if (m->marks.recent[i].close_at >= at)
			m->marks.recent[i].close_at =
				(size_t)((ptrdiff_t)m->marks.recent[i].close_at + by);
	}
	if (m->line_at > at)
		m->line_at = (size_t)((ptrdiff_t)m->line_at + by);
	if (m->break_at > at)
		m->break_at = (size_t)((ptrdiff_t)m->break_at + by);
	if (m->link.end > at)
		m->link.end = (size_t)((ptrdiff_t)m->link.end + by);
	if (m->code.end != (size_t)-1 && m->code.end > at) {
		m->code.end = (size_t)((ptrdiff_t)m->code.end + by);
	}
}

void md_insert(struct md *m, size_t at, char c)
{
	struct buf *b = m->out;
	if (!buf_room(b, 1))
		return;
	memmove(b->p + at + 1, b->p + at, b->len - at);
	b->p[at] = c;
	b->len++;
	shift(m, at, 1);
}

void md_erase(struct md *m, size_t at, size_t n)
{
	struct buf *b = m->out;
	memmove(b->p + at, b->p + at + n, b->len - at - n);
	b->len -= n;
	shift(m, at, -(ptrdiff_t)n);
}
