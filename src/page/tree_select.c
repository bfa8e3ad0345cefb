/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A select shows its selected option in its selectedcontent element: as a copy, which the
 * standard makes when the option is closed and we make once, when the page is read (4.10.10,
 * "maybe clone an option into selectedcontent"). Copies of copies could double with each level
 * of nesting, so an option that holds a select is not copied, and all the looking and copying
 * together is bounded by the size of the page.
 */
#include "page/tree.h"

struct filler {
	struct dom_maker *m;
	size_t steps; /* of looking and copying, left */
};

static nid above(const struct dom *d, nid id, enum tag_id tag)
{
	while (id && dom_html_tag(d, id) != tag)
		id = dom_parent(d, id);
	return id;
}

/* The option that `select` shows: the last one marked, else the first that is not disabled;
 * 0: none.
 */
static nid shown_option(struct filler *f, nid select)
{
	const struct dom *d = &f->m->d;
	struct str value;
	nid first = 0, marked = 0;
	for (nid id = dom_walk(d, select, select); id; id = dom_walk(d, id, select)) {
		if (f->steps == 0)
			return 0;
		f->steps--;
		if (dom_html_tag(d, id) != TAG_OPTION)
			continue;
		if (dom_attr(d, id, ATTR_SELECTED, &value))
			marked = id;
		else if (!first && !dom_attr(d, id, ATTR_DISABLED, &value))
			first = id;
	}
	return marked ? marked : first;
}

/* The size of what is below root; 0 when a select is among it or it is too much. */
static size_t weigh(struct filler *f, nid root)
{
	size_t n = 0;
	for (nid id = dom_walk(&f->m->d, root, root); id; id = dom_walk(&f->m->d, id, root)) {
		if (f->steps == 0 || dom_html_tag(&f->m->d, id) == TAG_SELECT)
			return 0;
		f->steps--;
		n++;
	}
	return n;
}

static void copy_children(struct dom_maker *m, nid from, nid to)
{
	nid parent = to;
	for (nid id = m->d.nodes[from].first; id;) {
		nid copy = node_make(m, DOM_TEXT);
		struct dom_node *node = &m->d.nodes[copy];
		*node = m->d.nodes[id];
		node->first = 0;
		node->flags &= NODE_OWN;
		node_append(m, parent, copy);
		if (m->d.nodes[id].first) {
			id = m->d.nodes[id].first;
			parent = copy;
			continue;
		}
		while (id != from && !m->d.nodes[id].next) {
			id = m->d.nodes[id].parent;
			if (id != from)
				parent = m->d.nodes[parent].parent;
		}
		id = id == from ? 0 : m->d.nodes[id].next;
	}
}

void tree_fill_selects(struct tree *t)
{
	struct dom_maker *m = t->m;
	struct filler f = { m, 3 * (size_t)m->d.count };
	struct str value;
	nid last = 0, end = m->d.count;
	for (nid id = t->selected; id && id <= end && f.steps > 0; id++) {
		if (m->d.nodes[id].kind != DOM_ELEMENT ||
			dom_html_tag(&m->d, id) != TAG_SELECTEDCONTENT)
			continue;
		nid select = above(&m->d, id, TAG_SELECT);
		if (!select || select == last ||
			dom_attr_named(&m->d, select, STR("multiple"), &value))
			continue;
		last = select;
		nid option = shown_option(&f, select);
		if (!option || above(&m->d, id, TAG_OPTION) || !weigh(&f, option))
			continue;
		m->d.nodes[id].first = 0;
		copy_children(m, option, id);
	}
}
