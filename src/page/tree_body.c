/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Start tags and text in the body (13.2.6.4.7). A table gives each tag its rule; a rule is a
 * short function.
 */
#include "page/tree.h"

static bool start_other(struct tree *t, struct token *k)
{
	format_reconstruct(t);
	tree_insert(t, k);
	return false;
}

static bool start_ignored(struct tree *t, struct token *k)
{
	(void)t, (void)k;
	return false;
}

static bool start_html(struct tree *t, struct token *k)
{
	if (!t->counts[TAG_TEMPLATE])
		tree_merge(t, k, t->open[0].id);
	return false;
}

static bool start_body(struct tree *t, struct token *k)
{
	if (t->depth < 2 || !open_is(&t->open[1], TAG_BODY) || t->counts[TAG_TEMPLATE])
		return false;
	t->frameset_ok = false;
	tree_merge(t, k, t->open[1].id);
	return false;
}

static bool start_frameset(struct tree *t, struct token *k)
{
	if (t->depth < 2 || !open_is(&t->open[1], TAG_BODY) || !t->frameset_ok)
		return false;
	node_unlink(t->m, t->open[1].id);
	tree_pop_to(t, 1);
	t->m->d.body = tree_insert(t, k);
	t->mode = MODE_IN_FRAMESET;
	return false;
}

static bool start_block(struct tree *t, struct token *k)
{
	tree_close_p(t);
	tree_insert(t, k);
	return false;
}

static bool start_heading(struct tree *t, struct token *k)
{
	tree_close_p(t);
	if (open_is_heading(tree_top(t)))
		tree_pop(t);
	tree_insert(t, k);
	return false;
}

static bool start_pre(struct tree *t, struct token *k)
{
	tree_close_p(t);
	tree_insert(t, k);
	t->skip_newline = true;
	t->frameset_ok = false;
	return false;
}

static bool start_form(struct tree *t, struct token *k)
{
	bool in_template = t->counts[TAG_TEMPLATE];
	if (t->form && !in_template)
		return false;
	tree_close_p(t);
	nid id = tree_insert(t, k);
	if (!in_template)
		t->form = id;
	return false;
}

/* li, dd and dt close the last of their kind that no other block hides. */
static bool start_item(struct tree *t, struct token *k)
{
	t->frameset_ok = false;
	for (size_t i = t->depth; i-- > 0;) {
		const struct open *o = &t->open[i];
		t->m->d.work++;
		bool found = k->tag == TAG_LI ? open_is(o, TAG_LI)
					      : open_is(o, TAG_DD) || open_is(o, TAG_DT);
		if (found) {
			enum tag_id tag = (enum tag_id)o->tag;
			tree_implied_ends(t, tag);
			tree_pop_until(t, tag);
			break;
		}
		if (tree_is_special(o) && !open_is(o, TAG_ADDRESS) && !open_is(o, TAG_DIV) &&
			!open_is(o, TAG_P))
			break;
	}
	return start_block(t, k);
}

static bool start_plaintext(struct tree *t, struct token *k)
{
	tree_close_p(t);
	tree_insert(t, k);
	t->x.state = LEX_PLAINTEXT;
	return false;
}

static bool start_button(struct tree *t, struct token *k)
{
	if (tree_in_scope(t, TAG_BUTTON, SCOPE_PLAIN)) {
		tree_implied_ends(t, TAG_NONE);
		tree_pop_until(t, TAG_BUTTON);
	}
	t->frameset_ok = false;
	return start_other(t, k);
}

static bool start_formatting(struct tree *t, struct token *k)
{
	format_reconstruct(t);
	format_push(t, tree_insert(t, k));
	return false;
}

static bool start_a(struct tree *t, struct token *k)
{
	nid open = format_find(t, TAG_A);
	if (open) {
		format_adopt(t, k);
		format_remove(t, open);
		size_t i = tree_find_open(t, open);
		if (i < t->depth) {
			tree_remove_open(t, i);
			tree_rescope(t, i);
		}
	}
	return start_formatting(t, k);
}

static bool start_nobr(struct tree *t, struct token *k)
{
	format_reconstruct(t);
	if (tree_in_scope(t, TAG_NOBR, SCOPE_PLAIN))
		format_adopt(t, k);
	return start_formatting(t, k);
}

static bool start_object(struct tree *t, struct token *k)
{
	start_other(t, k);
	format_marker(t);
	t->frameset_ok = false;
	return false;
}

