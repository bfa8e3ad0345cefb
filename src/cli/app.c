/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/app.h"
#include "auth/settings.h"
#include "cli/parts.h"
#include "extract/ask.h"
#include "job/watch.h"
#include "net/fetch.h"
#include "net/robots.h"
#include "op/jobs.h"
#include "op/keys.h"
#include "rest/rest.h"
#include "scrape/cache.h"
#include "scrape/flight.h"
#include "scrape/shelf.h"

#include <unistd.h>

/* A desk for each core unless the setting says otherwise. */
static int desk_count(const struct conf *conf)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	/* two at least: one never takes long work (base/flow.c) */
	return conf->desks ? (int)conf->desks : cores < 2 ? 2 : cores > 64 ? 64 : (int)cores;
}

const struct principal *app_local(void)
{
	static const struct principal local = { .account_id = "acc_local",
		.credential_id = "local",
		.via = VIA_LOCAL,
		.scopes = SCOPES_ALL };
	return &local;
}

/* What stands on the store, but for the doors' parts. */
static bool open_store(struct app *app, const struct conf *conf, struct err *e)
{
	if (!jobs_settings_ok(conf, e) || !(app->store = store_open(conf->data, e)))
		return false;
	app->keys = keys_open(app->store);
	return true;
}

static bool open_crafts(struct app *app, const struct conf *conf, struct err *e)
{
	if (!(app->fetcher = fetcher_start(conf, e)))
		return false;
	*e = (struct err) { 0 };
	if (!(app->llm = llm_open(conf, app->fetcher, e)) && e->code != ERR_NONE)
		return false;
	if (!app->store)
		return true;
	if (conf->cache_bytes && !(app->cache = cache_open(conf, e)))
		return false;
	app->robots = robots_open(conf, app->fetcher);
	app->jobs = jobs_open(&(struct jobs_setup) { conf, app->store, app->fetcher });
	return true;
}

bool app_open(struct app *app, const struct conf *conf, enum app_parts parts, struct err *e)
{
	*app = (struct app) { 0 };
	if (parts == APP_DOORS)
		jose_start();
	if ((parts == APP_DOORS && !auth_settings_ok(conf, e)) ||
		(parts != APP_BARE && !open_store(app, conf, e)) || !open_crafts(app, conf, e))
		return false;
	if (parts == APP_DOORS && !parts_open(&app->auth, conf, app, e))
		return false;
	app->quota = quota_new(conf);
	op_start(app->quota);
	op_keys_start(app->keys, app->store);
	op_jobs_start(app->jobs);
	app->flights = flights_new();
	app->shelf = shelf_new((size_t)conf->cursor_memory_bytes);
	app->shared = (struct kit_shared) { .conf = conf,
		.fetcher = app->fetcher,
		.llm = app->llm,
		.cache = app->cache,
		.flights = app->flights,
		.shelf = app->shelf,
		.robots = app->robots,
		.suspects = app->jobs ? jobs_suspects(app->jobs) : NULL };
	app->desks = desks_start(
		desk_count(conf), (int)conf->desk_queue, kit_new, kit_free, &app->shared);
	return true;
}

void app_work(struct app *app)
{
	app->runner = runner_start(app->jobs, app->desks);
	app->hooks = hooks_start(app->jobs, app->desks, rest_print_job);
}

void app_cancelled(void *fetcher)
{
	fetcher_kick(fetcher);
}

/* What is parked is sent home first, as cancelled; the desks see it to its end, and it may still use
 * every part until they have stopped. */
void app_close(struct app *app)
{
	hooks_stop(&app->hooks);
	runner_stop(&app->runner);
	if (app->jobs)
		watch_stop(app->jobs);
	llm_stop(app->llm);
	if (app->auth.passwords)
		passwords_close(app->auth.passwords);
	if (app->fetcher)
		fetcher_close(app->fetcher);
	desks_stop(&app->desks);
	op_jobs_start(NULL);
	jobs_close(&app->jobs);
	robots_close(&app->robots);
	parts_close(&app->auth);
	flights_free(&app->flights);
	shelf_free(&app->shelf);
	quota_free(&app->quota);
	cache_close(&app->cache);
	llm_close(&app->llm);
	fetcher_stop(&app->fetcher);
	keys_close(&app->keys);
	store_close(&app->store);
	jose_stop();
}
