/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making a tree: nodes, attributes, links and the dom's own bytes. For the tokenizer and the
 * tree builder only.
 */
#ifndef PAGE_DOM_BUILD_H
#define PAGE_DOM_BUILD_H

#include "page/dom.h"

enum { ATTR_NAME_MAX = UINT16_MAX - ATTR_COUNT, FEW_ATTRS = 12 };

struct dom_word {
	uint32_t off, len, hash;
	uint16_t svg; /* the tag_id of this name in SVG, 0: none */
	bool own;
};
struct span {
	uint32_t off, len;
	bool own; /* in our own bytes, else in the HTML */
	bool blank; /* white space and nothing else; false: nobody has looked */
};
struct dom_maker {
	struct dom d; /* first: what is handed out */
	struct arena *arena;
	struct dom_limits limits;
	char *own;
	size_t own_len, own_cap, node_cap, attr_cap, word_cap, slot_cap;
	uint32_t word_count;
	/* While there are fewer attributes, a tag's first FEW_ATTRS need no look at room or limits. */
	size_t attr_easy;
	unsigned heap; /* which arrays are not the arena's */
	uint32_t *word_slots; /* open-addressed hash of numbers of words */
	struct dom_word *words;
};

struct dom_maker *maker_new(struct arena *a, struct str html, const struct dom_limits *limits);

void node_insert_before(struct dom_maker *m, nid next, nid id);
void node_unlink(struct dom_maker *m, nid id);
void node_move_children(struct dom_maker *m, nid from, nid to);

/* Sets n attributes aside; returns where they begin. */
uint32_t attr_reserve(struct dom_maker *m, size_t n);
bool attr_same_name(
	const struct dom_maker *m, const struct dom_attr *a, const struct dom_attr *b);

void own_put(struct dom_maker *m, const char *bytes, size_t n);
/* Adds `more` behind a text; both become one span, in our own bytes unless they touch. */
void text_join(struct dom_maker *m, struct span *text, bool *roomy, struct span more);
/* Text into `parent` before `next` (0: at the end), joined to the text that stands there. */
void text_insert(struct dom_maker *m, nid parent, nid next, struct span text);

/* The number of an unknown element name (its lower-case bytes). */
uint32_t word_find(struct dom_maker *m, const char *name, uint32_t n, bool own);

static inline const char *span_bytes(const struct dom_maker *m, struct span s)
{
	return m->d.base[s.own] + s.off;
}

/* The rest is done for every node and stands here so that it costs no calls. */
void nodes_grow(struct dom_maker *m);
void attrs_grow(struct dom_maker *m);

static inline nid node_make(struct dom_maker *m, enum dom_kind kind)
{
	nid id = ++m->d.count;
	if (id >= m->node_cap)
		nodes_grow(m);
	m->d.nodes[id] = (struct dom_node) { .kind = kind & 15 };
	return id;
}

/* id, which stands nowhere, becomes the last child of parent. */
static inline void node_append(struct dom_maker *m, nid parent, nid id)
{
	struct dom_node *nodes = m->d.nodes;
	nid first = nodes[parent].first;
	nodes[id].parent = parent;
	nodes[id].next = 0;
	if (first) {
		nid last = nodes[first].prev;
		nodes[last].next = id;
		nodes[id].prev = last;
		nodes[first].prev = id;
	} else {
		nodes[parent].first = id;
		nodes[id].prev = id;
	}
}

/* A new node behind the last child of parent, whose children begin with `first`; good until the next one. */
static inline struct dom_node *node_add(
	struct dom_maker *m, enum dom_kind kind, nid parent, nid first)
{
	nid id = node_make(m, kind);
	struct dom_node *nodes = m->d.nodes, *node = &nodes[id];
	node->parent = parent;
	node->prev = id;
	if (first) {
		node->prev = nodes[first].prev;
		nodes[node->prev].next = id;
		nodes[first].prev = id;
	} else {
		nodes[parent].first = id;
	}
	return node;
}

static inline uint8_t text_flags(const struct span *text)
{
	return (uint8_t)((text->own ? NODE_OWN : 0) | (text->blank ? NODE_BLANK : 0));
}

/* Text at the end of parent, joined to the text that stands there. */
static inline void text_append(struct dom_maker *m, nid parent, const struct span *text)
{
	nid first = m->d.nodes[parent].first;
	if (first && m->d.nodes[m->d.nodes[first].prev].kind == DOM_TEXT) {
		text_insert(m, parent, 0, *text);
		return;
	}
	struct dom_node *node = node_add(m, DOM_TEXT, parent, first);
	node->off = text->off;
	node->len = text->len;
	node->flags = text_flags(text);
}

/* Room for one more attribute behind the last. */
static inline struct dom_attr *attr_room(struct dom_maker *m)
{
	if (m->d.attr_count >= m->attr_cap)
		attrs_grow(m);
	return &m->d.attrs[m->d.attr_count];
}

#endif
