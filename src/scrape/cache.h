/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers kept for a while, in a file of their own that may be lost at any time. Bounded by
 * cache_bytes; the oldest go first. Only bodies are kept, packed as they travelled: every format is
 * made from them again, so a format is no part of the question.
 */
#ifndef SCRAPE_CACHE_H
#define SCRAPE_CACHE_H

#include "base/arena.h"
#include "base/conf.h"
#include "scrape/answer.h"
#include "store/db.h"

enum { CACHE_KEEP_S = 3600 }; /* no caller may ask for older ones */

struct cache; /* shared by all desks */
/* NULL without *e: cache_bytes is 0. NULL with *e: the file cannot be made. A file that is damaged
 * or of another version is replaced. */
struct cache *cache_open(const struct conf *c, struct err *e);
/* What waits is written first. The readers must be closed. */
void cache_close(struct cache **c);
struct db *cache_reader(struct cache *c); /* of one desk; NULL: cannot be opened */

/* A hit must be younger than max_age_s. The answer lives in the arena. */
bool cache_get(struct cache *c, struct db *reader, const struct answer_id *id,
	int64_t max_age_s, struct arena *a, struct answer *out);
/* Leaves a copy for the writer; false: it is behind, or this is too large, and nothing is kept. */
bool cache_put(struct cache *c, const struct answer_id *id, const struct answer *answer);

#endif