static bool start_table(struct tree *t, struct token *k)
{
	if (!t->m->d.quirks)
		tree_close_p(t);
	tree_insert(t, k);
	t->frameset_ok = false;
	t->mode = MODE_IN_TABLE;
	return false;
}

static bool start_void(struct tree *t, struct token *k)
{
	format_reconstruct(t);
	tree_insert(t, k);
	tree_pop(t);
	t->frameset_ok = false;
	return false;
}

static bool start_param(struct tree *t, struct token *k)
{
	tree_insert(t, k);
	tree_pop(t);
	return false;
}

static bool in_select_context(const struct tree *t)
{
	return t->fragment && open_is(&t->context, TAG_SELECT);
}

static bool start_input(struct tree *t, struct token *k)
{
	if (in_select_context(t))
		return false;
	if (tree_in_scope(t, TAG_SELECT, SCOPE_PLAIN))
		tree_pop_until(t, TAG_SELECT);
	format_reconstruct(t);
	nid id = tree_insert(t, k);
	tree_pop(t);
	struct str type;
	if (!dom_attr(&t->m->d, id, ATTR_TYPE, &type) || !str_ieq(type, STR("hidden")))
		t->frameset_ok = false;
	return false;
}

static bool start_hr(struct tree *t, struct token *k)
{
	tree_close_p(t);
	if (tree_in_scope(t, TAG_SELECT, SCOPE_PLAIN))
		tree_implied_ends(t, TAG_NONE);
	tree_insert(t, k);
	tree_pop(t);
	t->frameset_ok = false;
	return false;
}

static bool start_image(struct tree *t, struct token *k)
{
	(void)t;
	k->tag = TAG_IMG;
	return true;
}

static bool start_textarea(struct tree *t, struct token *k)
{
	tree_insert_raw(t, k, LEX_RCDATA);
	t->skip_newline = true;
	t->frameset_ok = false;
	return false;
}

static bool start_raw(struct tree *t, struct token *k)
{
	if (k->tag == TAG_XMP) {
		tree_close_p(t);
		format_reconstruct(t);
	}
	if (k->tag != TAG_NOEMBED)
		t->frameset_ok = false;
	tree_insert_raw(t, k, LEX_RAWTEXT);
	return false;
}

static bool start_select(struct tree *t, struct token *k)
{
	if (in_select_context(t))
		return false;
	if (tree_in_scope(t, TAG_SELECT, SCOPE_PLAIN)) {
		tree_pop_until(t, TAG_SELECT);
		return false;
	}
	t->frameset_ok = false;
	return start_other(t, k);
}

static bool start_option(struct tree *t, struct token *k)
{
	if (tree_in_scope(t, TAG_SELECT, SCOPE_PLAIN))
		tree_implied_ends(t, k->tag == TAG_OPTION ? TAG_OPTGROUP : TAG_NONE);
	else if (tree_at(t, TAG_OPTION))
		tree_pop(t);
	return start_other(t, k);
}

static bool start_ruby(struct tree *t, struct token *k)
{
	if (tree_in_scope(t, TAG_RUBY, SCOPE_PLAIN))
		tree_implied_ends(t, k->tag == TAG_RP || k->tag == TAG_RT ? TAG_RTC : TAG_NONE);
	tree_insert(t, k);
	return false;
}

static bool start_foreign(struct tree *t, struct token *k)
{
	format_reconstruct(t);
	enum dom_ns ns = k->tag == TAG_SVG ? NS_SVG : NS_MATHML;
	tree_adjust_attrs(t, k, ns);
	tree_insert_foreign(t, k, ns);
	if (k->self_closing)
		tree_pop(t);
	return false;
}

