/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SQL of webhooks: endpoints (an account's receiver at a URL, with its secret), deliveries (the
 * outbox, written with a job's final state) and their attempts. Commands and reading as in
 * store/jobs.h.
 */
#ifndef STORE_HOOKS_H
#define STORE_HOOKS_H

#include "base/arena.h"
#include "store/db.h"

enum delivery_state { DELIVERY_WAITS, DELIVERY_SENDING, DELIVERY_DONE, DELIVERY_GIVEN_UP };

struct endpoint_row {
	const char *id, *account_id, *url, *secret,
		*old_secret; /* old NULL: none that still signs */
	int64_t old_until_ms, created_ms, disabled_ms;
};
struct delivery_row {
	const char *id, *job_id;
	struct endpoint_row endpoint;
	int64_t state, tries, due_ms, created_ms, ended_ms;
	int64_t last_status; /* of its last attempt; 0: none, or no answer */
	const char *last_error; /* NULL: none */
};
struct attempt_row {
	int64_t no, at_ms, took_ms, status;
	const char *error; /* NULL: it was taken */
};

/* For the sender: up to `most` due deliveries, one more try each, the first due first. What another
 * owner had begun that holds no runner's lease waits again first, without a try. */
struct deliveries_claim {
	const char *owner;
	int64_t now_ms, most;
	struct arena *arena;
	/* out */
	struct delivery_row *rows;
	size_t count;
	int64_t next_due_ms; /* of the first that waits; 0: none */
};
bool deliveries_claim_write(struct db *d, void *claim, struct err *e);
/* After an attempt. */
struct delivery_attempt {
	const char *id, *owner;
	struct attempt_row attempt; /* no is set here */
	int64_t state; /* after it: waits, done, given up */
	int64_t due_ms; /* waits: when again */
	bool gone; /* 410: the endpoint is switched off, its waiting deliveries are given up */
};
bool delivery_attempt_write(struct db *d, void *attempt, struct err *e);
/* Not begun, because the sender stops or the receiver is busy: waits again, without a try. */
struct delivery_back {
	const char *id, *owner;
	int64_t due_ms;
};
bool delivery_back_write(struct db *d, void *back, struct err *e);
/* By hand: sends again what is done or given up (same webhook-id), switches the endpoint on. */
struct redeliver {
	const char *job_id, *account_id;
	const char *
		delivery_id; /* NULL: the job's last one; if it has none but a webhook, a new one */
	const char *new_id;
	int64_t now_ms;
	struct arena *arena;
	struct delivery_row row; /* out */
	struct err
		fault; /* ERR_NOT_FOUND, ERR_CONFLICT: it waits already, or the job has no webhook */
};
bool redeliver_write(struct db *d, void *redeliver, struct err *e);
/* A new secret; the old one signs too until old_until_ms. */
struct endpoint_rotate {
	const char *id, *account_id, *secret;
	int64_t now_ms, old_until_ms;
	struct arena *arena;
	struct endpoint_row row; /* out */
	struct err fault; /* ERR_NOT_FOUND */
};
bool endpoint_rotate_write(struct db *d, void *rotate, struct err *e);
/* Is sent to again. Of one that was not switched off nothing changes. */
struct endpoint_enable {
	const char *id, *account_id;
	int64_t now_ms;
	struct arena *arena;
	struct endpoint_row row; /* out */
	struct err fault; /* ERR_NOT_FOUND */
};
bool endpoint_enable_write(struct db *d, void *enable, struct err *e);

/* An account's, oldest first, at most ENDPOINTS_LIST_MAX. */
enum { ENDPOINTS_LIST_MAX = 1000 };
bool endpoints_read(struct db *d, const char *account_id, struct arena *a,
	struct endpoint_row **rows, size_t *count, struct err *e);
/* ERR_NOT_FOUND when it is not this account's (NULL: anybody's). */
bool endpoint_read(struct db *d, const char *id, const char *account_id, struct arena *a,
	struct endpoint_row *out, struct err *e);
bool deliveries_read(struct db *d, const char *job_id, struct arena *a,
	struct delivery_row **rows, size_t *count, struct err *e);
bool attempts_read(struct db *d, const char *delivery_id, struct arena *a,
	struct attempt_row **rows, size_t *count, struct err *e);

#endif
