/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passes over the page that find out, for every element at once, what one element alone does not tell:
 * one bit each in the words of `known`. :has goes from the end of the page to its beginning and carries
 * what holds below and behind, part for part, as the other walk carries what holds above and before.
 */
#include "page/selector_in.h"

/* --- lists with combinators --- */

struct marking {
	uint64_t *known, bit;
};

static bool mark(void *arg, nid id)
{
	struct marking *m = arg;
	m->known[id] |= m->bit;
	return true;
}

/* --- :has --- */

/* What stands rightly to id; far and near of `in` are below it, next and along of `f` behind it. */
static uint64_t reached(const struct sel_list *l, const struct sel_frame *f,
	const struct sel_frame *in, size_t i)
{
	return (in->far.w[i] & l->joined[JOIN_INSIDE].w[i]) |
	       (in->near.w[i] & l->joined[JOIN_CHILD].w[i]) |
	       (f->next.w[i] & l->joined[JOIN_NEXT].w[i]) |
	       (f->along.w[i] & l->joined[JOIN_LATER].w[i]);
}

static void has_here(
	struct sel_work *w, const struct sel_list *l, nid id, size_t depth, uint64_t bit)
{
	struct sel_frame *in = &w->frames[depth + 1], *f = &w->frames[depth];
	struct sel_bits up, found = { 0 };
	w->steps++;
	for (size_t i = 0; i < l->words; i++) {
		uint64_t all = reached(l, f, in, i), first = l->joined[JOIN_FIRST].w[i];
		if (all & first)
			w->known[id] |= bit;
		up.w[i] = all & ~first;
	}
	for (size_t i = 0; i < l->words; i++) {
		uint64_t more = i + 1 < l->words ? up.w[i + 1] << 63 : 0;
		for (uint64_t left = l->last.w[i] | up.w[i] >> 1 | more; left;
			left &= left - 1) {
			unsigned n = (unsigned)__builtin_ctzll(left);
			if (sel_part_fits(w, &l->parts[i * 64 + n], id))
				found.w[i] |= UINT64_C(1) << n;
		}
	}
	for (size_t i = 0; i < l->words; i++) {
		f->near.w[i] |= found.w[i];
		f->far.w[i] |= found.w[i] | in->far.w[i];
		f->next.w[i] = found.w[i];
		f->along.w[i] |= found.w[i];
	}
}

/* From the last node to the first: what is below a node and what stands behind it come before it. */
static void fill_has(struct sel_work *w, const struct sel_list *l, nid top, uint64_t bit)
{
	const struct dom *d = w->d;
	size_t depth = 0;
	nid id = dom_last(d, top);
	*sel_frame(w, 0) = (struct sel_frame) { 0 };
	while (id) {
		for (; sel_opens(d, id); id = dom_last(d, id))
			*sel_frame(w, ++depth) = (struct sel_frame) { 0 };
		*sel_frame(w, depth + 1) = (struct sel_frame) { 0 };
		for (;;) {
			if (dom_kind(d, id) == DOM_ELEMENT)
				has_here(w, l, id, depth, bit);
			if (sel_over(w))
				return;
			nid prev = dom_prev(d, id);
			if (prev) {
				id = prev;
				break;
			}
			id = dom_parent(d, id);
			if (id == top)
				return;
			depth--;
		}
	}
}

/* --- handed down: languages and disabled fieldsets --- */

/* RFC 4647, section 3.3.2: extended filtering. */
static bool language_fits(struct str range, struct str tag)
{
	struct str want, have;
	if (!range.n || !tag.n)
		return range.n == tag.n;
	str_cut(&range, '-', &want);
	str_cut(&tag, '-', &have);
	if (!str_eq(want, STR("*")) && !str_ieq(want, have))
		return false;
	while (range.n && str_cut(&range, '-', &want)) {
		if (str_eq(want, STR("*")))
			continue;
		for (;;) {
			if (!tag.n || !str_cut(&tag, '-', &have))
				return false;
			if (str_ieq(want, have))
				break;
			if (have.n == 1)
				return false;
		}
	}
	return true;
}

static bool any_language(const struct sel_slot *slot, struct str tag)
{
	for (size_t i = 0; i < slot->n_texts; i++)
		if (language_fits(slot->texts[i], tag))
			return true;
	return false;
}

/* What the page says by a meta element (HTML, "pragma-set default language"). */
static struct str page_language(const struct dom *d)
{
	size_t n;
	const nid *metas = dom_list(d, LIST_META, &n);
	struct str equiv, v = { 0 };
	for (size_t i = 0; i < n; i++) {
		if (!dom_attr(d, metas[i], ATTR_HTTP_EQUIV, &equiv) ||
			!str_ieq(equiv, STR("content-language")) ||
			!dom_attr(d, metas[i], ATTR_CONTENT, &v) || str_find(v, ',') < v.n)
			continue;
		v = str_trim(v);
		v.n = str_find(v, ' ');
		return v;
	}
	return (struct str) { "", 0 };
}

static bool own_language(const struct dom *d, nid id, struct str *tag)
{
	if (dom_ns(d, id) != NS_HTML && dom_attr(d, id, ATTR_XML_LANG, tag))
		return true;
	return dom_attr(d, id, ATTR_LANG, tag);
}

static bool fieldset_off(const struct dom *d, nid id)
{
	struct str v;
	return dom_html_tag(d, id) == TAG_FIELDSET && dom_attr(d, id, ATTR_DISABLED, &v);
}

static bool is_first_legend(const struct dom *d, nid id)
{
	if (dom_html_tag(d, id) != TAG_LEGEND)
		return false;
	do
		id = dom_prev(d, id);
	while (id && dom_html_tag(d, id) != TAG_LEGEND);
	return id == 0;
}

/* Is what stands in a disabled fieldset, but not in its first legend, whose own state it has. */
static bool is_handed(struct sel_work *w, const struct sel_slot *slot, nid id, uint64_t bit)
{
	const struct dom *d = w->d;
	nid up = dom_parent(d, id);
	bool inherited = w->known[up] & bit;
	struct str tag;
	if (slot->kind == SLOT_LANG)
		return own_language(d, id, &tag) ? any_language(slot, tag) : inherited;
	return inherited || (fieldset_off(d, up) && !is_first_legend(d, id));
}

static void fill_down(struct sel_work *w, const struct sel_slot *slot, nid top, uint64_t bit)
{
	const struct dom *d = w->d;
	if (slot->kind == SLOT_LANG && any_language(slot, page_language(d)))
		w->known[top] |= bit;
	for (nid id = dom_walk(d, top, top); id && !sel_over(w); id = dom_walk(d, id, top)) {
		w->steps++;
		if (dom_kind(d, id) == DOM_ELEMENT && is_handed(w, slot, id, bit))
			w->known[id] |= bit;
	}
}

void sel_fill(struct sel_work *w, const struct selector *s, size_t i)
{
	const struct sel_slot *slot = &s->slots[i];
	struct marking m = { w->known, UINT64_C(1) << i };
	nid top = sel_top(w->d, w->scope);
	switch (slot->kind) {
	case SLOT_LIST:
		sel_run(w, slot->list, top, mark, &m);
		return;
	case SLOT_HAS:
		fill_has(w, slot->list, top, m.bit);
		return;
	case SLOT_CONTAINS:
		sel_fill_contains(w, slot, m.bit);
		return;
	default:
		fill_down(w, slot, top, m.bit);
	}
}
