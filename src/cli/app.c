/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/app.h"
#include "auth/settings.h"
#include "cli/parts.h"
#include "extract/ask.h"
#include "net/fetch.h"
#include "op/keys.h"
#include "scrape/cache.h"
#include "scrape/flight.h"

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
	static const struct principal local = { .account_id = "local",
		.credential_id = "local",
		.via = VIA_LOCAL,
		.scopes = SCOPES_ALL };
	return &local;
}

bool app_open(struct app *app, const struct conf *conf, bool store, struct err *e)
{
	*app = (struct app) { 0 };
	if (store)
		jose_start();
	if (store && !auth_settings_ok(conf, e))
		return false;
	if (store && !(app->store = store_open(conf->data, e)))
		return false;
	if (store)
		app->keys = keys_open(app->store);
	if (!(app->fetcher = fetcher_start(conf, e)))
		return false;
	*e = (struct err) { 0 };
	if (!(app->llm = llm_open(conf, app->fetcher, e)) && e->code != ERR_NONE)
		return false;
	if (store && conf->cache_bytes && !(app->cache = cache_open(conf, e)))
		return false;
	if (store && !parts_open(&app->auth, conf, app, e))
		return false;
	app->quota = quota_new(conf);
	op_start(app->quota);
	op_keys_start(app->keys, app->store);
	app->flights = flights_new();
	app->shared =
		(struct kit_shared) { conf, app->fetcher, app->llm, app->cache, app->flights };
	app->desks = desks_start(
		desk_count(conf), (int)conf->desk_queue, kit_new, kit_free, &app->shared);
	return true;
}

void app_cancelled(void *fetcher)
{
	fetcher_kick(fetcher);
}

/* What is parked is sent home first, as cancelled; the desks see it to its end, and it may still use
 * every part until they have stopped. */
void app_close(struct app *app)
{
	llm_stop(app->llm);
	if (app->auth.passwords)
		passwords_close(app->auth.passwords);
	if (app->fetcher)
		fetcher_close(app->fetcher);
	desks_stop(&app->desks);
	parts_close(&app->auth);
	flights_free(&app->flights);
	quota_free(&app->quota);
	cache_close(&app->cache);
	llm_close(&app->llm);
	fetcher_stop(&app->fetcher);
	keys_close(&app->keys);
	store_close(&app->store);
	jose_stop();
}
