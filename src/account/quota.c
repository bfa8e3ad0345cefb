/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One bucket for each credential, in a map behind one lock. A bucket is not refilled by a clock: it
 * keeps the time at which it was last looked at, and what has run in since is worked out then. A
 * bucket that is full again with nothing in flight says no more than a new one, so those are what
 * is dropped when the map is full.
 */
#include "account/quota.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/metric.h"

#include <math.h>
#include <pthread.h>

enum { BUCKETS_MAX = 65536, BURST_MIN = 10 };

struct bucket {
	double level; /* requests that may come now */
	int64_t seen_ms; /* mono_ms */
	int64_t in_flight;
};
struct quota {
	pthread_mutex_t lock;
	struct map *buckets;
	int64_t in_flight_max; /* 0: off */
	double per_ms, burst; /* 0: off */
};

static double burst_of(int64_t per_minute)
{
	double burst = (double)per_minute / 4;
	if (burst < BURST_MIN)
		burst = BURST_MIN;
	return burst < (double)per_minute ? burst : (double)per_minute;
}

struct quota *quota_new(const struct conf *c)
{
	struct quota *q = MEM_NEW(struct quota);
	pthread_mutex_init(&q->lock, NULL);
	q->buckets = map_new(BUCKETS_MAX);
	q->in_flight_max = c->key_in_flight;
	q->per_ms = (double)c->rate_per_minute / 60000;
	q->burst = burst_of(c->rate_per_minute);
	return q;
}

void quota_free(struct quota **q)
{
	if (!*q)
		return;
	map_free(&(*q)->buckets, mem_free);
	pthread_mutex_destroy(&(*q)->lock);
	mem_free(*q);
	*q = NULL;
}

static bool is_free(const struct quota *q, const struct principal *p)
{
	return p->via == VIA_LOCAL || (q->in_flight_max == 0 && q->per_ms <= 0);
}

static void fill(const struct quota *q, struct bucket *b, int64_t now)
{
	b->level += (double)(now - b->seen_ms) * q->per_ms;
	if (b->level > q->burst)
		b->level = q->burst;
	b->seen_ms = now;
}

struct sweep {
	const struct quota *q;
	int64_t now;
};

static bool keep_used(void *arg, struct str key, void *value)
{
	struct sweep *sweep = arg;
	struct bucket *b = value;
	(void)key;
	fill(sweep->q, b, sweep->now);
	if (b->in_flight || b->level < sweep->q->burst)
		return true;
	mem_free(b);
	return false;
}

/* With the lock held. NULL: the map is full of buckets in use. */
static struct bucket *bucket_of(struct quota *q, struct str id, int64_t now)
{
	struct bucket *b = map_get(q->buckets, id);
	if (b) {
		fill(q, b, now);
		return b;
	}
	if (map_count(q->buckets) == BUCKETS_MAX)
		map_each(q->buckets, keep_used, &(struct sweep) { q, now });
	b = MEM_NEW(struct bucket);
	*b = (struct bucket) { .level = q->burst, .seen_ms = now };
	if (map_put(q->buckets, id, b))
		return b;
	mem_free(b);
	return NULL;
}

static bool take(
	const struct quota *q, struct bucket *b, int cost, int *retry_after_s, struct err *e)
{
	double price = cost < q->burst ? cost : q->burst;
	*retry_after_s = 1;
	if (q->in_flight_max && b->in_flight >= q->in_flight_max)
		return err_set(e, ERR_RATE_LIMITED,
			"this key already has %lld requests in flight, its limit",
			(long long)b->in_flight);
	if (q->per_ms > 0 && b->level < price) {
		*retry_after_s = (int)ceil((price - b->level) / q->per_ms / 1000);
		return err_set(e, ERR_RATE_LIMITED,
			"this key may make %.0f requests a minute; try again in %d s",
			q->per_ms * 60000, *retry_after_s);
	}
	if (q->per_ms > 0)
		b->level -= price;
	b->in_flight++;
	*retry_after_s = 0;
	return true;
}

bool quota_take(
	struct quota *q, const struct principal *p, int cost, int *retry_after_s, struct err *e)
{
	*retry_after_s = 0;
	if (is_free(q, p))
		return true;
	pthread_mutex_lock(&q->lock);
	struct bucket *b = bucket_of(q, str_of(p->credential_id), mono_ms());
	bool ok = b ? take(q, b, cost, retry_after_s, e)
		    : err_set(e, ERR_OVERLOADED, "too many callers at once, try again");
	pthread_mutex_unlock(&q->lock);
	if (!ok)
		metric_add(METRIC_REFUSED_RATE, 1);
	return ok;
}

void quota_give_back(struct quota *q, const struct principal *p)
{
	if (is_free(q, p))
		return;
	pthread_mutex_lock(&q->lock);
	struct bucket *b = map_get(q->buckets, str_of(p->credential_id));
	CHECK(b && b->in_flight > 0);
	b->in_flight--;
	pthread_mutex_unlock(&q->lock);
}
