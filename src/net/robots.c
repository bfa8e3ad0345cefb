/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What sites said, by origin, behind one lock. Of those who want the same file at the same time one
 * leads and fetches it, the others are parked in a list of their own arenas. Nobody waits past its
 * own deadline, and no timer is needed for it: who has less time than the leader goes alone.
 *
 * Files are counted blocks: a rule is looked for without the lock, also in a file that has been
 * dropped meanwhile.
 */
#include "base/check.h"
#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "net/robots_in.h"

#include <pthread.h>
#include <sys/queue.h>

enum { SITES_MAX = 10000, FLIGHTS_MAX = 100000, FILES_BYTES = 32 * 1024 * 1024 };
/* RFC 9309 section 2.4: a day, unless Cache-Control says less. */
#define KEEP_LEAST_MS (5 * MINUTE_MS)
#define KEEP_MOST_MS DAY_MS
#define STALE_MOST_MS (7 * DAY_MS) /* rules of a site that has fallen silent */
#define SILENT_LEAST_MS (5 * MINUTE_MS)
#define SILENT_MOST_MS HOUR_MS

struct site {
	TAILQ_ENTRY(site) links; /* the least recently used last */
	struct robots_file *file;
	int64_t until_ms; /* mono_ms: asked again then */
	int64_t said_ms; /* when the file was fetched; silent sites may have an old one */
	bool said; /* file is what the site said; else stands for its silence */
	int silences; /* one after the other */
	size_t bytes;
	char origin[];
};
struct robots_flight {
	int64_t deadline_ms; /* the leader's */
	struct robots_seat *waiting;
};
struct robots {
	const struct conf *conf;
	struct fetcher *fetcher;
	pthread_mutex_t lock;
	struct map *sites, *flights;
	TAILQ_HEAD(sites, site) used;
	size_t bytes;
	struct robots_file *closed; /* forbids all */
};

static struct robots_file *file_new(const struct robots_rules *rules)
{
	struct robots_file *file = mem_raw(offsetof(struct robots_file, rules) + rules->bytes);
	atomic_init(&file->users, 1);
	memcpy(&file->rules, rules, rules->bytes);
	return file;
}

static struct robots_file *share(struct robots_file *file)
{
	atomic_fetch_add(&file->users, 1);
	return file;
}

void robots_drop(struct robots_file *file)
{
	if (atomic_fetch_sub(&file->users, 1) == 1)
		mem_free(file);
}

struct robots *robots_open(const struct conf *c, struct fetcher *fetcher)
{
	struct robots *r = MEM_NEW(struct robots);
	struct arena *a = arena_new(0);
	r->conf = c;
	r->fetcher = fetcher;
	pthread_mutex_init(&r->lock, NULL);
	r->sites = map_new(SITES_MAX + 1);
	r->flights = map_new(FLIGHTS_MAX);
	TAILQ_INIT(&r->used);
	r->closed =
		file_new(robots_parse(a, STR("User-agent: *\nDisallow: /"), STR("anybody")));
	arena_free(&a);
	return r;
}

/* With the lock held, as are those that follow. */
static void remove_site(struct robots *r, struct site *site)
{
	map_remove(r->sites, str_of(site->origin));
	TAILQ_REMOVE(&r->used, site, links);
	r->bytes -= site->bytes;
	robots_drop(site->file);
	mem_free(site);
}

void robots_close(struct robots **rp)
{
	struct robots *r = *rp;
	*rp = NULL;
	if (!r)
		return;
	CHECK(map_count(r->flights) == 0);
	for (struct site *site; (site = TAILQ_FIRST(&r->used));)
		remove_site(r, site);
	map_free(&r->sites, NULL);
	map_free(&r->flights, NULL);
	robots_drop(r->closed);
	pthread_mutex_destroy(&r->lock);
	mem_free(r);
}

const struct conf *robots_conf(const struct robots *r)
{
	return r->conf;
}

struct fetcher *robots_fetcher(const struct robots *r)
{
	return r->fetcher;
}

/* --- who asks --- */

static enum robots_role join(struct robots *r, struct robots_seat *s)
{
	struct str origin = str_of(s->origin);
	struct site *site = map_get(r->sites, origin);
	if (site && site->until_ms > mono_ms()) {
		TAILQ_REMOVE(&r->used, site, links);
		TAILQ_INSERT_HEAD(&r->used, site, links);
		s->file = share(site->file);
		return s->role = ROBOTS_KNOWN;
	}
	struct robots_flight *flight = map_get(r->flights, origin);
	if (flight && flight->deadline_ms <= s->deadline_ms) {
		s->role = ROBOTS_WAITS;
		s->next = flight->waiting;
		flight->waiting = s;
		return ROBOTS_WAITS;
	}
	s->role = ROBOTS_ALONE;
	if (flight)
		return ROBOTS_ALONE;
	flight = MEM_NEW(struct robots_flight);
	flight->deadline_ms = s->deadline_ms;
	if (!map_put(r->flights, origin, flight)) {
		mem_free(flight);
		return ROBOTS_ALONE;
	}
	s->flight = flight;
	return s->role = ROBOTS_LEADS;
}

