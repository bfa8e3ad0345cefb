/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords: which are taken, what is stored, and the threads that compute. */
#include "account/password.h"
#include "base/arena.h"
#include "base/check.h"
#include "base/clock.h"
#include "lib/test.h"

#include <pthread.h>

/* "correct horse 12", salt "saltsaltsaltsalt", m=19456 t=2 p=1: by the reference library. */
#define CHEAP                                                                                  \
	"$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$"                               \
	"9FjtNDilIOYctTqD6dLH9qqZWg9uEfYSk2Sb9fRd81k"

static void texts_that_are_taken(void)
{
	char long_one[258];
	memset(long_one, 'x', sizeof long_one);
	const struct {
		struct str text;
		bool ok;
	} rows[] = {
		{ STR("elevenchars"), false },
		{ STR("fluffy tiles"), true }, /* 12 */
		{ { long_one, 256 }, true },
		{ { long_one, 257 }, false },
		{ STR("Password1234"), false }, /* common, whatever the case */
		{ STR("QWERTYuiop123"), false },
		{ STR("tab\tis control"), false },
		{ STR("nul\0is control"), false },
		{ STR("del\x7Fis control"), false },
		{ STR("not \xFFutf-8 at all"), false },
		{ STR("gr\xC3\xBC\xC3\x9F dich!"), true }, /* bytes are counted */
		{ STR("Somebody.Else"), false }, /* the name */
		{ STR(""), false },
	};
	struct err e;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (password_ok(rows[i].text, STR("somebody.else"), &e) != rows[i].ok)
			test_fail(__FILE__, __LINE__, "row %d", (int)i);
	CHECK_TRUE(!password_ok(STR("short"), STR("n"), &e));
	CHECK_INT(e.code, ERR_INVALID_REQUEST);
	CHECK_TEXT(e.msg, "password must be 12 to 256 bytes long");
}

static void a_hash_is_argon2id_with_our_cost_and_a_salt(void)
{
	char one[PASSWORD_HASH_SIZE], other[PASSWORD_HASH_SIZE];
	struct err e;
	CHECK_TRUE(password_hash(STR("correct horse 12"), one, &e));
	CHECK_TRUE(password_hash(STR("correct horse 12"), other, &e));
	CHECK_TRUE(str_starts(str_of(one), STR("$argon2id$v=19$m=65536,t=3,p=1$")));
	CHECK_INT(strlen(one), 31 + 22 + 1 + 43);
	CHECK_TRUE(strcmp(one, other) != 0);
	CHECK_TRUE(password_hash_ok(one, &e));
	CHECK_TRUE(!password_hash_old(one));
	CHECK_TRUE(password_verify(one, STR("correct horse 12")));
	CHECK_TRUE(!password_verify(one, STR("correct horse 13")));
	CHECK_TRUE(!password_verify(one, STR("correct horse 12 ")));
	CHECK_TRUE(!password_verify(NULL, STR("correct horse 12")));
}

static void hashes_of_other_makers(void)
{
	static const struct {
		const char *hash;
		bool ok;
	} rows[] = {
		{ CHEAP, true },
		{ "", false },
		{ "password", false },
		{ "$argon2i$v=19$m=65536,t=3,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
		  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
			false },
		{ "$argon2id$m=65536,t=3,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
		  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
			false }, /* version 16 */
		{ "$argon2id$v=19$m=64,t=3,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
		  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
			false }, /* too cheap */
		{ "$argon2id$v=19$m=4194304,t=3,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
		  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
			false }, /* 4 GiB */
		{ "$argon2id$v=19$m=65536,t=0,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
		  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
			false },
		{ "$argon2id$v=19$m=65536,t=-3,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
		  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
			false },
		{ "$argon2id$v=19$m=65536,t=3,p=1$c2FsdA$"
		  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
			false }, /* short salt */
		{ "$argon2id$v=19$m=65536,t=3,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAA", false },
		{ "$argon2id$v=19$m=65536,t=3,p=1$c2FsdHNhbHRzYWx0c2FsdA$"
		  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA!",
			false },
		{ "$argon2id$v=19$m=65536,t=3,p=1$c2FsdHNhbHRzYWx0c2FsdA", false },
	};
	struct err e;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (password_hash_ok(rows[i].hash, &e) != rows[i].ok)
			test_fail(__FILE__, __LINE__, "%s", rows[i].hash);
	CHECK_TRUE(password_verify(CHEAP, STR("correct horse 12")));
	CHECK_TRUE(!password_verify(CHEAP, STR("wrong horse 1234")));
	CHECK_TRUE(password_hash_old(CHEAP));
}

