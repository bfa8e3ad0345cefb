/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Data tables as rows of strings: those that the Markdown writer makes pipe tables of. A span's text stands in
 * every cell that it covers. Rows at the beginning are the headers when they are in thead or all th; else the
 * first row is when it looks like one (structured_header.c).
 */
#include "page/structured_grid.h"
#include "page/markdown_grid.h"

enum {
	TABLES_MAX = 200,
	CELLS_MAX = 30000, /* of all tables, spans expanded */
	CLOSING = 32
};

struct carried {
	struct table_cell cell;
	size_t rows; /* that it still reaches down */
};
struct reader {
	const struct structured *s;
	struct md *md; /* the writer's eyes */
	struct buf *b;
	size_t tables, cells, steps;
	nid table, foot; /* 0: the foot stands at the end, or there is none */
	size_t cols;
	struct carried carried[TABLE_COLS];
	struct table_row row, head;
	size_t heads; /* rows of the head so far */
};

/* The foot that stands before all that it is the foot of, as HTML 4 wanted it; 0: none does. */
static nid early_foot(const struct dom *d, nid table)
{
	enum { NEAR = 20 };
	nid foot = 0, id = dom_first(d, table);
	for (int i = 0; id && i < NEAR; id = dom_next(d, id), i++) {
		enum tag_id tag = dom_html_tag(d, id);
		if (tag == TAG_TFOOT && !foot)
			foot = id;
		if (tag == TAG_TBODY || tag == TAG_TR)
			break;
	}
	return foot;
}

/* The rows as a browser draws them (standard 15.3.8): that foot at the end. `row` 0: the first one. */
static nid next_row(const struct reader *r, nid row)
{
	const struct dom *d = r->s->d;
	bool ending = row && r->foot && dom_parent(d, row) == r->foot;
	row = md_next_row(d, r->table, row);
	if (ending)
		return row && dom_parent(d, row) == r->foot ? row : 0;
	while (row && r->foot && dom_parent(d, row) == r->foot)
		row = md_next_row(d, r->table, row);
	if (row || !r->foot)
		return row;
	for (row = dom_first(d, r->foot); row && dom_html_tag(d, row) != TAG_TR;)
		row = dom_next(d, row);
	return row;
}

/* A row's cells; false: nothing in it. */
static bool read_row(struct reader *r, nid row)
{
	const struct dom *d = r->s->d;
	size_t col = 0;
	bool any = false;
	if (r->steps < r->cols) {
		r->steps = 0;
		return true; /* it will not fit */
	}
	r->steps -= r->cols;
	r->row.cols = r->cols;
	r->row.in_head = dom_html_tag(d, dom_parent(d, row)) == TAG_THEAD;
	memset(r->row.cells, 0, r->cols * sizeof r->row.cells[0]);
	for (nid id = dom_first(d, row); id; id = dom_next(d, id)) {
		if (!md_is_cell(d, id) || md_table_without(r->md, id))
			continue;
		for (; col < r->cols && r->carried[col].rows; col++)
			r->carried[col].rows--, r->row.cells[col] = r->carried[col].cell;
		size_t across = md_span_of(d, id, ATTR_COLSPAN),
		       down = md_span_of(d, id, ATTR_ROWSPAN);
		struct table_cell cell = table_cell_read(r->s, id, &r->steps);
		any |= cell.text.n > 0;
		for (; across && col < r->cols; across--, col++) {
			r->row.cells[col] = cell;
			r->carried[col] = (struct carried) { cell, down - 1 };
		}
	}
	for (; col < r->cols; col++)
		if (r->carried[col].rows)
			r->carried[col].rows--, r->row.cells[col] = r->carried[col].cell;
	return any;
}

static void put_cells(struct reader *r, const struct table_row *row)
{
	buf_char(r->b, '[');
	for (size_t i = 0; i < row->cols; i++) {
		buf_text(r->b, i ? "," : "");
		json_put_str(r->b, row->cells[i].text);
	}
	buf_char(r->b, ']');
}

/* false: it does not fit any more, and is taken back. */
static bool fits(struct reader *r, size_t from)
{
	if (!r->b->full && r->b->len + CLOSING <= r->b->max && r->cells <= CELLS_MAX &&
		r->steps)
		return true;
	r->b->len = from;
	r->b->full = false;
	*r->s->cut = true;
	return false;
}

