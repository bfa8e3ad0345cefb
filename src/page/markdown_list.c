/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists and their items (CommonMark 5.2, 5.3): which marker an item has, where it must keep away from the text above
 * it, and which items without text stay.
 */
#include "page/markdown_in.h"

static bool has_text(const struct dom *d, nid id)
{
	for (nid c = dom_walk(d, id, id), n = 0; c && n < 50; c = dom_walk(d, c, id), n++)
		if (dom_html_tag(d, c) == TAG_IMG ||
			(dom_kind(d, c) == DOM_TEXT && !md_is_blank(d, c)))
			return true;
	return false;
}

/* Reads the items: blank lines between them when one of them holds a paragraph of its own. */
static void look_at_items(const struct dom *d, nid list, struct md_frame *f, bool *first_empty)
{
	size_t items = 0;
	bool led = false; /* by something that is no item */
	*first_empty = true;
	for (nid li = dom_first(d, list); li; li = dom_next(d, li)) {
		if (dom_html_tag(d, li) != TAG_LI) {
			led |= dom_kind(d, li) == DOM_ELEMENT ||
			       (dom_kind(d, li) == DOM_TEXT && !md_is_blank(d, li));
			continue;
		}
		if (items++ == 0)
			*first_empty = led || !has_text(d, li);
		for (nid c = dom_first(d, li); c && !f->list.loose; c = dom_next(d, c))
			f->list.loose = dom_html_tag(d, c) == TAG_P;
	}
	if (f->list.reversed)
		f->list.number = (int64_t)items;
}

bool md_list_enter(struct md *m, nid id)
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
	f->list.number = 1;
	f->list.end = m->out->len;
	f->list.prefix_n = (uint16_t)m->prefix_n;
	f->list.reversed = ordered && dom_attr(d, id, ATTR_REVERSED, &v);
	look_at_items(d, id, f, &first_empty);
	if (dom_attr(d, id, ATTR_START, &v))
		str_to_int(str_trim(v), &f->list.number);
	f->list.mark = ordered ? '.' : '-';
	if (up && up->act == ACT_LIST && up->list.items && up->list.end == m->out->len &&
		!(up->list.hollow &&
			first_empty) && /* at most one blank line: CommonMark 5.2 */
		m->nesting < MD_NESTING) { /* ul in ul: the item before has it */
		char blanks[] = "            ";
		md_block(m, 1);
		md_push_prefix(m, blanks, up->list.marker_n);
		m->nesting++;
		f->list.nested = true;
	} else { /* what may interrupt a paragraph: CommonMark 5.3 */
		md_begin(m, !first_empty && (!ordered || f->list.number == 1) ? LAST_LIST
									      : LAST_OTHER);
	}
	if (!m->in_line && m->list.end == m->out->len && m->list.mark == f->list.mark)
		f->list.mark = ordered ? ')' : '*';
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

