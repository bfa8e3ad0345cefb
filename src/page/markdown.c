/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tree to Markdown in one walk, straight into one buffer: no second tree, no recursion.
 *
 * What an element is to us (enum md_kind) comes from one table (markdown_kind.c). Entering it may write something,
 * may push a frame (what to do when it is left), or may deal with the whole subtree at once (code,
 * images, formulas). Blocks are lazy: they only note how many newlines the next text needs; that
 * text then opens the line, writes the prefix of the lists and quotes it stands in, and the marks of
 * emphasis and links that wait (markdown_out.c, markdown_open.c). So nothing that is empty is ever
 * written, and blanks end up outside of emphasis by themselves. Finished lines are looked at once
 * more, for what would act at their start (markdown_line.c).
 *
 * Time is linear: subtrees are looked ahead into only where such looks cannot nest (links, tables up
 * to the first inner table, direct children of lists), and a prefix has at most MD_NESTING parts.
 */
#include "page/markdown_run.h"
#include "base/check.h"

enum { STOP_STEPS = 1024 };

void md_push_box(struct md *m, nid id, enum md_act act)
{
	if (m->n_frames == MD_FRAMES) {
		m->cuts |= CUT_DEPTH;
		return;
	}
	struct md_frame *f = &m->frames[m->n_frames++];
	f->node = id;
	f->act = act;
}

struct md_frame *md_push(struct md *m, nid id, enum md_act act)
{
	if (m->n_frames == MD_FRAMES) {
		m->cuts |= CUT_DEPTH;
		return NULL;
	}
	struct md_frame *f = &m->frames[m->n_frames++];
	*f = (struct md_frame) { .node = id, .act = act, .at = m->out->len };
	return f;
}

/* Labels and buttons are boxes in the line, apart from what is beside them. */
static bool enter_form_text(struct md *m, nid id)
{
	if (!m->o->forms && (dom_html_tag(m->d, id) == TAG_TEXTAREA ||
				    !(m->bare || (m->in_line && m->out->len == m->line_at))))
		return false;
	m->space = true;
	md_push_box(m, id, ACT_SPACE);
	return true;
}

static bool enter_inline(struct md *m, nid id, enum md_kind kind)
{
	struct md_frame *f;
	switch (kind) {
	case K_STRONG:
	case K_EM:
	case K_DEL:
		if (md_is_whole_reference(m->d, id))
			return true;
		if (md_mark_push(m,
			    kind == K_STRONG ? MARK_STRONG
			    : kind == K_EM   ? MARK_EM
					     : MARK_DEL,
			    id) &&
			!md_push(m, id, ACT_MARK))
			md_mark_pop(m);
		return true;
	case K_SAID:
	case K_RUBY_TEXT:
		f = md_push(m, id, ACT_SAY);
		if (f) {
			f->text = kind == K_SAID ? "\"" : ")";
			md_text(m, kind == K_SAID ? STR("\"") : STR("("));
		}
		return true;
	case K_SCRIPT_UP:
	case K_SCRIPT_DOWN:
		return md_script(m, id, kind == K_SCRIPT_UP);
	case K_CODE:
		md_code(m, id);
		return false;
	case K_LINK:
		return md_link_enter(m, id);
	case K_IMAGE:
		md_image(m, id);
		return false;
	case K_MEDIA:
		md_media(m, id);
		return false;
	case K_OBJECT:
		return md_object(m, id);
	case K_MATH:
		return md_math(m, id);
	case K_INPUT:
		md_input(m, id);
		return false;
	case K_FORM_TEXT:
		return enter_form_text(m, id);
	case K_SCRIPT:
		return md_math_script(m, id);
	case K_NOSCRIPT:
		return m->o->noscript;
	default:
		return true;
	}
}

/* By its attributes. */
static bool is_unseen(const struct md *m, nid id, enum md_kind kind)
{
	uint64_t bits = dom_attr_bits(m->d, id);
	return (bits & ATTR_HIDING && md_hidden_by(m->d, id, bits) &&
		       !(kind == K_ROW && md_is_folded_row(m->d, id))) ||
	       ((kind == K_INLINE || kind == K_BLOCK) && bits & attr_bit(ATTR_CLASS) &&
		       md_is_math_copy(m->d, id));
}

static bool out_of_time(struct md *m)
{
	if ((m->o->stop && m->o->stop(m->o->stop_arg)) || arena_over(m->arena)) {
		m->cuts |= CUT_TIME;
		m->stopped = true;
	}
	return m->stopped;
}

static inline bool time_to_stop(struct md *m)
{
	if (m->out->len >= m->limit || m->out->full) {
		m->cuts |= CUT_SIZE;
		m->stopped = true;
	}
	return m->stopped || (++m->steps % STOP_STEPS == 0 && out_of_time(m));
}

/* White space between blocks is three texts of five: it only asks for a blank, and what it could end is found out at
 * the next node. false: time or room have run out. */
