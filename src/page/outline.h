/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Markdown read back: its headings, and pieces of it that fit a model's window.
 */
#ifndef PAGE_OUTLINE_H
#define PAGE_OUTLINE_H

#include "base/arena.h"

struct outline_heading {
	int level; /* 1 to 6 */
	struct str text; /* without marks, one line */
	size_t at; /* offset of the line it begins on */
};
struct outline {
	struct outline_heading *headings;
	size_t n;
};

/* Any text is Markdown, so this cannot fail; it reads at most 256 MiB. */
void outline_read(struct arena *a, struct str markdown, struct outline *out);

struct outline_piece {
	struct str text; /* a slice of the Markdown; all pieces together are all of it */
	const char *under; /* the headings that it stands under: "Guide > Install", or "" */
};

/* Cuts at block boundaries (between paragraphs, lists, tables ...), before a heading where one is near,
 * into pieces of at most max_bytes (at least 256 are taken). Only a block that is longer itself is cut
 * inside, between its lines, and a longer line between its characters. Returns the pieces in the arena,
 * *count of them; none for empty text. */
struct outline_piece *outline_cut(
	struct arena *a, struct str markdown, size_t max_bytes, size_t *count);

#endif
