/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SQL of jobs: a job is a row, its URLs are items, what came of an item is its result. Commands
 * (store/writer.h) change them, each whole or not at all; what they give back lies in the arena
 * that they name, and is made anew when a command is run twice.
 *
 * The promise stands here: an item ends once (its row goes from running to ended only for the
 * runner that owns it, in the transaction that writes its result), and the job's final state and
 * its webhook's outbox row are written in the transaction that ends the last item.
 */
#ifndef STORE_JOBS_H
#define STORE_JOBS_H

#include "base/arena.h"
#include "store/db.h"
#include "store/job_rows.h"

/* --- making --- */

struct job_put {
	/* Counts and times of the end are not looked at. webhook is set: the endpoint that counts, a
	 * new one if it is endpoint_id. */
	struct job_row row;
	struct strs urls; /* at least one; duplicates stay */
	const char *webhook_url,
		*secret; /* NULL: none; the secret counts if the endpoint is new */
	const char *endpoint_id; /* id of the endpoint if it is new */
	const char *idempotency_key; /* NULL: none */
	struct str request_hash; /* 32 bytes, with a key */
	int64_t idempotency_until_ms;
	int64_t open_max, open_account_max;
	struct arena *arena;
	/* out */
	/* Same key and request: this job stands, nothing was made. A key ends with its time, or when
	 * its job can be read no more. */
	const char *existing_id;
	struct err fault; /* ERR_IDEMPOTENCY, ERR_TOO_MANY_JOBS, ERR_OVERLOADED (open_max) */
};
bool job_put_write(struct db *d, void *put, struct err *e);

/* --- work: for the runner --- */

/* Up to `most` due items of a job, in order: they run from now on, for `owner`, one more try each.
 * The job is running from then on. */
struct items_claim {
	const char *job_id, *owner;
	int64_t now_ms, most;
	struct arena *arena;
	/* out */
	struct item_row *rows;
	size_t count;
	int64_t next_due_ms; /* of the first that still waits; 0: none waits */
	bool job_is_open;
};
bool items_claim_write(struct db *d, void *claim, struct err *e);

/* The end of a running item. */
struct item_end {
	const char *job_id, *owner, *code, *message; /* code NULL: success */
	int64_t seq, now_ms, keep_ms; /* keep_ms: of the job after its end */
	struct str body; /* of the result */
	const char *delivery_id; /* of the outbox row, if this ends the job */
	/* out */
	bool fenced; /* it is not this owner's any more: nothing was written */
	int64_t no;
	int64_t job_state; /* after it */
};
bool item_end_write(struct db *d, void *end, struct err *e);

/* Back to those that wait, due later (a retry), or at once with the try given back (the runner
 * stops before it began). */
struct item_back {
	const char *job_id, *owner;
	int64_t seq, due_ms;
	bool untried;
};
bool item_back_write(struct db *d, void *back, struct err *e);

/* Everything open ends: cancelled, or its time is over. Items that run end too: their runner
 * is fenced off. */
struct job_stop {
	const char *job_id;
	const char *account_id; /* NULL: anybody's */
	const char *code, *message; /* of the items: CANCELLED, TIMEOUT */
	bool cancelled; /* the final state: cancelled, or what the ended items give */
	int64_t now_ms, keep_ms;
	const char *delivery_id;
	struct arena *arena;
	/* out */
	struct job_row row; /* after it */
	struct err fault; /* ERR_NOT_FOUND, ERR_CONFLICT (it has ended before; row is filled) */
};
bool job_stop_write(struct db *d, void *stop, struct err *e);

/* --- runners --- */

/* A runner begins or goes on: its lease, and what runners without one have left goes back to those
 * that wait, or ends with INTERNAL_ERROR: items that the process died on by itself while it computed
 * on them (`suspects`, died) for the third time, those it was killed on so often that memory is
 * what they lack (the kernel kills for that), and those lost with their runner TRIES_LOST_MAX times. */
enum { CRASHES_MAX = 3, CRASHES_MAX_KILLED = 20, TRIES_LOST_MAX = 50 };
struct item_id {
	const char *job_id;
	int64_t seq;
	bool died; /* by itself; false: killed from outside */
};
struct runner_lease {
	const char *epoch;
	int64_t now_ms, lease_until_ms, keep_ms;
	bool sole; /* no other runner can be alive: their leases end now */
	const struct item_id *suspects; /* at a start only */
	size_t n_suspects;
	struct arena *arena;
	int64_t recovered; /* out: items taken back */
};
bool runner_lease_write(struct db *d, void *lease, struct err *e);
/* The end of a runner in good order: what it still owns waits again, the try given back. */
struct runner_leave {
	const char *epoch;
};
bool runner_leave_write(struct db *d, void *leave, struct err *e);

/* Removes up to `most` rows of jobs past their time whose deliveries have ended, and of what
 * belongs to them; idempotency keys past theirs. */
struct jobs_sweep {
	int64_t now_ms, most;
	int64_t removed; /* out: rows */
};
bool jobs_sweep_write(struct db *d, void *sweep, struct err *e);

/* --- reading: between store_read and its end, in small pieces --- */

/* account_id NULL: anybody's. ERR_NOT_FOUND, also for another account's and an expired one. */
bool job_read(struct db *d, const char *id, const char *account_id, int64_t now_ms,
	struct arena *a, struct job_row *out, struct err *e);
struct jobs_query {
	const char *account_id;
	unsigned states; /* bits; 0: all */
	int64_t limit, offset, now_ms;
};
/* Newest first. *total: how many there are without limit and offset. */
bool jobs_read(struct db *d, const struct jobs_query *q, struct arena *a, struct job_row **rows,
	size_t *count, int64_t *total, struct err *e);
/* Open jobs after (created_ms, id), oldest first, at most `most`: all but `failed`, which is 0. */
bool jobs_open_read(struct db *d, int64_t after_ms, const char *after_id, size_t most,
	struct arena *a, struct job_row **rows, size_t *count, struct err *e);
/* The first items that failed, at most `most`, by their place. */
bool job_errors_read(struct db *d, const char *job_id, size_t most, struct arena *a,
	struct item_row **rows, size_t *count, struct err *e);

enum results_order { RESULTS_BY_SEQ, RESULTS_BY_NO };
/* From seq or no `from` on, ended items only, at most `most` of them and not beyond `max_bytes` of
 * bodies (but one always). */
bool results_read(struct db *d, const char *job_id, enum results_order order, int64_t from,
	size_t most, size_t max_bytes, struct arena *a, struct result_row **rows, size_t *count,
	struct err *e);

#endif
