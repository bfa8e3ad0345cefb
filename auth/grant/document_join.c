/* SPDX-License-Identifier: Apache-2.0 */
/* Single flight, the memory of failures, and the limit for each network. */
#include "auth/grant/document_in.h"
#include "auth/grant/inner.h"
#include "base/clock.h"
#include "base/mem.h"

enum { FLIGHTS_MAX = 256, FAILURES_MAX = 4096, RATES_MAX = 4096 };
enum { FAILURE_MS = 60 * 1000, FETCHES_A_MINUTE = 20 };

struct failure {
	int64_t until_ms; /* mono_ms: nobody tries again before */
	bool gone;
};
struct rate {
	int64_t since_ms;
	int count;
};

struct documents *documents_open(
	const struct conf *conf, struct fetcher *fetcher, const char *what)
{
	struct err e;
	struct guard *guard = guard_new(conf->allow_targets, conf->nat64_prefix, &e);
	if (!guard)
		return NULL;
	struct documents *all = MEM_NEW(struct documents);
	all->conf = conf;
	all->fetcher = fetcher;
	all->what = what;
	all->guard = guard;
	pthread_mutex_init(&all->lock, NULL);
	all->flights = map_new(FLIGHTS_MAX);
	all->failures = map_new(FAILURES_MAX);
	all->rates = map_new(RATES_MAX);
	return all;
}

void documents_close(struct documents **all)
{
	if (!*all)
		return;
	map_free(&(*all)->flights, NULL);
	map_free(&(*all)->failures, mem_free);
	map_free(&(*all)->rates, mem_free);
	guard_free(&(*all)->guard);
	pthread_mutex_destroy(&(*all)->lock);
	mem_free(*all);
	*all = NULL;
}

static bool drop_old_rate(void *arg, struct str key, void *value)
{
	const struct rate *r = value;
	bool keep = r->since_ms + MINUTE_MS > *(int64_t *)arg;
	(void)key;
	if (!keep)
		mem_free(value);
	return keep;
}

/* A full memory of networks refuses new ones until a minute has passed. */
static bool rate_allows(struct documents *all, const char *peer)
{
	char network[INET6_ADDRSTRLEN];
	struct str key = str_of(peer_network(peer, network));
	int64_t now = mono_ms();
	struct rate *r = map_get(all->rates, key);
	if (!r) {
		if (map_count(all->rates) >= RATES_MAX)
			map_each(all->rates, drop_old_rate, &now);
		r = MEM_NEW(struct rate);
		r->since_ms = now;
		if (!map_put(all->rates, key, r)) {
			mem_free(r);
			return false;
		}
	}
	if (r->since_ms + MINUTE_MS <= now)
		*r = (struct rate) { now, 0 };
	return r->count++ < FETCHES_A_MINUTE;
}

static const struct failure *failed_lately(struct documents *all, struct str address)
{
	const struct failure *failure = map_get(all->failures, address);
	if (!failure || failure->until_ms > mono_ms())
		return failure;
	mem_free(map_remove(all->failures, address));
	return NULL;
}

static enum document_role join(struct documents *all, struct document *d)
{
	struct document *leader = map_get(all->flights, d->address);
	if (leader) {
		d->role = DOCUMENT_WAITS; /* before another thread can resume it */
		d->next = leader->waiting;
		leader->waiting = d;
		return DOCUMENT_WAITS;
	}
	const struct failure *failure = failed_lately(all, d->address);
	if (failure) {
		d->gone = failure->gone;
		document_unusable(d, "fetch");
		return DOCUMENT_REFUSED;
	}
	if (!rate_allows(all, d->peer) || !map_put(all->flights, d->address, d)) {
		d->gone = true;
		oauth_fail(d->fault, OAUTH_TEMPORARILY_UNAVAILABLE,
			"the %s of the client could not be used: busy", all->what);
		return DOCUMENT_REFUSED;
	}
	return d->role = DOCUMENT_LEADS;
}

enum document_role document_join(struct document *d)
{
	struct documents *all = d->of;
	pthread_mutex_lock(&all->lock);
	enum document_role role = join(all, d);
	pthread_mutex_unlock(&all->lock);
	return role;
}

static void remember_failure(struct documents *all, const struct document *d)
{
	struct failure *failure = MEM_NEW(struct failure);
	*failure = (struct failure) { mono_ms() + FAILURE_MS, d->gone };
	if (map_count(all->failures) >= FAILURES_MAX)
		map_clear(all->failures, mem_free);
	mem_free(map_remove(all->failures, d->address));
	map_put(all->failures, d->address, failure);
}

void document_end(struct document *d)
{
	struct documents *all = d->of;
	pthread_mutex_lock(&all->lock);
	map_remove(all->flights, d->address);
	if (!d->good && !d->cancelled)
		remember_failure(all, d);
	struct document *waiting = d->waiting;
	pthread_mutex_unlock(&all->lock);
	for (struct document *w = waiting, *next; w; w = next) {
		next = w->next;
		w->good = d->good;
		w->gone = d->gone;
		*w->fault = *d->fault;
		if (!d->good && d->fault->code == OAUTH_NONE) /* it went on with the old one */
			w->good = true;
		flow_resume(w->flow);
	}
}
