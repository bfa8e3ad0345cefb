/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs from the command line: this machine's, or a server's with --server. */
#include "cli/jobs.h"
#include "cli/put.h"
#include "base/check.h"
#include "base/log.h"

#include <stdlib.h>

enum { LIST_USUAL = 20, LIST_MOST = 100 };
const char jobs_statuses[] =
	"Exit status of a job that was watched to its end: 0 completed, 1 failed, 4 partial,\n"
	"5 cancelled; 6: it has not ended, and goes on. A job of this machine is worked on by\n"
	"the server that runs on the same data folder, else by this command while it "
	"watches.\nThe folder is named by --data DIR (or SCRAPED_DATA), as for the server; "
	"without, it "
	"is\ndata here. Jobs of `scraped mcp` are in ~/.local/share/scraped.\n";

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

int jobs_refused(const struct err *e)
{
	return cli_fail(EXIT_FAILED, "%s: %s", err_name(e->code), e->msg);
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
	for (size_t i = 0; i < count; i++) {
		printf("%-30s  %-9s  %8lld  %8lld  %8lld  %-20s  ", rows[i].id,
			job_state_words[rows[i].state], (long long)rows[i].total,
			(long long)rows[i].ended, (long long)rows[i].failed,
			cli_time(rows[i].created_ms, "-", iso));
		put_line(stdout, str_of(rows[i].name));
		putchar('\n');
	}
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
		code = jobs_refused(&e);
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
	printf("id: %s\nname: ", row->id);
	put_line(stdout, str_of(row->name));
	printf("\nstatus: %s\ntotal: %lld\ndone: %lld\nfailed: %lld\n",
		job_state_words[row->state], (long long)row->total, (long long)row->ended,
		(long long)row->failed);
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
		code = jobs_refused(&e);
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
		code = jobs_refused(&e);
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
	.more = jobs_statuses,
	.options = one_options,
	.run = watch,
};
