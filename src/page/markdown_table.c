/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables (GFM 4.10). A look ahead decides: data (at least two columns and two rows of cells that fit one line)
 * becomes a pipe table, everything else is layout and its cells are written as blocks in order. A
 * table with a table inside is layout, so looks never overlap: each ends at the first inner table. Nor are two
 * tables ever written at once, so one struct md_table serves them all.
 *
 * The grid: colspan gives empty cells behind, rowspan empty cells below (struct md_table counts for
 * each column how many rows it is still covered). Empty columns that only spans reach at the right
 * edge are not written.
 */
#include "page/markdown_in.h"

enum { MAX_COLS = 200, SPAN_MAX = 1000, LONG_CELL = 1000, MANY_PARAGRAPHS = 3 };

struct md_table {
	size_t cols, rows, col;
	size_t reach; /* columns behind it are not covered */
	nid group; /* where the last row stands: tbody, thead, tfoot or the table itself */
	uint32_t covered[MAX_COLS + 1];
	char align[MAX_COLS];
};

struct grid {
	size_t rows, cols, widest;
	bool header, layout, any;
};

size_t md_span_of(const struct dom *d, nid cell, enum attr_id which)
{
	struct str v;
	int64_t n = 1;
	size_t digits = 0;
	if (!dom_attr(d, cell, which, &v))
		return 1;
	v = str_trim(v);
	while (digits < v.n && digits < 9 && v.p[digits] >= '0' && v.p[digits] <= '9')
		digits++;
	if (!str_to_int((struct str) { v.p, digits }, &n))
		return 1;
	if (n == 0)
		return which == ATTR_ROWSPAN ? SPAN_MAX * 64 : 1;
	if (which == ATTR_COLSPAN && n > SPAN_MAX)
		return SPAN_MAX;
	return n > SPAN_MAX * 64 ? SPAN_MAX * 64 : (size_t)n;
}

bool md_table_without(const struct md *m, nid id)
{
	return (m->o->skip && m->o->skip[id]) ||
	       (md_hidden(m->d, id) &&
		       !(dom_html_tag(m->d, id) == TAG_TR && md_is_folded_row(m->d, id)));
}

/* The row after `row` (0: the first) in the table's own sections. */
nid md_next_row(const struct dom *d, nid table, nid row)
{
	nid id = row ? dom_next(d, row) : dom_first(d, table);
	nid section = row && dom_parent(d, row) != table ? dom_parent(d, row) : 0;
	for (;;) {
		while (id) {
			enum tag_id tag = dom_html_tag(d, id);
			if (tag == TAG_TR)
				return id;
			if (!section &&
				(tag == TAG_TBODY || tag == TAG_THEAD || tag == TAG_TFOOT) &&
				dom_first(d, id)) {
				section = id;
				id = dom_first(d, id);
			} else {
				id = dom_next(d, id);
			}
		}
		if (!section)
			return 0;
		id = dom_next(d, section);
		section = 0;
	}
}

/* A cell reaches down to the end of its group of rows at most (HTML standard 4.9.12.1, ending a row group). */
static void begin_row(struct md_table *t, const struct dom *d, nid row)
{
	nid group = dom_parent(d, row);
	if (group != t->group) {
		memset(t->covered, 0, t->reach * sizeof t->covered[0]);
		t->reach = 0;
	}
	t->group = group;
	t->col = 0;
}

/* Places one cell: skips covered columns, covers its own. Returns the column, MAX_COLS when too wide. */
static size_t place(struct md_table *t, const struct dom *d, nid cell)
{
	while (t->col < MAX_COLS && t->covered[t->col])
		t->covered[t->col++]--;
	size_t at = t->col, across = md_span_of(d, cell, ATTR_COLSPAN),
	       down = md_span_of(d, cell, ATTR_ROWSPAN);
	for (size_t i = 0; i < across && t->col < MAX_COLS; i++)
		t->covered[t->col++] = (uint32_t)(down - 1);
	if (down > 1 && t->reach < t->col)
		t->reach = t->col;
	return at;
}

static void end_row(struct md_table *t)
{
	for (; t->col < t->reach; t->col++)
		if (t->covered[t->col])
			t->covered[t->col]--;
	t->col = 0;
}

