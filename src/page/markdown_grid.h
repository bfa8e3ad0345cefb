/* SPDX-License-Identifier: Apache-2.0 */
/* Tables: their rows and columns, and which of them hold data; for markdown*.c and structured_table.c. */
#ifndef PAGE_MARKDOWN_GRID_H
#define PAGE_MARKDOWN_GRID_H

#include "page/markdown_state.h"

enum { MD_COLS_MAX = 200 }; /* a wider table is layout */

struct md_table {
	size_t cols, rows; /* cols: those to write; rows: written so far */
	size_t col; /* where the next cell of this row would stand */
	size_t reach; /* columns behind it are not covered */
	nid group; /* where the last row stands: tbody, thead, tfoot or the table itself */
	uint32_t covered[MD_COLS_MAX + 1];
	char align[MD_COLS_MAX];
};

/* markdown_grid.c */
nid md_next_row(
	const struct dom *d, nid table, nid row); /* of its own sections; row 0: the first */
size_t md_span_of(const struct dom *d, nid cell, enum attr_id which); /* at least 1 */
void md_grid_begin_row(struct md_table *t, const struct dom *d, nid row);
/* Skips covered columns, covers the cell's own. Returns its column, MD_COLS_MAX when too wide. */
size_t md_grid_place(struct md_table *t, const struct dom *d, nid cell);
void md_grid_end_row(struct md_table *t);

/* markdown_layout.c */
struct md_table *md_data_table(struct md *m, nid id,
	size_t *cols); /* good until the next call; NULL: layout, or nothing to show in columns */
bool md_table_without(const struct md *m, nid id); /* a row or cell that is not shown */

#endif
