/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A job in the words of scrpy (S2, "bulk") and of scrape_ (S4, "page"). Both have GET /v1/jobs/:id;
 * a job is shown in the words of the dialect that it was born in, one of neither (MCP, the command
 * line) in both at once, since their members do not collide (apis.md X-04).
 */
#ifndef REST_JOB_VIEW_H
#define REST_JOB_VIEW_H

#include "http/http.h"
#include "job/job.h"

enum job_words { WORDS_BULK = 1, WORDS_PAGE = 2, WORDS_BOTH = 3 };
enum job_words job_words_born(const struct job_row *row);
/* What the request asks for by ?dialect= or Accept: application/vnd.scraped.<dialect>+json; without
 * these the words it was born in. ERR_INVALID_REQUEST for an unknown name. */
bool job_words_asked(
	struct http_req *r, const struct job_row *row, enum job_words *words, struct err *e);

/* struct job_row, without results. The created one leaves out what a new job does not have. */
extern const struct field job_bulk_view[], job_bulk_created_view[], job_page_view[];
/* struct outcome; S4's is outcome_view. */
extern const struct field result_bulk_view[];
const struct field *result_view(enum job_words words);

/* Which results are shown: those of the URLs from `offset` on, at most `limit` of them and about
 * max_bytes of JSON (but one always). */
enum { RESULTS_SHOWN_BYTES = 4 << 20 };
struct results_part {
	int64_t offset, limit; /* limit 0: no limit but max_bytes */
	size_t max_bytes;
	bool strict; /* not even one that is longer than max_bytes alone */
	int64_t next; /* out: where to go on; -1: there are no more now */
};
/* Writes the array. */
bool results_put(struct jobs *j, const char *job_id, const struct field *view,
	struct results_part *part, struct buf *b, struct err *e);
/* The member "resultsNext" if part->next says so. base: "" or the public URL; path: after the
 * job's id; query: more of it, from & on, or "". */
struct results_link {
	const char *base, *path, *query;
};
void results_put_next(struct buf *b, const char *job_id, const struct results_part *part,
	const struct results_link *link);

/* The members of one job, for GET and webhooks. */
struct job_print {
	struct jobs *jobs;
	const struct job_row *row;
	enum job_words words;
	bool no_results;
	bool page_results; /* results also in the words of S4, which reads them elsewhere */
	struct results_part part;
	struct results_link link;
};
bool job_put(struct job_print *p, struct buf *b, struct err *e);

#endif
