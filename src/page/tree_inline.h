/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tree builder does at nearly every token, without calls. Included by tree.h only.
 */
#ifndef PAGE_TREE_INLINE_H
#define PAGE_TREE_INLINE_H

static inline const struct open *tree_top(const struct tree *t)
{
	return &t->open[t->depth - 1];
}
static inline const struct open *tree_adjusted(const struct tree *t)
{
	return t->fragment && t->depth == 1 ? &t->context : tree_top(t);
}
/* Is the current node this HTML element? */
static inline bool tree_at(const struct tree *t, enum tag_id tag)
{
	return tree_top(t)->tag == tag && tree_top(t)->ns == NS_HTML;
}
static inline bool open_is(const struct open *o, enum tag_id tag)
{
	return o->tag == tag && o->ns == NS_HTML;
}
static inline bool open_is_heading(const struct open *o)
{
	return o->ns == NS_HTML && (tag_flags((enum tag_id)o->tag) & TF_HEADING);
}
static inline bool tree_is_special(const struct open *o)
{
	return o->ns == NS_HTML ? tag_flags((enum tag_id)o->tag) & TF_SPECIAL
				: o->flags & OPEN_BARRIER;
}
static inline bool token_is(const struct token *k, enum token_kind kind, enum tag_id tag)
{
	return k->kind == kind && k->tag == tag;
}

/* What the entry of an HTML element says of the scopes, `below` being the entry under it: html,
 * the lowest, is a barrier.
 */
static inline uint8_t tree_html_flags(const struct open *below, enum tag_id tag)
{
	if (tag_flags(tag) & TF_SCOPE)
		return OPEN_BARRIER;
	if (tag == TAG_P)
		return OPEN_P;
	return tag == TAG_BUTTON ? 0 : below->flags & OPEN_P;
}
static inline void tree_pop(struct tree *t)
{
	struct open *o = &t->open[--t->depth];
	t->m->d.nodes[o->id].flags &= (uint8_t)~NODE_OPEN;
	if (o->ns == NS_HTML)
		t->counts[o->tag]--;
}
/* "Generate implied end tags" (13.2.6.3) */
static inline void tree_implied_ends(struct tree *t, enum tag_id except)
{
	for (const struct open *o = tree_top(t); o->ns == NS_HTML && o->tag != except &&
						 (tag_flags((enum tag_id)o->tag) & TF_IMPLIED);
		o = tree_top(t))
		tree_pop(t);
}
/* A p in button scope ends here. */
static inline void tree_close_p(struct tree *t)
{
	if (tree_top(t)->flags & OPEN_P)
		tree_end_p(t);
}
static inline void format_reconstruct(struct tree *t)
{
	if (t->n_formatting == 0)
		return;
	nid last = t->formatting[t->n_formatting - 1].id;
	if (last && !(t->m->d.nodes[last].flags & NODE_OPEN))
		format_reopen(t);
}
/* Text by the rules of the body */
static inline void body_text(struct tree *t, const struct span *text)
{
	format_reconstruct(t);
	if (t->foster)
		tree_insert_text(t, *text);
	else if (text->len)
		text_append(t->m, tree_top(t)->id, text);
	if (t->frameset_ok)
		tree_see_text(t, *text);
}
/* Most end tags of most pages only take their element off the stack. */
static inline bool body_end_tag(struct tree *t, struct token *k)
{
	if (!tree_at(t, k->tag) || body_ends_more[k->tag])
		return body_end_rule(t, k);
	tree_pop(t);
	return false;
}

#endif
