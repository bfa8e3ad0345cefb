/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables (13.2.6.4.9 to 12). What does not belong into a table is put before it: foster
 * parenting.
 */
#include "page/tree.h"
#include "page/scan.h"

void table_clear_to(struct tree *t, enum tag_id a, enum tag_id b, enum tag_id c)
{
	while (t->depth > 1) {
		const struct open *o = tree_top(t);
		if (o->ns == NS_HTML && (o->tag == a || o->tag == b || o->tag == c ||
						o->tag == TAG_TEMPLATE || o->tag == TAG_HTML))
			return;
		tree_pop(t);
	}
}

static void clear_to_table(struct tree *t)
{
	table_clear_to(t, TAG_TABLE, TAG_TABLE, TAG_TABLE);
}

bool table_in_scope(const struct tree *t, enum tag_id tag)
{
	return tree_in_scope(t, tag, SCOPE_TABLE);
}

static bool foster(struct tree *t, struct token *k)
{
	t->foster = true;
	bool again = mode_in_body(t, k);
	t->foster = false;
	return again;
}

static bool table_part_start(struct tree *t, struct token *k)
{
	clear_to_table(t);
	switch (k->tag) {
	case TAG_CAPTION:
		format_marker(t);
		tree_insert(t, k);
		t->mode = MODE_IN_CAPTION;
		return false;
	case TAG_COLGROUP:
		tree_insert(t, k);
		t->mode = MODE_IN_COLUMN_GROUP;
		return false;
	case TAG_COL:
		tree_insert_tag(t, TAG_COLGROUP);
		t->mode = MODE_IN_COLUMN_GROUP;
		return true;
	case TAG_TBODY:
	case TAG_TFOOT:
	case TAG_THEAD:
		tree_insert(t, k);
		t->mode = MODE_IN_TABLE_BODY;
		return false;
	default: /* td, th, tr */
		tree_insert_tag(t, TAG_TBODY);
		t->mode = MODE_IN_TABLE_BODY;
		return true;
	}
}

static bool table_start(struct tree *t, struct token *k)
{
	struct str type;
	nid id;
	switch (k->tag) {
	case TAG_CAPTION:
	case TAG_COLGROUP:
	case TAG_COL:
	case TAG_TBODY:
	case TAG_TFOOT:
	case TAG_THEAD:
	case TAG_TD:
	case TAG_TH:
	case TAG_TR:
		return table_part_start(t, k);
	case TAG_TABLE:
		if (!table_in_scope(t, TAG_TABLE))
			return false;
		tree_pop_until(t, TAG_TABLE);
		tree_reset_mode(t);
		return true;
	case TAG_STYLE:
	case TAG_SCRIPT:
	case TAG_TEMPLATE:
		return mode_in_head(t, k);
	case TAG_INPUT:
		if (!token_attr(t, k, ATTR_TYPE, &type) || !str_ieq(type, STR("hidden")))
			return foster(t, k);
		tree_insert(t, k);
		tree_pop(t);
		return false;
	case TAG_FORM:
		if (t->counts[TAG_TEMPLATE] || t->form)
			return false;
		id = tree_insert(t, k);
		t->form = id;
		tree_pop(t);
		return false;
	default:
		return foster(t, k);
	}
}

static bool table_end(struct tree *t, struct token *k)
{
	switch (k->tag) {
	case TAG_TABLE:
		if (!table_in_scope(t, TAG_TABLE))
			return false;
		tree_pop_until(t, TAG_TABLE);
		tree_reset_mode(t);
		return false;
	case TAG_BODY:
	case TAG_CAPTION:
	case TAG_COL:
	case TAG_COLGROUP:
	case TAG_HTML:
	case TAG_TBODY:
	case TAG_TD:
	case TAG_TFOOT:
	case TAG_TH:
	case TAG_THEAD:
	case TAG_TR:
		return false;
	case TAG_TEMPLATE:
		return mode_in_head(t, k);
	default:
		return foster(t, k);
	}
}

