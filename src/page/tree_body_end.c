/* SPDX-License-Identifier: Apache-2.0 */
/*
 * End tags in the body (13.2.6.4.7).
 */
#include "page/tree.h"

static bool same_element(const struct tree *t, const struct open *o, const struct token *k)
{
	return o->ns == NS_HTML && o->tag == k->tag &&
	       (k->tag != TAG_NONE || t->m->d.nodes[o->id].off == k->word);
}

void body_any_end_tag(struct tree *t, const struct token *k)
{
	if (t->counts[k->tag] == 0)
		return;
	for (size_t i = t->depth; --i > 0;) {
		const struct open *o = &t->open[i];
		t->m->d.work++;
		if (same_element(t, o, k)) {
			tree_implied_ends(t, k->tag);
			tree_pop_to(t, i);
			return;
		}
		if (tree_is_special(o))
			return;
	}
}

static bool end_other(struct tree *t, struct token *k)
{
	body_any_end_tag(t, k);
	return false;
}

static bool end_body(struct tree *t, struct token *k)
{
	if (!tree_in_scope(t, TAG_BODY, SCOPE_PLAIN))
		return false;
	t->mode = MODE_AFTER_BODY;
	return k->tag == TAG_HTML;
}

static bool end_block(struct tree *t, struct token *k)
{
	if (!tree_in_scope(t, k->tag, SCOPE_PLAIN))
		return false;
	tree_implied_ends(t, TAG_NONE);
	tree_pop_until(t, k->tag);
	return false;
}

static bool end_form(struct tree *t, struct token *k)
{
	if (t->counts[TAG_TEMPLATE])
		return end_block(t, k);
	nid form = t->form;
	t->form = 0;
	size_t i = form ? tree_find_open(t, form) : t->depth;
	if (i == t->depth)
		return false;
	for (size_t above = i + 1; above < t->depth; above++)
		if (t->open[above].flags & OPEN_BARRIER)
			return false; /* not in scope */
	tree_implied_ends(t, TAG_NONE);
	i = tree_find_open(t, form);
	if (i < t->depth) {
		tree_remove_open(t, i);
		tree_rescope(t, i);
	}
	return false;
}

static bool end_p(struct tree *t, struct token *k)
{
	(void)k;
	if (!tree_in_scope(t, TAG_P, SCOPE_BUTTON))
		tree_insert_tag(t, TAG_P);
	tree_close_p(t);
	return false;
}

static bool end_item(struct tree *t, struct token *k)
{
	if (!tree_in_scope(t, k->tag, k->tag == TAG_LI ? SCOPE_LIST_ITEM : SCOPE_PLAIN))
		return false;
	tree_implied_ends(t, k->tag);
	tree_pop_until(t, k->tag);
	return false;
}

static bool end_heading(struct tree *t, struct token *k)
{
	(void)k;
	if (!tree_heading_in_scope(t))
		return false;
	tree_implied_ends(t, TAG_NONE);
	for (bool done = false; !done && t->depth > 1; tree_pop(t))
		done = open_is_heading(tree_top(t));
	return false;
}

static bool end_formatting(struct tree *t, struct token *k)
{
	format_adopt(t, k);
	return false;
}

static bool end_object(struct tree *t, struct token *k)
{
	if (!tree_in_scope(t, k->tag, SCOPE_PLAIN))
		return false;
	end_block(t, k);
	format_clear(t);
	return false;
}

static bool end_br(struct tree *t, struct token *k)
{
	struct token br = { .kind = TOKEN_START, .tag = k->tag };
	return body_start_tag(t, &br);
}

/* clang-format off */
static mode_fn *const end_rules[TAG_COUNT] = {
	[TAG_TEMPLATE] = mode_in_head, [TAG_BODY] = end_body, [TAG_HTML] = end_body,
	[TAG_ADDRESS] = end_block, [TAG_ARTICLE] = end_block, [TAG_ASIDE] = end_block,
	[TAG_BLOCKQUOTE] = end_block, [TAG_BUTTON] = end_block, [TAG_CENTER] = end_block,
	[TAG_DETAILS] = end_block, [TAG_DIALOG] = end_block, [TAG_DIR] = end_block,
	[TAG_DIV] = end_block, [TAG_DL] = end_block, [TAG_FIELDSET] = end_block,
	[TAG_FIGCAPTION] = end_block, [TAG_FIGURE] = end_block, [TAG_FOOTER] = end_block,
	[TAG_HEADER] = end_block, [TAG_HGROUP] = end_block, [TAG_LISTING] = end_block,
	[TAG_MAIN] = end_block, [TAG_MENU] = end_block, [TAG_NAV] = end_block, [TAG_OL] = end_block,
	[TAG_PRE] = end_block, [TAG_SEARCH] = end_block, [TAG_SECTION] = end_block,
	[TAG_SELECT] = end_block, [TAG_SUMMARY] = end_block, [TAG_UL] = end_block,
	[TAG_FORM] = end_form, [TAG_P] = end_p,
	[TAG_LI] = end_item, [TAG_DD] = end_item, [TAG_DT] = end_item,
	[TAG_H1] = end_heading, [TAG_H2] = end_heading, [TAG_H3] = end_heading,
	[TAG_H4] = end_heading, [TAG_H5] = end_heading, [TAG_H6] = end_heading,
	[TAG_A] = end_formatting, [TAG_B] = end_formatting, [TAG_BIG] = end_formatting,
	[TAG_CODE] = end_formatting, [TAG_EM] = end_formatting, [TAG_FONT] = end_formatting,
	[TAG_I] = end_formatting, [TAG_NOBR] = end_formatting, [TAG_S] = end_formatting,
	[TAG_SMALL] = end_formatting, [TAG_STRIKE] = end_formatting, [TAG_STRONG] = end_formatting,
	[TAG_TT] = end_formatting, [TAG_U] = end_formatting,
	[TAG_APPLET] = end_object, [TAG_MARQUEE] = end_object, [TAG_OBJECT] = end_object,
	[TAG_BR] = end_br,
};
/* clang-format on */

/* Whose end tag does more than to take its element off the stack, also where that is the current node. */
/* clang-format off */
const bool body_ends_more[TAG_COUNT] = {
	[TAG_NONE] = 1, [TAG_TEMPLATE] = 1, [TAG_BODY] = 1, [TAG_HTML] = 1, [TAG_FORM] = 1,
	[TAG_A] = 1, [TAG_B] = 1, [TAG_BIG] = 1, [TAG_CODE] = 1, [TAG_EM] = 1, [TAG_FONT] = 1,
	[TAG_I] = 1, [TAG_NOBR] = 1, [TAG_S] = 1, [TAG_SMALL] = 1, [TAG_STRIKE] = 1,
	[TAG_STRONG] = 1, [TAG_TT] = 1, [TAG_U] = 1, [TAG_APPLET] = 1, [TAG_MARQUEE] = 1,
	[TAG_OBJECT] = 1, [TAG_BR] = 1,
};
/* clang-format on */

bool body_end_rule(struct tree *t, struct token *k)
{
	mode_fn *rule = end_rules[k->tag];
	return rule ? rule(t, k) : end_other(t, k);
}
