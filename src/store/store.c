/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store.h"
#include "base/mem.h"
#include "store/schema.h"

#include <pthread.h>

enum { WRITES_MAX = 4096 };

struct store {
	pthread_mutex_t lock;
	struct db *db; /* for reading */
	struct writer *writer;
};

struct store *store_open(const char *folder, struct err *e)
{
	struct db_place place = { folder, "scraped.db", .durable = true };
	struct db *writers = db_open(&place, e), *own = NULL;
	place.read_only = true;
	if (writers && schema_upgrade(writers, SCHEMA_MAIN, e))
		own = db_open(&place, e);
	if (!own) {
		db_close(&writers);
		return NULL;
	}
	struct store *s = MEM_NEW(struct store);
	pthread_mutex_init(&s->lock, NULL);
	s->db = own;
	s->writer = writer_start(writers, WRITES_MAX);
	return s;
}

void store_close(struct store **s)
{
	if (!*s)
		return;
	db_close(&(*s)->db);
	writer_stop(&(*s)->writer);
	pthread_mutex_destroy(&(*s)->lock);
	mem_free(*s);
	*s = NULL;
}

struct db *store_read(struct store *s)
{
	pthread_mutex_lock(&s->lock);
	return s->db;
}

void store_read_end(struct store *s)
{
	pthread_mutex_unlock(&s->lock);
}

int64_t store_version(struct store *s)
{
	int64_t version = db_version(store_read(s));
	store_read_end(s);
	return version;
}

/* --- a flow that waits for its commit --- */

struct parked_write {
	struct store *store;
	write_fn *run;
	void *arg;
	struct flow *flow;
	struct err err;
};

static bool run_parked(struct db *d, void *arg, struct err *e)
{
	struct parked_write *w = arg;
	return w->run(d, w->arg, e);
}

static void end_parked(void *arg, const struct err *e)
{
	struct parked_write *w = arg;
	w->err = *e;
	flow_resume(w->flow);
}

static enum flow_next step_post(struct flow *f)
{
	struct parked_write *w = flow_self(f);
	if (writer_post(w->store->writer, run_parked, end_parked, w))
		return FLOW_PARKED;
	return flow_fail(f, ERR_OVERLOADED, "too many writes are waiting, try again");
}

static enum flow_next step_written(struct flow *f)
{
	struct parked_write *w = flow_self(f);
	if (w->err.code == ERR_NONE)
		return FLOW_NEXT;
	f->err = w->err;
	return FLOW_FAILED;
}

static const struct flow_step write_steps[] = {
	{ "post", step_post },
	{ "written", step_written },
	{ 0 },
};

enum flow_next store_write(struct store *s, struct flow *f, write_fn *run, void *arg)
{
	struct parked_write *w = ARENA_NEW(f->call->arena, struct parked_write);
	*w = (struct parked_write) { .store = s, .run = run, .arg = arg, .flow = f };
	return flow_enter(f, write_steps, w);
}

bool store_run(struct store *s, write_fn *run, void *arg, struct err *e)
{
	return writer_run(s->writer, run, arg, e);
}

bool store_post(struct store *s, write_fn *run, write_end_fn *end, void *arg)
{
	return writer_post(s->writer, run, end, arg);
}

bool store_ready(struct store *s, struct err *e)
{
	if (writer_failed(s->writer))
		return err_set(e, ERR_INTERNAL, "the store could not write");
	struct db_rows *r =
		db_query(store_read(s), "SELECT COUNT(*) FROM accounts", DB_NO_ARGS, e);
	bool ok = r && db_next(r, e);
	if (ok)
		db_end(r);
	store_read_end(s);
	return ok;
}
