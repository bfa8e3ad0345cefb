/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows and cells of tables (13.2.6.4.13 to 15).
 */
#include "page/tree.h"

static bool body_in_scope(const struct tree *t)
{
	return table_in_scope(t, TAG_TBODY) || table_in_scope(t, TAG_THEAD) ||
	       table_in_scope(t, TAG_TFOOT);
}

static void clear_body(struct tree *t)
{
	table_clear_to(t, TAG_TBODY, TAG_TFOOT, TAG_THEAD);
}

static bool close_table_body(struct tree *t)
{
	if (!body_in_scope(t))
		return false;
	clear_body(t);
	tree_pop(t);
	t->mode = MODE_IN_TABLE;
	return true;
}

bool mode_in_table_body(struct tree *t, struct token *k)
{
	if (k->kind == TOKEN_START) {
		if (k->tag == TAG_TR || k->tag == TAG_TH || k->tag == TAG_TD) {
			clear_body(t);
			t->mode = MODE_IN_ROW;
			if (k->tag == TAG_TR)
				tree_insert(t, k);
			else
				tree_insert_tag(t, TAG_TR);
			return k->tag != TAG_TR;
		}
		if (table_is_part(k->tag))
			return close_table_body(t);
	}
	if (k->kind == TOKEN_END) {
		if (k->tag == TAG_TBODY || k->tag == TAG_TFOOT || k->tag == TAG_THEAD) {
			if (table_in_scope(t, k->tag))
				close_table_body(t);
			return false;
		}
		if (k->tag == TAG_TABLE)
			return close_table_body(t);
		if (k->tag == TAG_BODY || k->tag == TAG_HTML || table_is_part(k->tag))
			return false;
	}
	return mode_in_table(t, k);
}

static bool close_row(struct tree *t)
{
	if (!table_in_scope(t, TAG_TR))
		return false;
	table_clear_to(t, TAG_TR, TAG_TR, TAG_TR);
	tree_pop(t);
	t->mode = MODE_IN_TABLE_BODY;
	return true;
}

bool mode_in_row(struct tree *t, struct token *k)
{
	if (k->kind == TOKEN_START) {
		if (k->tag == TAG_TH || k->tag == TAG_TD) {
			table_clear_to(t, TAG_TR, TAG_TR, TAG_TR);
			tree_insert(t, k);
			t->mode = MODE_IN_CELL;
			format_marker(t);
			return false;
		}
		if (table_is_part(k->tag))
			return close_row(t);
	}
	if (k->kind == TOKEN_END) {
		switch (k->tag) {
		case TAG_TR:
			close_row(t);
			return false;
		case TAG_TABLE:
			return close_row(t);
		case TAG_TBODY:
		case TAG_TFOOT:
		case TAG_THEAD:
			return table_in_scope(t, k->tag) && close_row(t);
		case TAG_BODY:
		case TAG_CAPTION:
		case TAG_COL:
		case TAG_COLGROUP:
		case TAG_HTML:
		case TAG_TD:
		case TAG_TH:
			return false;
		default:
			break;
		}
	}
	return mode_in_table(t, k);
}

/* Ends the cell that is open; without one (the depth cap may have taken it) the mode is
 * found anew.
 */
static bool close_cell(struct tree *t, enum tag_id tag)
{
	tree_implied_ends(t, TAG_NONE);
	tree_pop_until(t, tag);
	format_clear(t);
	t->mode = MODE_IN_ROW;
	return true;
}

static bool close_any_cell(struct tree *t)
{
	if (table_in_scope(t, TAG_TD))
		return close_cell(t, TAG_TD);
	return table_in_scope(t, TAG_TH) && close_cell(t, TAG_TH);
}

bool mode_in_cell(struct tree *t, struct token *k)
{
	if (k->kind == TOKEN_START && table_is_part(k->tag))
		return close_any_cell(t);
	if (k->kind == TOKEN_END) {
		switch (k->tag) {
		case TAG_TD:
		case TAG_TH:
			if (table_in_scope(t, k->tag))
				close_cell(t, k->tag);
			return false;
		case TAG_BODY:
		case TAG_CAPTION:
		case TAG_COL:
		case TAG_COLGROUP:
		case TAG_HTML:
			return false;
		case TAG_TABLE:
		case TAG_TBODY:
		case TAG_TFOOT:
		case TAG_THEAD:
		case TAG_TR:
			return table_in_scope(t, k->tag) && close_any_cell(t);
		default:
			break;
		}
	}
	return mode_in_body(t, k);
}
