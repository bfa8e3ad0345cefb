/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Data or layout? A look ahead decides: data (at least two columns and two rows of cells that fit one line) becomes a
 * pipe table, everything else is layout and its cells are written as blocks in order. A table with a table inside is
 * layout, so looks never overlap: each ends at the first inner table. Nor are two tables ever written at once, so one
 * struct md_table serves them all.
 */
#include "page/markdown_grid.h"
#include "page/markdown_in.h"

enum { LONG_CELL = 1000, MANY_PARAGRAPHS = 3 };

struct look {
	size_t rows, cols; /* rows with cells; columns that cells begin in */
	size_t widest; /* cells of the longest row */
	bool header, layout;
	bool any; /* there is something to show */
};

bool md_table_without(const struct md *m, nid id)
{
	return (m->o->skip && m->o->skip[id]) ||
	       (md_hidden(m->d, id) &&
		       !(dom_html_tag(m->d, id) == TAG_TR && md_is_folded_row(m->d, id)));
}

static void measure(const struct md *m, nid table, struct md_table *t, struct look *l)
{
	const struct dom *d = m->d;
	for (nid row = md_next_row(d, table, 0); row && !l->layout;
		row = md_next_row(d, table, row)) {
		size_t cells = 0;
		if (md_table_without(m, row))
			continue;
		md_grid_begin_row(t, d, row);
		for (nid cell = dom_first(d, row); cell; cell = dom_next(d, cell)) {
			if (!md_is_cell(d, cell) || md_table_without(m, cell))
				continue;
			size_t at = md_grid_place(t, d, cell);
			if (at >= MD_COLS_MAX) {
				l->layout = true;
				break;
			}
			cells++;
			l->cols = at + 1 > l->cols ? at + 1 : l->cols;
			l->header |= dom_html_tag(d, cell) == TAG_TH;
		}
		md_grid_end_row(t);
		l->rows += cells > 0;
		l->widest = cells > l->widest ? cells : l->widest;
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
static void look_inside(const struct md *m, nid table, struct look *l)
{
	const struct dom *d = m->d;
	size_t paragraphs = 0, text = 0;
	bool head =
		false; /* headings are at home in head cells: the names of what is compared */
	for (nid id = dom_walk(d, table, table); id && !l->layout;) {
		bool past = false;
		if (dom_kind(d, id) == DOM_TEXT) {
			text += dom_text(d, id).n;
			l->any = l->any || !md_is_blank(d, id);
		} else if (dom_kind(d, id) == DOM_ELEMENT) {
			enum md_kind kind = md_kind_of(d, id);
			past = kind == K_SKIP || kind == K_NOSCRIPT || kind == K_CAPTION ||
			       md_table_without(m, id);
			if (kind == K_CAPTION)
				l->layout = holds_table(d, id);
			if (!past) {
				if (kind == K_CELL) {
					paragraphs = text = 0;
					head = dom_html_tag(d, id) == TAG_TH;
				}
				paragraphs += dom_html_tag(d, id) == TAG_P;
				l->any |= kind == K_IMAGE || kind == K_MEDIA;
				l->layout =
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
	struct look l = { .layout = is_presentation(m->d, id) };
	if (!l.layout)
		look_inside(m, id, &l);
	if (l.layout)
		return NULL;
	if (!m->table)
		m->table = arena_raw(m->arena, sizeof *m->table);
	struct md_table *t = m->table;
	memset(t, 0, sizeof *t);
	measure(m, id, t, &l);
	*cols = t->cols = l.cols;
	if (l.layout || !l.any)
		return NULL;
	if (l.rows == 1 && l.widest == 1)
		return is_plain_cell(m->d, id) ? t : NULL;
	bool column = l.cols == 1 && (!l.header || l.rows < 2);
	return !column && (l.rows > 1 || (l.header && l.widest > 1)) ? t : NULL;
}
