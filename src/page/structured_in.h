/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of the structured data only. */
#ifndef PAGE_STRUCTURED_IN_H
#define PAGE_STRUCTURED_IN_H

#include "base/json.h"
#include "page/structured.h"

struct structured {
	struct arena *arena;
	const struct dom *d;
	const struct url_base *base; /* NULL: none */
	bool *cut; /* a limit took something away */
};

/* Writes the value of one member into b (a buffer of its own, whose `max` is the member's limit); false: the
 * page has nothing of it. */
typedef bool structured_part(const struct structured *s, struct buf *b);
structured_part structured_open_graph, structured_twitter, structured_json_ld,
	structured_microdata, structured_rdfa, structured_tables;

/* A JSON string: the address made absolute, or as it is where that cannot be. */
void structured_put_address(const struct structured *s, struct buf *b, struct str address);

enum { STEP_BYTES = 32 };
/* structured_text.c: the text below `top`, white space collapsed, at most max bytes (cut says so). Each node
 * takes one of the steps, and one more for STEP_BYTES of text; at 0 it ends. shown: without what is hidden, with the texts in place of images, and
 * with a blank where a block or a line begins; otherwise as textContent has it. */
struct str structured_text(
	const struct structured *s, nid top, size_t max, bool shown, size_t *steps);

#endif
