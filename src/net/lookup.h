/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names to addresses, by the system's resolver (hosts file and all) on a bounded
 * number of threads, so that a dead name server costs those threads and never the transfer loop.
 * One look-up for a name at a time, whoever waits; answers are kept for half a minute, failures for
 * some seconds. A waiter that gives up leaves at once; its look-up ends on its own, and so does a
 * look-up that still runs when the whole is freed.
 *
 * All functions belong to one thread (the transfer loop); only the threads within are others.
 */
#ifndef NET_LOOKUP_H
#define NET_LOOKUP_H

#include "net/guard.h"

enum { LOOKUP_ADDRESSES = 64 };

enum lookup_state { LOOKUP_RUNS, LOOKUP_FOUND, LOOKUP_NO_NAME, LOOKUP_FAILED };
struct lookup_answer {
	enum lookup_state state;
	int count;
	/* Of more than fit: those first that are not public, for they decide. */
	struct guard_address address[LOOKUP_ADDRESSES];
};

struct lookup_name;
/* Who waits for a name; lives in the waiter, zero when it does not wait. */
struct lookup_wait {
	struct lookup_wait *next, **link;
	struct lookup_name *name;
	void (*done)(struct lookup_wait *w, const struct lookup_answer *answer);
};

struct lookups;
/* wake(arg) is called from any thread when lookups_collect has something to do. */
struct lookups *lookups_new(int threads, void (*wake)(void *arg), void *arg);
void lookups_free(struct lookups **l);
/* The answer if it is known (valid until the next call here). Else NULL: w waits, and w->done comes
 * from lookups_collect. search: also with the search list of resolv.conf, for names inside; other
 * names are absolute, for an answer about example.com.corp.local is nobody's business. */
const struct lookup_answer *lookups_ask(
	struct lookups *l, struct str name, bool search, struct lookup_wait *w);
void lookups_forget(struct lookup_wait *w);
void lookups_collect(struct lookups *l);

#endif
