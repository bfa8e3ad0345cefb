/* SPDX-License-Identifier: Apache-2.0 */
/* A folder for one test's databases, gone when the program ends. */
#ifndef TESTS_LIB_PLACE_H
#define TESTS_LIB_PLACE_H

#include "base/check.h"

#include <ftw.h>
#include <unistd.h>

static char place_made[64];

static inline int place_remove_one(
	const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static inline void place_remove(void)
{
	nftw(place_made, place_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* The same empty folder's name every time within a program; what an earlier test left is removed. */
static inline const char *place_fresh(void)
{
	if (place_made[0]) {
		place_remove();
	} else {
		snprintf(place_made, sizeof place_made, "/tmp/scraped-test-XXXXXX");
		CHECK(mkdtemp(place_made));
		atexit(place_remove);
	}
	return place_made;
}

#endif
