/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs from the command line: this machine's, or a server's with --server. */
#include "cli/jobs.h"
#include "base/check.h"
#include "base/log.h"

#include <errno.h>
#include <stdlib.h>

enum { ARGUMENTS_MOST = 1 << 20, FILE_MOST = 256 << 20, LIST_USUAL = 20, LIST_MOST = 100 };
#define OPTION_SERVER                                                                          \
	{                                                                                      \
		"server", "URL",                                                               \
			"the jobs of this server, over REST (default: of this machine)"        \
	}
#define OPTION_KEY                                                                             \
	{                                                                                      \
		"key", "KEY", "API key for --server (default: the variable SCRAPED_KEY)"       \
	}

static const char statuses[] =
	"Exit status of a job that was watched to its end: 0 completed, 1 failed, 4 partial,\n"
	"5 cancelled; 6: it has not ended, and goes on. A job of this machine is worked on by\n"
	"the server that runs on the same data folder, else by this command while it "
	"watches.\n";

int jobs_exit(int64_t state)
{
	switch (state) {
	case JOB_COMPLETED:
		return 0;
	case JOB_PARTIAL:
		return EXIT_PARTIAL;
	case JOB_FAILED:
		return EXIT_FAILED;
	case JOB_CANCELLED:
		return EXIT_CANCELLED;
	default:
		return EXIT_UNFINISHED;
	}
}

void jobs_say(FILE *to, const struct job_row *row)
{
	fprintf(to, "%s %s: %lld of %lld URLs done, %lld failed\n", row->id,
		job_state_words[row->state], (long long)row->ended, (long long)row->total,
		(long long)row->failed);
	fflush(to);
}

int jobs_door_open(struct jobs_door *d, struct cli *cli, const char *server, const char *key)
{
	struct err e;
	*d = (struct jobs_door) { .cli = cli, .server = server, .key = key };
	if (!d->key)
		d->key = getenv("SCRAPED_KEY");
	if (strcmp(cli->conf.log_level, "info") == 0)
		log_level(LOG_ERROR); /* standard error is the person's here */
	if (server && !(d->key && *d->key))
		return cli_fail(EXIT_USAGE,
			"--server needs a key: --key KEY, or the variable SCRAPED_KEY");
	if (server ? jobs_door_remote(d, &e) : jobs_door_local(d, &e))
		return 0;
	if (d->ops)
		d->ops->close(d);
	return cli_fail(EXIT_FAILED, "%s", e.msg);
}

static int refused(const struct err *e)
{
	return cli_fail(EXIT_FAILED, "%s: %s", err_name(e->code), e->msg);
}

/* --- create --- */

enum {
	FROM_FILE,
	SELECTOR,
	SELECTORS,
	FORMAT,
	PROMPT,
	NAME,
	WEBHOOK,
	ROBOTS,
	ONLY_MAIN,
	IDEMPOTENCY,
	WATCH,
	CREATE_SERVER,
	CREATE_KEY
};
static const struct cli_option create_options[] = {
	[FROM_FILE] = { "file", "FILE", "more URLs, one a line; - for standard input" },
	[SELECTOR] = { "selector", "NAME=CSS",
		"the text of the first match becomes a member of the data; may be repeated",
		true },
	[SELECTORS] = { "selectors", "JSON",
		"the same as an object: {\"name\": \"css\" or {\"css\", \"attr\", \"all\", "
		"\"type\"}}" },
	[FORMAT] = { "format", "FORMAT", "markdown (default), html or both" },
	[PROMPT] = { "prompt", "TEXT", "let the configured model extract from each page" },
	[NAME] = { "name", "NAME", "a name for people (at most 200 characters)" },
	[WEBHOOK] = { "webhook", "URL", "is told, signed, when the job has ended" },
	[ROBOTS] = { "robots", NULL, "ask each site's robots.txt first" },
	[ONLY_MAIN] = { "only-main", NULL, "only the main content of the pages" },
	[IDEMPOTENCY] = { "idempotency-key", "TEXT",
		"the same key and request again give the same job, not a second one" },
	[WATCH] = { "watch", NULL, "show how it goes on until it has ended" },
	[CREATE_SERVER] = OPTION_SERVER,
	[CREATE_KEY] = OPTION_KEY,
	{ NULL },
};

