/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocks: headings (CommonMark 4.2), quotes (5.1), rules (4.1), terms; lists have a file of their own (markdown_list.c).
 * Inside one line (a heading, a cell, a card) a block is just a blank.
 */
#include "page/markdown_in.h"

static bool enter_plain(struct md *m, nid id, enum md_act act)
{
	md_block(m, 2);
	md_push_box(m, id, act);
	return true;
}

/* In one line: a blank; in a cell, paragraphs and items begin on a new line. */
static bool enter_flat(struct md *m, nid id, enum md_kind kind)
{
	bool line = kind == K_ITEM || dom_html_tag(m->d, id) == TAG_P;
	m->space = true;
	if (line && m->cell && m->in_line && m->out->len > m->line_at)
		m->breaks = 1;
	md_push_box(m, id, ACT_SPACE);
	return true;
}

static bool enter_heading(struct md *m, nid id)
{
	md_begin(m, LAST_HEADING);
	struct md_frame *f = md_push(m, id, ACT_HEADING);
	if (!f)
		return true;
	m->lead = (int)dom_html_tag(m->d, id) - (int)TAG_H1 + 1;
	m->flat++;
	if (m->link.card) {
		f->marked = md_mark_push(m, MARK_LINK, m->link.card);
		m->link.card = 0;
	}
	return true;
}

static bool enter_quote(struct md *m, nid id)
{
	if (m->nesting >= MD_NESTING) {
		m->cuts |= CUT_DEPTH;
		return enter_plain(m, id, ACT_BLOCK);
	}
	md_begin(m, LAST_QUOTE);
	struct md_frame *f = md_push(m, id, ACT_QUOTE);
	if (!f)
		return true;
	f->quote.item = (uint8_t)m->item;
	f->quote.last = (uint8_t)m->last;
	f->quote.prefix_n = (uint16_t)m->prefix_n;
	m->item = ITEM_NONE;
	m->last = LAST_OTHER;
	md_push_prefix(m, "> ", 2);
	m->nesting++;
	return true;
}

/* Behind a marker dashes would join it, and at the very top they would look like front matter. */
static void put_rule(struct md *m)
{
	md_block(m, 2);
	bool bare = m->bare;
	md_line(m);
	md_say(m, bare ? "___" : m->out->len == 0 ? "***" : "---");
	m->last = LAST_HEADING;
	m->need = 2;
}

static bool enter_term(struct md *m, nid id)
{
	md_block(m, 2);
	struct md_frame *f = md_push(m, id, ACT_TERM);
	for (nid c = dom_first(m->d, id); c; c = dom_next(m->d, c)) {
		enum md_kind kind =
			dom_kind(m->d, c) == DOM_ELEMENT ? md_kind_of(m->d, c) : K_INLINE;
		if (kind == K_BLOCK || kind == K_HEADING || kind == K_LIST || kind == K_TABLE ||
			kind == K_PRE)
			return true;
	}
	if (f)
		f->marked = md_mark_push(m, MARK_STRONG, id);
	return true;
}

/* A box without text, such as scripts fill, must not break the emphasis or link that it stands in. */
static bool is_hollow(const struct dom *d, nid id)
{
	for (int depth = 0; depth < 8; depth++) {
		nid only = 0;
		for (nid c = dom_first(d, id); c; c = dom_next(d, c)) {
			if (dom_kind(d, c) == DOM_TEXT && md_is_blank(d, c))
				continue;
			if (only || dom_kind(d, c) != DOM_ELEMENT)
				return false;
			only = c;
		}
		if (!only)
			return dom_html_tag(d, id) != TAG_P;
		if (md_kind_of(d, only) != K_BLOCK && md_kind_of(d, only) != K_INLINE)
			return false;
		id = only;
	}
	return false;
}

bool md_block_enter(struct md *m, nid id, enum md_kind kind)
{
	struct str v;
	if (kind == K_BLOCK && dom_html_tag(m->d, id) == TAG_DIALOG &&
		!dom_attr(m->d, id, ATTR_OPEN, &v))
		return false;
	if (kind == K_PRE) {
		md_pre(m, id);
		return false;
	}
	if (m->flat)
		return enter_flat(m, id, kind);
	if (kind == K_BLOCK && m->in_line && m->marks.n && is_hollow(m->d, id))
		return false;
	switch (kind) {
	case K_HEADING:
		return enter_heading(m, id);
	case K_LIST:
		return md_list_enter(m, id);
	case K_ITEM:
		return md_item_enter(m, id);
	case K_QUOTE:
		return enter_quote(m, id);
	case K_TERM:
		return enter_term(m, id);
	case K_RULE:
		put_rule(m);
		return false;
	default:
		return enter_plain(m, id, ACT_BLOCK);
	}
}

void md_block_leave(struct md *m, const struct md_frame *f)
{
	struct str name;
	m->join_at = (size_t)-1; /* was this for a block that is empty? */
	switch (f->act) {
	case ACT_SPACE:
		m->space = true;
		return;
	case ACT_HEADING:
		if (!m->in_line && md_icon_title(m->d, f->node, &name))
			md_text(m, name); /* a heading that is a logo */
		if (f->marked)
			md_mark_pop(m);
		m->flat--;
		md_block(m, 2);
		m->lead = 0;
		return;
	case ACT_LIST:
		md_list_leave(m, f);
		return;
	case ACT_ITEM:
		md_item_leave(m, f);
		return;
	case ACT_QUOTE:
		md_block(m, 2);
		if (m->out->len == f->at && md_is_childless(m->d, f->node)) {
			md_line(m);
			m->out->len -= m->out->p[m->out->len - 1] == ' ';
			m->need = 2;
		}
		md_pop_prefix(m, f->quote.prefix_n);
		m->nesting--;
		m->item = (enum md_item)f->quote.item;
		m->last = m->out->len > f->at ? LAST_QUOTE : (enum md_last)f->quote.last;
		return;
	case ACT_TERM:
		if (f->marked)
			md_mark_pop(m);
		md_block(m, 2);
		return;
	default:
		md_block(m, 2);
	}
}
