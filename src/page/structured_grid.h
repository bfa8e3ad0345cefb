/* SPDX-License-Identifier: Apache-2.0 */
/* Between structured_table.c, which reads and writes, and structured_header.c, which judges. */
#ifndef PAGE_STRUCTURED_GRID_H
#define PAGE_STRUCTURED_GRID_H

#include "page/markdown_in.h"
#include "page/structured_in.h"

enum { TABLE_COLS = 200, TABLE_TEXT = 2000, TABLE_HEADS = 5 };

struct table_cell {
	struct str text;
	bool th, row_th, bold; /* row_th: the head of its row, by scope; bold: all of it */
	nid from;
};
struct table_row {
	struct table_cell cells[TABLE_COLS];
	size_t cols;
	struct str title; /* of a head: what one cell said over all columns */
	bool in_head; /* in thead */
};

struct table_cell table_cell_read(const struct structured *s, nid cell, size_t *steps);
struct str table_caption(const struct structured *s, nid table, size_t *steps);
/* Does this row, the one after `heads` rows of the head, belong to the head? */
bool table_is_head(const struct table_row *row, size_t heads);
/* Adds a row to the head: texts of one column are joined by " / ". */
void table_join_head(const struct structured *s, struct table_row *head,
	const struct table_row *row, size_t heads);

#endif
