/* SPDX-License-Identifier: Apache-2.0 */
/* Nodes sorted by their ids; places and visits in an array beside the tree. */
#include "page/structured_refs.h"

#include <stdlib.h>

struct named {
	struct str name;
	uint32_t place;
	nid node;
};
struct refs {
	struct named *named; /* by name, then place */
	size_t n;
	struct {
		uint32_t place, seen_by;
	} * nodes;
};

static int compare(const void *pa, const void *pb)
{
	const struct named *a = pa, *b = pb;
	int order = str_order(a->name, b->name);
	return order ? order : (a->place > b->place) - (a->place < b->place);
}

struct refs *refs_new(struct arena *a, const struct dom *d)
{
	struct refs *r = ARENA_NEW(a, struct refs);
	uint32_t place = 0;
	struct str name;
	r->nodes = arena_alloc(a, sizeof *r->nodes * (dom_count(d) + 1));
	for (nid id = 1; id; id = dom_walk(d, id, 1)) {
		r->nodes[id].place = ++place;
		r->n += dom_attr(d, id, ATTR_ID, &name) && name.n;
	}
	r->named = arena_alloc(a, sizeof *r->named * (r->n + 1));
	r->n = 0;
	for (nid id = 1; id; id = dom_walk(d, id, 1))
		if (dom_attr(d, id, ATTR_ID, &name) && name.n)
			r->named[r->n++] = (struct named) { name, r->nodes[id].place, id };
	if (r->n)
		qsort(r->named, r->n, sizeof *r->named, compare);
	return r;
}

nid refs_find(const struct refs *r, struct str id)
{
	const struct named key = { id, 0, 0 };
	size_t low = 0, high = r->n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (compare(&r->named[mid], &key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < r->n && str_eq(r->named[low].name, id) ? r->named[low].node : 0;
}

uint32_t refs_place(const struct refs *r, nid id)
{
	return r->nodes[id].place;
}

bool refs_visit(struct refs *r, nid id, uint32_t item)
{
	bool is_new = r->nodes[id].seen_by != item;
	r->nodes[id].seen_by = item;
	return is_new;
}
