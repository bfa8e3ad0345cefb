/* SPDX-License-Identifier: Apache-2.0 */
/* Everything a scrape needs, for tests: a site, settings, the fetcher, a cache, desks. */
#ifndef TESTS_SCRAPE_WORLD_H
#define TESTS_SCRAPE_WORLD_H

#include "lib/origin.h"
#include "lib/place.h"
#include "base/mem.h"
#include "scrape/cache.h"
#include "scrape/flight.h"
#include "scrape/kit.h"
#include "scrape/scrape.h"
#include "scrape/shelf.h"
#include "extract/ask.h"

struct world {
	struct arena *arena;
	struct conf conf;
	struct origin origin;
	struct kit_shared shared;
	struct desks *desks;
};

static struct world world;

struct world_opts {
	bool cache, llm;
	const char *set[6]; /* "name=value", NULL-ended */
};

static inline void world_open(origin_fn *answer, struct world_opts o)
{
	struct err e;
	static char *no_environment[] = { NULL };
	char *flags[12] = { NULL };
	int n = 0;
	struct world *w = &world;
	w->arena = arena_new(0);
	origin_start(&w->origin, answer);
	flags[n++] = arena_printf(w->arena, "allow_targets=127.0.0.1:%d", w->origin.port);
	flags[n++] = arena_printf(w->arena, "data=%s", place_fresh());
	if (o.llm) {
		flags[n++] = arena_printf(
			w->arena, "llm_url=http://127.0.0.1:%d/v1", w->origin.port);
		flags[n++] = arena_printf(w->arena, "llm_model=test");
	}
	for (int i = 0; o.set[i]; i++)
		flags[n++] = arena_text(w->arena, str_of(o.set[i]));
	CHECK(conf_load(&w->conf, w->arena, NULL, flags, no_environment, &e));
	w->shared = (struct kit_shared) { .conf = &w->conf,
		.flights = flights_new(),
		.shelf = shelf_new((size_t)w->conf.cursor_memory_bytes) };
	CHECK((w->shared.fetcher = fetcher_start(&w->conf, &e)));
	if (o.llm)
		CHECK((w->shared.llm = llm_open(&w->conf, w->shared.fetcher, &e)));
	if (o.cache)
		CHECK((w->shared.cache = cache_open(&w->conf, &e)));
	w->desks = desks_start(2, 1000, kit_new, kit_free, &w->shared);
}

static inline void world_close(void)
{
	struct world *w = &world;
	desks_stop(&w->desks);
	llm_close(&w->shared.llm);
	fetcher_stop(&w->shared.fetcher);
	cache_close(&w->shared.cache);
	flights_free(&w->shared.flights);
	shelf_free(&w->shared.shelf);
	origin_stop(&w->origin);
	arena_free(&w->arena);
}

/* Waits until what was left for the cache's writer is written: a second cache on the same file. */
static inline void world_settle_cache(void)
{
	struct err e;
	desks_stop(&world.desks);
	cache_close(&world.shared.cache);
	CHECK((world.shared.cache = cache_open(&world.conf, &e)));
	world.desks = desks_start(2, 1000, kit_new, kit_free, &world.shared);
}

/* --- one scrape --- */

struct trip {
	struct call call;
	struct flow flow;
	const char *url;
	struct scrape_opts o;
	struct scrape_result out;
	atomic_bool ended;
};

static inline enum flow_next trip_step(struct flow *f)
{
	struct trip *t = flow_self(f);
	return scrape_enter(f, t->url, &t->o, &t->out);
}

static const struct flow_step trip_steps[] = { { "trip", trip_step }, { 0 } };

static inline void trip_ended(struct flow *f)
{
	atomic_store(&((struct trip *)f->owner)->ended, true);
}

/* The defaults of a REST call for this path of the site; a url with a scheme is taken as it is. */
static inline struct trip *trip_new(const char *path)
{
	struct trip *t = MEM_NEW(struct trip);
	t->call.arena = arena_new(0);
	t->call.request_id = "test";
	t->url = path[0] == '/' ? arena_printf(t->call.arena, "http://127.0.0.1:%d%s",
					  world.origin.port, path)
				: path;
	t->o = (struct scrape_opts) { .account = "acc_local",
		.timeout_ms = SCRAPE_TIMEOUT_MS,
		.cache_ttl_s = SCRAPE_TTL_S };
	flow_init(&t->flow, &t->call, trip_steps, t, trip_ended);
	t->flow.owner = t;
	return t;
}

static inline bool trip_run(struct trip *t)
{
	return flow_run(world.desks, &t->flow);
}

static inline void trip_start(struct trip *t)
{
	CHECK(flow_start(world.desks, &t->flow));
}

static inline void trip_wait(struct trip *t)
{
	while (!atomic_load(&t->ended))
		usleep(1000);
}

static inline void trip_free(struct trip *t)
{
	arena_free(&t->call.arena);
	mem_free(t);
}

#endif
