/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocks: headings, lists and their items, quotes, rules, terms. Inside one line (a heading, a cell, a
 * card) a block is just a blank.
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
	if (m->card) {
		f->n = md_mark_push(m, MARK_LINK, m->card);
		m->card = 0;
	}
	return true;
}

static bool has_text(const struct dom *d, nid id)
{
	for (nid c = dom_walk(d, id, id), n = 0; c && n < 50; c = dom_walk(d, c, id), n++)
		if (dom_html_tag(d, c) == TAG_IMG ||
			(dom_kind(d, c) == DOM_TEXT && !md_is_spacer(dom_text(d, c))))
			return true;
	return false;
}

/* Reads the items: blank lines between them when one of them holds a paragraph of its own. */
static void look_at_items(const struct dom *d, nid list, struct md_frame *f, bool *first_empty)
{
	size_t items = 0;
	*first_empty = true;
	for (nid li = dom_first(d, list); li; li = dom_next(d, li)) {
		if (dom_html_tag(d, li) != TAG_LI)
			continue;
		if (items++ == 0)
			*first_empty = !has_text(d, li);
		for (nid c = dom_first(d, li); c && !f->loose; c = dom_next(d, c))
			f->loose = dom_html_tag(d, c) == TAG_P;
	}
	if (f->reversed)
		f->n = (int64_t)items;
}

static bool enter_list(struct md *m, nid id)
{
	const struct dom *d = m->d;
	struct md_frame *up = m->n_frames ? &m->frames[m->n_frames - 1] : NULL,
			*f = md_push(m, id, ACT_LIST);
	struct str v;
	bool ordered = dom_html_tag(d, id) == TAG_OL, first_empty;
	if (!f) {
		md_block(m, 2);
		return true;
	}
	f->n = 1;
	f->prefix_n = (uint16_t)m->prefix_n;
	f->reversed = ordered && dom_attr(d, id, ATTR_REVERSED, &v);
	look_at_items(d, id, f, &first_empty);
	if (dom_attr(d, id, ATTR_START, &v))
		str_to_int(str_trim(v), &f->n);
	f->mark = ordered ? '.' : '-';
	if (up && up->act == ACT_LIST && up->items &&
		m->nesting < MD_NESTING) { /* ul in ul: the item before has it */
		char blanks[] = "            ";
		md_block(m, 1);
		md_push_prefix(m, blanks, up->bare_prefix);
		m->nesting++;
		m->need = up->loose ? 2 : 1;
		f->bare = true;
	} else { /* what may interrupt a paragraph: CommonMark 5.3 */
		md_begin(m, !first_empty && (!ordered || f->n == 1) ? LAST_LIST : LAST_OTHER);
	}
	if (!m->in_line && m->list_end == m->out->len && m->list_mark == f->mark)
		f->mark = ordered ? ')' : '*';
	return true;
}

/* "12. " */
static size_t put_number(char out[16], int64_t n, char mark)
{
	char digits[16];
	size_t at = sizeof digits, count;
	do
		digits[--at] = (char)('0' + n % 10);
	while (n /= 10);
	count = sizeof digits - at;
	memcpy(out, digits + at, count);
	out[count] = mark;
	out[count + 1] = ' ';
	return count + 2;
}

static size_t marker(const struct md_frame *list, const struct dom *d, nid id, char out[16])
{
	struct str v;
	if (!list || list->mark == '-' || list->mark == '*') {
		out[0] = list ? list->mark : '-';
		out[1] = ' ';
		return 2;
	}
	int64_t n = list->n;
	if (dom_attr(d, id, ATTR_VALUE, &v))
		str_to_int(str_trim(v), &n);
	if (n < 0 || n > 999999999)
		n = 1;
	return put_number(out, n, list->mark);
}

/* Right below text an item is none with another number than 1 or without text; then a bullet even makes a heading of
 * the text above: CommonMark 5.3. */
static bool may_interrupt(const struct dom *d, nid id, const char *marker)
{
	bool numbered = *marker >= '0' && *marker <= '9';
	bool first = marker[0] == '1' && (marker[1] == '.' || marker[1] == ')');
	return (!numbered || first) && has_text(d, id);
}

