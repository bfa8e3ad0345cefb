/* SPDX-License-Identifier: Apache-2.0 */
/* One page from the command line: the scrape's own steps on one desk, no server, no store. */
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "cli/app.h"
#include "cli/pages.h"
#include "cli/put.h"
#include "op/answer.h"
#include "scrape/cursor.h"
#include "scrape/scrape.h"

#include <errno.h>
#include <stdio.h>

enum { FORMAT = PAGE_PARTS, PROMPT, USER_AGENT, TIMEOUT_MS, JSON };
static const struct cli_option options[] = {
	PAGE_OPTIONS,
	[FORMAT] = { "format", "FORMAT",
		"markdown (default), html, or both (Markdown, then HTML)" },
	[PROMPT] = { "prompt", "TEXT",
		"let the configured model extract; prints its JSON in place of the page" },
	[USER_AGENT] = { "user-agent", "PROFILE", "default, mobile or tablet" },
	[TIMEOUT_MS] = { "timeout-ms", "N", "time for the fetch, 1 to 120000 (default 30000)" },
	[JSON] = { "json", NULL,
		"print the whole result as JSON, as POST /v1/scrape gives it" },
	{ NULL },
};

struct job {
	const char *url;
	struct scrape_opts opts;
	struct scrape_result result;
	int64_t max_tokens; /* cut here, since no cursor outlives the command */
};

static int read_options(const char *const *values, struct scrape_opts *o, int64_t *max_tokens)
{
	int64_t n = SCRAPE_TIMEOUT_MS;
	int code;
	if ((code = pages_choice("format", values[FORMAT], scrape_formats, &o->format)) ||
		(code = pages_choice(
			 "user-agent", values[USER_AGENT], scrape_agents, &o->agent)) ||
		(code = pages_read(values, o, max_tokens)))
		return code;
	o->max_structured_tokens = /* alone, or beside the page */
		values[JSON] ? (int64_t)cursor_besides(*max_tokens) : *max_tokens;
	if (values[TIMEOUT_MS] && (!str_to_int(str_of(values[TIMEOUT_MS]), &n) || n < 1 ||
					  n > SCRAPE_TIMEOUT_MOST_MS))
		return cli_fail(EXIT_USAGE, "--timeout-ms must be a whole number from 1 to %d",
			SCRAPE_TIMEOUT_MOST_MS);
	o->timeout_ms = n;
	o->prompt = values[PROMPT];
	if (o->prompt && (!str_utf8_ok(str_of(o->prompt)) ||
				 str_utf8_count(str_of(o->prompt)) > SCRAPE_PROMPT_MOST))
		return cli_fail(EXIT_USAGE,
			"--prompt must be UTF-8 text of at most %d characters",
			SCRAPE_PROMPT_MOST);
	return 0;
}

static enum flow_next begin(struct flow *f)
{
	struct job *j = flow_self(f);
	return scrape_enter(f, j->url, &j->opts, &j->result);
}

static void put(struct str s)
{
	put_page(stdout, s);
	if (s.n && s.p[s.n - 1] != '\n')
		fputc('\n', stdout);
}

static void print_json(const struct scrape_result *r)
{
	struct buf b;
	buf_init(&b, (size_t)1 << 30);
	fields_encode(scrape_view, r, &b);
	put(buf_str(&b));
	buf_release(&b);
}

static void print_extract(const json_t *extract)
{
	struct buf b;
	buf_init(&b, 0);
	json_put_value(&b, extract);
	put(buf_str(&b));
	buf_release(&b);
}

/* No model, or none that answered: then the page is what there is. */
static bool extract_is_lost(const struct scrape_result *r)
{
	for (size_t i = 0; i < r->n_warnings; i++)
		if (str_starts(str_of(r->warnings[i].code), STR("LLM_")))
			return true;
	return !r->extract;
}

static void print_page(const struct job *j)
{
	const struct scrape_result *r = &j->result;
	struct buf b;
	if (r->outlined) {
		buf_init(&b, 0);
		scrape_put_outline(r, &b);
		put(buf_str(&b));
		buf_release(&b);
	} else if (j->opts.structured) {
		put(r->structured);
		pages_say_cut(r->structured, j->max_tokens);
	} else {
		put(r->markdown);
		put(r->html);
	}
}

static int print(struct job *j, struct arena *a, bool as_json)
{
	struct scrape_result *r = &j->result;
	pages_cut(a, r, j->max_tokens);
	for (size_t i = 0; i < r->n_warnings; i++)
		cli_fail(0, "%s: %s", r->warnings[i].code, r->warnings[i].message);
	if (as_json)
		print_json(r);
	if (r->err.code)
		return cli_fail(EXIT_FAILED, "%s: %s", err_name(r->err.code), r->err.msg);
	bool lost = j->opts.prompt && extract_is_lost(r);
	if (!as_json && j->opts.prompt && !lost) {
		print_extract(r->extract);
	} else if (!as_json) {
		print_page(j);
	}
	if (fflush(stdout) != 0)
		return cli_fail(EXIT_FAILED, "standard output: %s", strerror(errno));
	return lost ? EXIT_FAILED : 0;
}

static int run(struct cli *cli, const char *const *values)
{
	static const struct flow_step steps[] = { { "scrape", begin }, { NULL } };
	struct job j = { .url = cli->args[0] };
	struct app app;
	struct err e;
	int code = read_options(values, &j.opts, &j.max_tokens);
	if (code)
		return code;
	if (strcmp(cli->conf.log_level, "info") == 0)
		log_level(LOG_ERROR); /* standard error is the person's here */
	cli->conf.desks = 1;
	if (!app_open(&app, &cli->conf, APP_BARE, &e)) {
		app_close(&app);
		return cli_fail(EXIT_USAGE, "%s", e.msg);
	}
	struct call call = {
		.arena = arena_new((size_t)1 << 30), .who = app_local(), .request_id = ""
	};
	struct flow f;
	flow_init(&f, &call, steps, &j, NULL);
	code = flow_run(app.desks, &f)
		       ? print(&j, call.arena, values[JSON] != NULL)
		       : cli_fail(EXIT_FAILED, "%s: %s", err_name(f.err.code), f.err.msg);
	arena_free(&call.arena);
	app_close(&app);
	return code;
}

const struct command cmd_scrape = {
	.name = "scrape",
	.arguments = "URL",
	.about = "Fetch one page and print it as Markdown; no server is needed",
	.min_args = 1,
	.max_args = 1,
	.options = options,
	.run = run,
};
