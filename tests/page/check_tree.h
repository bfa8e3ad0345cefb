/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does a tree hold together? Every link has its way back, depths are capped, no node is met
 * twice.
 */
#ifndef TESTS_PAGE_CHECK_TREE_H
#define TESTS_PAGE_CHECK_TREE_H

#include "page/dom.h"

/* What is wrong with the tree, or NULL. */
static inline const char *tree_fault(const struct dom *d, size_t max_depth)
{
	size_t met = 0, depth = 0;
	for (nid id = 1, was = 0; id; was = id, id = dom_walk(d, id, 1)) {
		if (++met > dom_count(d))
			return "a node is met twice";
		nid parent = dom_parent(d, id), first = dom_first(d, id),
		    last = dom_last(d, id);
		if ((id == 1) != (parent == 0))
			return "a node without a parent";
		if ((first == 0) != (last == 0) || (first && dom_parent(d, first) != id) ||
			(last && dom_parent(d, last) != id))
			return "a child that does not know its parent";
		if (first && (dom_prev(d, first) || dom_next(d, last)))
			return "ends that do not end";
		nid next = dom_next(d, id);
		if (next && (dom_prev(d, next) != id || dom_parent(d, next) != parent))
			return "siblings that do not know each other";
		if (first && dom_kind(d, id) != DOM_ELEMENT && id != 1)
			return "a child of what can have none";
		if (dom_kind(d, id) == DOM_TEXT && dom_text(d, id).n == 0)
			return "an empty text";
		if (dom_kind(d, id) == DOM_TEXT && next && dom_kind(d, next) == DOM_TEXT)
			return "two texts side by side";
		for (depth += was && dom_first(d, was) == id;
			was && was != 1 && dom_first(d, was) != id &&
			dom_parent(d, was) != parent && depth;
			was = dom_parent(d, was))
			depth--;
		if (depth > max_depth + 1)
			return "a node below the cap";
	}
	return NULL;
}

#endif