/* --- on the threads --- */

struct person {
	struct flow flow;
	struct call call;
	struct password_job job;
	struct passwords *threads;
	char text[32];
	bool ended;
};
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t news = PTHREAD_COND_INITIALIZER;
static int begun, ended;

static void count(int *what)
{
	pthread_mutex_lock(&lock);
	++*what;
	pthread_cond_broadcast(&news);
	pthread_mutex_unlock(&lock);
}

static void wait_for(const int *what, int value)
{
	pthread_mutex_lock(&lock);
	while (*what < value)
		pthread_cond_wait(&news, &lock);
	pthread_mutex_unlock(&lock);
}

static enum flow_next step_ask(struct flow *f)
{
	struct person *p = flow_self(f);
	count(&begun);
	return password_begin(p->threads, &p->job, f);
}

static const struct flow_step steps[] = { { "ask", step_ask }, { 0 } };

static void end_person(struct flow *f)
{
	struct person *p = f->owner;
	p->ended = true;
	count(&ended);
}

static void begin(struct person *p, struct passwords *threads, const char *text)
{
	p->threads = threads;
	snprintf(p->text, sizeof p->text, "%s", text);
	p->job.password = (struct str) { p->text, strlen(p->text) };
	flow_init(&p->flow, &p->call, steps, p, end_person);
	p->flow.owner = p;
}

static bool wiped(const struct person *p)
{
	for (size_t i = 0; i < p->job.password.n; i++)
		if (p->text[i])
			return false;
	return true;
}

static struct person one(
	struct passwords *threads, struct desks *d, const char *text, struct password_job job)
{
	struct person p = { .job = job };
	p.call.arena = arena_new(0);
	begin(&p, threads, text);
	CHECK_TRUE(flow_run(d, &p.flow));
	arena_free(&p.call.arena);
	CHECK_TRUE(wiped(&p));
	return p;
}

static void checklist_31_a_wrong_password_and_a_wrong_user_are_the_same(void)
{
	struct desks *d = desks_start(1, 100, NULL, NULL, NULL);
	struct passwords *t = passwords_start();
	char good[PASSWORD_HASH_SIZE];
	struct err e;
	CHECK_TRUE(password_hash(STR("correct horse 12"), good, &e));
	const char *right = "correct horse 12", *wrong = "incorrect horse1";
	struct person p = one(t, d, right, (struct password_job) { .verify = good });
	CHECK_TRUE(p.job.good && !p.job.made[0] && p.job.err.code == ERR_NONE);
	struct person bad = one(t, d, wrong, (struct password_job) { .verify = good });
	struct person nobody = one(t, d, right, (struct password_job) { .unknown = true });
	struct person both =
		one(t, d, right, (struct password_job) { .unknown = true, .verify = good });
	struct person blank = one(t, d, right, (struct password_job) { 0 });
	const struct person *const no[] = { &bad, &nobody, &both, &blank };
	for (size_t i = 0; i < COUNT_OF(no); i++)
		CHECK_TRUE(!no[i]->job.good && !no[i]->job.made[0] &&
			   no[i]->job.err.code == ERR_NONE);
	passwords_close(t);
	desks_stop(&d);
	passwords_stop(&t);
}

/* The time is that of the parameters, and they are the same. */
static void checklist_31_nobody_costs_as_much_as_somebody(void)
{
	struct err e;
	CHECK_TRUE(password_hash_ok(password_nobody(), &e));
	CHECK_TRUE(!password_hash_old(password_nobody()));
	CHECK_TRUE(!password_verify(password_nobody(), STR("some other password")));
	CHECK_TRUE(!password_verify("$nonsense", STR("some other password")));
}

static void out_of_date_hashes_are_made_anew(void)
{
	struct desks *d = desks_start(1, 100, NULL, NULL, NULL);
	struct passwords *t = passwords_start();
	struct person p = one(t, d, "correct horse 12",
		(struct password_job) { .verify = CHEAP, .hash = true });
	CHECK_TRUE(p.job.good && p.job.made[0] && !password_hash_old(p.job.made));
	CHECK_TRUE(password_verify(p.job.made, STR("correct horse 12")));
	struct person same = one(t, d, "correct horse 12",
		(struct password_job) { .verify = p.job.made, .hash = true });
	CHECK_TRUE(same.job.good && !same.job.made[0]);
	struct person wrong = one(t, d, "incorrect horse1",
		(struct password_job) { .verify = CHEAP, .hash = true });
	CHECK_TRUE(!wrong.job.good && !wrong.job.made[0]);
	struct person new =
		one(t, d, "correct horse 13", (struct password_job) { .hash = true });
	CHECK_TRUE(password_verify(new.job.made, STR("correct horse 13")));
	struct person nobody = one(t, d, "correct horse 13",
		(struct password_job) { .unknown = true, .hash = true });
	CHECK_TRUE(!nobody.job.good && !nobody.job.made[0]);
	passwords_close(t);
	desks_stop(&d);
	passwords_stop(&t);
}

