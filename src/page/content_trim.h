/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PAGE_CONTENT_TRIM_H
#define PAGE_CONTENT_TRIM_H

#include "page/content_in.h"

/* Marks in skip what is to be left out of a part. sure: the part was found by its text; else it is the
 * page without frames, where lists of links may be the content. */
void content_trim(const struct content_map *map, nid part, bool sure, uint8_t *skip);

#endif