bool mode_in_table(struct tree *t, struct token *k)
{
	const struct open *o = tree_top(t);
	switch (k->kind) {
	case TOKEN_TEXT:
	case TOKEN_NUL:
		if (o->ns != NS_HTML || !(o->tag == TAG_TABLE || o->tag == TAG_TBODY ||
						o->tag == TAG_TEMPLATE || o->tag == TAG_TFOOT ||
						o->tag == TAG_THEAD || o->tag == TAG_TR))
			return foster(t, k);
		t->pending_any = t->pending_roomy = false;
		t->mode_before = t->mode;
		t->mode = MODE_IN_TABLE_TEXT;
		return true;
	case TOKEN_COMMENT:
		tree_insert_comment(t, k, 0);
		return false;
	case TOKEN_DOCTYPE:
		return false;
	case TOKEN_START:
		return table_start(t, k);
	case TOKEN_END:
		return table_end(t, k);
	case TOKEN_EOF:
		return mode_in_body(t, k);
	}
	return false;
}

bool mode_in_table_text(struct tree *t, struct token *k)
{
	if (k->kind == TOKEN_NUL)
		return false;
	if (k->kind == TOKEN_TEXT) {
		if (t->pending_any)
			text_join(t->m, &t->pending, &t->pending_roomy, k->text);
		else
			t->pending = k->text;
		t->pending_any = true;
		return false;
	}
	t->mode = t->mode_before;
	if (!t->pending_any)
		return true;
	struct token text = { .kind = TOKEN_TEXT, .text = t->pending };
	const char *p = span_bytes(t->m, t->pending), *end = p + t->pending.len;
	if (scan_space(p, end) == end)
		tree_insert_text(t, t->pending);
	else
		foster(t, &text);
	return true;
}

bool table_is_part(enum tag_id tag)
{
	return tag == TAG_CAPTION || tag == TAG_COL || tag == TAG_COLGROUP ||
	       tag == TAG_TBODY || tag == TAG_TD || tag == TAG_TFOOT || tag == TAG_TH ||
	       tag == TAG_THEAD || tag == TAG_TR;
}

bool mode_in_caption(struct tree *t, struct token *k)
{
	bool part = k->kind == TOKEN_START && table_is_part(k->tag);
	bool closes = token_is(k, TOKEN_END, TAG_CAPTION);
	if (part || closes || token_is(k, TOKEN_END, TAG_TABLE)) {
		if (!table_in_scope(t, TAG_CAPTION))
			return false;
		tree_implied_ends(t, TAG_NONE);
		tree_pop_until(t, TAG_CAPTION);
		format_clear(t);
		t->mode = MODE_IN_TABLE;
		return !closes;
	}
	if (k->kind == TOKEN_END &&
		(k->tag == TAG_BODY || k->tag == TAG_HTML || table_is_part(k->tag)))
		return false;
	return mode_in_body(t, k);
}

bool mode_in_column_group(struct tree *t, struct token *k)
{
	if (tree_take_trivia(t, k))
		return false;
	switch (k->kind) {
	case TOKEN_START:
		if (k->tag == TAG_HTML)
			return mode_in_body(t, k);
		if (k->tag == TAG_TEMPLATE)
			return mode_in_head(t, k);
		if (k->tag == TAG_COL) {
			tree_insert(t, k);
			tree_pop(t);
			return false;
		}
		break;
	case TOKEN_END:
		if (k->tag == TAG_TEMPLATE)
			return mode_in_head(t, k);
		if (k->tag == TAG_COL)
			return false;
		break;
	case TOKEN_EOF:
		return mode_in_body(t, k);
	default:
		break;
	}
	if (!tree_at(t, TAG_COLGROUP)) {
		if (k->kind == TOKEN_TEXT)
			tree_insert_spaces(t, k);
		return false;
	}
	tree_pop(t);
	t->mode = MODE_IN_TABLE;
	return !token_is(k, TOKEN_END, TAG_COLGROUP);
}
