/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a tree lies in memory: arrays of 32-byte nodes and 16-byte attributes, joined by
 * numbers, so that they may move while they grow. Included by dom.h only; outside page/dom.c
 * and the tree builder, use the functions.
 *
 * The first child's `prev` is the last child, which gives both ends and both directions in
 * four links. off/len by kind: text and comment: the bytes; element: off is the number of an
 * unknown name, len the count of attributes that begin at attr; doctype: the name.
 */
#ifndef PAGE_DOM_NODE_H
#define PAGE_DOM_NODE_H

enum node_flag {
	NODE_OWN = 1, /* off counts in our own bytes, not in the HTML */
	NODE_ROOMY = 2, /* a text with room behind it, see text_join */
	NODE_OPEN = 4, /* on the stack of open elements */
	NODE_SHOWN =
		8, /* an element without any of ATTR_HIDING, nor a class that begins like MathJax's */
	NODE_BLANK =
		16, /* a text: white space and nothing else; without it nobody has looked */
	NODE_CLONE = 32, /* an element that goes on with one before it (13.2.4.3, 13.2.6.4.7) */
	NODE_COUNT_SHIFT = 4 /* a doctype's count of attributes */
};

struct dom_node {
	nid parent, next, prev, first;
	uint32_t off, len, attr;
	uint16_t tag;
	uint8_t kind : 4, ns : 4;
	uint8_t flags;
};

enum dom_attr_flag { ATTR_VALUE_OWN = 1, ATTR_NAME_OWN = 2 };
struct dom_attr {
	uint32_t name_off, value, value_len;
	uint16_t
		name; /* an attr_id, or ATTR_COUNT + the length of an unknown name at name_off */
	uint16_t flags;
};

struct dom_ids {
	nid *ids;
	size_t n, cap;
};
struct dom {
	const char *base[2]; /* the HTML; our own buffer */
	const char *html_end;
	struct dom_node *nodes;
	struct dom_attr *attrs;
	const struct dom_word *words; /* unknown names */
	struct dom_ids lists[LIST_COUNT];
	uint32_t count, attr_count;
	size_t work;
	nid html, head, body;
	unsigned cuts;
	bool quirks;
};

static inline enum dom_kind dom_kind(const struct dom *d, nid id)
{
	return (enum dom_kind)d->nodes[id].kind;
}
/* TAG_NONE for an unknown name and for what is no element. */
static inline enum tag_id dom_tag(const struct dom *d, nid id)
{
	return (enum tag_id)d->nodes[id].tag;
}
static inline enum dom_ns dom_ns(const struct dom *d, nid id)
{
	return (enum dom_ns)d->nodes[id].ns;
}
/* The tag of an HTML element; TAG_NONE for elements of SVG and MathML. */
static inline enum tag_id dom_html_tag(const struct dom *d, nid id)
{
	return d->nodes[id].ns == NS_HTML ? (enum tag_id)d->nodes[id].tag : TAG_NONE;
}
static inline nid dom_parent(const struct dom *d, nid id)
{
	return d->nodes[id].parent;
}
static inline nid dom_first(const struct dom *d, nid id)
{
	return d->nodes[id].first;
}
static inline nid dom_last(const struct dom *d, nid id)
{
	nid first = d->nodes[id].first;
	return first ? d->nodes[first].prev : 0;
}
static inline nid dom_next(const struct dom *d, nid id)
{
	return d->nodes[id].next;
}
static inline nid dom_prev(const struct dom *d, nid id)
{
	nid prev = d->nodes[id].prev;
	return prev && d->nodes[prev].next ? prev : 0;
}

#endif
