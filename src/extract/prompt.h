/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of a question. Outside text (a page, or partial answers made from one) stands in a
 * block whose first and last line carry a mark: random for each call, so that no page can know it
 * and close the block.
 */
#ifndef EXTRACT_PROMPT_H
#define EXTRACT_PROMPT_H

#include "base/arena.h"
#include "base/buf.h"

#include <jansson.h>

enum prompt {
#define PROMPT_ROW(name, text) PROMPT_##name,
#include "extract/prompt_table.h"
#undef PROMPT_ROW
	PROMPT_COUNT
};
enum { PROMPT_MARK = 22, PROMPT_MARK_SIZE = PROMPT_MARK + 1 }; /* 131 random bits */

struct prompt_page {
	struct str request, markdown;
	const char *url, *title, *under; /* may be NULL; under: the headings above this piece */
	int piece, pieces; /* from 1; pieces 1: the whole page */
};
void prompt_mark(char out[PROMPT_MARK_SIZE]);
struct str prompt_text(enum prompt p); /* a row without marks */
void prompt_system(struct buf *b, enum prompt p, const char *mark);
void prompt_page(struct buf *b, const struct prompt_page *page, const char *mark);
void prompt_merge(struct buf *b, struct str request, const json_t *answers, const char *mark);

#endif
