/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose turn it is. Transfers wait in a row at their host; hosts that have someone waiting and a
 * free place stand in a ring, and each turn goes to the next host of it. So a thousand pages of one
 * site do not hold up the one page of another, and no site gets more than its share of
 * connections. The operator's own transfers have lanes of their own and do not wait here.
 */
#include "base/check.h"
#include "base/mem.h"
#include "base/metric.h"
#include "net/fetch_in.h"

enum { HOSTS_MAX = 1 << 20 };

static void judge_ready(struct fetcher *f, struct fetch_host *h)
{
	int64_t most = f->conf->fetch_per_host;
	bool ready = !TAILQ_EMPTY(&h->waiting) && (!most || h->running < most);
	if (ready && !h->ready)
		TAILQ_INSERT_TAIL(&f->ready, h, ready_links);
	else if (!ready && h->ready)
		TAILQ_REMOVE(&f->ready, h, ready_links);
	h->ready = ready;
}

static struct str host_name(const struct transfer *t)
{
	struct str name = t->url.host;
	if (name.n && name.p[name.n - 1] == '.')
		name.n--;
	return name;
}

static struct fetch_host *host_of(struct fetcher *f, struct str name)
{
	if (!f->hosts)
		f->hosts = map_new(HOSTS_MAX);
	struct fetch_host *h = map_get(f->hosts, name);
	if (h)
		return h;
	h = MEM_NEW(struct fetch_host);
	TAILQ_INIT(&h->waiting);
	CHECK(name.n < sizeof h->name);
	memcpy(h->name, name.p, name.n);
	CHECK(map_put(f->hosts, name, h));
	return h;
}

static void show(const struct fetcher *f)
{
	metric_set(METRIC_FETCH_WAITING, f->waiting);
	metric_set(METRIC_FETCH_RUNNING, f->running);
}

void queue_add(struct transfer *t, bool first)
{
	struct fetcher *f = t->fetcher;
	t->state = TRANSFER_WAITING;
	t->host = host_of(f, host_name(t));
	if (first)
		TAILQ_INSERT_HEAD(&t->host->waiting, t, host_links);
	else
		TAILQ_INSERT_TAIL(&t->host->waiting, t, host_links);
	f->waiting++;
	judge_ready(f, t->host);
	show(f);
}

void queue_leave(struct transfer *t)
{
	struct fetcher *f = t->fetcher;
	struct fetch_host *h = t->host;
	if (!h)
		return;
	t->host = NULL;
	if (t->state == TRANSFER_WAITING) {
		TAILQ_REMOVE(&h->waiting, t, host_links);
		f->waiting--;
	} else {
		h->running--;
		f->running--;
	}
	judge_ready(f, h);
	show(f);
	if (h->running || !TAILQ_EMPTY(&h->waiting))
		return;
	map_remove(f->hosts, str_of(h->name));
	mem_free(h);
}

struct transfer *queue_next(struct fetcher *f)
{
	struct fetch_host *h = TAILQ_FIRST(&f->ready);
	if (!h || f->running >= f->conf->fetch_in_flight || !bodies_have_room(f))
		return NULL;
	struct transfer *t = TAILQ_FIRST(&h->waiting);
	TAILQ_REMOVE(&h->waiting, t, host_links);
	f->waiting--;
	f->running++;
	h->running++;
	t->state = TRANSFER_RUNNING;
	TAILQ_REMOVE(&f->ready, h, ready_links); /* to the end of the ring */
	h->ready = false;
	judge_ready(f, h);
	show(f);
	return t;
}