/* clang-format off */
static mode_fn *const start_rules[TAG_COUNT] = {
	[TAG_HTML] = start_html, [TAG_BODY] = start_body, [TAG_FRAMESET] = start_frameset,
	[TAG_BASE] = mode_in_head, [TAG_BASEFONT] = mode_in_head, [TAG_BGSOUND] = mode_in_head,
	[TAG_LINK] = mode_in_head, [TAG_META] = mode_in_head, [TAG_NOFRAMES] = mode_in_head,
	[TAG_SCRIPT] = mode_in_head, [TAG_STYLE] = mode_in_head, [TAG_TEMPLATE] = mode_in_head,
	[TAG_TITLE] = mode_in_head,
	[TAG_ADDRESS] = start_block, [TAG_ARTICLE] = start_block, [TAG_ASIDE] = start_block,
	[TAG_BLOCKQUOTE] = start_block, [TAG_CENTER] = start_block, [TAG_DETAILS] = start_block,
	[TAG_DIALOG] = start_block, [TAG_DIR] = start_block, [TAG_DIV] = start_block,
	[TAG_DL] = start_block, [TAG_FIELDSET] = start_block, [TAG_FIGCAPTION] = start_block,
	[TAG_FIGURE] = start_block, [TAG_FOOTER] = start_block, [TAG_HEADER] = start_block,
	[TAG_HGROUP] = start_block, [TAG_MAIN] = start_block, [TAG_MENU] = start_block,
	[TAG_NAV] = start_block, [TAG_OL] = start_block, [TAG_P] = start_block,
	[TAG_SEARCH] = start_block, [TAG_SECTION] = start_block, [TAG_SUMMARY] = start_block,
	[TAG_UL] = start_block,
	[TAG_H1] = start_heading, [TAG_H2] = start_heading, [TAG_H3] = start_heading,
	[TAG_H4] = start_heading, [TAG_H5] = start_heading, [TAG_H6] = start_heading,
	[TAG_PRE] = start_pre, [TAG_LISTING] = start_pre, [TAG_FORM] = start_form,
	[TAG_LI] = start_item, [TAG_DD] = start_item, [TAG_DT] = start_item,
	[TAG_PLAINTEXT] = start_plaintext, [TAG_BUTTON] = start_button, [TAG_A] = start_a,
	[TAG_B] = start_formatting, [TAG_BIG] = start_formatting, [TAG_CODE] = start_formatting,
	[TAG_EM] = start_formatting, [TAG_FONT] = start_formatting, [TAG_I] = start_formatting,
	[TAG_S] = start_formatting, [TAG_SMALL] = start_formatting, [TAG_STRIKE] = start_formatting,
	[TAG_STRONG] = start_formatting, [TAG_TT] = start_formatting, [TAG_U] = start_formatting,
	[TAG_NOBR] = start_nobr,
	[TAG_APPLET] = start_object, [TAG_MARQUEE] = start_object, [TAG_OBJECT] = start_object,
	[TAG_TABLE] = start_table,
	[TAG_AREA] = start_void, [TAG_BR] = start_void, [TAG_EMBED] = start_void,
	[TAG_IMG] = start_void, [TAG_KEYGEN] = start_void, [TAG_WBR] = start_void,
	[TAG_INPUT] = start_input,
	[TAG_PARAM] = start_param, [TAG_SOURCE] = start_param, [TAG_TRACK] = start_param,
	[TAG_HR] = start_hr, [TAG_IMAGE] = start_image, [TAG_TEXTAREA] = start_textarea,
	[TAG_XMP] = start_raw, [TAG_IFRAME] = start_raw, [TAG_NOEMBED] = start_raw,
	[TAG_SELECT] = start_select, [TAG_OPTGROUP] = start_option, [TAG_OPTION] = start_option,
	[TAG_RB] = start_ruby, [TAG_RTC] = start_ruby, [TAG_RP] = start_ruby, [TAG_RT] = start_ruby,
	[TAG_MATH] = start_foreign, [TAG_SVG] = start_foreign,
	[TAG_CAPTION] = start_ignored, [TAG_COL] = start_ignored, [TAG_COLGROUP] = start_ignored,
	[TAG_FRAME] = start_ignored, [TAG_HEAD] = start_ignored, [TAG_TBODY] = start_ignored,
	[TAG_TD] = start_ignored, [TAG_TFOOT] = start_ignored, [TAG_TH] = start_ignored,
	[TAG_THEAD] = start_ignored, [TAG_TR] = start_ignored,
};
/* clang-format on */

bool body_start_tag(struct tree *t, struct token *k)
{
	mode_fn *rule = start_rules[k->tag];
	return rule ? rule(t, k) : start_other(t, k);
}

bool mode_in_body(struct tree *t, struct token *k)
{
	switch (k->kind) {
	case TOKEN_TEXT:
		body_text(t, &k->text);
		return false;
	case TOKEN_START:
		return body_start_tag(t, k);
	case TOKEN_END:
		return body_end_tag(t, k);
	case TOKEN_COMMENT:
		tree_insert_comment(t, k, 0);
		return false;
	case TOKEN_EOF:
		return t->n_templates ? mode_in_template(t, k) : false;
	case TOKEN_NUL:
	case TOKEN_DOCTYPE:
		break;
	}
	return false;
}

bool mode_text(struct tree *t, struct token *k)
{
	if (k->kind == TOKEN_TEXT) {
		tree_insert_text(t, k->text);
		return false;
	}
	tree_pop(t);
	t->mode = t->mode_before;
	return k->kind != TOKEN_END;
}
