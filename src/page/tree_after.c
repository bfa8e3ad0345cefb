/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Templates, framesets, and what comes behind the body (13.2.6.4.16 to 21).
 */
#include "page/tree.h"
#include "page/scan.h"

static enum mode template_mode(enum tag_id tag)
{
	switch (tag) {
	case TAG_CAPTION:
	case TAG_COLGROUP:
	case TAG_TBODY:
	case TAG_TFOOT:
	case TAG_THEAD:
		return MODE_IN_TABLE;
	case TAG_COL:
		return MODE_IN_COLUMN_GROUP;
	case TAG_TR:
		return MODE_IN_TABLE_BODY;
	case TAG_TD:
	case TAG_TH:
		return MODE_IN_ROW;
	default:
		return MODE_IN_BODY;
	}
}

void tree_end_template(struct tree *t)
{
	tree_pop_until(t, TAG_TEMPLATE);
	format_clear(t);
	if (t->n_templates)
		t->n_templates--;
	tree_reset_mode(t);
}

static bool template_eof(struct tree *t)
{
	if (!t->counts[TAG_TEMPLATE])
		return false;
	tree_end_template(t);
	return true;
}

bool mode_in_template(struct tree *t, struct token *k)
{
	if (k->kind == TOKEN_EOF)
		return template_eof(t);
	if (k->kind == TOKEN_END)
		return k->tag == TAG_TEMPLATE ? mode_in_head(t, k) : false;
	if (k->kind != TOKEN_START)
		return mode_in_body(t, k);
	if (tree_is_head_tag(k->tag))
		return mode_in_head(t, k);
	t->mode = template_mode(k->tag);
	if (t->n_templates)
		t->templates[t->n_templates - 1] = (uint8_t)t->mode;
	return true;
}

/* White space behind the body is still the body's. true: nothing else is in the text. */
static bool take_body_space(struct tree *t, struct token *k)
{
	struct token space = *k;
	space.text = tree_take_space(t, k);
	if (space.text.len)
		mode_in_body(t, &space);
	return k->text.len == 0;
}

bool mode_after_body(struct tree *t, struct token *k)
{
	switch (k->kind) {
	case TOKEN_TEXT:
		if (take_body_space(t, k))
			return false;
		break;
	case TOKEN_COMMENT:
		tree_insert_comment(t, k, t->open[0].id);
		return false;
	case TOKEN_DOCTYPE:
	case TOKEN_EOF:
		return false;
	case TOKEN_START:
		if (k->tag == TAG_HTML)
			return mode_in_body(t, k);
		break;
	case TOKEN_END:
		if (k->tag == TAG_HTML) {
			if (!t->fragment)
				t->mode = MODE_AFTER_AFTER_BODY;
			return false;
		}
		break;
	case TOKEN_NUL:
		break;
	}
	t->mode = MODE_IN_BODY;
	return true;
}

bool mode_after_after_body(struct tree *t, struct token *k)
{
	switch (k->kind) {
	case TOKEN_COMMENT:
		tree_insert_comment(t, k, 1);
		return false;
	case TOKEN_TEXT:
		if (take_body_space(t, k))
			return false;
		break;
	case TOKEN_DOCTYPE:
	case TOKEN_EOF:
		return false;
	case TOKEN_START:
		if (k->tag == TAG_HTML)
			return mode_in_body(t, k);
		break;
	default:
		break;
	}
	t->mode = MODE_IN_BODY;
	return true;
}

/* What all three modes of framesets have in common: white space, comments and noframes stay, the rest goes. */
static bool frameset_other(struct tree *t, struct token *k)
{
	switch (k->kind) {
	case TOKEN_TEXT:
		tree_insert_spaces(t, k);
		return false;
	case TOKEN_COMMENT:
		tree_insert_comment(t, k, 0);
		return false;
	case TOKEN_START:
		if (k->tag == TAG_HTML)
			return mode_in_body(t, k);
		return k->tag == TAG_NOFRAMES ? mode_in_head(t, k) : false;
	default:
		return false;
	}
}

bool mode_in_frameset(struct tree *t, struct token *k)
{
	if (token_is(k, TOKEN_START, TAG_FRAMESET) || token_is(k, TOKEN_START, TAG_FRAME)) {
		tree_insert(t, k);
		if (k->tag == TAG_FRAME)
			tree_pop(t);
		return false;
	}
	if (!token_is(k, TOKEN_END, TAG_FRAMESET))
		return frameset_other(t, k);
	if (t->depth == 1)
		return false;
	tree_pop(t);
	if (!t->fragment && !tree_at(t, TAG_FRAMESET))
		t->mode = MODE_AFTER_FRAMESET;
	return false;
}

bool mode_after_frameset(struct tree *t, struct token *k)
{
	if (!token_is(k, TOKEN_END, TAG_HTML))
		return frameset_other(t, k);
	t->mode = MODE_AFTER_AFTER_FRAMESET;
	return false;
}

static bool has_space(const struct tree *t, struct span text)
{
	const char *p = span_bytes(t->m, text), *end = p + text.len;
	while (p < end && !scan_is_space(*p))
		p++;
	return p < end;
}

bool mode_after_after_frameset(struct tree *t, struct token *k)
{
	if (k->kind == TOKEN_COMMENT) {
		tree_insert_comment(t, k, 1);
		return false;
	}
	if (k->kind == TOKEN_TEXT && has_space(t, k->text))
		format_reconstruct(t); /* as in the body, where a space asks for it */
	return frameset_other(t, k);
}
