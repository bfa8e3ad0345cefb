/* SPDX-License-Identifier: Apache-2.0 */
/* The same code or token at the same time, from threads of one process and of two. */
#include "grant/world.h"

#include <pthread.h>

enum { RACERS = 8 };
struct racer {
	pthread_t thread;
	pthread_barrier_t *gun;
	struct store *store;
	write_fn *write;
	void *arg;
	struct arena *arena;
	struct err err;
};

static void *race_one(void *arg)
{
	struct racer *r = arg;
	pthread_barrier_wait(r->gun);
	(void)!store_run(r->store, r->write, r->arg, &r->err);
	return NULL;
}

static void race(struct racer racers[RACERS])
{
	pthread_barrier_t gun;
	pthread_barrier_init(&gun, NULL, RACERS);
	for (int i = 0; i < RACERS; i++) {
		racers[i].gun = &gun;
		CHECK(pthread_create(&racers[i].thread, NULL, race_one, &racers[i]) == 0);
	}
	for (int i = 0; i < RACERS; i++) {
		pthread_join(racers[i].thread, NULL);
		CHECK_INT(racers[i].err.code, ERR_NONE);
	}
	pthread_barrier_destroy(&gun);
}

/* second: another handle on the same file, as another process has it; or the same. */
static void codes_race(struct store *second)
{
	struct racer racers[RACERS] = { 0 };
	struct code_redeem redeems[RACERS];
	const struct client *c = web_client();
	struct grants *g = grants_open(store);
	struct request_answer *a = allowed(c);
	for (int i = 0; i < RACERS; i++) {
		racers[i].arena = arena_new(0);
		racers[i].store = i % 2 ? second : store;
		redeems[i] = redemption(c, a->code);
		redeems[i].arena = racers[i].arena;
		racers[i].write = code_redeem_write;
		racers[i].arg = &redeems[i];
	}
	race(racers);
	int winners = 0;
	for (int i = 0; i < RACERS; i++) {
		winners += redeems[i].fault.code == OAUTH_NONE;
		CHECK_TRUE(redeems[i].fault.code == OAUTH_NONE ||
			   redeems[i].fault.code == OAUTH_INVALID_GRANT);
		CHECK_TRUE(
			(redeems[i].grant.id != NULL) == (redeems[i].fault.code == OAUTH_NONE));
	}
	CHECK_INT(winners, 1);
	CHECK_INT(count("SELECT COUNT(*) FROM refresh"), 1);
	CHECK_INT(audits("token.issued"), 1);
	CHECK_INT(audits("token.reused"), 1);
	CHECK_INT(living(g, a->grant_id), ERR_UNAUTHORIZED); /* the second use ended it */
	for (int i = 0; i < RACERS; i++)
		arena_free(&racers[i].arena);
	grants_close(&g);
}

static void a_code_has_one_winner(void)
{
	fresh();
	codes_race(store);
	done();
}

static void a_code_has_one_winner_of_two_processes(void)
{
	fresh();
	struct store *second = open_again();
	codes_race(second);
	store_close(&second);
	done();
}

static void refreshes_race(struct store *second)
{
	struct racer racers[RACERS] = { 0 };
	struct refresh_rotate rotations[RACERS];
	const struct client *c = web_client();
	struct grants *g = grants_open(store);
	struct code_redeem r = redeem(c, allowed(c)->code);
	for (int i = 0; i < RACERS; i++) {
		racers[i].arena = arena_new(0);
		racers[i].store = i % 2 ? second : store;
		rotations[i] = rotation(c, r.refresh);
		rotations[i].arena = racers[i].arena;
		racers[i].write = refresh_rotate_write;
		racers[i].arg = &rotations[i];
	}
	race(racers);
	int winners = 0;
	for (int i = 0; i < RACERS; i++)
		winners += rotations[i].fault.code == OAUTH_NONE;
	CHECK_INT(winners, REFRESH_SIBLINGS);
	CHECK_INT(count("SELECT COUNT(*) FROM refresh"), 1 + REFRESH_SIBLINGS);
	CHECK_INT(count("SELECT MAX(children) FROM refresh"), REFRESH_SIBLINGS);
	CHECK_INT(living(g, r.grant.id), ERR_NONE); /* nobody was logged out */
	for (int i = 0; i < RACERS; i++) {
		if (rotations[i].fault.code == OAUTH_NONE)
			CHECK_INT(rotate(c, rotations[i].refresh).fault.code, OAUTH_NONE);
		arena_free(&racers[i].arena);
	}
	grants_close(&g);
}

