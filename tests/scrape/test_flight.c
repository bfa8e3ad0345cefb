/* SPDX-License-Identifier: Apache-2.0 */
/* Single flight on real desks; also run under the thread sanitizer. */
#include "scrape/flight.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/mem.h"
#include "lib/test.h"

#include <pthread.h>

static struct flights *all;
static struct desks *desks;
static atomic_int fetches, joined;

/* One question: joins, and when it leads it waits at the gate as a transfer would. */
struct asker {
	struct flow flow;
	struct call call;
	struct flight_seat seat;
	struct answer_id id;
	int64_t deadline_ms;
	bool gives_up; /* when it leads */
	char got[32];
	bool led;
	atomic_bool ended;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct asker *at_gate[1024];
static int n_at_gate;

static enum flow_next step_join(struct flow *f)
{
	struct asker *a = flow_self(f);
	enum flight_role role = flight_join(all, &a->id, &a->seat, f, a->deadline_ms);
	joined++;
	return role == FLIGHT_WAITS ? FLOW_PARKED : FLOW_NEXT;
}

static enum flow_next step_fetch(struct flow *f)
{
	struct asker *a = flow_self(f);
	if (a->seat.role == FLIGHT_WAITS) {
		CHECK(a->seat.answer.body.n < sizeof a->got);
		memcpy(a->got, a->seat.answer.body.p, a->seat.answer.body.n);
		return FLOW_DONE;
	}
	a->led = a->seat.role == FLIGHT_LEADS;
	fetches++;
	pthread_mutex_lock(&lock);
	at_gate[n_at_gate++] = a;
	pthread_mutex_unlock(&lock);
	return FLOW_PARKED;
}

static enum flow_next step_land(struct flow *f)
{
	struct asker *a = flow_self(f);
	char body[] = "the answer";
	struct answer answer = { .status = 200, .mime = "text/html", .body = STR(body) };
	if (a->seat.role == FLIGHT_LEADS)
		flight_end(all, &a->seat, a->gives_up ? NULL : &answer);
	memcpy(a->got, a->gives_up ? "gave up" : body, 8);
	memset(body, 'x', sizeof body); /* the copy of those who waited is their own */
	return FLOW_DONE;
}

static const struct flow_step steps[] = {
	{ "join", step_join },
	{ "fetch", step_fetch },
	{ "land", step_land },
	{ 0 },
};

static void ended(struct flow *f)
{
	struct asker *a = f->owner;
	arena_free(&a->call.arena);
	atomic_store(&a->ended, true);
}

static struct asker *ask(int id, int64_t deadline_ms)
{
	struct asker *a = MEM_NEW(struct asker);
	a->call.arena = arena_new(0);
	a->call.request_id = "test";
	memcpy(a->id.hash, &id, sizeof id);
	a->deadline_ms = deadline_ms;
	flow_init(&a->flow, &a->call, steps, a, ended);
	a->flow.owner = a;
	return a;
}

static void start(struct asker *a)
{
	int before = joined;
	CHECK(flow_start(desks, &a->flow));
	while (joined == before)
		sched_yield();
}

static struct asker *open_gate(void) /* for the first who stands there */
{
	struct asker *a = NULL;
	while (!a) {
		pthread_mutex_lock(&lock);
		if (n_at_gate) {
			a = at_gate[0];
			memmove(at_gate, at_gate + 1, (size_t)--n_at_gate * sizeof *at_gate);
		}
		pthread_mutex_unlock(&lock);
	}
	flow_resume(&a->flow);
	return a;
}

static void wait_for(struct asker *a)
{
	while (!atomic_load(&a->ended))
		sched_yield();
}

static void begin(void)
{
	all = flights_new();
	desks = desks_start(3, 1000, NULL, NULL, NULL);
	fetches = joined = 0;
}

static void end(void)
{
	desks_stop(&desks);
	flights_free(&all);
}

static void equal_questions_share_one_transfer(void)
{
	struct asker *a[20], *other;
	begin();
	for (int i = 0; i < 20; i++)
		start(a[i] = ask(1, 1000 + i));
	start(other = ask(2, 1000));
	open_gate();
	open_gate();
	for (int i = 0; i < 20; i++) {
		wait_for(a[i]);
		CHECK_TRUE(str_starts(str_of(a[i]->got), STR("the answ")));
		CHECK_INT(a[i]->led, i == 0);
		mem_free(a[i]);
	}
	wait_for(other);
	mem_free(other);
	CHECK_INT(fetches, 2);
	end();
}

static void who_would_wait_past_its_deadline_goes_alone(void)
{
	begin();
	struct asker *leader = ask(1, 1000), *hasty = ask(1, 999);
	start(leader);
	start(hasty);
	open_gate();
	open_gate();
	wait_for(leader);
	wait_for(hasty);
	CHECK_INT(fetches, 2);
	CHECK_TRUE(leader->led && !hasty->led);
	mem_free(leader);
	mem_free(hasty);
	end();
}

static void the_next_takes_over_from_one_who_gives_up(void)
{
	begin();
	struct asker *leader = ask(1, 1000), *late = ask(1, 3000), *soon = ask(1, 2000);
	leader->gives_up = true;
	start(leader);
	start(late);
	start(soon);
	CHECK_TRUE(open_gate() == leader);
	wait_for(leader);
	CHECK_TRUE(open_gate() == soon); /* the earlier deadline leads now */
	wait_for(soon);
	wait_for(late);
	CHECK_TEXT(leader->got, "gave up");
	CHECK_TEXT(late->got, "the answer");
	CHECK_INT(fetches, 2);
	mem_free(leader);
	mem_free(late);
	mem_free(soon);
	end();
}

static void all_who_give_up_end_the_flight(void)
{
	begin();
	struct asker *a = ask(1, 1000), *b = ask(1, 1000), *c = ask(1, 1000);
	a->gives_up = b->gives_up = true;
	start(a);
	start(b);
	open_gate();
	open_gate();
	wait_for(a);
	wait_for(b);
	start(c); /* a new flight */
	open_gate();
	wait_for(c);
	CHECK_TRUE(c->led);
	CHECK_INT(fetches, 3);
	mem_free(a);
	mem_free(b);
	mem_free(c);
	end();
}

/* Many at once, leaders giving up at random places: everyone gets an answer and nothing is left. */
static void crowds(void)
{
	enum { MANY = 600 };
	static struct asker *a[MANY];
	begin();
	for (int i = 0; i < MANY; i++) {
		a[i] = ask(i % 7, 1000 + i % 5);
		a[i]->gives_up = i % 3 == 0;
		CHECK(flow_start(desks, &a[i]->flow));
		if (i % 4 == 0)
			open_gate();
	}
	for (int i = 0; i < MANY; i++)
		while (!atomic_load(&a[i]->ended)) {
			pthread_mutex_lock(&lock);
			bool someone = n_at_gate > 0;
			pthread_mutex_unlock(&lock);
			if (someone)
				open_gate();
		}
	for (int i = 0; i < MANY; i++) {
		CHECK_TRUE(a[i]->got[0] != 0);
		mem_free(a[i]);
	}
	end();
}

TEST_MAIN(TEST(equal_questions_share_one_transfer),
	TEST(who_would_wait_past_its_deadline_goes_alone),
	TEST(the_next_takes_over_from_one_who_gives_up), TEST(all_who_give_up_end_the_flight),
	TEST(crowds))