static void add_urls(json_t *urls, struct str text)
{
	struct str line;
	while (str_cut(&text, '\n', &line)) {
		line = str_trim(line);
		if (line.n && line.p[0] != '#')
			(void)json_array_append_new(urls, json_stringn(line.p, line.n));
	}
}

static bool read_urls(const char *path, json_t *urls, struct err *e)
{
	bool standard = strcmp(path, "-") == 0;
	FILE *f = standard ? stdin : fopen(path, "rb");
	struct buf text;
	if (!f)
		return err_set(e, ERR_INVALID_REQUEST, "%s: %s", path, strerror(errno));
	buf_init(&text, FILE_MOST);
	char part[65536];
	for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;)
		buf_add(&text, part, n);
	bool ok = !ferror(f) && !text.full && str_utf8_ok(buf_str(&text));
	if (ok)
		add_urls(urls, buf_str(&text));
	if (!standard)
		fclose(f);
	buf_release(&text);
	return ok || err_set(e, ERR_INVALID_REQUEST,
			     "%s: it cannot be read, is no UTF-8 text or too large", path);
}

/* Lines "name=css" and an object, as one object. NULL with *e; *e untouched: there are none. */
static bool selectors_of(
	const char *lines, const char *object, struct arena *a, json_t **out, struct err *e)
{
	struct str rest = str_of(lines), line, name;
	*out = object ? json_read(a, str_of(object), e) : NULL;
	if (object && (!*out || !json_is_object(*out)))
		return err_set(e, ERR_INVALID_REQUEST, "--selectors must be a JSON object");
	if (lines && !*out)
		*out = json_own(a, json_object());
	while (lines && str_cut(&rest, '\n', &line)) {
		bool both = str_find(line, '=') < line.n;
		str_cut(&line, '=', &name);
		name = str_trim(name);
		line = str_trim(line);
		if (!both || !name.n || !line.n)
			return err_set(e, ERR_INVALID_REQUEST,
				"--selector must be NAME=CSS, such as title=h1");
		(void)json_object_set_new(
			*out, arena_text(a, name), json_stringn(line.p, line.n));
	}
	return true;
}

static void text_member(json_t *to, const char *name, const char *value)
{
	if (value)
		(void)json_object_set_new(to, name, json_string(value));
}

/* The arguments of the tool create_job; NULL with *e. */
static json_t *members_of(struct cli *cli, const char *const *values, struct err *e)
{
	json_t *members = json_own(cli->arena, json_object()), *urls = json_array(), *selectors;
	(void)json_object_set_new(members, "urls", urls);
	for (int i = 0; i < cli->n_args; i++)
		(void)json_array_append_new(urls, json_string(cli->args[i]));
	if (values[FROM_FILE] && !read_urls(values[FROM_FILE], urls, e))
		return NULL;
	if (json_array_size(urls) == 0) {
		err_set(e, ERR_INVALID_REQUEST, "there is no URL: give some, or --file FILE");
		return NULL;
	}
	if (!selectors_of(values[SELECTOR], values[SELECTORS], cli->arena, &selectors, e))
		return NULL;
	if (selectors)
		(void)json_object_set(members, "selectors", selectors);
	text_member(members, "format", values[FORMAT]);
	text_member(members, "prompt", values[PROMPT]);
	text_member(members, "name", values[NAME]);
	text_member(members, "webhook", values[WEBHOOK]);
	text_member(members, "idempotency_key", values[IDEMPOTENCY]);
	if (values[ROBOTS])
		(void)json_object_set_new(members, "respect_robots", json_true());
	if (values[ONLY_MAIN])
		(void)json_object_set_new(members, "only_main", json_true());
	return members;
}

static int create_in(struct jobs_door *d, json_t *members, bool watch)
{
	struct job_row row;
	const char *secret = NULL;
	struct err e;
	if (!d->ops->create(d, members, &row, &secret, &e))
		return refused(&e);
	printf("%s\n", row.id);
	fflush(stdout);
	if (secret)
		fprintf(stderr, "webhooks are signed with %s; it is shown only this once\n",
			secret);
	if (watch)
		return jobs_watch(d, row.id);
	if (!d->ops->worked(d))
		fprintf(stderr,
			"no server runs on this data folder: `scraped jobs watch %s` works on "
			"it\n",
			row.id);
	return 0;
}

