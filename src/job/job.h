/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Jobs: lists of URLs that are worked on until each has an outcome, through crashes and restarts.
 * A job that was accepted (job_make has come back without an error) ends, once, in a final state.
 *
 * Everything here may be called from any thread; what parks is said.
 */
#ifndef JOB_JOB_H
#define JOB_JOB_H

#include "base/conf.h"
#include "base/flow.h"
#include "job/outcome.h"
#include "store/store.h"

/* What is done with each URL; kept as JSON by one field table (job_spec_fields). */
struct job_spec {
	struct scrape_opts scrape; /* account and selectors are filled in by the engine */
	json_t *selectors; /* name -> CSS or {css, attr, all, type}; NULL: none */
	bool robots; /* ask robots.txt first */
	int64_t width; /* items of this job at a time; 0: no limit of its own */
	int64_t jitter_min_ms, jitter_max_ms; /* random pause before each item but the first */
};
extern const struct field job_spec_fields[];

enum { JOB_NAME_MOST = 200, IDEMPOTENCY_KEY_MOST = 255 };
struct job_make {
	struct job_spec spec;
	const char *name; /* NULL: "" */
	const char *dialect; /* bulk, page, mcp, cli: literals */
	struct strs urls;
	bool ignore_invalid_urls; /* leave bad ones out; else they are an error that names the index */
	const char *webhook; /* URL; NULL: none */
	const char *idempotency_key; /* NULL: none */
	int64_t timeout_ms; /* of the whole job; 0: the setting's */
	/* out */
	struct job_row row;
	bool existed; /* the same request was accepted before under this key: row is that job */
	const char *
		webhook_secret; /* of a new endpoint: shown only now and in the list of endpoints */
};

struct jobs;
struct fetcher;
struct jobs_setup {
	const struct conf *conf;
	struct store *store;
	struct fetcher *fetcher;
};
/* The face for making and reading; nothing runs yet. */
struct jobs *jobs_open(const struct jobs_setup *s);
bool jobs_settings_ok(const struct conf *c, struct err *e); /* before it */
char *jobs_suspects(const struct jobs *j); /* for struct kit_shared */
void jobs_close(struct jobs **j);
struct store *jobs_store(const struct jobs *j);
const struct conf *jobs_conf(const struct jobs *j);

/* From a step. Checks everything (ERR_INVALID_REQUEST, ERR_INVALID_URL, ERR_SCHEME, ERR_PRIVATE for
 * literal private hosts, ERR_SELECTOR name index and position), then parks until the job is
 * committed. m lives in the call's arena; the account is f->call->who's. */
enum flow_next job_make(struct jobs *j, struct flow *f, struct job_make *m);
/* From a step: parks. ERR_NOT_FOUND, ERR_CONFLICT. */
enum flow_next job_cancel(struct jobs *j, struct flow *f, const char *id, struct job_row *out);

/* Reading, in microseconds to milliseconds, on any desk. account NULL: anybody's. */
bool job_get(struct jobs *j, const char *id, const char *account, struct arena *a,
	struct job_row *out, struct err *e);
bool job_list(struct jobs *j, struct jobs_query *q, struct arena *a, struct job_row **rows,
	size_t *count, int64_t *total, struct err *e);
/* Outcomes from `from` on (a seq or a no); *next: where to go on, -1: that was all there is now.
 * max_bytes: of them packed; of what they hold, JOB_RESULTS_BYTES. But one always. */
enum { JOB_RESULTS_BYTES = 8 << 20 };
bool job_results(struct jobs *j, const char *id, enum results_order order, int64_t from,
	size_t most, size_t max_bytes, struct arena *a, struct outcome **out, size_t *count,
	int64_t *next, struct err *e);
/* One sentence: "12 of 40 URLs done, 1 failed". */
const char *job_sentence(const struct job_row *row, struct arena *a);

#endif
