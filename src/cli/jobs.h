/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands on jobs work through a door: the store of this machine (as the local account), or a
 * server over REST. Behind both a job is a struct job_row.
 */
#ifndef CLI_JOBS_H
#define CLI_JOBS_H

#include "base/json.h"
#include "cli/app.h"
#include "store/jobs.h"

#include <stdio.h>

/* Exit codes of jobs that were watched to their end, beside those of cli.h (0: completed, 1: failed). */
enum { EXIT_PARTIAL = 4, EXIT_CANCELLED = 5, EXIT_UNFINISHED = 6 };

/* One outcome, as it is printed. */
struct door_result {
	int64_t seq;
	const char *url, *code, *message; /* code NULL: success */
	struct str markdown, html; /* p NULL: not there */
	struct str data; /* JSON of the selectors or the model; p NULL: none */
	struct str json; /* all of it, on one line */
};

struct jobs_door;
/* false with *e. What is given back lies in the arena. */
struct door_ops {
	/* members: the rows of the tool create_job (op/jobs.h) */
	bool (*create)(struct jobs_door *d, json_t *members, struct job_row *out,
		const char **secret, struct err *e);
	bool (*get)(struct jobs_door *d, const char *id, struct arena *a, struct job_row *out,
		struct err *e);
	/* state -1: any */
	bool (*list)(struct jobs_door *d, int state, int64_t limit, int64_t offset,
		struct job_row **rows, size_t *count, int64_t *total, struct err *e);
	/* The next ones from *from on; *from -1: that was all. */
	bool (*results)(struct jobs_door *d, const char *id, int64_t *from, struct arena *a,
		struct door_result **rows, size_t *count, struct err *e);
	bool (*cancel)(struct jobs_door *d, const char *id, struct job_row *out, struct err *e);
	/* From now on this process works on jobs too, unless another one does. */
	void (*work)(struct jobs_door *d);
	/* Does a process work on the jobs that stays when this one goes? */
	bool (*worked)(struct jobs_door *d);
	void (*close)(struct jobs_door *d);
};
struct jobs_door {
	const struct door_ops *ops;
	struct cli *cli;
	struct app app;
	const char *server, *key; /* of the remote one */
	int64_t look_ms; /* pause between two looks at a job */
};
/* server NULL: the local store. 0, or the exit code: it has been told why. */
int jobs_door_open(struct jobs_door *d, struct cli *cli, const char *server, const char *key);
bool jobs_door_local(struct jobs_door *d, struct err *e);
bool jobs_door_remote(struct jobs_door *d, struct err *e);

/* Shows how the job goes on until it has ended or the person has had enough (SIGINT); the exit
 * code. */
int jobs_watch(struct jobs_door *d, const char *id);
#define OPTION_SERVER                                                                          \
	{                                                                                      \
		"server", "URL",                                                               \
			"the jobs of this server, over REST (default: of this machine)"        \
	}
#define OPTION_KEY                                                                             \
	{                                                                                      \
		"key", "KEY", "API key for --server (default: the variable SCRAPED_KEY)"       \
	}
extern const char jobs_statuses[]; /* what the exit codes mean, for the help */

/* Tells what a door refused; the exit code. */
int jobs_refused(const struct err *e);
/* The exit code of a job in this state. */
int jobs_exit(int64_t state);
/* One line of one job, for logs and pipes. */
void jobs_say(FILE *to, const struct job_row *row);

enum results_form { RESULTS_NDJSON, RESULTS_TEXT, RESULTS_MARKDOWN };
/* All results there are, to standard output or (out not NULL) into files of that folder; the exit code. */
int jobs_results(struct jobs_door *d, const char *id, enum results_form form, const char *out);
/* "00012-example.com_docs_page.md": fit for any file system, made of nothing but [A-Za-z0-9._-]. */
enum { RESULT_NAME_SIZE = 128 };
const char *results_name(
	int64_t seq, struct str url, const char *end, char out[RESULT_NAME_SIZE]);

#endif
