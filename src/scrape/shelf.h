/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts kept in memory for a while, for cursors that the page cache cannot serve (there is none, or it is
 * behind). Bounded: the oldest go first. Shared by all desks.
 */
#ifndef SCRAPE_SHELF_H
#define SCRAPE_SHELF_H

#include "base/arena.h"

struct shelf;
struct shelf *shelf_new(size_t max_bytes);
void shelf_free(struct shelf **s);

/* A copy; what is larger than an eighth of the shelf is not taken. */
bool shelf_put(struct shelf *s, struct str id, struct str text, int64_t until_ms);
/* A copy, outside the arena's budget; false: there is none any more. */
bool shelf_get(struct shelf *s, struct str id, struct arena *a, struct str *text);

#endif
