/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stack of open elements and its scopes (13.2.4.2). Every block asks "is a p in button scope?", which walks the
 * whole stack on a deep page; so each entry carries the answer, found from the entry below it
 * when it is pushed. The other questions first look whether an element of that name is open at
 * all. The stack is capped, so what still walks it is bounded.
 */
#include "page/tree.h"
#include "base/check.h"

/* 13.2.4.2 names the ends of scopes, 13.2.6 the integration points. */
uint8_t tree_foreign_flags(enum tag_id tag, enum dom_ns ns)
{
	if (ns == NS_SVG)
		return tag == TAG_FOREIGNOBJECT || tag == TAG_DESC || tag == TAG_TITLE
			       ? OPEN_BARRIER | OPEN_HTML_POINT
			       : 0;
	if (tag == TAG_ANNOTATION_XML)
		return OPEN_BARRIER;
	return tag == TAG_MI || tag == TAG_MO || tag == TAG_MN || tag == TAG_MS ||
			       tag == TAG_MTEXT
		       ? OPEN_BARRIER | OPEN_TEXT_POINT
		       : 0;
}

static bool is_html_encoding(const struct tree *t, nid id)
{
	struct str value;
	return dom_attr(&t->m->d, id, ATTR_ENCODING, &value) &&
	       (str_ieq(value, STR("text/html")) ||
		       str_ieq(value, STR("application/xhtml+xml")));
}

void tree_rescope(struct tree *t, size_t index)
{
	for (size_t i = index; i < t->depth; i++) {
		struct open *o = &t->open[i];
		o->flags &= (uint8_t)~OPEN_P;
		if (open_is(o, TAG_P))
			o->flags |= OPEN_P;
		else if (i > 0 && !(o->flags & OPEN_BARRIER) && !open_is(o, TAG_BUTTON))
			o->flags |= t->open[i - 1].flags & OPEN_P;
	}
}

void tree_push(struct tree *t, nid id)
{
	struct dom_node *node = &t->m->d.nodes[id];
	CHECK(t->depth < t->max_depth + OPEN_SLACK);
	struct open *o = &t->open[t->depth++];
	*o = (struct open) { id, node->tag, node->ns, 0 };
	node->flags |= NODE_OPEN;
	if (node->ns != NS_HTML) {
		o->flags = tree_foreign_flags((enum tag_id)node->tag, (enum dom_ns)node->ns);
		if (node->ns == NS_MATHML && node->tag == TAG_ANNOTATION_XML &&
			is_html_encoding(t, id))
			o->flags |= OPEN_HTML_POINT;
	} else {
		t->counts[node->tag]++;
		o->flags = tag_flags((enum tag_id)node->tag) & TF_SCOPE ? OPEN_BARRIER : 0;
	}
	tree_rescope(t, t->depth - 1);
}

void tree_pop_to(struct tree *t, size_t depth)
{
	while (t->depth > depth)
		tree_pop(t);
}

void tree_pop_until(struct tree *t, enum tag_id tag)
{
	while (t->depth > 1) {
		bool found = tree_at(t, tag);
		tree_pop(t);
		if (found)
			return;
	}
}

void tree_remove_open(struct tree *t, size_t index)
{
	struct open *o = &t->open[index];
	t->m->d.nodes[o->id].flags &= (uint8_t)~NODE_OPEN;
	if (o->ns == NS_HTML)
		t->counts[o->tag]--;
	t->depth--;
	t->m->d.work += t->depth - index;
	memmove(o, o + 1, (t->depth - index) * sizeof *o);
}

void tree_insert_open(struct tree *t, size_t index, nid id)
{
	tree_push(t, id);
	struct open o = t->open[t->depth - 1], *to = &t->open[index];
	memmove(to + 1, to, (t->depth - 1 - index) * sizeof o);
	*to = o;
}

void tree_replace_open(struct tree *t, size_t index, nid id)
{
	t->m->d.nodes[t->open[index].id].flags &= (uint8_t)~NODE_OPEN;
	t->m->d.nodes[id].flags |= NODE_OPEN;
	t->open[index].id = id;
}

