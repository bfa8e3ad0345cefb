/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of job/hook.h: one thread that claims due deliveries and starts each as a flow (a
 * trip), which comes back to it by its mailbox, twice: when the answer is there, and when what came
 * of it is written. Trips and hosts are the thread's alone; what others touch is behind the lock.
 */
#ifndef JOB_HOOK_IN_H
#define JOB_HOOK_IN_H

#include "base/ident.h"
#include "base/map.h"
#include "job/job_in.h"
#include "net/fetch.h"

#include <pthread.h>
#include <sys/queue.h>

enum {
	HOOK_LOOK_MS = 3000, /* for what other processes have left */
	HOOK_AGAIN_MS = 1000, /* after what could not be written or begun */
	HOOK_HOSTS_MOST = 1024,
	HOOK_BODY_MOST =
		256 << 20, /* webhook_body_bytes of results, escaped, and what is around */
};

/* A receiver's host, or an account, while something is sent there or waits because of that. */
struct hook_host {
	int running;
	int64_t took_ms; /* by the last attempt */
	int64_t next_ms; /* mono_ms: when the next one that is sent back may come again */
};

enum trip_state {
	TRIP_SENDING, /* its flow is on the desks */
	TRIP_WRITING, /* what came of it is with the writer */
	TRIP_UNWRITTEN, /* the writer could not: again at again_ms */
};
struct hook_trip {
	TAILQ_ENTRY(hook_trip) links; /* of all trips */
	struct hook_trip *mail_next;
	struct hooks *hooks;
	struct delivery_row row; /* in the call's arena */
	struct hook_host *host, *account; /* whose places it has; NULL: none */
	enum trip_state state;
	int64_t again_ms;
	struct call call;
	struct flow flow;
	struct fetch_req req;
	struct fetch_res res;
	struct fetch_header headers[6];
	struct buf body;
	int64_t began_ms; /* wall clock */
	bool untried; /* goes back as if it had not been claimed */
	struct delivery_attempt attempt;
	struct delivery_back back;
	struct err written;
};

struct hooks {
	struct jobs *jobs;
	struct desks *desks;
	hook_print_fn *print;
	pthread_t thread;
	char owner[IDENT_SIZE];

	pthread_mutex_t lock; /* of these: */
	pthread_cond_t news;
	bool rung, stopping;
	struct hook_trip *mail;
	bool asked_home; /* the claim */

	/* the thread's */
	TAILQ_HEAD(, hook_trip) trips;
	int count;
	struct map *hosts;
	bool works; /* this process sends: it has the runner */
	bool asking; /* the claim is with the writer */
	bool look; /* something may be due */
	int64_t next_due_ms; /* wall clock; 0: nothing known */
	int64_t again_ms; /* mono_ms: no command before */
	int64_t version; /* of the database when it was looked at last */
	struct arena *claim_arena;
	struct deliveries_claim claim;
	struct err asked; /* how it ended */
};

/* hook_trip.c: one attempt. All but the mail are the thread's. */
struct hook_trip *trip_new(struct hooks *h, const struct delivery_row *row);
void trip_free(struct hook_trip **t);
/* Starts it, or decides at once that it fails or has to wait: then it is ready to be written. */
void trip_start(struct hook_trip *t);
/* Its flow has come home: what is to be written of it. */
void trip_judge(struct hook_trip *t);
/* Gives it to the writer. */
void trip_write(struct hook_trip *t);
/* From any thread: it has come home. */
void hooks_mail(struct hook_trip *t);

/* hook_host.c: NULL: the table is full. */
struct hook_host *hook_host_of(struct hooks *h, struct str name);
/* How long one more for this busy host, which takes so many at a time, shall stay away. */
int64_t hook_host_pause_ms(struct hook_host *host, int64_t places);

#endif
