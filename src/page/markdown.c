/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tree to Markdown in one walk, straight into one buffer: no second tree, no recursion.
 *
 * What an element is to us (enum md_kind) comes from one table. Entering it may write something,
 * may push a frame (what to do when it is left), or may deal with the whole subtree at once (code,
 * images, formulas). Blocks are lazy: they only note how many newlines the next text needs; that
 * text then opens the line, writes the prefix of the lists and quotes it stands in, and the marks of
 * emphasis and links that wait (markdown_out.c, markdown_mark.c). So nothing that is empty is ever
 * written, and blanks end up outside of emphasis by themselves. Finished lines are looked at once
 * more, for what would act at their start (markdown_text.c).
 *
 * Time is linear: subtrees are looked ahead into only where such looks cannot nest (links, tables up
 * to the first inner table, direct children of lists), and a prefix has at most MD_NESTING parts.
 */
#include "page/markdown_in.h"
#include "base/check.h"

enum { STOP_STEPS = 1024 };

static const uint8_t kinds[TAG_COUNT] = {
	[TAG_ADDRESS] = K_BLOCK,
	[TAG_ARTICLE] = K_BLOCK,
	[TAG_ASIDE] = K_BLOCK,
	[TAG_BODY] = K_BLOCK,
	[TAG_CENTER] = K_BLOCK,
	[TAG_DD] = K_BLOCK,
	[TAG_DETAILS] = K_BLOCK,
	[TAG_DIV] = K_BLOCK,
	[TAG_DL] = K_BLOCK,
	[TAG_FIELDSET] = K_BLOCK,
	[TAG_FIGURE] = K_BLOCK,
	[TAG_FIGCAPTION] = K_BLOCK,
	[TAG_FOOTER] = K_BLOCK,
	[TAG_FORM] = K_BLOCK,
	[TAG_HEADER] = K_BLOCK,
	[TAG_HGROUP] = K_BLOCK,
	[TAG_HTML] = K_BLOCK,
	[TAG_LEGEND] = K_BLOCK,
	[TAG_MAIN] = K_BLOCK,
	[TAG_NAV] = K_BLOCK,
	[TAG_P] = K_BLOCK,
	[TAG_SEARCH] = K_BLOCK,
	[TAG_SECTION] = K_BLOCK,
	[TAG_DIALOG] = K_BLOCK,
	[TAG_MARQUEE] = K_BLOCK,
	[TAG_FRAMESET] = K_BLOCK,
	[TAG_NOFRAMES] = K_SKIP,
	[TAG_SCRIPT] = K_SCRIPT,
	[TAG_STYLE] = K_SKIP,
	[TAG_TEMPLATE] = K_SKIP,
	[TAG_HEAD] = K_SKIP,
	[TAG_TITLE] = K_SKIP,
	[TAG_NOSCRIPT] = K_NOSCRIPT,
	[TAG_OBJECT] = K_SKIP,
	[TAG_CANVAS] = K_SKIP,
	[TAG_SVG] = K_SKIP,
	[TAG_MAP] = K_SKIP,
	[TAG_AREA] = K_SKIP,
	[TAG_META] = K_SKIP,
	[TAG_LINK] = K_SKIP,
	[TAG_BASE] = K_SKIP,
	[TAG_NOEMBED] = K_SKIP,
	[TAG_APPLET] = K_SKIP,
	[TAG_SELECT] = K_SKIP,
	[TAG_DATALIST] = K_SKIP,
	[TAG_OPTION] = K_SKIP,
	[TAG_OPTGROUP] = K_SKIP,
	[TAG_TEXTAREA] = K_FORM_TEXT,
	[TAG_PROGRESS] = K_SKIP,
	[TAG_METER] = K_SKIP,
	[TAG_RP] = K_SKIP,
	[TAG_PARAM] = K_SKIP,
	[TAG_SOURCE] = K_SKIP,
	[TAG_TRACK] = K_SKIP,
	[TAG_COLGROUP] = K_SKIP,
	[TAG_COL] = K_SKIP,
	[TAG_H1] = K_HEADING,
	[TAG_H2] = K_HEADING,
	[TAG_H3] = K_HEADING,
	[TAG_H4] = K_HEADING,
	[TAG_H5] = K_HEADING,
	[TAG_H6] = K_HEADING,
	[TAG_UL] = K_LIST,
	[TAG_OL] = K_LIST,
	[TAG_MENU] = K_LIST,
	[TAG_DIR] = K_LIST,
	[TAG_LI] = K_ITEM,
	[TAG_BLOCKQUOTE] = K_QUOTE,
	[TAG_HR] = K_RULE,
	[TAG_BR] = K_BREAK,
	[TAG_PRE] = K_PRE,
	[TAG_LISTING] = K_PRE,
	[TAG_XMP] = K_PRE,
	[TAG_PLAINTEXT] = K_PRE,
	[TAG_CODE] = K_CODE,
	[TAG_KBD] = K_CODE,
	[TAG_SAMP] = K_CODE,
	[TAG_TT] = K_CODE,
	[TAG_STRONG] = K_STRONG,
	[TAG_B] = K_STRONG,
	[TAG_EM] = K_EM,
	[TAG_I] = K_EM,
	[TAG_CITE] = K_EM,
	[TAG_DFN] = K_EM,
	[TAG_VAR] = K_EM,
	[TAG_DEL] = K_DEL,
	[TAG_S] = K_DEL,
	[TAG_STRIKE] = K_DEL,
	[TAG_A] = K_LINK,
	[TAG_IMG] = K_IMAGE,
	[TAG_TABLE] = K_TABLE,
	[TAG_TR] = K_ROW,
	[TAG_TD] = K_CELL,
	[TAG_TH] = K_CELL,
	[TAG_CAPTION] = K_CAPTION,
	[TAG_DT] = K_TERM,
	[TAG_SUMMARY] = K_TERM,
	[TAG_Q] = K_SAID,
	[TAG_SUP] = K_SCRIPT_UP,
	[TAG_SUB] = K_SCRIPT_DOWN,
	[TAG_RT] = K_RUBY_TEXT,
	[TAG_IFRAME] = K_MEDIA,
	[TAG_VIDEO] = K_MEDIA,
	[TAG_AUDIO] = K_MEDIA,
	[TAG_EMBED] = K_MEDIA,
	[TAG_FRAME] = K_MEDIA,
	[TAG_INPUT] = K_INPUT,
	[TAG_BUTTON] = K_FORM_TEXT,
	[TAG_LABEL] = K_FORM_TEXT,
};

