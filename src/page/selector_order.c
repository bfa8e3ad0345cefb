/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The places of elements among their siblings, counted for all children of one parent at once when the
 * first of them is asked for, so that a list of 100,000 items costs one look at each.
 */
#include "page/selector_in.h"

#define NOT_COUNTED UINT32_MAX

/* Elements of one name in one namespace are of one type. */
static size_t type_of(const struct dom *d, nid id)
{
	size_t name = dom_tag(d, id) ? dom_tag(d, id) : TAG_COUNT + d->nodes[id].off;
	return name * 3 + dom_ns(d, id);
}

static void make_types(struct sel_work *w)
{
	const struct dom *d = w->d;
	size_t most = 0;
	for (nid id = 1; id <= dom_count(d); id++)
		if (dom_kind(d, id) == DOM_ELEMENT && type_of(d, id) > most)
			most = type_of(d, id);
	w->steps += dom_count(d) / 8;
	w->types = arena_alloc(w->arena, (most + 1) * sizeof *w->types);
}

static void count(struct sel_work *w, const struct sel_test *t, uint32_t *order, nid parent)
{
	const struct dom *d = w->d;
	bool types = t->slot == ORDER_TYPE || t->slot == ORDER_LAST_TYPE;
	bool back = t->from_end || t->slot == ORDER_LAST_CHILD || t->slot == ORDER_LAST_TYPE;
	nid from = back ? dom_last(d, parent) : dom_first(d, parent);
	uint32_t n = 0;
	for (nid c = from; c; c = back ? dom_prev(d, c) : dom_next(d, c)) {
		w->steps++;
		if (dom_kind(d, c) != DOM_ELEMENT)
			continue;
		if (types)
			order[c] = ++w->types[type_of(d, c)];
		else
			order[c] = !t->list || sel_list_fits(w, t->list, c) ? ++n : NOT_COUNTED;
	}
	for (nid c = types ? from : 0; c; c = back ? dom_prev(d, c) : dom_next(d, c))
		if (dom_kind(d, c) == DOM_ELEMENT)
			w->types[type_of(d, c)] = 0;
}

uint32_t sel_order(struct sel_work *w, const struct sel_test *t, nid id)
{
	nid parent = dom_parent(w->d, id);
	if (!w->order[t->slot])
		w->order[t->slot] = sel_array(w, sizeof(uint32_t));
	if (!w->types && (t->slot == ORDER_TYPE || t->slot == ORDER_LAST_TYPE))
		make_types(w);
	uint32_t *order = w->order[t->slot];
	if (!parent)
		return 1;
	if (!order[id])
		count(w, t, order, parent);
	return order[id] == NOT_COUNTED ? 0 : order[id];
}
