/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the doors see of jobs: arguments and answers of the operations that make, read and cancel
 * them. All know no jobs but those of the caller's account: another's id is ERR_NOT_FOUND, in the
 * words of an unknown one.
 */
#ifndef OP_JOBS_H
#define OP_JOBS_H

#include "job/job.h"
#include "op/op.h"

/* Once, before the doors open; jobs outlives every call. Without it they answer ERR_NOT_IMPLEMENTED. */
void op_jobs_start(struct jobs *jobs);
/* The same, for doors that read more of a job than an operation tells; NULL: none. */
struct jobs *op_jobs(void);

/* Until when the job is known: of one that has not ended, the last moment that it may be. */
int64_t job_known_until(const struct job_row *row);
/* When it pays to ask again; 0: it has ended. */
int64_t job_poll_after_ms(const struct job_row *row);

/* create_job. `in` is the tool's spelling; a table of another door fills the same struct. */
struct create_job_args {
	struct job_make make; /* dialect NULL: "mcp" */
	const char *webhook_url; /* other name of make.webhook; both and different: an error */
};
enum { JOB_WIDTH_MOST = 1000 };
/* The tool's rows, for the command line: jobs born there say so. */
extern const struct field create_job_cli_in[];

/* What came of create_job, get_job and cancel_job. */
struct job_out {
	struct job_row row;
	bool existed; /* create_job: the same request made it before, under the same key */
	const char
		*webhook_secret; /* create_job: of a new receiver, shown this once; else NULL */
	int64_t known_until_ms, poll_after_ms;
	struct field_list errors; /* get_job: the first ones, struct item_row */
	const char *message; /* one sentence: how far it is */
	const char *next; /* the exact next call, for agents */
};
struct get_job_args {
	const char *id;
	/* For doors that show results besides, and so need no errors; the operation passes by. */
	bool plain;
	int64_t offset, limit;
};
struct cancel_job_args {
	const char *id;
};

/* list_jobs: status is 0 for any, else 1 + enum job_state. A limit above JOBS_LIMIT counts as that. */
enum { JOBS_LIMIT = 100, JOBS_LIMIT_USUAL = 20 };
struct list_jobs_args {
	int status;
	int64_t limit, offset; /* limit 0: the usual */
	const char *cursor; /* the tool's: where to go on; NULL: offset counts */
};
struct list_jobs_out {
	struct field_list jobs; /* struct job_out, newest first, without errors */
	int64_t total, limit, offset;
	const char *next_cursor; /* NULL: that was all */
	const char *next;
};

/* get_job_results, for agents: at most about max_chars of text a call, long pages in parts. */
enum {
	RESULT_CHARS_LEAST = 1000,
	RESULT_CHARS_USUAL = 40000,
	RESULT_CHARS_MOST = 400000,
};
struct get_job_results_args {
	const char *id, *cursor; /* cursor NULL: from the first */
	int64_t max_chars;
};
struct job_piece {
	struct outcome outcome; /* markdown and html: the part that is shown here */
	int64_t from_char; /* the part begins there; 0: at the beginning */
	int64_t chars_left; /* more of it comes with the next cursor; 0: this is its end */
	struct str structured; /* of the metadata; p NULL: the job did not ask for it */
	bool data_left_out; /* extract, data and structured do not fit into RESULT_CHARS_MOST */
};
struct get_job_results_out {
	struct job_row row;
	struct field_list results; /* struct job_piece */
	const char *next_cursor; /* NULL: that was all there is now */
	const char *message, *next;
};

/* What a task that create_job began ends with: the job as create_job shows it, and as much of its
 * results as a call of get_job_results gives. */
struct job_end_out {
	struct job_out job;
	struct get_job_results_out results;
};
bool job_end_read(const char *id, const char *account, struct arena *a, struct job_end_out *out,
	struct err *e);
void job_end_put(const struct job_end_out *out, struct buf *b); /* a JSON object */
void job_end_text(const struct job_end_out *out, struct buf *b);
void job_end_links(const struct job_end_out *out, struct buf *b);

/* A job's result as an MCP resource: scraped://jobs/<id>/results/<index>; the job itself:
 * scraped://jobs/<id>. false: it is neither. *index -1: the job. id lies in the arena. */
#define JOB_URI "scraped://jobs/"
bool job_uri_read(struct str uri, struct arena *a, const char **id, int64_t *index);

extern const struct op op_create_job, op_get_job, op_get_job_results, op_list_jobs,
	op_cancel_job;

#endif