static inline bool text_node(struct md *m, const struct dom_node *node)
{
	if (node->flags & NODE_BLANK) {
		m->space = true;
		return m->out->len < m->limit || !time_to_stop(m);
	}
	bool own = node->flags & NODE_OWN;
	const char *from = m->d->base[own] + node->off, *end = from + node->len;
	const char *safe = own ? end : m->d->html_end, *p = past_blanks(from, end, safe);
	if (p == end) {
		m->space |= node->len > 0;
		return m->out->len < m->limit || !time_to_stop(m);
	}
	if (time_to_stop(m))
		return false;
	m->space |= p > from;
	md_word(m, (struct str) { p, (size_t)(end - p) }, safe);
	return true;
}

/* true: go into it. What is met most often comes first. */
static inline bool enter(struct md *m, nid id, const struct dom_node *node)
{
	if (node->kind != DOM_ELEMENT)
		return node->kind == DOM_DOCUMENT;
	enum md_kind kind = md_kind_of(m->d, id);
	if (kind == K_SKIP || (m->o->skip && m->o->skip[id]))
		return false;
	if (!(node->flags & NODE_SHOWN) && is_unseen(m, id, kind))
		return false;
	switch (kind) {
	case K_INLINE:
		return true;
	case K_BREAK:
		if (m->in_line)
			m->breaks++;
		return false;
	case K_BLOCK:
		if (m->flat || m->in_line || node->tag == TAG_DIALOG)
			return md_block_enter(m, id, kind);
		md_block(m, 2);
		md_push_box(m, id, ACT_BLOCK);
		return true;
	case K_TABLE:
		return md_table_enter(m, id);
	case K_ROW:
		return md_row_enter(m, id);
	case K_CELL:
		return md_cell_enter(m, id);
	case K_HEADING:
	case K_LIST:
	case K_ITEM:
	case K_QUOTE:
	case K_RULE:
	case K_PRE:
	case K_TERM:
	case K_CAPTION:
		return md_block_enter(m, id, kind);
	default:
		return enter_inline(m, id, kind);
	}
}

void md_leave(struct md *m)
{
	const struct md_frame *f =
		&m->frames[--m->n_frames]; /* stays: nothing is pushed here */
	if (f->act == ACT_BLOCK) { /* most */
		md_block(m, 2);
		return;
	}
	switch (f->act) {
	case ACT_MARK:
		md_mark_pop(m);
		return;
	case ACT_LINK:
	case ACT_CARD:
		md_link_leave(m, f);
		return;
	case ACT_SAY:
		md_text(m, str_of(f->text));
		return;
	case ACT_ROW:
		md_row_leave(m, f);
		return;
	case ACT_CELL:
		md_cell_leave(m, f);
		return;
	default:
		md_block_leave(m, f);
	}
}

/* Leaves what has a frame: few elements below blocks do. */
static inline void leave(struct md *m, nid id)
{
	if (m->n_frames && m->frames[m->n_frames - 1].node == id)
		md_leave(m);
}

/* One part with all below it. When time or room run out, what is open is still closed. */
static void write_part(struct md *m, nid root)
{
	const struct dom_node *nodes = m->d->nodes;
	nid id = root;
	for (;;) {
		const struct dom_node *node = &nodes[id];
		if (node->kind == DOM_TEXT) {
			bool out = m->o->skip && m->o->skip[id];
			if (!out && !text_node(m, node))
				break;
		} else if (time_to_stop(m)) {
			break;
		} else if (enter(m, id, node)) {
			if (node->first) {
				id = node->first;
				continue;
			}
			leave(m, id);
		}
		while (id != root && !nodes[id].next) {
			id = nodes[id].parent;
			leave(m, id);
		}
		if (id == root)
			break;
		id = nodes[id].next;
	}
	while (m->n_frames)
		md_leave(m);
	md_block(m, 2);
}

void markdown_write(struct arena *a, const struct dom *d, const struct markdown_opts *opts,
	struct buf *out, struct markdown_done *done)
{
	struct md *m = arena_raw(a, sizeof *m);
	memset(m, 0, offsetof(struct md, frames));
	m->arena = a;
	m->d = d;
	m->o = opts;
	m->out = out;
	m->limit = out->len + opts->max_bytes;
	m->list.end = m->code.end = m->join_at = (size_t)-1;
	buf_init(&m->address.made, (size_t)1 << 20);
	size_t start = out->len;
	if (opts->heads) {
		opts->heads->n = 0;
		opts->heads->d = d;
	}
	if (opts->n_parts == 0)
		write_part(m, 1);
	for (size_t i = 0; i < opts->n_parts && !m->stopped; i++)
		write_part(m, opts->parts[i]);
	if (out->len > start)
		buf_char(out, '\n');
	md_put_refs(m);
	buf_release(&m->address.made);
	*done = (struct markdown_done) { m->cuts, m->text_bytes };
}
