/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of net/fetch.h. A transfer goes LOOKING (its name), WAITING (for its turn at its
 * host), RUNNING (in libcurl), and back to LOOKING with each redirect, until it has ENDED. All of
 * it belongs to the transfer thread, from the moment it is taken out of the inbox to the moment
 * its flow is resumed; what other threads touch is in struct fetch_shared.
 */
#ifndef NET_FETCH_IN_H
#define NET_FETCH_IN_H

#include "base/map.h"
#include "net/due.h"
#include "net/fetch.h"
#include "net/fetch_head.h"
#include "net/guard.h"
#include "net/lookup.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/queue.h>

enum { FETCH_HOPS_MAX = 50, FETCH_DROP_BYTES = 16384, FETCH_DROP_MS = 500 };
enum { FETCH_SLOW_MS = 10000, FETCH_SLOW_BYTES_S = 100 };

/* Counted: lives until the fetcher and the last body are gone. */
struct fetch_shared {
	atomic_int users;
	atomic_size_t memory; /* bytes of bodies */
	atomic_bool starved; /* the loop wants to be woken when memory is given back */
	atomic_bool kicked;
	int event; /* eventfd that wakes the loop */
	pthread_mutex_t lock; /* of what follows */
	struct transfer *inbox, **inbox_end;
	bool closed, leaving; /* nothing is taken any more; the loop ends */
};

enum transfer_state { TRANSFER_LOOKING, TRANSFER_WAITING, TRANSFER_RUNNING, TRANSFER_ENDED };
struct fetch_body {
	char *p;
	size_t len, cap, max;
};
struct fetch_host {
	TAILQ_ENTRY(fetch_host) ready_links;
	TAILQ_HEAD(, transfer) waiting;
	int running;
	bool ready;
	char name[256];
};
struct transfer {
	struct fetcher *fetcher; /* of the transfer thread alone */
	struct fetch_shared *shared;
	const struct fetch_req *req;
	struct fetch_res *res;
	struct flow *flow;
	struct transfer *inbox_next;
	TAILQ_ENTRY(transfer) links; /* of all transfers */
	enum transfer_state state;
	struct due due;
	int64_t begun_ms, deadline_ms; /* mono_ms */
	struct err err; /* code set: how it ends, whatever libcurl says */

	struct url url; /* of this hop */
	struct arena *arena; /* for the URLs of redirects; NULL before the first */
	int hops;
	bool foreign, turned_get; /* left its first origin; no longer sends method and body */
	uint64_t seen[FETCH_HOPS_MAX + 1];

	struct lookup_wait lookup;
	struct fetch_host *host; /* waiting or running there */
	TAILQ_ENTRY(transfer) host_links;

	CURL *easy;
	struct curl_slist *headers, *resolve;
	char curl_words[CURL_ERROR_SIZE];
	struct fetch_head head;
	struct fetch_body body;
	size_t dropped, drop_max;
	bool drop; /* the answer is known, its body is not wanted */
	bool redirects, astray; /* ... and it leads elsewhere; too often, or in a circle */
	bool refused, no_name; /* the guard refused an address; there is no such host */
	bool paused, favoured; /* waits for memory; gets it in any case */
	TAILQ_ENTRY(transfer) paused_links;
	int64_t mark_ms; /* since when the speed is measured; 0: not yet */
	size_t mark_bytes, bytes;
};
TAILQ_HEAD(transfers, transfer);

struct fetch_multi { /* one for each policy: connections are never shared between them */
	struct fetcher *fetcher;
	enum fetch_policy policy;
	CURLM *multi;
	CURLSH *share; /* TLS sessions */
	CURL *spare[256];
	int n_spare;
	int64_t timer_ms; /* mono_ms; -1: none */
};
enum { FETCH_POLICIES = 2 };

struct fetcher {
	const struct conf *conf;
	struct fetch_shared *shared;
	struct guard *guard;
	struct lookups *lookups;
	struct fetch_multi multi[FETCH_POLICIES];
	struct curl_slist *plain_headers;
	pthread_t thread;
	int epoll;
	struct due_heap due;
	struct transfers all, paused;
	struct transfer *favoured;
	struct map *hosts;
	TAILQ_HEAD(, fetch_host) ready;
	int running, waiting; /* pages */
};

/* fetch.c */
void fetch_wake(void *shared); /* struct fetch_shared */

/* fetch_loop.c: the thread */
void *fetch_loop(void *fetcher);

/* fetch_life.c: what happens to a transfer */
void transfer_arrive(struct transfer *t);
void transfer_start(struct transfer *t); /* it is its turn */
void transfer_first_byte(struct transfer *t);
void transfer_headed(struct transfer *t); /* the header has ended: decides on the rest */
void transfer_done(struct transfer *t, CURLcode rc); /* libcurl is done with it */
void transfer_due(struct transfer *t, int64_t now);
void transfer_end(struct transfer *t); /* with t->err; resumes the flow */

/* fetch_queue.c: whose turn it is. Each transfer is at one host from queue_add to queue_leave. */
void queue_add(struct transfer *t, bool first);
void queue_leave(struct transfer *t);
struct transfer *queue_next(struct fetcher *f); /* NULL: nobody may start now */

/* fetch_body.c: bytes of bodies within the budget */
enum body_taken { BODY_TAKEN, BODY_WAIT, BODY_TOO_LARGE };
enum body_taken body_take(struct transfer *t, const char *p, size_t n);
void body_drop(struct transfer *t); /* also from another thread, after the end */
void body_calm(struct transfer *t); /* it no longer waits for memory */
void bodies_go_on(struct fetcher *f); /* those that waited for memory */
bool bodies_have_room(struct fetcher *f); /* for one more transfer */

/* fetch_multi.c: libcurl's side of the loop */
bool multi_open(
	struct fetch_multi *m, struct fetcher *f, enum fetch_policy policy, struct err *e);
void multi_close(struct fetch_multi *m);
void multi_event(struct fetch_multi *m, int fd, uint32_t events);
void multi_turn(struct fetch_multi *m, int64_t now); /* its timer, and what has ended */
void multi_add(struct fetch_multi *m, struct transfer *t);
void multi_remove(struct fetch_multi *m, struct transfer *t);

/* fetch_easy.c: one handle */
CURL *easy_new(const struct fetch_multi *m);
void easy_fill(struct transfer *t); /* t->easy for this hop */
void easy_clear(struct transfer *t);
void easy_explain(struct transfer *t, CURLcode rc, struct err *e);

#endif
