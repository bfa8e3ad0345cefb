/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAGE_CONTENT_TRIM_H
#define PAGE_CONTENT_TRIM_H

#include "page/content_in.h"

enum content_trim {
	TRIM_FRAMES, /* the page without frames: lists of links may be its content */
	TRIM_BOXES, /* found by its text: boxes of links and small boxes named as noise go too */
	TRIM_ARTICLE, /* one article: comments, and what is short before its first and after its last paragraph */
};

/* Marks in skip what is to be left out of a part. */
void content_trim(
	const struct content_map *map, nid part, enum content_trim how, uint8_t *skip);

#endif
