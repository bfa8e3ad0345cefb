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
#include "scrape/kit.h"

struct app {
	struct kit_shared shared;
	struct fetcher *fetcher;
	struct llm *llm;
	struct flights *flights;
	struct cache *cache;
	struct store *store; /* NULL: none */
	struct keys *keys;
	struct auth auth; /* who may come in: filled with `store` */
	struct quota *quota;
	struct desks *desks;
};
/* Fetcher, model, quotas and desks; with `store` also the keys, the page cache and OAuth's parts. In
 * the main thread, before other threads are started. */
bool app_open(struct app *app, const struct conf *conf, bool store, struct err *e);
void app_close(struct app *app);
void app_cancelled(
	void *fetcher); /* for doors: some call was cancelled, its transfers may end */
/* The person at this machine: every scope, no limits. */
const struct principal *app_local(void);

#endif
