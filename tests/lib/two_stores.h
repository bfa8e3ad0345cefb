/* SPDX-License-Identifier: Apache-2.0 */
/* One fresh database as two processes have it open (the server, a command), on a clock that the test
 * turns. */
#ifndef TESTS_LIB_TWO_STORES_H
#define TESTS_LIB_TWO_STORES_H

#include "base/arena.h"
#include "base/check.h"
#include "base/clock.h"
#include "lib/place.h"
#include "store/store.h"

static const int64_t t0 = INT64_C(1700000000000);
static struct store *server, *command;
static struct arena *arena;

static inline void at(int64_t ms) /* after t0 */
{
	clock_fake(t0 + ms, t0 + ms);
}

static inline void open_stores(void)
{
	struct err e;
	place_fresh();
	at(0);
	arena = arena_new(0);
	server = store_open(place_made, &e);
	command = store_open(place_made, &e);
	CHECK(server && command);
}

static inline void close_both(void)
{
	clock_fake(-1, -1);
	store_close(&command);
	store_close(&server);
	arena_free(&arena);
}

#endif