static void measure(const struct md *m, nid table, struct md_table *t, struct grid *g)
{
	const struct dom *d = m->d;
	for (nid row = md_next_row(d, table, 0); row && !g->layout;
		row = md_next_row(d, table, row)) {
		size_t cells = 0;
		if (md_table_without(m, row))
			continue;
		begin_row(t, d, row);
		for (nid cell = dom_first(d, row); cell; cell = dom_next(d, cell)) {
			if (!md_is_cell(d, cell) || md_table_without(m, cell))
				continue;
			size_t at = place(t, d, cell);
			if (at >= MAX_COLS) {
				g->layout = true;
				break;
			}
			cells++;
			g->cols = at + 1 > g->cols ? at + 1 : g->cols;
			g->header |= dom_html_tag(d, cell) == TAG_TH;
		}
		end_row(t);
		g->rows += cells > 0;
		g->widest = cells > g->widest ? cells : g->widest;
	}
	memset(t->covered, 0, sizeof t->covered);
	t->reach = t->group = 0;
}

/* A table in the caption would be written within this one. */
static bool holds_table(const struct dom *d, nid caption)
{
	nid id = dom_walk(d, caption, caption);
	while (id && dom_html_tag(d, id) != TAG_TABLE)
		id = dom_walk(d, id, caption);
	return id != 0;
}

/* What a cell holds that no single line can. */
static void look_inside(const struct md *m, nid table, struct grid *g)
{
	const struct dom *d = m->d;
	size_t paragraphs = 0, text = 0;
	bool head =
		false; /* headings are at home in head cells: the names of what is compared */
	for (nid id = dom_walk(d, table, table); id && !g->layout;) {
		bool past = false;
		if (dom_kind(d, id) == DOM_TEXT) {
			text += dom_text(d, id).n;
			g->any = g->any || !md_is_blank(d, id);
		} else if (dom_kind(d, id) == DOM_ELEMENT) {
			enum md_kind kind = md_kind_of(d, id);
			past = kind == K_SKIP || kind == K_NOSCRIPT || kind == K_CAPTION ||
			       md_table_without(m, id);
			if (kind == K_CAPTION)
				g->layout = holds_table(d, id);
			if (!past) {
				if (kind == K_CELL) {
					paragraphs = text = 0;
					head = dom_html_tag(d, id) == TAG_TH;
				}
				paragraphs += dom_html_tag(d, id) == TAG_P;
				g->any |= kind == K_IMAGE || kind == K_MEDIA;
				g->layout =
					kind == K_TABLE || (kind == K_HEADING && !head) ||
					kind == K_QUOTE ||
					(kind == K_PRE && dom_first(d, id) &&
						str_find(dom_text(d, dom_first(d, id)), '\n') <
							dom_text(d, dom_first(d, id)).n) ||
					(paragraphs >= MANY_PARAGRAPHS && text > LONG_CELL) ||
					(kind == K_CELL && md_is_gutter(d, id));
			}
		}
		id = past ? dom_walk_past(d, id, table) : dom_walk(d, id, table);
	}
}

static bool is_presentation(const struct dom *d, nid table)
{
	struct str role;
	return dom_attr(d, table, ATTR_ROLE, &role) &&
	       (str_ieq(role, STR("presentation")) || str_ieq(role, STR("none")));
}

/* One cell with a word in it is a table only when nothing was done to its looks. */
static bool is_plain_cell(const struct dom *d, nid table)
{
	nid row = md_next_row(d, table, 0), cell = row ? dom_first(d, row) : 0;
	while (cell && !md_is_cell(d, cell))
		cell = dom_next(d, cell);
	nid text = cell ? dom_first(d, cell) : 0;
	return text && dom_kind(d, text) == DOM_TEXT && !dom_next(d, text) &&
	       dom_text(d, text).n < LONG_CELL && !dom_attr_count(d, table) &&
	       !dom_attr_count(d, cell) && !md_is_cell(d, dom_parent(d, table));
}

struct md_table *md_data_table(struct md *m, nid id, size_t *cols)
{
	struct grid g = { .layout = is_presentation(m->d, id) };
	if (!g.layout)
		look_inside(m, id, &g);
	if (g.layout)
		return NULL;
	if (!m->table)
		m->table = arena_raw(m->arena, sizeof *m->table);
	struct md_table *t = m->table;
	memset(t, 0, sizeof *t);
	measure(m, id, t, &g);
	*cols = t->cols = g.cols;
	if (g.layout || !g.any)
		return NULL;
	if (g.rows == 1 && g.widest == 1)
		return is_plain_cell(m->d, id) ? t : NULL;
	bool column = g.cols == 1 && (!g.header || g.rows < 2);
	return !column && (g.rows > 1 || (g.header && g.widest > 1)) ? t : NULL;
}

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
	begin_row(t, d, id);
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
	size_t before = t->col, at = place(t, m->d, id);
	struct md_frame *f = md_push(m, id, ACT_CELL);
	if (!f)
		return false;
	for (; before < at && before < t->cols; before++)
		md_say(m, " |");
	f->cell.table = t;
	f->cell.col = at;
	if (t->rows == 0 && at < MAX_COLS)
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
	end_row(t);
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
