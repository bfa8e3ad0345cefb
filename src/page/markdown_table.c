/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables as they are written (GFM 4.10): a line for each row, "---" below the first. Which tables are written so is
 * decided before (markdown_layout.c); where a cell stands comes from the grid (markdown_grid.c). Covered columns are
 * written as empty cells, but for those at the right edge that only spans reach.
 */
#include "page/markdown_grid.h"
#include "page/markdown_in.h"

bool md_table_enter(struct md *m, nid id)
{
	if (m->flat) {
		m->space = true;
		md_push_box(m, id, ACT_SPACE);
		return true;
	}
	if (md_is_code_table(m->d, id)) {
		md_pre(m, id);
		return false;
	}
	md_block(m, 2);
	struct md_frame *f = md_push(m, id, ACT_TABLE);
	if (f) {
		size_t cols;
		f->table = md_data_table(m, id, &cols);
	}
	return true;
}

static struct md_table *table_here(const struct md *m)
{
	const struct md_frame *f = m->n_frames ? &m->frames[m->n_frames - 1] : NULL;
	return f && f->act == ACT_TABLE ? f->table : NULL;
}

bool md_row_enter(struct md *m, nid id)
{
	const struct dom *d = m->d;
	struct md_table *t = table_here(m);
	if (!t) {
		md_block(m, 2);
		md_push_box(m, id, m->flat ? ACT_SPACE : ACT_BLOCK);
		return true;
	}
	nid cell = dom_first(d, id);
	while (cell && (!md_is_cell(d, cell) || md_table_without(m, cell)))
		cell = dom_next(d, cell);
	struct md_frame *f = cell ? md_push(m, id, ACT_ROW) : NULL;
	if (!f)
		return false;
	f->row.table = t;
	if (t->rows)
		m->need = 1;
	f->row.need = (uint8_t)m->need;
	f->row.low = (uint16_t)m->low;
	f->row.bare = m->bare;
	md_line(m);
	f->row.text_at = m->out->len;
	md_char(m, '|');
	md_grid_begin_row(t, d, id);
	return true;
}

static char align_of(const struct dom *d, nid cell)
{
	struct str v;
	if (!dom_attr(d, cell, ATTR_ALIGN, &v)) {
		if (!dom_attr(d, cell, ATTR_STYLE, &v))
			return 0;
		const char *hit = memmem(v.p, v.n, "text-align", 10);
		if (!hit)
			return 0;
		v = (struct str) { hit + 10, v.n - (size_t)(hit + 10 - v.p) };
		while (v.n && (v.p[0] == ':' || scan_is_space(v.p[0])))
			v = (struct str) { v.p + 1, v.n - 1 };
	}
	v = str_trim(v);
	return str_istarts(v, STR("left"))     ? 'l'
	       : str_istarts(v, STR("right"))  ? 'r'
	       : str_istarts(v, STR("center")) ? 'c'
					       : 0;
}

bool md_cell_enter(struct md *m, nid id)
{
	const struct md_frame *around = m->n_frames ? &m->frames[m->n_frames - 1] : NULL;
	if (!around || around->act != ACT_ROW) {
		if (md_is_gutter(m->d, id))
			return false;
		md_block(m, 2);
		md_push_box(m, id, m->flat ? ACT_SPACE : ACT_BLOCK);
		return true;
	}
	struct md_table *t = around->row.table;
	size_t before = t->col, at = md_grid_place(t, m->d, id);
	struct md_frame *f = md_push(m, id, ACT_CELL);
	if (!f)
		return false;
	for (; before < at && before < t->cols; before++)
		md_say(m, " |");
	f->cell.table = t;
	f->cell.col = at;
	if (t->rows == 0 && at < MD_COLS_MAX)
		t->align[at] = align_of(m->d, id);
	md_char(m, ' ');
	m->in_line = m->first_line = true;
	m->space = m->tilde = false;
	m->breaks = 0;
	m->angle_at = 0;
	m->line_at = m->out->len;
	m->marks.n_recent = 0;
	m->cell++;
	m->flat++;
	return true;
}

void md_cell_leave(struct md *m, const struct md_frame *f)
{
	struct md_table *t = f->cell.table;
	m->breaks = 0;
	m->space = false;
	md_marks_suspend(m);
	md_settle(m, ' ');
	m->marks.n_recent = 0;
	md_say(m, m->out->len == m->line_at ? "|" : " |");
	for (size_t i = f->cell.col + 1; i < t->col && i < t->cols; i++)
		md_say(m, " |");
	m->cell--;
	m->flat--;
	m->in_line = false;
}

static void put_delimiters(struct md *m, const struct md_table *t)
{
	m->need = 1;
	md_line(m);
	md_char(m, '|');
	for (size_t i = 0; i < t->cols; i++)
		md_say(m, t->align[i] == 'l'   ? " :--- |"
			  : t->align[i] == 'r' ? " ---: |"
			  : t->align[i] == 'c' ? " :---: |"
					       : " --- |");
}

/* Rows that only give room to the eye. */
static bool is_empty_row(const struct md *m, size_t from)
{
	while (from < m->out->len && (m->out->p[from] == '|' || m->out->p[from] == ' '))
		from++;
	return from == m->out->len;
}

void md_row_leave(struct md *m, const struct md_frame *f)
{
	struct md_table *t = f->row.table;
	size_t col = t->col;
	md_grid_end_row(t);
	if (is_empty_row(m, f->row.text_at)) {
		m->out->len = f->at;
		m->need = f->row.need;
		m->low = f->row.low;
		m->bare = f->row.bare;
		return;
	}
	if (t->rows++ == 0) {
		for (; col < t->cols; col++)
			md_say(m, " |");
		put_delimiters(m, t);
	}
	m->low = m->prefix_n;
	m->last = LAST_OTHER;
	m->need = 1;
}