static int create(struct cli *cli, const char *const *values)
{
	struct jobs_door d;
	struct err e;
	json_t *members = members_of(cli, values, &e);
	if (!members)
		return cli_fail(EXIT_USAGE, "%s", e.msg);
	int code = jobs_door_open(&d, cli, values[CREATE_SERVER], values[CREATE_KEY]);
	if (code)
		return code;
	code = create_in(&d, members, values[WATCH] != NULL);
	d.ops->close(&d);
	return code;
}

/* --- list, show, watch, cancel --- */

enum { ONE_SERVER, ONE_KEY };
static const struct cli_option one_options[] = {
	[ONE_SERVER] = OPTION_SERVER,
	[ONE_KEY] = OPTION_KEY,
	{ NULL },
};
enum { LIST_STATUS, LIST_LIMIT, LIST_OFFSET, LIST_SERVER, LIST_KEY };
static const struct cli_option list_options[] = {
	[LIST_STATUS] = { "status", "STATUS",
		"queued, running, completed, partial, failed or cancelled (default: all)" },
	[LIST_LIMIT] = { "limit", "N", "at most so many, 1 to 100 (default: 20)" },
	[LIST_OFFSET] = { "offset", "N", "leave so many out" },
	[LIST_SERVER] = OPTION_SERVER,
	[LIST_KEY] = OPTION_KEY,
	{ NULL },
};

static bool number_of(const char *text, int64_t least, int64_t most, int64_t *out)
{
	return !text || (str_to_int(str_of(text), out) && *out >= least && *out <= most);
}

static void print_rows(const struct job_row *rows, size_t count)
{
	char iso[ISO_SIZE];
	printf("%-30s  %-9s  %8s  %8s  %8s  %-20s  %s\n", "ID", "STATUS", "TOTAL", "DONE",
		"FAILED", "CREATED", "NAME");
	for (size_t i = 0; i < count; i++)
		printf("%-30s  %-9s  %8lld  %8lld  %8lld  %-20s  %s\n", rows[i].id,
			job_state_words[rows[i].state], (long long)rows[i].total,
			(long long)rows[i].ended, (long long)rows[i].failed,
			cli_time(rows[i].created_ms, "-", iso), rows[i].name);
}

static int list(struct cli *cli, const char *const *values)
{
	struct jobs_door d;
	struct job_row *rows;
	size_t count;
	struct err e;
	int state = -1;
	int64_t limit = LIST_USUAL, offset = 0, total;
	for (int i = 0; values[LIST_STATUS] && job_state_words[i]; i++)
		if (strcmp(job_state_words[i], values[LIST_STATUS]) == 0)
			state = i;
	if (values[LIST_STATUS] && state < 0)
		return cli_fail(EXIT_USAGE, "--status must be queued, running, completed, "
					    "partial, failed or cancelled");
	if (!number_of(values[LIST_LIMIT], 1, LIST_MOST, &limit) ||
		!number_of(values[LIST_OFFSET], 0, INT64_MAX, &offset))
		return cli_fail(EXIT_USAGE,
			"--limit must be a whole number from 1 to 100, --offset one from 0");
	int code = jobs_door_open(&d, cli, values[LIST_SERVER], values[LIST_KEY]);
	if (code)
		return code;
	if (!d.ops->list(&d, state, limit, offset, &rows, &count, &total, &e))
		code = refused(&e);
	else
		print_rows(rows, count);
	if (!code && total > offset + (int64_t)count)
		fprintf(stderr, "%lld more; --offset %lld goes on\n",
			(long long)(total - offset - (int64_t)count),
			(long long)(offset + (int64_t)count));
	d.ops->close(&d);
	return code;
}

static void print_one(const struct job_row *row)
{
	char iso[ISO_SIZE];
	printf("id: %s\nname: %s\nstatus: %s\ntotal: %lld\ndone: %lld\nfailed: %lld\n", row->id,
		row->name, job_state_words[row->state], (long long)row->total,
		(long long)row->ended, (long long)row->failed);
	printf("created: %s\n", cli_time(row->created_ms, "-", iso));
	printf("ended: %s\n", cli_time(row->ended_ms, "-", iso));
}

