/* SPDX-License-Identifier: Apache-2.0 */
/* Walking a tree, its texts and attributes, asked at every node and so without calls. Included by dom.h only. */
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

static inline struct str dom_slice(const struct dom *d, bool own, uint32_t off, uint32_t len)
{
	return (struct str) { d->base[own] + off, len };
}

/* Of a text or comment; else empty. */
static inline struct str dom_text(const struct dom *d, nid id)
{
	const struct dom_node *node = &d->nodes[id];
	if (node->kind != DOM_TEXT && node->kind != DOM_COMMENT)
		return (struct str) { "", 0 };
	return dom_slice(d, node->flags & NODE_OWN, node->off, node->len);
}

/* The bytes of a name that is not of the tables. */
static inline struct str dom_own_name(const struct dom *d, const struct dom_attr *attr)
{
	return dom_slice(d, attr->flags & ATTR_NAME_OWN, attr->name_off,
		(uint32_t)(attr->name - ATTR_COUNT));
}

/* NULL: absent. */
const struct dom_attr *dom_attr_find(const struct dom *d, nid id, enum attr_id attr);
static inline struct str dom_value_of(const struct dom *d, const struct dom_attr *attr)
{
	return dom_slice(d, attr->flags & ATTR_VALUE_OWN, attr->value, attr->value_len);
}
/* false: absent; *value may be empty. The search is a call, its result stays in registers. */
static inline bool dom_attr(const struct dom *d, nid id, enum attr_id attr, struct str *value)
{
	const struct dom_attr *found = dom_attr_find(d, id, attr);
	if (found)
		*value = dom_value_of(d, found);
	return found;
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
