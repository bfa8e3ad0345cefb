/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Group commit. The writer takes up to WRITER_GROUP_MAX commands, runs them between BEGIN and
 * COMMIT, and only then tells their owners. If one of them fails, the group is rolled back and its
 * commands run one by one, each in its own transaction: one bad command does not take others along,
 * and the usual case pays no savepoints.
 */
#include "store/writer.h"
#include "base/check.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"

#include <pthread.h>
#include <stdatomic.h>

struct command {
	struct command *next;
	write_fn *run;
	write_end_fn *end;
	void *arg;
	struct err err;
};
struct writer {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t work, room;
	struct command *first, **last;
	size_t count, max;
	bool stopping;
	struct db *db; /* the writer's thread's */
	atomic_bool failed; /* db_failed, for the other threads */
};

static void append(struct writer *w, struct command *c)
{
	*w->last = c;
	w->last = &c->next;
	w->count++;
	metric_add(METRIC_WRITER_WAITING, 1);
	pthread_cond_signal(&w->work);
}

/* Waits for work and takes it. NULL: stopping, and nothing is left. */
static struct command *take_group(struct writer *w)
{
	pthread_mutex_lock(&w->lock);
	while (!w->first && !w->stopping)
		pthread_cond_wait(&w->work, &w->lock);
	struct command *group = w->first;
	size_t n = 0;
	for (struct command *c = group; c; c = c->next) {
		if (++n < WRITER_GROUP_MAX)
			continue;
		w->first = c->next;
		c->next = NULL;
		break;
	}
	if (n < WRITER_GROUP_MAX)
		w->first = NULL;
	if (!w->first)
		w->last = &w->first;
	w->count -= n;
	metric_add(METRIC_WRITER_WAITING, -(int64_t)n);
	pthread_cond_broadcast(&w->room);
	pthread_mutex_unlock(&w->lock);
	return group;
}

enum outcome { WRITTEN, NOT_BEGUN, FAILED };

/* Up to `end` (not included) in one transaction. */
static enum outcome transact(
	struct writer *w, struct command *from, struct command *end, struct err *e)
{
	e->code = ERR_NONE;
	if (!db_begin(w->db, e))
		return NOT_BEGUN;
	for (struct command *c = from; c != end; c = c->next)
		if (!c->run(w->db, c->arg, e)) {
			db_rollback(w->db);
			return FAILED;
		}
	if (db_commit(w->db, e)) {
		e->code = ERR_NONE; /* a command may have met an error and coped with it */
		return WRITTEN;
	}
	db_rollback(w->db);
	return FAILED;
}

static void write_group(struct writer *w, struct command *group)
{
	struct err e;
	bool alone = !group->next;
	enum outcome outcome = transact(w, group, NULL, &e);
	if (db_failed(w->db))
		atomic_store(&w->failed, true);
	for (struct command *c = group, *next; c; c = next) {
		next = c->next;
		if (outcome == FAILED && !alone)
			transact(w, c, next, &c->err);
		else
			c->err = e;
		if (c->end)
			c->end(c->arg, &c->err);
		mem_free(c);
	}
}

static void *writer_main(void *arg)
{
	struct writer *w = arg;
	pthread_setname_np(pthread_self(), "writer");
	for (struct command *group; (group = take_group(w));)
		write_group(w, group);
	return NULL;
}

struct writer *writer_start(struct db *d, size_t queue_max)
{
	struct writer *w = MEM_NEW(struct writer);
	pthread_condattr_t clock;
	w->db = d;
	w->max = queue_max;
	w->last = &w->first;
	pthread_mutex_init(&w->lock, NULL);
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&w->work, &clock);
	pthread_cond_init(&w->room, &clock);
	pthread_condattr_destroy(&clock);
	CHECK(pthread_create(&w->thread, NULL, writer_main, w) == 0);
	return w;
}

void writer_stop(struct writer **w)
{
	if (!*w)
		return;
	pthread_mutex_lock(&(*w)->lock);
	(*w)->stopping = true;
	pthread_cond_signal(&(*w)->work);
	pthread_mutex_unlock(&(*w)->lock);
	pthread_join((*w)->thread, NULL);
	db_close(&(*w)->db);
	pthread_cond_destroy(&(*w)->room);
	pthread_cond_destroy(&(*w)->work);
	pthread_mutex_destroy(&(*w)->lock);
	mem_free(*w);
	*w = NULL;
}

bool writer_failed(const struct writer *w)
{
	return atomic_load(&w->failed);
}

static struct command *command_new(write_fn *run, write_end_fn *end, void *arg)
{
	struct command *c = MEM_NEW(struct command);
	c->run = run;
	c->end = end;
	c->arg = arg;
	return c;
}

bool writer_post(struct writer *w, write_fn *run, write_end_fn *end, void *arg)
{
	struct command *c = command_new(run, end, arg);
	pthread_mutex_lock(&w->lock);
	bool room = w->count < w->max && !w->stopping;
	if (room)
		append(w, c);
	pthread_mutex_unlock(&w->lock);
	if (!room)
		mem_free(c);
	return room;
}

/* --- a caller that waits --- */

struct waiting {
	write_fn *run;
	void *arg;
	struct err err;
	bool done;
	pthread_mutex_t lock;
	pthread_cond_t ready;
};

static bool run_waiting(struct db *d, void *arg, struct err *e)
{
	struct waiting *wait = arg;
	return wait->run(d, wait->arg, e);
}

static void end_waiting(void *arg, const struct err *e)
{
	struct waiting *wait = arg;
	pthread_mutex_lock(&wait->lock);
	wait->err = *e;
	wait->done = true;
	pthread_cond_signal(&wait->ready);
	pthread_mutex_unlock(&wait->lock);
}

/* With the writer's lock held: false after WRITER_WAIT_MS without room. */
static bool wait_for_room(struct writer *w)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += WRITER_WAIT_MS / 1000;
	while (w->count >= w->max && !w->stopping)
		if (pthread_cond_timedwait(&w->room, &w->lock, &until) != 0)
			return false;
	return !w->stopping;
}

bool writer_run(struct writer *w, write_fn *run, void *arg, struct err *e)
{
	struct waiting wait = { .run = run, .arg = arg };
	struct command *c = command_new(run_waiting, end_waiting, &wait);
	pthread_mutex_lock(&w->lock);
	bool room = wait_for_room(w);
	if (!room) {
		pthread_mutex_unlock(&w->lock);
		mem_free(c);
		return err_set(e, ERR_OVERLOADED, "too many writes are waiting, try again");
	}
	pthread_mutex_init(&wait.lock, NULL);
	pthread_cond_init(&wait.ready, NULL);
	append(w, c);
	pthread_mutex_unlock(&w->lock);

	pthread_mutex_lock(&wait.lock);
	while (!wait.done)
		pthread_cond_wait(&wait.ready, &wait.lock);
	pthread_mutex_unlock(&wait.lock);
	pthread_cond_destroy(&wait.ready);
	pthread_mutex_destroy(&wait.lock);
	*e = wait.err;
	return wait.err.code == ERR_NONE;
}
