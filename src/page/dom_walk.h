/* SPDX-License-Identifier: Apache-2.0 */
/* Walking a tree and counting attributes, asked at every node and so without calls. Included by dom.h only. */
#ifndef PAGE_DOM_WALK_H
#define PAGE_DOM_WALK_H

/* The next node in document order below root, passing by id's children; 0 at the end. */
static inline nid dom_walk_past(const struct dom *d, nid id, nid root)
{
	while (id != root) {
		if (d->nodes[id].next)
			return d->nodes[id].next;
		id = d->nodes[id].parent;
	}
	return 0;
}
/* The same with id's children; root itself is not counted. Begin with id = root. */
static inline nid dom_walk(const struct dom *d, nid id, nid root)
{
	nid first = d->nodes[id].first;
	return first ? first : dom_walk_past(d, id, root);
}

/* A doctype has up to two: "public" and "system". */
static inline size_t dom_attr_count(const struct dom *d, nid id)
{
	const struct dom_node *node = &d->nodes[id];
	if (node->kind == DOM_DOCTYPE)
		return node->flags >> NODE_COUNT_SHIFT;
	return node->kind == DOM_ELEMENT ? node->len : 0;
}

/* One bit that stands for an attribute, and the bits of all that a node has: a first look that spares
 * one search for each attribute asked for. Names may share a bit, so set bits prove nothing.
 */
static inline uint64_t attr_bit(enum attr_id attr)
{
	return UINT64_C(1) << (attr & 63);
}
#define ATTR_HIDING (attr_bit(ATTR_HIDDEN) | attr_bit(ATTR_ARIA_HIDDEN) | attr_bit(ATTR_STYLE))
static inline uint64_t dom_attr_bits(const struct dom *d, nid id)
{
	const struct dom_node *node = &d->nodes[id];
	uint64_t bits = 0;
	if (node->kind == DOM_ELEMENT && node->len) {
		const struct dom_attr *at = &d->attrs[node->attr], *end = at + node->len;
		for (; at < end; at++)
			bits |= UINT64_C(1) << (at->name & 63);
	}
	return bits;
}

#endif
