/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The grid of a table (HTML standard 4.9.12): which column a cell stands in, when cells reach across (colspan) and
 * down (rowspan). One row of counters is enough: for each column, how many rows it is still covered from above.
 */
#include "page/markdown_grid.h"
#include "page/markdown_in.h"

/* What is wider or higher is a mistake (HTML standard 4.9.11 has limits, too). */
enum { SPAN_MAX = 1000, DOWN_MAX = SPAN_MAX * 64 };

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
		return which == ATTR_ROWSPAN ? DOWN_MAX : 1; /* to the end of its group */
	if (which == ATTR_COLSPAN && n > SPAN_MAX)
		return SPAN_MAX;
	return n > DOWN_MAX ? DOWN_MAX : (size_t)n;
}

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
void md_grid_begin_row(struct md_table *t, const struct dom *d, nid row)
{
	nid group = dom_parent(d, row);
	if (group != t->group) {
		memset(t->covered, 0, t->reach * sizeof t->covered[0]);
		t->reach = 0;
	}
	t->group = group;
	t->col = 0;
}

size_t md_grid_place(struct md_table *t, const struct dom *d, nid cell)
{
	while (t->col < MD_COLS_MAX && t->covered[t->col])
		t->covered[t->col++]--;
	size_t at = t->col, across = md_span_of(d, cell, ATTR_COLSPAN),
	       down = md_span_of(d, cell, ATTR_ROWSPAN);
	for (size_t i = 0; i < across && t->col < MD_COLS_MAX; i++)
		t->covered[t->col++] = (uint32_t)(down - 1);
	if (down > 1 && t->reach < t->col)
		t->reach = t->col;
	return at;
}

void md_grid_end_row(struct md_table *t)
{
	for (; t->col < t->reach; t->col++)
		if (t->covered[t->col])
			t->covered[t->col]--;
	t->col = 0;
}
