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
};

/* Writes the value of one member into b (a buffer of its own); false: the page has nothing of it. */
typedef bool structured_part(const struct structured *s, struct buf *b);
structured_part structured_open_graph, structured_twitter;

/* A JSON string: the address made absolute, or as it is where that cannot be. */
void structured_put_address(const struct structured *s, struct buf *b, struct str address);

#endif
