/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The flights in the air, in a map behind one lock. Those who wait are a list in their own arenas.
 * An answer is copied only when somebody waits, once for all of them; each frees its share with its
 * arena. The heir of a leader that gave up is the one with the earliest deadline, so the rule that
 * a flight ends before the deadlines of those who wait still holds.
 */
#include "scrape/flight.h"
#include "base/check.h"
#include "base/map.h"
#include "base/mem.h"

#include <pthread.h>

enum { FLIGHTS_MAX = 100000 };

struct flight {
	struct answer_id id;
	int64_t deadline_ms; /* the leader's */
	struct flight_seat *waiting;
};
struct flights {
	pthread_mutex_t lock;
	struct map *by_id;
};
/* One copy of an answer for all who waited. */
struct flight_gift {
	atomic_size_t shares;
	struct answer answer;
	char *text[4], *body;
};

struct flights *flights_new(void)
{
	struct flights *all = MEM_NEW(struct flights);
	pthread_mutex_init(&all->lock, NULL);
	all->by_id = map_new(FLIGHTS_MAX);
	return all;
}

void flights_free(struct flights **all)
{
	if (!*all)
		return;
	map_free(&(*all)->by_id, mem_free);
	pthread_mutex_destroy(&(*all)->lock);
	mem_free(*all);
	*all = NULL;
}

static struct str key_of(const struct answer_id *id)
{
	return (struct str) { (const char *)id->hash, ANSWER_ID_SIZE };
}

/* With the lock held. */
static void join(struct flights *all, const struct answer_id *id, struct flight_seat *seat)
{
	struct flight *flight = map_get(all->by_id, key_of(id));
	if (flight && flight->deadline_ms <= seat->deadline_ms) {
		seat->role = FLIGHT_WAITS;
		seat->next = flight->waiting;
		flight->waiting = seat;
		return;
	}
	seat->role = FLIGHT_ALONE;
	if (flight)
		return;
	flight = MEM_NEW(struct flight);
	flight->id = *id;
	flight->deadline_ms = seat->deadline_ms;
	if (map_put(all->by_id, key_of(id), flight)) {
		seat->role = FLIGHT_LEADS;
		seat->flight = flight;
	} else {
		mem_free(flight);
	}
}

enum flight_role flight_join(struct flights *all, const struct answer_id *id,
	struct flight_seat *seat, struct flow *f, int64_t deadline_ms)
{
	seat->flow = f;
	seat->deadline_ms = deadline_ms;
	pthread_mutex_lock(&all->lock);
	join(all, id, seat);
	enum flight_role role =
		seat->role; /* from the unlock on a seat that waits is not ours */
	pthread_mutex_unlock(&all->lock);
	return role;
}

/* --- the end --- */

static void gift_release(void *arg)
{
	struct flight_gift *gift = arg;
	if (atomic_fetch_sub(&gift->shares, 1) > 1)
		return;
	for (size_t i = 0; i < COUNT_OF(gift->text); i++)
		mem_free(gift->text[i]);
	mem_free(gift->body);
	mem_free(gift);
}

static struct flight_gift *gift_of(const struct answer *from, const struct flight_seat *waiting)
{
	struct flight_gift *gift = MEM_NEW(struct flight_gift);
	struct answer *to = &gift->answer;
	size_t shares = 0;
	for (; waiting; waiting = waiting->next)
		shares++;
	atomic_store(&gift->shares, shares);
	*to = *from;
	to->final_url = gift->text[0] = mem_text(from->final_url);
	to->mime = gift->text[1] = mem_text(from->mime);
	to->charset = gift->text[2] = mem_text(from->charset);
	to->encoding = gift->text[3] = mem_text(from->encoding);
	gift->body = mem_raw(from->body.n + 1);
	if (from->body.n)
		memcpy(gift->body, from->body.p, from->body.n);
	to->body.p = gift->body;
	return gift;
}

static void give(struct flight_seat *waiting, const struct answer *answer)
{
	struct flight_gift *gift = gift_of(answer, waiting);
	for (struct flight_seat *seat = waiting, *next; seat; seat = next) {
		next = seat->next; /* the seat may be gone once its flow runs */
		seat->answer = gift->answer;
		arena_defer(seat->flow->call->arena, gift_release, gift);
		flow_resume(seat->flow);
	}
}

/* Takes the one with the least time out of the list. */
static struct flight_seat *take_heir(struct flight *flight)
{
	struct flight_seat **heir = &flight->waiting;
	for (struct flight_seat **at = heir; *at; at = &(*at)->next)
		if ((*at)->deadline_ms < (*heir)->deadline_ms)
			heir = at;
	struct flight_seat *seat = *heir;
	if (seat)
		*heir = seat->next;
	return seat;
}

void flight_end(struct flights *all, struct flight_seat *seat, const struct answer *answer)
{
	struct flight *flight = seat->flight;
	struct flight_seat *heir = NULL, *waiting = NULL;
	CHECK(seat->role == FLIGHT_LEADS && flight);
	seat->role = FLIGHT_ALONE;
	seat->flight = NULL;
	pthread_mutex_lock(&all->lock);
	if (!answer)
		heir = take_heir(flight);
	if (heir) {
		heir->role = FLIGHT_LEADS;
		heir->flight = flight;
		flight->deadline_ms = heir->deadline_ms;
	} else {
		waiting = flight->waiting;
		map_remove(all->by_id, key_of(&flight->id));
	}
	pthread_mutex_unlock(&all->lock);
	if (heir) {
		flow_resume(heir->flow);
		return;
	}
	if (waiting)
		give(waiting, answer);
	mem_free(flight);
}
