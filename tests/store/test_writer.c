/* SPDX-License-Identifier: Apache-2.0 */
/* Group commit: nothing acknowledged is lost, one bad command hurts nobody else, queues are bounded. */
#include "store/writer.h"
#include "base/mem.h"
#include "lib/place.h"
#include "lib/test.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>

enum { CLIENTS = 8, EACH = 100 };

static struct db *opened(void)
{
	struct err e;
	struct db_place p = { place_made, "w.db", .durable = true };
	struct db *d = db_open(&p, &e);
	CHECK(d);
	CHECK(db_script(d, "CREATE TABLE IF NOT EXISTS t (id BIGINT PRIMARY KEY)", &e));
	return d;
}

static bool put(struct db *d, void *arg, struct err *e)
{
	return db_exec(
		d, "INSERT INTO t (id) VALUES ($1)", DB_ARGS(db_i(*(int64_t *)arg)), NULL, e);
}

static int64_t rows(void)
{
	struct err e;
	struct db *d = opened();
	struct db_rows *r = db_query(d, "SELECT count(*) FROM t", DB_NO_ARGS, &e);
	CHECK(r && db_next(r, &e));
	int64_t n = db_get_int(r, 0);
	db_end(r);
	db_close(&d);
	return n;
}

static struct writer *shared;
static atomic_int failed;

static void *client(void *arg)
{
	struct err e;
	int64_t from = *(int64_t *)arg;
	for (int64_t id = from; id < from + EACH; id++) {
		if (!writer_run(shared, put, &id, &e))
			failed++;
		if (id % 10 == 0 &&
			writer_run(shared, put, &id, &e)) /* a second time: refused */
			failed++;
	}
	return NULL;
}

static void many_callers_share_commits(void)
{
	place_fresh();
	shared = writer_start(opened(), 4);
	pthread_t threads[CLIENTS];
	int64_t from[CLIENTS];
	failed = 0;
	for (int i = 0; i < CLIENTS; i++) {
		from[i] = i * EACH;
		pthread_create(&threads[i], NULL, client, &from[i]);
	}
	for (int i = 0; i < CLIENTS; i++)
		pthread_join(threads[i], NULL);
	writer_stop(&shared);
	CHECK_INT(failed, 0);
	CHECK_INT(rows(), CLIENTS * EACH);
}

static atomic_int ended, ended_badly;

static void count_end(void *arg, const struct err *e)
{
	ended++;
	ended_badly += e->code != ERR_NONE;
	mem_free(arg);
}

static int64_t *boxed(int64_t n)
{
	int64_t *box = MEM_NEW(int64_t);
	*box = n;
	return box;
}

static void what_waits_is_written_before_the_end(void)
{
	place_fresh();
	struct writer *w = writer_start(opened(), 1000);
	ended = ended_badly = 0;
	for (int64_t i = 0; i < 500; i++)
		CHECK_TRUE(writer_post(
			w, put, count_end, boxed(i / 2))); /* every second is double */
	writer_stop(&w);
	CHECK_INT(ended, 500);
	CHECK_INT(ended_badly, 250);
	CHECK_INT(rows(), 250);
}

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static bool wait_at_gate(struct db *d, void *arg, struct err *e)
{
	(void)d;
	(void)e;
	atomic_store((atomic_int *)arg, 1);
	pthread_mutex_lock(&gate);
	pthread_mutex_unlock(&gate);
	return true;
}

static void a_full_queue_refuses(void)
{
	struct err e;
	atomic_int inside = 0;
	place_fresh();
	struct writer *w = writer_start(opened(), 3);
	pthread_mutex_lock(&gate);
	CHECK_TRUE(writer_post(w, wait_at_gate, NULL, &inside));
	while (!inside)
		sched_yield();
	ended = ended_badly = 0;
	for (int64_t i = 0; i < 3; i++)
		CHECK_TRUE(writer_post(w, put, count_end, boxed(i)));
	int64_t *more = boxed(9);
	CHECK_TRUE(!writer_post(w, put, count_end, more));
	CHECK_TRUE(!writer_run(w, put, more, &e)); /* after WRITER_WAIT_MS */
	CHECK_INT(e.code, ERR_OVERLOADED);
	mem_free(more);
	pthread_mutex_unlock(&gate);
	writer_stop(&w);
	CHECK_INT(ended, 3);
	CHECK_INT(rows(), 3);
}

/* The child prints every id whose commit was acknowledged, until it is killed in the middle. */
static void child(int out)
{
	struct err e;
	struct writer *w = writer_start(opened(), 16);
	for (int64_t id = 1;; id++)
		if (!writer_run(w, put, &id, &e) || write(out, &id, sizeof id) != sizeof id)
			_exit(1);
}

static void nothing_acknowledged_is_lost_by_kill(void)
{
	int ends[2];
	int64_t id, last = 0;
	place_fresh();
	CHECK(pipe(ends) == 0);
	pid_t pid = fork();
	if (pid == 0)
		child(ends[1]);
	close(ends[1]);
	while (last < 200 && read(ends[0], &id, sizeof id) == sizeof id)
		last = id;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	while (read(ends[0], &id, sizeof id) == sizeof id)
		last = id;
	close(ends[0]);
	CHECK_TRUE(last >= 200);
	CHECK_TRUE(rows() >= last);
	CHECK_TRUE(rows() <= last + 1);
}

/* As a look-up that found nothing leaves it. */
static bool cope(struct db *d, void *arg, struct err *e)
{
	(void)d;
	(void)arg;
	err_set(e, ERR_NOT_FOUND, "nothing there");
	return true;
}

static void an_error_that_a_command_coped_with_is_none(void)
{
	struct err e;
	place_fresh();
	struct writer *w = writer_start(opened(), 10);
	CHECK_TRUE(writer_run(w, cope, NULL, &e));
	CHECK_INT(e.code, ERR_NONE);
	writer_stop(&w);
}

TEST_MAIN(TEST(an_error_that_a_command_coped_with_is_none), TEST(many_callers_share_commits),
	TEST(what_waits_is_written_before_the_end), TEST(a_full_queue_refuses),
	TEST(nothing_acknowledged_is_lost_by_kill))