static int show(struct cli *cli, const char *const *values)
{
	struct jobs_door d;
	struct job_row row;
	struct err e;
	int code = jobs_door_open(&d, cli, values[ONE_SERVER], values[ONE_KEY]);
	if (code)
		return code;
	if (d.ops->get(&d, cli->args[0], cli->arena, &row, &e))
		print_one(&row);
	else
		code = refused(&e);
	d.ops->close(&d);
	return code;
}

static int watch(struct cli *cli, const char *const *values)
{
	struct jobs_door d;
	int code = jobs_door_open(&d, cli, values[ONE_SERVER], values[ONE_KEY]);
	if (code)
		return code;
	code = jobs_watch(&d, cli->args[0]);
	d.ops->close(&d);
	return code;
}

static int cancel(struct cli *cli, const char *const *values)
{
	struct jobs_door d;
	struct job_row row;
	struct err e;
	int code = jobs_door_open(&d, cli, values[ONE_SERVER], values[ONE_KEY]);
	if (code)
		return code;
	if (d.ops->cancel(&d, cli->args[0], &row, &e))
		jobs_say(stdout, &row);
	else
		code = refused(&e);
	d.ops->close(&d);
	return code;
}

/* --- results --- */

enum { RESULTS_FORMAT, RESULTS_OUT, RESULTS_SERVER, RESULTS_KEY };
static const struct cli_option results_options[] = {
	[RESULTS_FORMAT] = { "format", "FORMAT",
		"ndjson (default): one JSON object a line; text: URL, then page or error; "
		"markdown: the pages" },
	[RESULTS_OUT] = { "out", "DIR",
		"each result into a file of its own in this folder, such as "
		"00012-example.com_page.md" },
	[RESULTS_SERVER] = OPTION_SERVER,
	[RESULTS_KEY] = OPTION_KEY,
	{ NULL },
};

static int results(struct cli *cli, const char *const *values)
{
	static const char *const forms[] = { "ndjson", "text", "markdown" };
	struct jobs_door d;
	size_t form = 0;
	while (values[RESULTS_FORMAT] && form < COUNT_OF(forms) &&
		strcmp(forms[form], values[RESULTS_FORMAT]) != 0)
		form++;
	if (form == COUNT_OF(forms))
		return cli_fail(EXIT_USAGE, "--format must be ndjson, text or markdown");
	int code = jobs_door_open(&d, cli, values[RESULTS_SERVER], values[RESULTS_KEY]);
	if (code)
		return code;
	code = jobs_results(&d, cli->args[0], (enum results_form)form, values[RESULTS_OUT]);
	d.ops->close(&d);
	return code;
}

/* --- the commands --- */

#define ONE_JOB .arguments = "ID", .min_args = 1, .max_args = 1

const struct command cmd_jobs_create = {
	.name = "jobs create",
	.arguments = "[URL...]",
	.about = "Make a job that scrapes many pages, and print its id",
	.more = statuses,
	.max_args = ARGUMENTS_MOST,
	.options = create_options,
	.run = create,
};
const struct command cmd_jobs_list = {
	.name = "jobs list",
	.about = "List the jobs, newest first",
	.options = list_options,
	.run = list,
};
const struct command cmd_jobs_show = {
	.name = "jobs show",
	ONE_JOB,
	.about = "Tell how far a job is",
	.options = one_options,
	.run = show,
};
const struct command cmd_jobs_results = {
	.name = "jobs results",
	ONE_JOB,
	.about = "Print what came of a job's URLs",
	.options = results_options,
	.run = results,
};
const struct command cmd_jobs_cancel = {
	.name = "jobs cancel",
	ONE_JOB,
	.about = "End a job; what is done stays readable",
	.options = one_options,
	.run = cancel,
};
const struct command cmd_jobs_watch = {
	.name = "jobs watch",
	ONE_JOB,
	.about = "Show how a job goes on until it has ended",
	.more = statuses,
	.options = one_options,
	.run = watch,
};
