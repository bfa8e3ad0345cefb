/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tree as html5lib's tests write it: one line a node, `| ` and two spaces for each level,
 * attributes as lines below their element in the order of their names.
 */
#ifndef TESTS_PAGE_DUMP_H
#define TESTS_PAGE_DUMP_H

#include "base/buf.h"
#include "page/dom.h"

#include <stdlib.h>

struct dump_attr {
	struct str name, value;
	size_t colon; /* printed as a space: the attribute has a namespace */
};

static inline int dump_char(const struct dump_attr *a, size_t i)
{
	return i >= a->name.n ? -1 : i == a->colon ? ' ' : (unsigned char)a->name.p[i];
}

static inline int dump_compare(const void *a, const void *b)
{
	for (size_t i = 0;; i++) {
		int x = dump_char(a, i), y = dump_char(b, i);
		if (x != y || x < 0)
			return x - y;
	}
}

static inline void dump_indent(struct buf *out, size_t depth)
{
	buf_text(out, "| ");
	for (size_t i = 0; i < depth; i++)
		buf_text(out, "  ");
}

static inline void dump_attrs(struct buf *out, const struct dom *d, nid id, size_t depth)
{
	enum { MOST = 1024 };
	struct dump_attr list[MOST];
	size_t n = dom_attr_count(d, id);
	n = n < MOST ? n : MOST;
	for (size_t i = 0; i < n; i++) {
		dom_attr_at(d, id, i, &list[i].name, &list[i].value);
		enum attr_id known = attr_find(list[i].name);
		bool spaced = dom_ns(d, id) != NS_HTML && known >= ATTR_XMLNS_XLINK &&
			      known <= ATTR_XML_SPACE;
		list[i].colon = spaced ? str_find(list[i].name, ':') : list[i].name.n;
	}
	qsort(list, n, sizeof list[0], dump_compare);
	for (size_t i = 0; i < n; i++) {
		dump_indent(out, depth + 1);
		for (size_t c = 0; c < list[i].name.n; c++)
			buf_char(out, (char)dump_char(&list[i], c));
		buf_text(out, "=\"");
		buf_add_str(out, list[i].value);
		buf_text(out, "\"\n");
	}
}

static inline void dump_doctype(struct buf *out, const struct dom *d, nid id)
{
	struct str name, value, public_id = { 0 }, system_id = { 0 };
	size_t n = dom_attr_count(d, id);
	buf_text(out, "<!DOCTYPE ");
	buf_add_str(out, dom_name(d, id));
	for (size_t i = 0; i < n; i++) {
		dom_attr_at(d, id, i, &name, &value);
		*(str_eq(name, STR("public")) ? &public_id : &system_id) = value;
	}
	if (public_id.n || system_id.n) {
		buf_text(out, " \"");
		buf_add_str(out, public_id);
		buf_text(out, "\" \"");
		buf_add_str(out, system_id);
		buf_char(out, '"');
	}
	buf_text(out, ">\n");
}

static inline void dump_node(struct buf *out, const struct dom *d, nid id, size_t depth)
{
	dump_indent(out, depth);
	switch (dom_kind(d, id)) {
	case DOM_TEXT:
		buf_char(out, '"');
		buf_add_str(out, dom_text(d, id));
		buf_text(out, "\"\n");
		break;
	case DOM_COMMENT:
		buf_text(out, "<!-- ");
		buf_add_str(out, dom_text(d, id));
		buf_text(out, " -->\n");
		break;
	case DOM_DOCTYPE:
		dump_doctype(out, d, id);
		break;
	case DOM_ELEMENT:
		buf_char(out, '<');
		buf_text(out, dom_ns(d, id) == NS_SVG	   ? "svg "
			      : dom_ns(d, id) == NS_MATHML ? "math "
							   : "");
		buf_add_str(out, dom_name(d, id));
		buf_text(out, ">\n");
		dump_attrs(out, d, id, depth);
		break;
	case DOM_DOCUMENT:
		break;
	}
	if (dom_html_tag(d, id) == TAG_TEMPLATE) {
		dump_indent(out, depth + 1);
		buf_text(out, "content\n");
	}
}

static inline void dump_tree(struct buf *out, const struct dom *d)
{
	for (nid id = dom_walk(d, 1, 1); id; id = dom_walk(d, id, 1)) {
		size_t depth = 0;
		for (nid up = dom_parent(d, id); up != 1; up = dom_parent(d, up))
			depth += dom_html_tag(d, up) == TAG_TEMPLATE ? 2 : 1;
		dump_node(out, d, id, depth);
	}
}

#endif
