/* SPDX-License-Identifier: Apache-2.0 */
/* The MCP server on stdio: the same tools, as the user who started it. */
#include "base/log.h"
#include "cli/app.h"
#include "mcp/mcp.h"
#include "net/fetch.h"

/* Where nothing can be kept, single pages can be had all the same. */
static bool open_app(struct app *app, const struct conf *conf, struct err *e)
{
	if (app_open(app, conf, APP_STORE, e)) {
		app_work(app);
		return true;
	}
	log_warn("mcp.no_store why=\"%s\"", e->msg);
	app_close(app);
	return app_open(app, conf, APP_BARE, e);
}

static int run(struct cli *cli, const char *const *values)
{
	struct app app;
	struct err e;
	(void)values;
	if (!open_app(&app, &cli->conf, &e)) {
		app_close(&app);
		return cli_fail(EXIT_START, "%s", e.msg);
	}
	mcp_start();
	int code = mcp_serve_stdio(app.desks, app_local(), app_cancelled, app.fetcher);
	app_close(&app);
	mcp_stop();
	return code;
}

const struct command cmd_mcp = {
	.name = "mcp",
	.about = "Speak MCP on standard input and output (no key; for Claude Desktop and the "
		 "like)",
	.run = run,
};