static bool enter_item(struct md *m, nid id)
{
	struct md_frame *list = m->n_frames && m->frames[m->n_frames - 1].act == ACT_LIST
					? &m->frames[m->n_frames - 1]
					: NULL;
	char text[16], blanks[] = "                ";
	if (m->nesting >= MD_NESTING || m->n_frames == MD_FRAMES) {
		m->cuts |= CUT_DEPTH;
		return enter_plain(m, id, ACT_BLOCK);
	}
	md_block(m, 1);
	if (!list || list->items > 0)
		m->need = list && list->loose ? 2 : 1;
	size_t n = marker(list, m->d, id, text);
	if (m->last == LAST_TEXT && !(list && list->items && list->at == m->out->len) &&
		!may_interrupt(m->d, id, text))
		m->need = 2;
	struct md_frame *f = md_push(m, id, ACT_ITEM);
	f->need = (uint8_t)m->need;
	f->low = (uint16_t)m->low;
	f->bare = m->bare;
	f->bare_prefix = (uint16_t)m->bare_prefix;
	f->prefix_n = (uint16_t)m->prefix_n;
	f->loose = list && list->loose;
	f->item = (uint8_t)m->item;
	f->at = m->out->len;
	m->item = list && !list->loose ? ITEM_TIGHT : ITEM_LOOSE;
	m->last = LAST_OTHER;
	md_line(m);
	md_put(m, text, n);
	md_push_prefix(m, blanks, n);
	m->nesting++;
	m->bare = true;
	m->bare_prefix = m->prefix_n;
	if (list) {
		struct str v;
		if (dom_attr(m->d, id, ATTR_VALUE, &v))
			str_to_int(str_trim(v), &list->n);
		list->n += list->reversed ? -1 : 1;
		list->items++;
		list->bare_prefix = (uint16_t)n;
	}
	return true;
}

static bool is_childless(const struct dom *d, nid id)
{
	nid child = dom_first(d, id);
	return !child || (dom_kind(d, child) == DOM_TEXT && !dom_next(d, child));
}

/* Nothing but white space and empty boxes. */
static bool is_vacant(const struct dom *d, nid id)
{
	for (nid c = dom_first(d, id); c; c = dom_next(d, c))
		if (dom_kind(d, c) == DOM_TEXT
				? !md_is_spacer(dom_text(d, c))
				: dom_kind(d, c) == DOM_ELEMENT &&
					  (md_kind_of(d, c) != K_BLOCK || !is_childless(d, c) ||
						  has_text(d, c)))
			return false;
	return true;
}

/* An item that is empty in the page stays; one whose content cannot be shown goes. */
static void leave_item(struct md *m, const struct md_frame *f)
{
	struct md_frame *list = m->n_frames && m->frames[m->n_frames - 1].act == ACT_LIST
					? &m->frames[m->n_frames - 1]
					: NULL;
	md_block(m,
		2); /* text right below would be of it; items say what they need themselves */
	m->item = (enum md_item)f->item;
	if (m->bare && !is_vacant(m->d, f->node)) {
		m->out->len = f->at;
		m->need = f->need;
		m->bare = f->bare;
		m->bare_prefix = f->bare_prefix;
		if (list) {
			list->items--;
			list->n -= list->reversed ? -1 : 1;
		}
		md_pop_prefix(m, f->prefix_n);
		m->low = f->low;
		m->nesting--;
		return;
	}
	while (m->out->len && m->out->p[m->out->len - 1] == ' ')
		m->out->len--;
	if (list)
		list->at = m->out->len;
	if (m->bare &&
		m->nesting >
			1) /* a blank line behind it would end all lists, to some readers */
		m->join_at = m->out->len;
	m->bare = false;
	md_pop_prefix(m, f->prefix_n);
	m->nesting--;
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
	f->item = (uint8_t)m->item;
	m->item = ITEM_NONE;
	m->last = LAST_OTHER;
	f->prefix_n = (uint16_t)m->prefix_n;
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
	if (f && md_mark_push(m, MARK_STRONG, id))
		f->n = 1;
	return true;
}

/* A box without text, such as scripts fill, must not break the emphasis or link that it stands in. */
static bool is_hollow(const struct dom *d, nid id)
{
	for (int depth = 0; depth < 8; depth++) {
		nid only = 0;
		for (nid c = dom_first(d, id); c; c = dom_next(d, c)) {
			if (dom_kind(d, c) == DOM_TEXT && md_is_spacer(dom_text(d, c)))
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
	if (kind == K_BLOCK && m->in_line && m->n_marks && is_hollow(m->d, id))
		return false;
	switch (kind) {
	case K_HEADING:
		return enter_heading(m, id);
	case K_LIST:
		return enter_list(m, id);
	case K_ITEM:
		return enter_item(m, id);
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
		if (f->n)
			md_mark_pop(m);
		m->flat--;
		md_block(m, 2);
		m->lead = 0;
		return;
	case ACT_LIST:
		md_block(m, 2);
		m->need = m->need < 2 ? 2 : m->need;
		if (f->bare)
			m->nesting--;
		md_pop_prefix(m, f->prefix_n);
		m->list_end = m->out->len;
		m->last = LAST_LIST;
		m->list_mark = f->mark;
		return;
	case ACT_ITEM:
		leave_item(m, f);
		return;
	case ACT_QUOTE:
		md_block(m, 2);
		if (m->out->len == f->at && is_childless(m->d, f->node)) {
			md_line(m);
			m->out->len -= m->out->p[m->out->len - 1] == ' ';
			m->need = 2;
		}
		md_pop_prefix(m, f->prefix_n);
		m->nesting--;
		m->item = (enum md_item)f->item;
		m->last = LAST_QUOTE;
		return;
	case ACT_TERM:
		if (f->n)
			md_mark_pop(m);
		md_block(m, 2);
		return;
	default:
		md_block(m, 2);
	}
}
