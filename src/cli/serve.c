/* SPDX-License-Identifier: Apache-2.0 */
/* The service: every part put together, the doors' routes hung, the loop turned until SIGTERM. */
#include "auth/auth.h"
#include "auth/outside_sign_in.h"
#include "base/check.h"
#include "base/log.h"
#include "base/mem.h"
#include "cli/app.h"
#include "cli/first.h"
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

static bool store_is_ready(void *store, struct err *e)
{
	return store_ready(store, e);
}

/* The documents and endpoints of OAuth stand before REST's, whose last list may take any path. */
static const struct http_route *const *all_routes(struct arena *a)
{
	const struct http_route *const first[] = { mcp_routes(), oauth_routes, page_routes,
		outside_sign_in_routes };
	const struct http_route *const *rest = rest_routes();
	size_t n = 0;
	while (rest[n])
		n++;
	const struct http_route **all =
		ARENA_ARRAY(a, const struct http_route *, COUNT_OF(first) + n + 1);
	memcpy(all, first, sizeof first);
	memcpy(all + COUNT_OF(first), rest, n * sizeof *all);
	return all;
}

/* Who words the errors below a path. */
static const struct http_errors errors[] = {
	{ "/mcp", mcp_print_error },
	{ "/.well-known", oauth_print_error },
	{ "/token", oauth_print_error },
	{ "/register", oauth_print_error },
	{ "/revoke", oauth_print_error },
	{ "/jwks", oauth_print_error },
	{ "/device_authorization", oauth_print_error },
	{ "/authorize", page_print_error },
	{ "/login", page_print_error },
	{ "/logout", page_print_error },
	{ "/consent", page_print_error },
	{ "/device", page_print_error },
	{ "/setup", page_print_error },
	{ "/join", page_print_error },
	{ "/signup", page_print_error },
	{ "/signin", page_print_error },
	{ "/settings", page_print_error },
	{ "/admin", page_print_error },
	{ "/", rest_print_error },
	{ NULL },
};

static void start_doors(struct cli *cli, struct app *app, struct rest_setup *rest)
{
	*rest = (struct rest_setup) { .public_url = cli->conf.public_url,
		.ready = store_is_ready,
		.ready_arg = app->store };
	rest_start(rest);
	mcp_start();
}

/* Nobody can sign in yet: the one link that makes the first administrator. It goes to whoever started
 * the server, not into the log. */
static bool print_setup_link(struct store *store, struct err *e)
{
	struct buf link;
	buf_init(&link, 4096);
	bool ok = !site_home() || first_setup_link(store, site_home(), &link, e);
	if (ok && link.len) {
		printf("There is no user yet. To make the first administrator, open this link "
		       "(good once, for an hour):\n  %.*s\n",
			(int)link.len, link.p);
		fflush(stdout);
	}
	buf_release(&link);
	return ok;
}

/* Under which name this is known is certain only now that the address is bound. */
static bool start_auth(struct cli *cli, struct app *app, const char *address, struct err *e)
{
	site_start(&cli->conf, address);
	auth_start(&app->auth);
	if (site_refusal() && cli->conf.oauth)
		log_warn("serve.no_oauth why=\"%s\"", site_refusal());
	return first_admin(&cli->conf, app->store, e) && print_setup_link(app->store, e);
}

static void draining(void *unused)
{
	rest_draining(unused);
	mcp_draining();
}

static int serve(struct cli *cli, struct app *app, bool welcome)
{
	struct rest_setup rest;
	struct err e;
	start_doors(cli, app, &rest);
	struct http_setup setup = { .conf = &cli->conf,
		.routes = all_routes(cli->arena),
		.errors = errors,
		.desks = app->desks,
		.cancelled = app_cancelled,
		.cancelled_arg = app->fetcher,
		.draining = draining };
	struct http_server *server = http_open(&setup, &e);
	if (!server)
		return cli_fail(EXIT_START, "%s", e.msg);
	if (!start_auth(cli, app, http_address(server), &e)) {
		http_close(&server);
		return cli_fail(EXIT_START, "%s", e.msg);
	}
	app_work(app);
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
	if (!app_open(&app, &cli->conf, APP_DOORS, &e))
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
