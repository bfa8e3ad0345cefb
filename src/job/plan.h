/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose turn it is: pure tables, no thread, no store, no clock of their own (the caller says what
 * time it is, in mono_ms). Accounts take turns, within an account its jobs, within a job its hosts;
 * at a host the accounts take turns once more, so that nobody's long list for one site holds up
 * another's one page of it. A turn goes to whoever has waited longest since its last one: lists are
 * kept in that order, and who was served goes to their end.
 *
 * An open job without claimed items costs some 140 bytes, a claimed item little more than its URL.
 */
#ifndef JOB_PLAN_H
#define JOB_PLAN_H

#include "base/map.h"
#include "net/due.h"

#include <sys/queue.h>

enum { JOB_ID_SIZE = 32 };
enum { PLAN_AHEAD = 128, PLAN_LEAST = 8, PLAN_ROOM = 4096, PLAN_KEEP_MS = 10000 };
#define PLAN_NEVER INT64_MAX

struct plan_limits {
	int64_t slots; /* items at a time; a quarter more for accounts that have few */
	int64_t per_host; /* items at a time at one host */
	int64_t host_delay_ms; /* from one start to the next at a host */
};

struct job { /* an open one */
	TAILQ_ENTRY(job) hungry_links;
	struct job *next_same; /* in its bucket */
	struct account *account;
	struct work *work; /* NULL: nothing of it is claimed */
	struct due due; /* deadline or look, whichever comes first */
	int64_t deadline_ms, look_ms; /* mono_ms; look: when something waiting gets due */
	bool hungry; /* stands in the list of those that a claim may be made for */
	bool claiming; /* a claim is under way */
	bool more; /* there may be items that wait and are due */
	bool ended; /* no item of it is started any more; it goes when the last is home */
	char id[JOB_ID_SIZE];
};
struct bundle { /* claimed items of one job for one host, not started yet */
	TAILQ_ENTRY(bundle) work_links, host_links;
	TAILQ_HEAD(bundle_items, item) items;
	struct work *work;
	struct host *host;
	int64_t back_ms; /* when the next one that is put back may come */
};
struct work { /* what a job needs only while items of it are claimed */
	TAILQ_ENTRY(work) links;
	TAILQ_HEAD(, bundle) bundles;
	TAILQ_HEAD(, item) running;
	struct job *job;
	int64_t claimed, n_running; /* the first counts the second, and what is being claimed */
	int64_t width; /* 0: no limit */
	int64_t jitter_min_ms, jitter_max_ms;
	int64_t next_ms; /* no start of this job before */
	void *spec; /* the caller's */
};
struct account {
	TAILQ_ENTRY(account) hungry_links, working_links;
	TAILQ_HEAD(, job) hungry;
	TAILQ_HEAD(, work) working; /* those with items to start */
	int64_t jobs, claimed, running;
	char id[];
};
struct host {
	TAILQ_HEAD(host_bundles, bundle) bundles; /* whoever waited longest first */
	int64_t running;
	int64_t delay_ms; /* from one start to the next */
	int64_t next_ms; /* no start before */
	int64_t queued; /* in its bundles */
	int64_t back_ms; /* when the last of those that were put back comes: not forgotten before */
	char name[];
};
struct item {
	TAILQ_ENTRY(item) links; /* of its bundle, or of what runs */
	struct work *work;
	struct host *host;
	struct bundle *bundle; /* NULL: it runs */
	void *run; /* the caller's, when it runs */
	int64_t seq, tries; /* this one included; without those that were lost */
	char url[];
};

struct plan;
/* spec_free is called with the spec of a work that goes; may be NULL. */
struct plan *plan_new(const struct plan_limits *l, void (*spec_free)(void *));
void plan_free(struct plan **p); /* with everything in it; nothing may run */

/* --- jobs --- */
struct job *plan_find(struct plan *p, const char *id); /* NULL: not there */
/* A new one, hungry. NULL: it is there already, or the id is longer than ours are. */
struct job *plan_add(struct plan *p, const char *id, const char *account, int64_t deadline_ms);
/* No item of it is started any more, and what was not started is dropped. The job is gone at once,
 * or when its last item is home: do not touch it after this. */
void plan_end(struct plan *p, struct job *j);
/* Something that waits gets due then. */
void plan_look(struct plan *p, struct job *j, int64_t at_ms);
void plan_deadline(struct plan *p, struct job *j, int64_t at_ms);
/* The first whose time has come: its deadline (*late), or a look, after which it is hungry. NULL:
 * none. */
struct job *plan_due(struct plan *p, int64_t now_ms, bool *late);
int64_t plan_due_ms(const struct plan *p); /* when the next is due; PLAN_NEVER */

/* --- claiming --- */
/* The job that a claim may be made for, or NULL. */
struct job *plan_hungry(struct plan *p);
/* Not before it is looked at again. */
void plan_later(struct plan *p, struct job *j);
/* j->work, made if there is none: then its spec, width and jitter are to be filled in. */
struct work *plan_work(struct plan *p, struct job *j);
/* A claim begins, for so many items. */
int64_t plan_claim(struct plan *p, struct job *j);
/* It has ended, what came of it has been added; more: there are others that are due. j may be gone
 * after this. */
void plan_claimed(struct plan *p, struct job *j, int64_t most, bool more);

/* --- items --- */
struct host *plan_host(struct plan *p, struct str name);
/* May one more of a job that has j->work be kept for this host? Its first one may, unless the host
 * rests. false: its turn is too far away, it is better put back until *due_ms (mono_ms), a place in
 * the job's own row that is then taken. */
bool plan_keeps(const struct job *j, struct host *h, int64_t now_ms, int64_t *due_ms);
struct item *plan_item(struct plan *p, struct job *j, struct host *h, const char *url,
	int64_t seq, int64_t tries);
/* The next item, which counts as started; NULL: none may now, see plan_next_ms. */
struct item *plan_start(struct plan *p, int64_t now_ms, uint64_t dice);
/* After plan_start gave NULL: when to ask again if nothing happens; PLAN_NEVER. */
int64_t plan_next_ms(const struct plan *p);
/* It could not be started: it is the first of its bundle again. */
void plan_unstart(struct plan *p, struct item *i);
/* A started one has ended, or one that waits is put back: it is freed. Its job may be gone then. */
void plan_home(struct plan *p, struct item *i);
/* The host asks for a pause, or for one between requests. */
void plan_host_pause(struct host *h, int64_t until_ms);
void plan_host_delay(struct host *h, int64_t delay_ms);
/* An item in the host's row that plan_keeps would not take now, to be put back until *due_ms; NULL:
 * none. */
struct item *plan_impatient(struct host *h, int64_t now_ms, int64_t *due_ms);
/* Forgets hosts that nobody waits for. */
void plan_tidy(struct plan *p, int64_t now_ms);

struct plan_count {
	int64_t claimed, running;
};
struct plan_count plan_count(const struct plan *p);

#endif