enum robots_role robots_join(struct robots *r, struct robots_seat *s)
{
	pthread_mutex_lock(&r->lock);
	enum robots_role role = join(r, s); /* s is another thread's when it waits */
	pthread_mutex_unlock(&r->lock);
	return role;
}

/* --- what the site said --- */

static int64_t within(int64_t ms, int64_t least, int64_t most)
{
	return ms < least ? least : ms > most ? most : ms;
}

static struct site *site_of(struct robots *r, const char *origin)
{
	size_t n = strlen(origin);
	struct site *site = map_get(r->sites, str_of(origin));
	if (site) {
		TAILQ_REMOVE(&r->used, site, links);
	} else {
		site = mem_new(sizeof *site + n + 1);
		memcpy(site->origin, origin, n);
		CHECK(map_put(r->sites, str_of(origin), site));
		site->file = share(r->closed);
	}
	TAILQ_INSERT_HEAD(&r->used, site, links);
	return site;
}

static void put_file(struct robots *r, struct site *site, struct robots_file *file)
{
	robots_drop(site->file);
	site->file = share(file);
	r->bytes -= site->bytes;
	site->bytes = sizeof *site + strlen(site->origin) + file->rules.bytes;
	r->bytes += site->bytes;
}

static void keep_said(
	struct robots *r, struct site *site, struct robots_file *file, int64_t keep_ms)
{
	site->said = true;
	site->silences = 0;
	site->said_ms = mono_ms();
	site->until_ms = site->said_ms + within(keep_ms < 0 ? KEEP_MOST_MS : keep_ms,
						 KEEP_LEAST_MS, KEEP_MOST_MS);
	put_file(r, site, file);
}

/* What it said before goes on for a week; then, or if it never said anything, all is forbidden. */
static void keep_silence(struct robots *r, struct site *site, int64_t keep_ms)
{
	int64_t now = mono_ms(), pause = SILENT_LEAST_MS << site->silences;
	site->silences += pause < SILENT_MOST_MS;
	site->until_ms = now + within(keep_ms > pause ? keep_ms : pause, 0, SILENT_MOST_MS);
	if (site->said && site->said_ms + STALE_MOST_MS > now)
		return;
	site->said = false;
	put_file(r, site, r->closed);
}

static struct robots_file *keep(struct robots *r, const char *origin,
	const struct robots_news *news, struct robots_file *file)
{
	struct site *site = site_of(r, origin);
	if (news->said == ROBOTS_SAID)
		keep_said(r, site, file, news->keep_ms);
	else
		keep_silence(r, site, news->keep_ms);
	file = share(site->file);
	for (struct site *last; r->bytes > FILES_BYTES || map_count(r->sites) > SITES_MAX;) {
		last = TAILQ_LAST(&r->used, sites);
		remove_site(r, last);
	}
	return file;
}

/* --- the end of a flight --- */

static struct robots_seat *end_flight(struct robots *r, struct robots_seat *s)
{
	struct robots_seat *waiting = s->flight ? s->flight->waiting : NULL;
	if (s->flight)
		mem_free(map_remove(r->flights, str_of(s->origin)));
	s->flight = NULL;
	return waiting;
}

struct robots_file *robots_end(
	struct robots *r, struct robots_seat *s, const struct robots_news *news)
{
	struct robots_file *fresh = news->said == ROBOTS_SAID ? file_new(news->rules) : NULL;
	struct robots_file *file;
	pthread_mutex_lock(&r->lock);
	file = keep(r, s->origin, news, fresh);
	struct robots_seat *waiting = end_flight(r, s);
	pthread_mutex_unlock(&r->lock);
	if (fresh)
		robots_drop(fresh);
	for (struct robots_seat *w = waiting, *next; w; w = next) {
		next = w->next; /* the seat may be gone once its flow runs */
		w->file = share(file);
		flow_resume(w->flow);
	}
	return file;
}

/* Takes the one with the least time out of the list: the others still outlive its flight. */
static struct robots_seat *take_heir(struct robots_flight *flight)
{
	struct robots_seat **heir = &flight->waiting;
	for (struct robots_seat **at = heir; *at; at = &(*at)->next)
		if ((*at)->deadline_ms < (*heir)->deadline_ms)
			heir = at;
	struct robots_seat *seat = *heir;
	if (seat)
		*heir = seat->next;
	return seat;
}

void robots_give_up(struct robots *r, struct robots_seat *s)
{
	pthread_mutex_lock(&r->lock);
	struct robots_seat *heir = s->flight ? take_heir(s->flight) : NULL;
	if (heir) {
		heir->role = ROBOTS_LEADS;
		heir->flight = s->flight;
		heir->flight->deadline_ms = heir->deadline_ms;
		s->flight = NULL;
	} else {
		(void)end_flight(r, s);
	}
	pthread_mutex_unlock(&r->lock);
	if (heir)
		flow_resume(heir->flow);
}
