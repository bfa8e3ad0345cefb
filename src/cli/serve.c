/* SPDX-License-Identifier: Apache-2.0 */
/* The service: every part put together, the doors' routes hung, the loop turned until SIGTERM. */
#include "auth/bearer.h"
#include "base/log.h"
#include "base/mem.h"
#include "cli/app.h"
#include "cli/welcome.h"
#include "http/http.h"
#include "mcp/mcp.h"
#include "net/fetch.h"
#include "rest/rest.h"

#include <stdio.h>
#include <unistd.h>

enum { WELCOME };
static const struct cli_option options[] = {
	[WELCOME] = { "welcome", NULL,
		"make a first API key if there is none, and print examples ready to paste" },
	{ NULL },
};

static void transfers_were_cancelled(void *fetcher)
{
	fetcher_kick(fetcher);
}

static bool store_is_ready(void *store, struct err *e)
{
	return store_ready(store, e);
}

/* REST's lists, then MCP's. */
static const struct http_route *const *all_routes(struct arena *a)
{
	const struct http_route *const *rest = rest_routes();
	size_t n = 0;
	while (rest[n])
		n++;
	const struct http_route **all = ARENA_ARRAY(a, const struct http_route *, n + 2);
	memcpy(all + 1, rest, n * sizeof *all);
	all[0] = mcp_routes();
	return all;
}

static void start_doors(struct cli *cli, struct app *app, struct rest_setup *rest)
{
	*rest = (struct rest_setup) { .public_url = cli->conf.public_url,
		.ready = store_is_ready,
		.ready_arg = app->store };
	bearer_start(app->keys);
	rest_start(rest);
	mcp_start();
}

static int serve(struct cli *cli, struct app *app, bool welcome)
{
	static const struct http_errors errors[] = { { "/mcp", mcp_print_error },
		{ "/", rest_print_error }, { NULL } };
	struct rest_setup rest;
	struct err e;
	start_doors(cli, app, &rest);
	struct http_setup setup = { .conf = &cli->conf,
		.routes = all_routes(cli->arena),
		.errors = errors,
		.desks = app->desks,
		.cancelled = transfers_were_cancelled,
		.cancelled_arg = app->fetcher,
		.draining = rest_draining };
	struct http_server *server = http_open(&setup, &e);
	if (!server)
		return cli_fail(EXIT_START, "%s", e.msg);
	log_info("serve.ready listen=%s data=%s pid=%d version=" SCRAPED_VERSION,
		http_address(server), cli->conf.data, (int)getpid());
	mem_give_back();
	int code = 0;
	if (welcome &&
		!welcome_print(&cli->conf, app->store, app->keys, http_address(server), &e))
		code = cli_fail(EXIT_START, "%s", e.msg);
	else
		http_serve(server);
	http_close(&server);
	return code;
}

static int run(struct cli *cli, const char *const *values)
{
	struct app app;
	struct err e;
	int code = EXIT_START;
	if (!app_open(&app, &cli->conf, true, &e))
		cli_fail(EXIT_START, "%s", e.msg);
	else
		code = serve(cli, &app, values[WELCOME] != NULL);
	app_close(&app);
	mcp_stop(); /* a call that came home late may still have read the tool list */
	log_info("serve.ended code=%d", code);
	return code;
}

const struct command cmd_serve = {
	.name = "serve",
	.about = "Run the service: REST at /v1, MCP at /mcp",
	.more = "SIGTERM lets running requests finish (setting drain_ms); a second one ends at "
		"once.\n"
		"The settings used most: --listen ADDR:PORT, --data DIR, --public-url URL.\n",
	.options = options,
	.run = run,
};
