/* SPDX-License-Identifier: Apache-2.0 */
/* Text of a node as one line. */
#include "page/pick_in.h"

/* Special elements of the standard stand on lines of their own, but for these; some others do too. */
static bool breaks_line(const struct dom *d, nid id)
{
	switch (dom_html_tag(d, id)) {
	case TAG_WBR:
	case TAG_IMG:
	case TAG_INPUT:
	case TAG_NONE:
		return false;
	case TAG_OPTION:
	case TAG_OPTGROUP:
	case TAG_LEGEND:
	case TAG_DIALOG:
		return true;
	default:
		return tag_flags(dom_html_tag(d, id)) & TF_SPECIAL;
	}
}

static bool is_silent(const struct dom *d, nid id)
{
	enum tag_id tag = dom_tag(d, id);
	return tag == TAG_SCRIPT || tag == TAG_STYLE || tag == TAG_TEMPLATE;
}

/* How many bytes of white space begin here; U+00A0 is one. */
static size_t blank_at(struct str s, size_t i)
{
	char c = s.p[i];
	if (c == ' ' || (c >= '\t' && c <= '\r'))
		return 1;
	return i + 1 < s.n && c == '\xC2' && s.p[i + 1] == '\xA0' ? 2 : 0;
}

bool pick_blank(struct str s)
{
	size_t i = 0, n;
	while (i < s.n && (n = blank_at(s, i)) > 0)
		i += n;
	return i == s.n;
}

/* *blank: white space came before; it is written before the next word only. */
static void add_words(struct str s, struct buf *out, size_t start, bool *blank)
{
	for (size_t i = 0, n; i < s.n;) {
		if ((n = blank_at(s, i)) > 0) {
			*blank = true;
			i += n;
			continue;
		}
		size_t from = i;
		while (i < s.n && !blank_at(s, i))
			i++;
		if (*blank && out->len > start)
			buf_char(out, ' ');
		*blank = false;
		buf_add(out, s.p + from, i - from);
	}
}

void pick_line(struct str s, struct buf *out)
{
	bool blank = false;
	add_words(s, out, out->len, &blank);
}

size_t pick_text(const struct dom *d, nid root, struct buf *out)
{
	bool blank = false;
	size_t looked = 1, start = out->len;
	for (nid id = dom_first(d, root); id && !out->full; looked++) {
		bool element = dom_kind(d, id) == DOM_ELEMENT;
		if (dom_kind(d, id) == DOM_TEXT) {
			add_words(dom_text(d, id), out, start, &blank);
			looked += dom_text(d, id).n / PICK_STEP_BYTES;
		}
		if (element)
			blank |= breaks_line(d, id);
		if (element && dom_first(d, id) && !is_silent(d, id)) {
			id = dom_first(d, id);
			continue;
		}
		while (id != root && !dom_next(d, id)) {
			id = dom_parent(d, id);
			blank |= id != root && breaks_line(d, id);
		}
		id = id == root ? 0 : dom_next(d, id);
	}
	return looked;
}