enum md_kind md_kind_of(const struct dom *d, nid id)
{
	if (dom_ns(d, id) == NS_HTML)
		return (enum md_kind)kinds[dom_tag(d, id)];
	return dom_ns(d, id) == NS_MATHML && dom_tag(d, id) == TAG_MATH ? K_MATH : K_SKIP;
}

struct md_frame *md_push(struct md *m, nid id, enum md_act act)
{
	if (m->n_frames == MD_FRAMES) {
		m->cuts |= CUT_DEPTH;
		return NULL;
	}
	struct md_frame *f = &m->frames[m->n_frames++];
	if (act != ACT_BLOCK && act != ACT_SPACE)
		*f = (struct md_frame) { .at = m->out->len };
	f->node = id;
	f->act = act;
	return f;
}

/* Labels and buttons are boxes in the line, apart from what is beside them. */
static bool enter_form_text(struct md *m, nid id)
{
	if (!m->o->forms && (dom_html_tag(m->d, id) == TAG_TEXTAREA ||
				    !(m->bare || (m->in_line && m->out->len == m->line_at))))
		return false;
	m->space = true;
	md_push(m, id, ACT_SPACE);
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

/* By its attributes, whose bits are given. */
static bool is_unseen(const struct md *m, nid id, enum md_kind kind, uint64_t bits)
{
	return (bits & MD_HIDING && md_hidden_by(m->d, id, bits) &&
		       !(kind == K_ROW && md_is_folded_row(m->d, id))) ||
	       ((kind == K_INLINE || kind == K_BLOCK) && bits & attr_bit(ATTR_CLASS) &&
		       md_is_math_copy(m->d, id));
}

bool md_enter(struct md *m, nid id)
{
	const struct dom *d = m->d;
	if (dom_kind(d, id) == DOM_TEXT) {
		if (!m->o->skip || !m->o->skip[id])
			md_text_node(m, id);
		return false;
	}
	if (dom_kind(d, id) != DOM_ELEMENT)
		return dom_kind(d, id) == DOM_DOCUMENT;
	enum md_kind kind = md_kind_of(d, id);
	if (kind == K_SKIP || (m->o->skip && m->o->skip[id]))
		return false;
	uint64_t bits = dom_attr_bits(d, id);
	if (bits & (MD_HIDING | attr_bit(ATTR_CLASS)) && is_unseen(m, id, kind, bits))
		return false;
	switch (kind) {
	case K_INLINE:
		return true;
	case K_BREAK:
		if (m->in_line)
			m->breaks++;
		return false;
	case K_TABLE:
		return md_table_enter(m, id);
	case K_ROW:
		return md_row_enter(m, id);
	case K_CELL:
		return md_cell_enter(m, id);
	case K_BLOCK:
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

void md_leave(struct md *m, nid id)
{
	if (m->n_frames == 0 || m->frames[m->n_frames - 1].node != id)
		return;
	const struct md_frame *f =
		&m->frames[--m->n_frames]; /* stays: nothing is pushed here */
	switch (f->act) {
	case ACT_BLOCK:
		md_block(m, 2);
		return;
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

/* Leaves what has a frame: few elements below blocks do. */
static inline void leave(struct md *m, nid id)
{
	if (m->n_frames && m->frames[m->n_frames - 1].node == id)
		md_leave(m, id);
}

/* One part with all below it. When time or room run out, what is open is still closed. */
static void write_part(struct md *m, nid root)
{
	const struct dom *d = m->d;
	nid id = root;
	for (;;) {
		if (time_to_stop(m))
			break;
		bool into = false;
		if (dom_kind(d, id) == DOM_TEXT)
			md_text_node(m, id);
		else
			into = md_enter(m, id);
		nid first = into ? dom_first(d, id) : 0;
		if (first) {
			id = first;
			continue;
		}
		if (into)
			leave(m, id);
		while (id != root && !dom_next(d, id)) {
			id = dom_parent(d, id);
			leave(m, id);
		}
		if (id == root)
			break;
		id = dom_next(d, id);
	}
	while (m->n_frames)
		md_leave(m, m->frames[m->n_frames - 1].node);
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
	m->list_end = m->code_end = m->join_at = (size_t)-1;
	buf_init(&m->url, (size_t)1 << 20);
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
	buf_release(&m->url);
	*done = (struct markdown_done) { m->cuts, m->text_bytes };
}
