/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walks the tree by its links: an element is opened on the way down and closed on the way up.
 * Text is copied in runs between the bytes that need a reference.
 */
#include "page/serial.h"

/* What stands for a byte; NBSP is C2 A0 and is looked at twice. */
static const struct str references[256] = {
	['&'] = STR_INIT("&amp;"),
	['<'] = STR_INIT("&lt;"),
	['>'] = STR_INIT("&gt;"),
	['"'] = STR_INIT("&quot;"),
	[0xC2] = STR_INIT("&nbsp;"),
};

void html_write_escaped(struct buf *out, struct str text, bool in_attr)
{
	const char *p = text.p, *from = p, *end = p + text.n;
	while (p < end) {
		unsigned char c = (unsigned char)*p;
		if (references[c].n == 0) {
			p++;
			continue;
		}
		bool nbsp = c == 0xC2 && end - p > 1 && (unsigned char)p[1] == 0xA0;
		if ((c == '"' && !in_attr) || (c == 0xC2 && !nbsp)) {
			p++;
			continue;
		}
		buf_add(out, from, (size_t)(p - from));
		buf_add_str(out, references[c]);
		p += nbsp ? 2 : 1;
		from = p;
	}
	buf_add(out, from, (size_t)(p - from));
}

static bool holds_raw_text(const struct dom *d, nid id)
{
	enum tag_id tag = id ? dom_html_tag(d, id) : TAG_NONE;
	return tag == TAG_PLAINTEXT || (tag_flags(tag) & TF_RAW);
}

static void write_element(struct buf *out, const struct dom *d, nid id)
{
	buf_char(out, '<');
	buf_add_str(out, dom_name(d, id));
	size_t n = dom_attr_count(d, id);
	for (size_t i = 0; i < n; i++) {
		struct str name, value;
		dom_attr_at(d, id, i, &name, &value);
		buf_char(out, ' ');
		buf_add_str(out, name);
		buf_text(out, "=\"");
		html_write_escaped(out, value, true);
		buf_char(out, '"');
	}
	buf_char(out, '>');
}

static void write_open(struct buf *out, const struct dom *d, nid id)
{
	switch (dom_kind(d, id)) {
	case DOM_ELEMENT:
		write_element(out, d, id);
		break;
	case DOM_TEXT:
		if (holds_raw_text(d, dom_parent(d, id)))
			buf_add_str(out, dom_text(d, id));
		else
			html_write_escaped(out, dom_text(d, id), false);
		break;
	case DOM_COMMENT:
		buf_text(out, "<!--");
		buf_add_str(out, dom_text(d, id));
		buf_text(out, "-->");
		break;
	case DOM_DOCTYPE:
		buf_text(out, "<!DOCTYPE ");
		buf_add_str(out, dom_name(d, id));
		buf_char(out, '>');
		break;
	case DOM_DOCUMENT:
		break;
	}
}

static bool is_void(const struct dom *d, nid id)
{
	return tag_flags(dom_html_tag(d, id)) & TF_VOID;
}

static void write_close(struct buf *out, const struct dom *d, nid id)
{
	if (dom_kind(d, id) != DOM_ELEMENT || is_void(d, id))
		return;
	buf_text(out, "</");
	buf_add_str(out, dom_name(d, id));
	buf_char(out, '>');
}

void html_write_inside(struct buf *out, const struct dom *d, nid root)
{
	nid id = dom_first(d, root);
	while (id && !out->full) {
		write_open(out, d, id);
		if (dom_first(d, id) && !is_void(d, id)) {
			id = dom_first(d, id);
			continue;
		}
		write_close(out, d, id);
		while (!dom_next(d, id)) {
			id = dom_parent(d, id);
			if (id == root)
				return;
			write_close(out, d, id);
		}
		id = dom_next(d, id);
	}
}

void html_write(struct buf *out, const struct dom *d, nid root)
{
	write_open(out, d, root);
	if (dom_kind(d, root) != DOM_ELEMENT || !is_void(d, root))
		html_write_inside(out, d, root);
	write_close(out, d, root);
}