static void a_refresh_token_gives_a_few_siblings(void)
{
	fresh();
	refreshes_race(store);
	done();
}

static void a_refresh_token_gives_a_few_siblings_in_two_processes(void)
{
	fresh();
	struct store *second = open_again();
	refreshes_race(second);
	store_close(&second);
	done();
}

static void a_request_has_one_answer(void)
{
	struct racer racers[RACERS] = { 0 };
	struct request_answer answers[RACERS];
	fresh();
	struct store *second = open_again();
	const struct client *c = web_client();
	struct str id = put_request(asked(c));
	for (int i = 0; i < RACERS; i++) {
		answers[i] = (struct request_answer) { .id = id,
			.session_hash = session,
			.user_id = "acc_local",
			.client_name = "App",
			.allow = true,
			.scopes = SCOPES_ALL,
			.grant_life_ms = DAY };
		request_answer_draw(&answers[i]);
		racers[i].store = i % 2 ? second : store;
		racers[i].write = request_answer_write;
		racers[i].arg = &answers[i];
	}
	race(racers);
	int winners = 0;
	for (int i = 0; i < RACERS; i++)
		winners += answers[i].fault.code == ERR_NONE;
	CHECK_INT(winners, 1);
	CHECK_INT(count("SELECT COUNT(*) FROM codes"), 1);
	store_close(&second);
	done();
}

/* The memory of living grants, asked while they end. */
struct asker {
	pthread_t thread;
	struct grants *grants;
	const char *id;
	int refused, seen;
};

static void *ask(void *arg)
{
	struct asker *a = arg;
	struct arena *own = arena_new(0);
	const char *account;
	unsigned scopes;
	struct err e;
	while (!a->refused) {
		arena_reset(own);
		if (!grants_live(a->grants, a->id, own, &account, &scopes, &e))
			a->refused = e.code == ERR_UNAUTHORIZED ? 1 : 2;
		a->seen++;
	}
	arena_free(&own);
	return NULL;
}

static void ending_a_grant_counts_while_it_is_asked_for(void)
{
	struct asker askers[4] = { 0 };
	fresh();
	struct store *second = open_again();
	struct err e;
	const struct client *c = web_client();
	struct grants *g = grants_open(store);
	struct code_redeem r = redeem(c, allowed(c)->code);
	for (int i = 0; i < 4; i++) {
		askers[i] = (struct asker) { .grants = g, .id = r.grant.id };
		CHECK(pthread_create(&askers[i].thread, NULL, ask, &askers[i]) == 0);
	}
	struct token_revoke end = { .grant_id = r.grant.id, .why = "user" };
	CHECK_TRUE(store_run(second, token_revoke_write, &end, &e));
	CHECK_INT(living(g, r.grant.id), ERR_UNAUTHORIZED); /* the very next one */
	for (int i = 0; i < 4; i++) {
		pthread_join(askers[i].thread, NULL);
		CHECK_INT(askers[i].refused, 1);
	}
	grants_close(&g);
	store_close(&second);
	done();
}

TEST_MAIN({ "checklist.08 a code has one winner", a_code_has_one_winner },
	{ "checklist.08 a code has one winner of two processes",
		a_code_has_one_winner_of_two_processes },
	{ "checklist.13 a refresh token gives a few siblings",
		a_refresh_token_gives_a_few_siblings },
	{ "checklist.13 a refresh token gives a few siblings in two processes",
		a_refresh_token_gives_a_few_siblings_in_two_processes },
	{ "checklist.17 a request has one answer", a_request_has_one_answer },
	{ "checklist.26 ending a grant counts while it is asked for",
		ending_a_grant_counts_while_it_is_asked_for })