enum { MANY = 60 };
static struct person people[MANY];

static void start_many(struct desks *d, struct passwords *t, int n)
{
	begun = ended = 0;
	memset(people, 0, sizeof people);
	for (int i = 0; i < n; i++) {
		people[i].call.arena = arena_new(0);
		people[i].job.verify = CHEAP;
		begin(&people[i], t, "correct horse 12");
		CHECK_TRUE(flow_start(d, &people[i].flow));
	}
}

static int with_code(int n, enum err_code code)
{
	int found = 0;
	for (int i = 0; i < n; i++)
		found += people[i].job.err.code == code;
	return found;
}

static void free_many(int n)
{
	for (int i = 0; i < n; i++) {
		CHECK_TRUE(people[i].ended && wiped(&people[i]));
		arena_free(&people[i].call.arena);
	}
}

/* Sixty at once on two threads: what neither runs nor waits is refused; nobody waits longer. */
static void checklist_32_a_full_queue_refuses(void)
{
	struct desks *d = desks_start(2, MANY, NULL, NULL, NULL);
	struct passwords *t = passwords_start();
	start_many(d, t, MANY);
	wait_for(&ended, MANY);
	int good = 0, refused = with_code(MANY, ERR_RATE_LIMITED);
	for (int i = 0; i < MANY; i++) {
		good += people[i].job.good;
		if (people[i].job.err.code == ERR_RATE_LIMITED)
			CHECK_INT(people[i].call.retry_after_s, 1);
	}
	CHECK_TRUE(good >= PASSWORD_QUEUE);
	CHECK_TRUE(refused > 0);
	CHECK_INT(good + refused, MANY);
	passwords_close(t);
	desks_stop(&d);
	passwords_stop(&t);
	free_many(MANY);
}

static void stopping_sends_waiting_flows_home(void)
{
	enum { SOME = PASSWORD_THREADS + PASSWORD_QUEUE };
	struct desks *d = desks_start(2, MANY, NULL, NULL, NULL);
	struct passwords *t = passwords_start();
	start_many(d, t, SOME);
	wait_for(&begun, SOME);
	passwords_close(t);
	wait_for(&ended, SOME);
	int good = 0, cancelled = with_code(SOME, ERR_CANCELLED);
	for (int i = 0; i < SOME; i++) {
		good += people[i].job.good;
		CHECK_TRUE(!people[i].job.good || people[i].job.err.code == ERR_NONE);
	}
	CHECK_TRUE(cancelled > 0);
	CHECK_INT(good + cancelled + with_code(SOME, ERR_RATE_LIMITED), SOME);
	struct person late = one(t, d, "correct horse 12", (struct password_job) { 0 });
	CHECK_INT(late.job.err.code, ERR_CANCELLED);
	CHECK_TRUE(!late.job.good);
	desks_stop(&d);
	passwords_stop(&t);
	free_many(SOME);
}

static void who_has_left_is_not_computed_for(void)
{
	struct desks *d = desks_start(1, 100, NULL, NULL, NULL);
	struct passwords *t = passwords_start();
	struct person p = { .job.verify = CHEAP };
	p.call.arena = arena_new(0);
	atomic_store(&p.call.cancelled, true);
	begin(&p, t, "correct horse 12");
	CHECK_TRUE(flow_run(d, &p.flow));
	CHECK_INT(p.job.err.code, ERR_CANCELLED);
	CHECK_TRUE(!p.job.good && wiped(&p));
	arena_free(&p.call.arena);
	passwords_close(t);
	desks_stop(&d);
	passwords_stop(&t);
}

TEST_MAIN(TEST(texts_that_are_taken), TEST(a_hash_is_argon2id_with_our_cost_and_a_salt),
	TEST(hashes_of_other_makers),
	TEST(checklist_31_a_wrong_password_and_a_wrong_user_are_the_same),
	TEST(checklist_31_nobody_costs_as_much_as_somebody),
	TEST(out_of_date_hashes_are_made_anew), TEST(checklist_32_a_full_queue_refuses),
	TEST(stopping_sends_waiting_flows_home), TEST(who_has_left_is_not_computed_for))
