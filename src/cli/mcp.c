/* SPDX-License-Identifier: Apache-2.0 */
/* The MCP server on stdio: the same tools, as the user who started it. */
#include "base/log.h"
#include "cli/app.h"
#include "cli/home.h"
#include "mcp/mcp.h"
#include "net/fetch.h"

/* Programs start this wherever they happen to stand: a folder that nobody has named is the person's,
 * not one there. */
static bool open_store(struct app *app, struct cli *cli, struct err *e)
{
	*app = (struct app) { 0 };
	const char *folder = cli->conf.data_given ? cli->conf.data : home_folder(cli->arena, e);
	if (!folder)
		return false;
	cli->conf.data = folder;
	return app_open(app, &cli->conf, APP_STORE, e);
}

/* Where nothing can be kept, single pages can be had all the same. */
static bool open_app(struct app *app, struct cli *cli, struct err *e)
{
	if (open_store(app, cli, e)) {
		app_work(app);
		return true;
	}
	log_warn("mcp.no_store why=\"%s\"", e->msg);
	app_close(app);
	return app_open(app, &cli->conf, APP_BARE, e);
}

static int run(struct cli *cli, const char *const *values)
{
	struct app app;
	struct err e;
	(void)values;
	if (!open_app(&app, cli, &e)) {
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
	.more = "Jobs and cached pages are kept in $XDG_DATA_HOME/scraped or "
		"~/.local/share/scraped,\nunless --data (or SCRAPED_DATA, or the settings "
		"file) names a folder.\n",
	.run = run,
};
