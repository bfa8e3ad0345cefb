/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list of active formatting elements (13.2.4.3) and the adoption agency (13.2.6.4.7).
 *
 * Reopening formatting elements makes nodes that no tag of the page stands for. A page made to
 * do that at every tag would grow without measure, so such clones are counted against the
 * tokens read; past that the text stays and only its emphasis is lost. Clones share the
 * attributes of their original.
 */
#include "page/tree.h"

enum {
	CLONES_FREE = 1024,
	CLONES_PER_TOKEN = 4,
	EQUAL_ENTRIES = 3,
	OUTER_LOOPS = 8,
	INNER_LOOPS = 3
};

static bool is_open(const struct tree *t, nid id)
{
	return t->m->d.nodes[id].flags & NODE_OPEN;
}

static void remove_entry(struct tree *t, size_t i)
{
	t->n_formatting--;
	memmove(&t->formatting[i], &t->formatting[i + 1],
		(t->n_formatting - i) * sizeof t->formatting[0]);
}

static size_t entry_of(const struct tree *t, nid id)
{
	for (size_t i = t->n_formatting; i-- > 0; t->m->d.work++)
		if (t->formatting[i].id == id)
			return i;
	return t->n_formatting;
}

void format_remove(struct tree *t, nid id)
{
	size_t i = entry_of(t, id);
	if (i < t->n_formatting)
		remove_entry(t, i);
}

static bool same_attr(
	const struct dom_maker *m, const struct dom_attr *a, const struct dom_attr *b)
{
	struct span va = { a->value, a->value_len, a->flags & ATTR_VALUE_OWN };
	struct span vb = { b->value, b->value_len, b->flags & ATTR_VALUE_OWN };
	return va.len == vb.len && attr_same_name(m, a, b) &&
	       memcmp(span_bytes(m, va), span_bytes(m, vb), va.len) == 0;
}

/* The same attributes in any order; past a few of them the order must be the same too. */
static bool same_attrs(struct dom_maker *m, nid a, nid b)
{
	enum { FEW = 16 };
	const struct dom_node *x = &m->d.nodes[a], *y = &m->d.nodes[b];
	if (x->len != y->len)
		return false;
	const struct dom_attr *p = &m->d.attrs[x->attr], *q = &m->d.attrs[y->attr];
	for (uint32_t i = 0; i < x->len; i++, m->d.work++) {
		uint32_t j = i;
		if (!same_attr(m, &p[i], &q[i])) {
			for (j = 0; x->len <= FEW && j < x->len && !same_attr(m, &p[i], &q[j]);
				j++)
				;
			if (x->len > FEW || j == x->len)
				return false;
		}
	}
	return true;
}

/* A number from the attributes, whatever their order: most unequal entries differ in it. */
static uint32_t print_of(const struct dom_maker *m, struct formatting *f)
{
	if (f->print)
		return f->print;
	const struct dom_node *node = &m->d.nodes[f->id];
	const struct dom_attr *a = &m->d.attrs[node->attr];
	uint32_t sum = node->len;
	for (uint32_t i = 0; i < node->len; i++) {
		struct span value = { a[i].value, a[i].value_len, a[i].flags & ATTR_VALUE_OWN };
		const char *p = span_bytes(m, value);
		uint32_t last = value.len ? (unsigned char)p[value.len - 1] : 0;
		sum += (value.len << 16 ^ last << 8 ^ a[i].name) * UINT32_C(0x9E3779B1);
	}
	return f->print = sum | 1;
}

void format_push(struct tree *t, nid id)
{
	size_t n = t->n_formatting++, equal = 0, earliest = 0;
	struct formatting *entry = &t->formatting[n];
	entry->id = id;
	entry->tag = t->m->d.nodes[id].tag;
	entry->print = 0;
	for (size_t i = n; i-- > 0 && t->formatting[i].id;) {
		t->m->d.work++;
		if (t->formatting[i].tag == entry->tag &&
			print_of(t->m, &t->formatting[i]) == print_of(t->m, entry) &&
			same_attrs(t->m, t->formatting[i].id, id)) {
			equal++;
			earliest = i;
		}
	}
	if (equal >= EQUAL_ENTRIES)
		remove_entry(t, earliest);
	if (t->n_formatting > MAX_FORMATTING)
		remove_entry(t, 0);
}

void format_marker(struct tree *t)
{
	if (t->n_formatting == MAX_FORMATTING)
		remove_entry(t, 0);
	t->formatting[t->n_formatting++] = (struct formatting) { 0 };
}

void format_clear(struct tree *t)
{
	while (t->n_formatting > 0)
		if (t->formatting[--t->n_formatting].id == 0)
			return;
}