static size_t marker(const struct md_in_list *list, const struct dom *d, nid id, char out[16])
{
	struct str v;
	if (!list || list->mark == '-' || list->mark == '*') {
		out[0] = list ? list->mark : '-';
		out[1] = ' ';
		return 2;
	}
	int64_t n = list->number;
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

/* The list right around what begins or has ended here; NULL: an item without one. */
static struct md_in_list *list_around(struct md *m)
{
	struct md_frame *f = m->n_frames ? &m->frames[m->n_frames - 1] : NULL;
	return f && f->act == ACT_LIST ? &f->list : NULL;
}

bool md_item_enter(struct md *m, nid id)
{
	struct md_in_list *list = list_around(m);
	char text[16], blanks[] = "                ";
	if (m->nesting >= MD_NESTING || m->n_frames == MD_FRAMES) {
		m->cuts |= CUT_DEPTH;
		md_block(m, 2);
		md_push_box(m, id, ACT_BLOCK);
		return true;
	}
	md_block(m, 1);
	if (list && !list->items && list->nested && list->end == m->out->len)
		m->need = m->frames[m->n_frames - 2].list.loose ? 2 : 1;
	bool follows = m->last == LAST_TEXT || /* an item without a list */
		       (m->list.lone_end == m->out->len && m->last != LAST_QUOTE);
	if (list ? list->items > 0 : follows)
		m->need = list && list->loose ? 2 : 1;
	size_t n = marker(list, m->d, id, text);
	if (m->last == LAST_TEXT && !(list && list->items && list->end == m->out->len) &&
		!may_interrupt(m->d, id, text))
		m->need = 2;
	struct md_frame *f = md_push(m, id, ACT_ITEM);
	f->item.low = (uint16_t)m->low;
	f->item.bare = m->bare;
	f->item.bare_prefix = (uint16_t)m->bare_prefix;
	f->item.prefix_n = (uint16_t)m->prefix_n;
	f->item.item = (uint8_t)m->item;
	f->item.last = (uint8_t)m->last;
	m->item = list && !list->loose ? ITEM_TIGHT : ITEM_LOOSE;
	m->last = LAST_OTHER;
	md_line(m);
	md_put(m, text, n);
	f->item.text_at = m->out->len;
	md_push_prefix(m, blanks, n);
	m->nesting++;
	m->bare = true;
	m->bare_prefix = m->prefix_n;
	if (list) {
		struct str v;
		if (dom_attr(m->d, id, ATTR_VALUE, &v))
			str_to_int(str_trim(v), &list->number);
		list->number += list->reversed ? -1 : 1;
		list->items++;
		list->marker_n = (uint16_t)n;
	}
	return true;
}

bool md_is_childless(const struct dom *d, nid id)
{
	nid child = dom_first(d, id);
	return !child || (dom_kind(d, child) == DOM_TEXT && !dom_next(d, child));
}

/* Nothing but white space and empty boxes. */
static bool is_vacant(const struct dom *d, nid id)
{
	for (nid c = dom_first(d, id); c; c = dom_next(d, c))
		if (dom_kind(d, c) == DOM_TEXT
				? !md_is_blank(d, c)
				: dom_kind(d, c) == DOM_ELEMENT &&
					  (md_kind_of(d, c) != K_BLOCK ||
						  !md_is_childless(d, c) || has_text(d, c)))
			return false;
	return true;
}

/* An item that is empty in the page stays; one whose content cannot be shown goes. */
void md_item_leave(struct md *m, const struct md_frame *f)
{
	struct md_in_list *list = list_around(m);
	md_block(m,
		2); /* text right below would be of it; items say what they need themselves */
	m->item = (enum md_item)f->item.item;
	bool cut = m->stopped && m->out->len <= f->item.text_at;
	if (cut || (m->bare && !is_vacant(m->d, f->node))) {
		m->out->len = f->at;
		m->need = 2;
		m->last = (enum md_last)f->item.last;
		m->bare = f->item.bare;
		m->bare_prefix = f->item.bare_prefix;
		if (list) {
			list->items--;
			list->number -= list->reversed ? -1 : 1;
		}
		md_pop_prefix(m, f->item.prefix_n);
		m->low = f->item.low;
		m->nesting--;
		return;
	}
	while (m->out->len && m->out->p[m->out->len - 1] == ' ')
		m->out->len--;
	m->hollow |= m->bare && m->nesting > 1;
	if (m->bare && f->item.bare && m->nesting > 2 && m->out->p[m->out->len - 1] == '-') {
		m->out->p[m->out->len - 1] = '*'; /* three dashes are a rule */
		if (list)
			list->mark = '*';
	}
	if (list) {
		list->end = m->hollow ? 0 : m->out->len;
		list->hollow = m->bare;
	} else {
		m->list.lone_end = m->out->len;
	}
	m->hollow = m->hollow && m->nesting > 1;
	if (m->bare &&
		m->nesting >
			1) /* a blank line behind it would end all lists, to some readers */
		m->join_at = m->out->len;
	m->bare = false;
	md_pop_prefix(m, f->item.prefix_n);
	m->nesting--;
}

void md_list_leave(struct md *m, const struct md_frame *f)
{
	md_block(m, 2);
	m->need = m->need < 2 ? 2 : m->need;
	m->nesting -= f->list.nested;
	md_pop_prefix(m, f->list.prefix_n);
	if (f->list.items && f->list.end == m->out->len) { /* with an item, not with text */
		if (f->list.nested)
			m->frames[m->n_frames - 1].list.end = m->out->len;
		m->list.end = m->out->len;
		m->last = LAST_LIST;
		m->list.mark = f->list.mark;
	}
}
