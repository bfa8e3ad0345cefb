/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which rows name the columns. thead and rows of th say so. Without either the first row does when it reads like
 * names: every cell filled, no two alike, none beginning with a digit; in two columns, where pairs of a name and a
 * value look the same, it must be bold besides.
 */
#include "page/structured_grid.h"

struct table_cell table_cell_read(const struct structured *s, nid cell, size_t *steps)
{
	const struct dom *d = s->d;
	struct table_cell c = { .from = cell, .th = dom_html_tag(d, cell) == TAG_TH };
	struct str scope;
	nid only = dom_first(d, cell);
	c.text = structured_text(s, cell, TABLE_TEXT, true, steps);
	c.row_th =
		c.th && dom_attr(d, cell, ATTR_SCOPE, &scope) && str_istarts(scope, STR("row"));
	while (only && dom_kind(d, only) == DOM_TEXT && !str_trim(dom_text(d, only)).n)
		only = dom_next(d, only);
	enum tag_id tag = only ? dom_html_tag(d, only) : TAG_NONE;
	c.bold = tag == TAG_B || tag == TAG_STRONG;
	return c;
}

struct str table_caption(const struct structured *s, nid table, size_t *steps)
{
	for (nid id = dom_first(s->d, table); id; id = dom_next(s->d, id))
		if (dom_html_tag(s->d, id) == TAG_CAPTION)
			return structured_text(s, id, TABLE_TEXT, true, steps);
	return (struct str) { "", 0 };
}

static bool all_th(const struct table_row *row)
{
	size_t th = 0;
	for (size_t i = 0; i < row->cols; i++) {
		const struct table_cell *c = &row->cells[i];
		if (c->text.n && (!c->th || c->row_th))
			return false;
		th += c->th;
	}
	return th > 0;
}

static bool reads_like_names(const struct table_row *row)
{
	bool bold = true;
	for (size_t i = 0; i < row->cols; i++) {
		const struct table_cell *c = &row->cells[i];
		const struct table_cell *before = i ? &row->cells[i - 1] : NULL;
		if (!c->text.n || c->th || (c->text.p[0] >= '0' && c->text.p[0] <= '9') ||
			c->text.n > TABLE_TEXT / 20 ||
			(before && str_eq(before->text, c->text)))
			return false;
		bold &= c->bold;
	}
	return row->cols > 1 && (row->cols > 2 || bold);
}

bool table_is_head(const struct table_row *row, size_t heads)
{
	if (heads >= TABLE_HEADS)
		return false;
	if (row->in_head || all_th(row))
		return true;
	return heads == 0 && reads_like_names(row);
}

/* One cell over several columns. */
static bool is_title(const struct table_row *row)
{
	for (size_t i = 1; i < row->cols; i++)
		if (row->cells[i].from != row->cells[0].from)
			return false;
	return row->cols > 1;
}

void table_join_head(const struct structured *s, struct table_row *head,
	const struct table_row *row, size_t heads)
{
	if (heads == 0 && is_title(row))
		head->title = row->cells[0].text;
	for (size_t i = 0; i < row->cols; i++) {
		struct table_cell *to = &head->cells[i];
		const struct table_cell *from = &row->cells[i];
		bool over =
			heads == 1 && head->title.n && to->text.n; /* the title is no name */
		if (to->from == from->from || !from->text.n)
			continue;
		if (over || !to->text.n || str_eq(to->text, from->text))
			*to = *from;
		else
			to->text = str_of(arena_printf(s->arena, "%.*s / %.*s",
				STR_ARG(to->text), STR_ARG(from->text)));
		to->from = from->from;
	}
}