size_t tree_find_open(const struct tree *t, nid id)
{
	if (!(t->m->d.nodes[id].flags & NODE_OPEN))
		return t->depth;
	size_t i = t->depth;
	while (i-- > 0) {
		t->m->d.work++;
		if (t->open[i].id == id)
			return i;
	}
	return t->depth;
}

static bool ends_scope(const struct open *o, enum scope scope)
{
	if (scope == SCOPE_TABLE)
		return open_is(o, TAG_TABLE) || open_is(o, TAG_HTML) ||
		       open_is(o, TAG_TEMPLATE);
	if (o->flags & OPEN_BARRIER)
		return true;
	if (scope == SCOPE_BUTTON)
		return open_is(o, TAG_BUTTON);
	return scope == SCOPE_LIST_ITEM && (open_is(o, TAG_OL) || open_is(o, TAG_UL));
}

bool tree_in_scope(const struct tree *t, enum tag_id tag, enum scope scope)
{
	if (t->counts[tag] == 0)
		return false;
	if (tag == TAG_P && scope == SCOPE_BUTTON)
		return tree_top(t)->flags & OPEN_P;
	for (size_t i = t->depth; i-- > 0;) {
		t->m->d.work++;
		if (open_is(&t->open[i], tag))
			return true;
		if (ends_scope(&t->open[i], scope))
			return false;
	}
	return false;
}

bool tree_heading_in_scope(const struct tree *t)
{
	const uint32_t *n = t->counts;
	if (n[TAG_H1] + n[TAG_H2] + n[TAG_H3] + n[TAG_H4] + n[TAG_H5] + n[TAG_H6] == 0)
		return false;
	for (size_t i = t->depth; i-- > 0;) {
		t->m->d.work++;
		if (open_is_heading(&t->open[i]))
			return true;
		if (ends_scope(&t->open[i], SCOPE_PLAIN))
			return false;
	}
	return false;
}

/* "Generate all implied end tags thoroughly" (13.2.6.3) */
void tree_implied_ends_all(struct tree *t)
{
	const struct open *o = tree_top(t);
	while (o->ns == NS_HTML &&
		((tag_flags((enum tag_id)o->tag) & (TF_IMPLIED | TF_TABLE)) ||
			o->tag == TAG_CAPTION || o->tag == TAG_COLGROUP)) {
		tree_pop(t);
		o = tree_top(t);
	}
}

void tree_end_p(struct tree *t)
{
	tree_implied_ends(t, TAG_P);
	tree_pop_until(t, TAG_P);
}

/* The mode an open element selects ("reset the insertion mode appropriately", 13.2.4.1); MODE_COUNT: none, ask the
 * next one. */
static enum mode mode_of(const struct tree *t, enum tag_id tag, bool last)
{
	switch (tag) {
	case TAG_TD:
	case TAG_TH:
		return last ? MODE_COUNT : MODE_IN_CELL;
	case TAG_TR:
		return MODE_IN_ROW;
	case TAG_TBODY:
	case TAG_THEAD:
	case TAG_TFOOT:
		return MODE_IN_TABLE_BODY;
	case TAG_CAPTION:
		return MODE_IN_CAPTION;
	case TAG_COLGROUP:
		return MODE_IN_COLUMN_GROUP;
	case TAG_TABLE:
		return MODE_IN_TABLE;
	case TAG_TEMPLATE:
		return t->n_templates ? (enum mode)t->templates[t->n_templates - 1]
				      : MODE_COUNT;
	case TAG_HEAD:
		return last ? MODE_COUNT : MODE_IN_HEAD;
	case TAG_BODY:
		return MODE_IN_BODY;
	case TAG_FRAMESET:
		return MODE_IN_FRAMESET;
	case TAG_HTML:
		return t->m->d.head ? MODE_AFTER_HEAD : MODE_BEFORE_HEAD;
	default:
		return MODE_COUNT;
	}
}

void tree_reset_mode(struct tree *t)
{
	for (size_t i = t->depth; i-- > 0;) {
		const struct open *o = i == 0 && t->fragment ? &t->context : &t->open[i];
		if (o->ns != NS_HTML)
			continue;
		t->mode = mode_of(t, (enum tag_id)o->tag, i == 0);
		if (t->mode != MODE_COUNT)
			return;
	}
	t->mode = MODE_IN_BODY;
}
