/* SPDX-License-Identifier: Apache-2.0 */
/* The SQL of the page cache (its own file, which may be lost at any time). */
#ifndef STORE_PAGES_H
#define STORE_PAGES_H

#include "base/arena.h"
#include "store/db.h"

struct pages_row {
	struct str hash; /* what was asked for, by whom */
	const char *final_url;
	const char *mime, *charset; /* NULL: none was sent */
	const char *encoding; /* of the body; NULL: not packed */
	int64_t status, fetched_ms, took_ms;
	struct str body;
};

bool pages_put(struct db *d, const struct pages_row *row, struct err *e);
/* Text and body go with the arena. ERR_NOT_FOUND when there is none of this age. */
struct pages_age {
	int64_t after_ms, until_ms; /* fetched after the one, not after the other */
};
bool pages_get(struct db *d, struct str hash, struct pages_age age, struct arena *a,
	struct pages_row *row, struct err *e);
/* Drops up to `count` of the oldest that were fetched before before_ms. */
bool pages_drop_old(
	struct db *d, int64_t before_ms, int64_t count, int64_t *dropped, struct err *e);

#endif