static void put_head(struct reader *r)
{
	struct str caption = table_caption(r->s, r->table, &r->steps);
	buf_char(r->b, '{');
	if (r->head.title.n)
		caption = caption.n ? str_of(arena_printf(r->s->arena, "%.*s / %.*s",
					      STR_ARG(caption), STR_ARG(r->head.title)))
				    : r->head.title;
	if (caption.n) {
		json_key(r->b, "caption");
		json_put_str(r->b, caption);
	}
	json_key(r->b, "headers");
	if (r->heads == (r->head.title.n > 0))
		r->head.cols = 0;
	put_cells(r, &r->head);
	json_key(r->b, "rows");
	buf_char(r->b, '[');
}

/* Reads rows until the head is whole; the row behind it is in r->row. Returns that row, 0: none. */
static nid read_head(struct reader *r)
{
	const struct dom *d = r->s->d;
	nid group = 0;
	r->heads = 0;
	r->head = (struct table_row) { .cols = r->cols };
	memset(r->carried, 0, sizeof r->carried);
	for (nid row = next_row(r, 0); row; row = next_row(r, row)) {
		if (dom_parent(d, row) != group) /* no span reaches out of its section */
			memset(r->carried, 0, sizeof r->carried);
		group = dom_parent(d, row);
		if (md_table_without(r->md, row) || !read_row(r, row))
			continue;
		if (!table_is_head(&r->row, r->heads))
			return row;
		table_join_head(r->s, &r->head, &r->row, r->heads++);
	}
	return 0;
}

static void put_table(struct reader *r)
{
	const struct dom *d = r->s->d;
	size_t from = r->b->len;
	nid row = read_head(r), group = row ? dom_parent(d, row) : 0;
	bool first = true, whole = true;
	buf_text(r->b, r->tables ? "," : "");
	put_head(r);
	r->cells += r->cols;
	if (!fits(r, from))
		return;
	r->tables++;
	while (row && whole) {
		size_t before = r->b->len;
		buf_text(r->b, first ? "" : ",");
		put_cells(r, &r->row);
		r->cells += r->cols;
		first = false;
		whole = fits(r, before);
		do {
			row = next_row(r, row);
			if (row && dom_parent(d, row) != group)
				memset(r->carried, 0, sizeof r->carried);
			group = row ? dom_parent(d, row) : 0;
		} while (row && (md_table_without(r->md, row) || !read_row(r, row)));
	}
	buf_text(r->b, whole ? "]}" : "],\"cut\":true}");
}

/* What the writer shows in columns, but for a single cell. */
static bool is_data(struct reader *r, nid table)
{
	const struct dom *d = r->s->d;
	if (md_is_code_table(d, table) || !md_data_table(r->md, table, &r->cols))
		return false;
	nid row = md_next_row(d, table, 0);
	return r->cols <= TABLE_COLS && (r->cols > 1 || (row && md_next_row(d, table, row)));
}

bool structured_tables(const struct structured *s, struct buf *b)
{
	static const struct markdown_opts plain;
	const struct dom *d = s->d;
	struct reader *r = ARENA_NEW(s->arena, struct reader);
	*r = (struct reader) { .s = s,
		.b = b,
		.steps = dom_count(d) * 6 +
			 (size_t)(d->html_end - d->base[0]) / STEP_BYTES * 2 + 10000 };
	r->md = ARENA_NEW(s->arena, struct md);
	r->md->arena = s->arena;
	r->md->d = d;
	r->md->o = &plain;
	buf_char(b, '[');
	for (nid id = dom_walk(d, 1, 1); id;) {
		enum tag_id tag = dom_html_tag(d, id);
		bool past = tag == TAG_TEMPLATE || md_hidden(d, id);
		if (!past && tag == TAG_TABLE && is_data(r, id)) {
			*s->cut |= r->tables == TABLES_MAX;
			if (r->tables == TABLES_MAX || !r->steps || r->cells > CELLS_MAX ||
				arena_over(s->arena)) /* heads join texts in every column */
				break;
			r->table = id;
			r->foot = early_foot(d, id);
			put_table(r);
			past = true;
		}
		id = past ? dom_walk_past(d, id, 1) : dom_walk(d, id, 1);
	}
	buf_char(b, ']');
	return r->tables > 0;
}
