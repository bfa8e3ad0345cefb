/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/rate.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "http/address.h"

#include <pthread.h>

struct rate {
	pthread_mutex_t lock;
	int64_t per_hour;
	struct map *hours; /* of addresses */
};
struct hour {
	int64_t end_ms, count;
};

struct rate *rate_new(int64_t per_hour)
{
	struct rate *r = MEM_NEW(struct rate);
	pthread_mutex_init(&r->lock, NULL);
	r->per_hour = per_hour;
	r->hours = map_new(RATE_ADDRESSES);
	return r;
}

void rate_free(struct rate **rp)
{
	struct rate *r = *rp;
	if (!r)
		return;
	map_free(&r->hours, mem_free);
	pthread_mutex_destroy(&r->lock);
	mem_free(r);
	*rp = NULL;
}

static bool drop(void *arg, struct str key, void *hour)
{
	(void)arg;
	(void)key;
	mem_free(hour);
	return false;
}

static bool still_counts(void *now, struct str key, void *hour)
{
	(void)key;
	if (((struct hour *)hour)->end_ms > *(int64_t *)now)
		return true;
	mem_free(hour);
	return false;
}

/* Too many addresses within one hour: all are forgotten. Else who owns a large IPv6 network could
 * keep everybody out who comes after. */
static struct hour *hour_of(struct rate *r, struct str key, int64_t now)
{
	struct hour *h = map_get(r->hours, key);
	if (h)
		return h;
	if (map_count(r->hours) == RATE_ADDRESSES)
		map_each(r->hours, still_counts, &now);
	if (map_count(r->hours) == RATE_ADDRESSES)
		map_each(r->hours, drop, NULL);
	h = MEM_NEW(struct hour);
	CHECK(map_put(r->hours, key, h));
	return h;
}

static bool take(struct rate *r, struct str key, int *retry_after_s)
{
	int64_t now = mono_ms();
	pthread_mutex_lock(&r->lock);
	struct hour *h = hour_of(r, key, now);
	if (h->end_ms <= now)
		*h = (struct hour) { .end_ms = now + HOUR_MS };
	bool ok = h->count < r->per_hour;
	if (ok)
		h->count++;
	*retry_after_s = (int)((h->end_ms - now + 999) / 1000);
	pthread_mutex_unlock(&r->lock);
	return ok;
}

bool rate_take(struct rate *r, const char *peer, int *retry_after_s, struct err *e)
{
	struct address a;
	struct str key = str_of(peer ? peer : "");
	if (address_parse(key, &a)) {
		a = address_holder(&a);
		key = (struct str) { (const char *)a.b, sizeof a.b };
	}
	if (take(r, key, retry_after_s))
		return true;
	return err_set(e, ERR_RATE_LIMITED,
		"too many of these from your address within an hour: try again in %d seconds",
		*retry_after_s);
}
