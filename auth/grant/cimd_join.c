/* SPDX-License-Identifier: Apache-2.0 */
/* Single flight, the memory of failures, and the limit for each network. */
#include "auth/grant/cimd_in.h"
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

struct cimd *cimd_open(const struct conf *conf, struct store *s, struct fetcher *f)
{
	struct err e;
	struct guard *guard = guard_new(conf->allow_targets, conf->nat64_prefix, &e);
	if (!guard) /* the fetcher has refused these settings before */
		return NULL;
	struct cimd *c = MEM_NEW(struct cimd);
	c->conf = conf;
	c->store = s;
	c->fetcher = f;
	c->guard = guard;
	pthread_mutex_init(&c->lock, NULL);
	c->flights = map_new(FLIGHTS_MAX);
	c->failures = map_new(FAILURES_MAX);
	c->rates = map_new(RATES_MAX);
	return c;
}

void cimd_close(struct cimd **c)
{
	if (!*c)
		return;
	map_free(&(*c)->flights, NULL);
	map_free(&(*c)->failures, mem_free);
	map_free(&(*c)->rates, mem_free);
	guard_free(&(*c)->guard);
	pthread_mutex_destroy(&(*c)->lock);
	mem_free(*c);
	*c = NULL;
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
static bool rate_allows(struct cimd *c, const char *peer)
{
	char network[INET6_ADDRSTRLEN];
	struct str key = str_of(peer_network(peer, network));
	int64_t now = mono_ms();
	struct rate *r = map_get(c->rates, key);
	if (!r) {
		if (map_count(c->rates) >= RATES_MAX)
			map_each(c->rates, drop_old_rate, &now);
		r = MEM_NEW(struct rate);
		r->since_ms = now;
		if (!map_put(c->rates, key, r)) {
			mem_free(r);
			return false;
		}
	}
	if (r->since_ms + MINUTE_MS <= now)
		*r = (struct rate) { now, 0 };
	return r->count++ < FETCHES_A_MINUTE;
}

static const struct failure *failed_lately(struct cimd *c, struct str id)
{
	const struct failure *failure = map_get(c->failures, id);
	if (!failure || failure->until_ms > mono_ms())
		return failure;
	mem_free(map_remove(c->failures, id));
	return NULL;
}

static enum look_role join(struct cimd *c, struct look *l)
{
	struct oauth_error *fault = &l->find->fault;
	struct look *leader = map_get(c->flights, l->find->id);
	if (leader) {
		l->role = LOOK_WAITS; /* before another thread can resume it */
		l->next = leader->waiting;
		leader->waiting = l;
		return LOOK_WAITS;
	}
	const struct failure *failure = failed_lately(c, l->find->id);
	if (failure) {
		l->gone = failure->gone;
		oauth_fail(fault, OAUTH_INVALID_CLIENT,
			"the document of the client could not be used: fetch");
		return LOOK_REFUSED;
	}
	if (!rate_allows(c, l->find->peer) || !map_put(c->flights, l->find->id, l)) {
		l->gone = true;
		oauth_fail(fault, OAUTH_TEMPORARILY_UNAVAILABLE,
			"the document of the client could not be used: busy");
		return LOOK_REFUSED;
	}
	return l->role = LOOK_LEADS;
}

enum look_role look_join(struct look *l)
{
	struct cimd *c = l->cimd;
	pthread_mutex_lock(&c->lock);
	enum look_role role = join(c, l);
	pthread_mutex_unlock(&c->lock);
	return role;
}

static void remember_failure(struct cimd *c, const struct look *l)
{
	struct failure *failure = MEM_NEW(struct failure);
	*failure = (struct failure) { mono_ms() + FAILURE_MS, l->gone };
	if (map_count(c->failures) >= FAILURES_MAX)
		map_clear(c->failures, mem_free);
	mem_free(map_remove(c->failures, l->find->id));
	map_put(c->failures, l->find->id, failure);
}

void look_end(struct look *l)
{
	struct cimd *c = l->cimd;
	pthread_mutex_lock(&c->lock);
	map_remove(c->flights, l->find->id);
	if (!l->good && !l->cancelled)
		remember_failure(c, l);
	struct look *waiting = l->waiting;
	pthread_mutex_unlock(&c->lock);
	for (struct look *w = waiting, *next; w; w = next) {
		next = w->next;
		w->good = l->good;
		w->find->fault = l->find->fault;
		if (!l->good &&
			l->find->fault.code == OAUTH_NONE) /* it went on with the old one */
			w->good = true;
		flow_resume(w->flow);
	}
}
