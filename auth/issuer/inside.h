/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of issuer.h. What an issuer is known by is fetched by a flow of its own (refresh.c), so
 * that a caller who leaves takes nothing down with him; flows that need it wait in a list (waiting.c)
 * until it has ended, or for ISSUER_WAIT_MS. One lock guards all that changes.
 */
#ifndef ISSUER_INSIDE_H
#define ISSUER_INSIDE_H

#include "auth/issuer/discover.h"
#include "auth/issuer/verdicts.h"

#include <pthread.h>

enum {
	REFRESH_MS = 10000, /* for one refresh, all its transfers together */
	RETRY_MS = 3000, /* nothing is known yet, and the last try has failed */
	STALE_MS =
		300000, /* so long keys past their life are used without waiting for new ones */
	KEYS_MS = 3600000, /* life of keys that come without max-age */
	KEYS_LEAST_MS = 300000,
	MISSING_MAX = 256,
};

struct waiter { /* in its call's arena */
	struct flow *flow;
	struct str kid;
	int64_t until_ms; /* mono_ms */
	struct waiter *next;
};
struct missing { /* a kid that the issuer was asked for and does not have */
	uint64_t hash;
	int64_t until_ms;
};
struct issuer {
	char *text, *client_id, *client_secret, *introspection_url;
	struct url url; /* of text; lives in arena */
	struct arena *arena; /* of what never changes */
	bool openid;
	struct fetcher *fetcher;
	struct verdicts *verdicts;
	pthread_t watch;
	pthread_mutex_t lock; /* of all that follows */
	pthread_cond_t news;
	bool closing;
	struct waiter *waiters;
	char *metadata, *jwks_uri; /* the document as text; NULL: not known */
	int64_t metadata_until_ms, keys_until_ms;
	struct key_set *keys; /* the last good ones; NULL */
	struct introspector *introspector; /* made once; NULL */
	bool refreshing;
	int64_t tried_ms, searched_ms; /* when the last one began, and the last for a kid; 0 */
	struct err last; /* how the last one ended */
	struct missing missing[MISSING_MAX];
	size_t missing_at;
};

/* waiting.c; *_locked: with the lock held */
void waiting_start(struct issuer *i);
void waiting_stop(struct issuer *i); /* nobody waits any more */
void waiting_add_locked(struct issuer *i, struct waiter *w);
/* Takes everybody off the list: resume_all them when the lock is gone. */
struct waiter *waiting_take_locked(struct issuer *i);
void waiting_resume_all(struct waiter *w);

/* refresh.c; refreshing was set by the caller, under the lock. From a step of a flow on d. */
void refresh_begin(struct issuer *i, struct desks *d);
/* Starts the pool when there is an endpoint and a client to ask it with; metadata may be NULL. */
void refresh_introspector(struct issuer *i, const struct issuer_metadata *m);

/* issuer.c */
struct introspector *issuer_introspector(struct issuer *i);
/* Under the lock. */
bool issuer_is_missing(const struct issuer *i, struct str kid, int64_t now);

#endif