nid format_find(const struct tree *t, enum tag_id tag)
{
	for (size_t i = t->n_formatting; i-- > 0 && t->formatting[i].id; t->m->d.work++)
		if (t->formatting[i].tag == tag)
			return t->formatting[i].id;
	return 0;
}

static nid clone(struct tree *t, nid id)
{
	const struct dom_node from = t->m->d.nodes[id];
	nid copy = tree_element(t, (enum tag_id)from.tag, from.off, NS_HTML);
	t->m->d.nodes[copy].attr = from.attr;
	t->m->d.nodes[copy].len = from.len;
	t->m->d.nodes[copy].flags |= NODE_CLONE;
	t->clones++;
	return copy;
}

void format_reopen(struct tree *t)
{
	size_t i = t->n_formatting - 1;
	while (i > 0 && t->formatting[i - 1].id && !is_open(t, t->formatting[i - 1].id))
		i--;
	for (; i < t->n_formatting; i++) {
		if (t->clones > CLONES_FREE + CLONES_PER_TOKEN * t->tokens ||
			t->clones > t->m->limits.max_nodes / 4) {
			t->m->d.cuts |= CUT_NODES;
			return;
		}
		nid id = clone(t, t->formatting[i].id);
		tree_open(t, id);
		t->formatting[i].id = id;
	}
}

/* Clones the formatting elements between `at` and the furthest block, drops the others from
 * the stack; the block and the clones become one chain. Returns its outermost node. *block
 * follows the block's index.
 */
static nid chain_between(struct tree *t, size_t at, size_t *block, size_t *bookmark)
{
	nid last = t->open[*block].id;
	size_t loops = 0;
	for (size_t i = *block; --i > at; t->m->d.work++) {
		nid node = t->open[i].id;
		size_t entry = entry_of(t, node);
		if (++loops > INNER_LOOPS && entry < t->n_formatting) {
			remove_entry(t, entry);
			if (entry < *bookmark)
				--*bookmark;
			entry = t->n_formatting;
		}
		if (entry == t->n_formatting) {
			tree_remove_open(t, i);
			--*block;
			continue;
		}
		nid copy = clone(t, node);
		t->formatting[entry].id = copy;
		tree_replace_open(t, i, copy);
		if (last == t->open[*block].id)
			*bookmark = entry + 1;
		node_unlink(t->m, last);
		node_append(t->m, copy, last);
		last = copy;
	}
	return last;
}

/* One turn of the outer loop, the formatting element at `at` in the stack, the furthest
 * block below it.
 */
static void adopt_once(struct tree *t, nid element, size_t at, size_t block)
{
	nid ancestor = t->open[at - 1].id;
	size_t bookmark = entry_of(t, element);
	nid last = chain_between(t, at, &block, &bookmark);
	node_unlink(t->m, last);
	tree_put(t, tree_place(t, ancestor), last);
	nid copy = clone(t, element), furthest = t->open[block].id;
	node_move_children(t->m, furthest, copy);
	node_append(t->m, furthest, copy);
	size_t entry = entry_of(t, element);
	if (entry < t->n_formatting) {
		remove_entry(t, entry);
		if (entry < bookmark)
			bookmark--;
	}
	struct formatting *to = &t->formatting[bookmark];
	memmove(to + 1, to, (t->n_formatting - bookmark) * sizeof *to);
	*to = (struct formatting) { copy, t->m->d.nodes[copy].tag, 0 };
	t->n_formatting++;
	tree_remove_open(t, at);
	tree_insert_open(
		t, block, copy); /* the block moved one down: this is right behind it */
	tree_rescope(t, at);
}

void format_adopt(struct tree *t, const struct token *k)
{
	const struct open *top = tree_top(t);
	size_t n = t->n_formatting;
	if (open_is(top, k->tag) && n && t->formatting[n - 1].id == top->id) {
		tree_pop(t); /* what all of the below does for an element that ends in time */
		t->n_formatting--;
		return;
	}
	if (open_is(top, k->tag) && entry_of(t, top->id) == t->n_formatting) {
		tree_pop(t);
		return;
	}
	for (int loop = 0; loop < OUTER_LOOPS; loop++) {
		nid element = format_find(t, k->tag);
		if (!element) {
			body_any_end_tag(t, k);
			return;
		}
		size_t at = tree_find_open(t, element);
		if (at == t->depth) {
			format_remove(t, element);
			return;
		}
		size_t block = t->depth;
		for (size_t i = t->depth; --i > at; t->m->d.work++) {
			if (t->open[i].flags & OPEN_BARRIER)
				return; /* not in scope */
			if (tree_is_special(&t->open[i]))
				block = i;
		}
		if (block == t->depth) {
			tree_pop_to(t, at);
			format_remove(t, element);
			return;
		}
		adopt_once(t, element, at, block);
	}
}
