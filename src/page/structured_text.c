/* SPDX-License-Identifier: Apache-2.0 */
/* The text of an element as one line. */
#include "page/scan.h"
#include "page/structured_in.h"
#include "page/markdown_in.h"

struct line {
	struct buf *b;
	size_t max;
	bool gap, full;
};

static void add(struct line *l, struct str s)
{
	for (size_t i = 0; i < s.n && !l->full;) {
		size_t from = i;
		while (i < s.n && !scan_is_space(s.p[i]))
			i++;
		struct str word = { s.p + from, i - from };
		if (word.n && l->gap && l->b->len)
			buf_char(l->b, ' ');
		if (word.n) {
			struct str head = str_head(word, l->max - l->b->len);
			buf_add_str(l->b, head);
			l->full = head.n < word.n || l->b->len >= l->max;
			l->gap = false;
		}
		for (; i < s.n && scan_is_space(s.p[i]); i++)
			l->gap = true;
	}
}

static bool is_out(const struct dom *d, nid id)
{
	enum tag_id tag = dom_html_tag(d, id);
	return tag == TAG_SCRIPT || tag == TAG_STYLE || tag == TAG_TEMPLATE ||
	       tag == TAG_NOSCRIPT || md_hidden(d, id);
}

/* true: its children are not looked at. */
static bool take_shown(struct line *l, const struct dom *d, nid id)
{
	struct str alt;
	enum md_kind kind = md_kind_of(d, id);
	if (is_out(d, id))
		return true;
	l->gap |= kind != K_INLINE && kind != K_STRONG && kind != K_EM && kind != K_DEL &&
		  kind != K_CODE && kind != K_LINK && kind != K_SCRIPT_UP &&
		  kind != K_SCRIPT_DOWN;
	if (kind == K_IMAGE && dom_attr(d, id, ATTR_ALT, &alt))
		add(l, alt);
	return false;
}

struct str structured_text(
	const struct structured *s, nid top, size_t max, bool shown, size_t *steps)
{
	const struct dom *d = s->d;
	struct buf b;
	buf_init(&b, max + 8);
	struct line l = { .b = &b, .max = max };
	for (nid id = dom_walk(d, top, top); id && *steps && !l.full;) {
		bool past = false;
		--*steps;
		if (dom_kind(d, id) == DOM_TEXT) {
			size_t before = b.len, bytes = dom_text(d, id).n;
			add(&l, dom_text(d, id));
			size_t cost = (l.full ? b.len - before : bytes) / STEP_BYTES;
			*steps -= cost < *steps ? cost : *steps;
		} else if (dom_kind(d, id) == DOM_ELEMENT) {
			past = shown ? take_shown(&l, d, id)
				     : dom_html_tag(d, id) == TAG_TEMPLATE;
		}
		id = past ? dom_walk_past(d, id, top) : dom_walk(d, id, top);
	}
	*s->cut |= l.full || *steps == 0;
	struct str text = { arena_text(s->arena, buf_str(&b)), b.len };
	buf_release(&b);
	return text;
}
