/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Webhooks: what stands in the outbox is sent, signed by Standard Webhooks
 * (https://www.standardwebhooks.com: headers webhook-id, webhook-timestamp, webhook-signature), with
 * the retries of reliability.md section 6, through the gate at each attempt. The job's state never
 * depends on it.
 */
#ifndef JOB_HOOK_H
#define JOB_HOOK_H

#include "job/job.h"
#include "store/hooks.h"

enum { HOOK_ATTEMPTS = 10, HOOK_PER_HOST = 2, HOOK_SECRET_BYTES = 32 };

/* Words a job for its receiver, in the dialect it was born in: JSON into `to`. */
typedef bool hook_print_fn(struct jobs *j, const struct job_row *job, struct arena *a,
	struct buf *to, struct err *e);

struct hooks;
/* Once for a struct jobs. It sends while this process has the runner (runner_works). */
struct hooks *hooks_start(struct jobs *j, struct desks *desks, hook_print_fn *print);
/* What is being sent is cancelled and waits again; returns when it is home. Before runner_stop,
 * desks_stop and fetcher_close; who rings later is not heard. */
void hooks_stop(struct hooks **h);
/* For jobs_close, after hooks_stop: nobody rings any more. */
void hooks_free(struct jobs *j);
/* Something new stands in the outbox. From any thread, until jobs_close. h may be NULL. */
void hooks_wake(struct hooks *h);
struct hooks *jobs_hooks(struct jobs *j); /* NULL: none in this process */

/* "whsec_" and base64 of HOOK_SECRET_BYTES random bytes. */
const char *hook_secret(struct arena *a);
/* "v1,<base64>" for each secret, blanks between. */
void hook_sign(const char *id, int64_t timestamp_s, struct str body, const char *secret,
	const char *old_secret, struct buf *to);
/* Pause before attempt `tries + 1` in ms, jitter (up to a tenth more) included; -1: it is given up. */
int64_t hook_pause_ms(int64_t tries);

#endif
