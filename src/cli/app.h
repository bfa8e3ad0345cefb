/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts that commands put together, opened in the order in which they stand on each other and
 * closed the other way round. Closing what was never opened is fine.
 */
#ifndef CLI_APP_H
#define CLI_APP_H

#include "account/key.h"
#include "account/quota.h"
#include "auth/auth.h"
#include "cli/cli.h"
#include "job/hook.h"
#include "job/runner.h"
#include "net/robots.h"
#include "scrape/kit.h"

struct app {
	struct kit_shared shared;
	struct fetcher *fetcher;
	struct llm *llm;
	struct flights *flights;
	struct shelf *shelf;
	struct cache *cache;
	struct robots *robots;
	struct store *store; /* NULL: none */
	struct jobs *jobs; /* with the store */
	struct runner *runner; /* after app_work */
	struct hooks *hooks;
	struct keys *keys;
	struct auth auth; /* who may come in: filled with APP_DOORS */
	struct quota *quota;
	struct desks *desks;
};
/* BARE: fetcher, model, quotas and desks. STORE: also the store, the page cache and jobs, on which
 * nobody works yet. DOORS: also keys and OAuth's parts. In the main thread, before other threads are
 * started. */
enum app_parts { APP_BARE, APP_STORE, APP_DOORS };
bool app_open(struct app *app, const struct conf *conf, enum app_parts parts, struct err *e);
/* From now on this process works on jobs, unless another one of the same folder does. */
void app_work(struct app *app);
void app_close(struct app *app);
void app_cancelled(
	void *fetcher); /* for doors: some call was cancelled, its transfers may end */
/* The person at this machine: every scope, no limits. */
const struct principal *app_local(void);

#endif
