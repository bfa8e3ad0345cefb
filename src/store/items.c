/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Items: claimed, ended, given back; and the end of their job with the last of them. Numbers of the
 * ended ones are given here: the n-th to end has the number n, so the highest is their count.
 */
#include "base/ident.h"
#include "store/jobs_in.h"

#include <stdlib.h>

void item_row_read(struct db_rows *r, struct arena *a, struct item_row *row)
{
	*row = (struct item_row) {
		.seq = db_get_int(r, 0),
		.tries = db_get_int(r, 1),
		.crashes = db_get_int(r, 2),
		.due_ms = db_get_int(r, 3),
		.no = db_get_int(r, 4),
		.ended_ms = db_get_int(r, 5),
		.state = db_get_int(r, 6),
		.url = row_text(r, 7, a),
		.code = row_text_or_null(r, 8, a),
		.message = row_text_or_null(r, 9, a),
		.lost = db_get_int(r, 10),
	};
}

/* --- claims --- */

static const int64_t NO_END = INT64_MAX / 4;

/* *time_ms: all the time that the job was given, NO_END if its end is not known; 0: it is not open. */
static bool read_time(struct db *d, const char *id, int64_t *time_ms, struct err *e)
{
	return row_number(d,
		"SELECT COALESCE(MAX(CASE WHEN deadline_ms > created_ms"
		" THEN deadline_ms - created_ms ELSE $2 END), 0) FROM jobs"
		" WHERE id = $1 AND state < 2",
		DB_ARGS(db_t(id), db_i(NO_END)), time_ms, e);
}

static int by_order(const void *a, const void *b)
{
	const struct item_row *x = a, *y = b;
	int due = (x->due_ms > y->due_ms) - (x->due_ms < y->due_ms);
	return due ? due : (x->seq > y->seq) - (x->seq < y->seq);
}

/* The rows of an UPDATE come in no order that could be relied on. */
static bool take(struct db *d, struct items_claim *c, struct err *e)
{
	struct db_rows *r = db_query(d,
		"UPDATE items SET state = 1, owner = $2, tries = tries + 1"
		" WHERE job_id = $1 AND state = 0 AND seq IN (SELECT w.seq FROM items w"
		" WHERE w.job_id = $1 AND w.state = 0 AND w.due_ms <= $3"
		" ORDER BY w.due_ms, w.seq LIMIT $4) RETURNING " ITEM_COLUMNS,
		DB_ARGS(db_t(c->job_id), db_t(c->owner), db_i(c->now_ms), db_i(c->most)), e);
	if (!r)
		return false;
	while (db_next(r, e)) {
		c->rows = row_room(c->arena, c->rows, c->count, sizeof *c->rows);
		item_row_read(r, c->arena, &c->rows[c->count++]);
	}
	if (c->count)
		qsort(c->rows, c->count, sizeof *c->rows, by_order);
	return e->code == ERR_NONE;
}

/* Nothing waits longer than its job may take: the clock has been set back. */
static bool forget_due(struct db *d, struct items_claim *c, int64_t latest, struct err *e)
{
	c->next_due_ms = 1;
	return db_exec(d,
		"UPDATE items SET due_ms = 0 WHERE job_id = $1 AND state = 0 AND due_ms > $2",
		DB_ARGS(db_t(c->job_id), db_i(latest)), NULL, e);
}

static bool look_ahead(struct db *d, struct items_claim *c, int64_t time_ms, struct err *e)
{
	struct db_rows *r = db_query(d,
		"SELECT due_ms FROM items WHERE job_id = $1 AND state = 0"
		" ORDER BY due_ms, seq LIMIT 1",
		DB_ARGS(db_t(c->job_id)), e);
	if (!r)
		return false;
	if (!db_next(r, e))
		return e->code == ERR_NONE;
	int64_t due = db_get_int(r, 0);
	c->next_due_ms = due > 0 ? due : 1; /* 0 would say that none waits */
	db_end(r);
	return due <= c->now_ms + time_ms || forget_due(d, c, c->now_ms + time_ms, e);
}

bool items_claim_write(struct db *d, void *claim, struct err *e)
{
	struct items_claim *c = claim;
	int64_t time_ms;
	c->rows = NULL;
	c->count = 0;
	c->next_due_ms = 0;
	if (!read_time(d, c->job_id, &time_ms, e))
		return false;
	c->job_is_open = time_ms > 0;
	if (!c->job_is_open)
		return true;
	if (!take(d, c, e) || !look_ahead(d, c, time_ms, e))
		return false;
	return !c->count ||
	       db_exec(d,
		       "UPDATE jobs SET state = 1,"
		       " began_ms = CASE WHEN began_ms = 0 THEN $2 ELSE began_ms END"
		       " WHERE id = $1 AND state = 0",
		       DB_ARGS(db_t(c->job_id), db_i(c->now_ms)), NULL, e);
}

bool item_back_write(struct db *d, void *back, struct err *e)
{
	const struct item_back *b = back;
	return db_exec(d,
		"UPDATE items SET state = 0, owner = NULL, due_ms = $4, tries = tries - $5"
		" WHERE job_id = $1 AND seq = $2 AND state = 1 AND owner = $3",
		DB_ARGS(db_t(b->job_id), db_i(b->seq), db_t(b->owner), db_i(b->due_ms),
			db_i(b->untried)),
		NULL, e);
}

/* --- ends --- */

static bool put_delivery(
	struct db *d, const struct job_settle *s, const char *id, struct err *e)
{
	return db_exec(d,
		"INSERT INTO deliveries (id, job_id, endpoint_id, state, tries, due_ms,"
		" created_ms, ended_ms)"
		" SELECT CAST($2 AS TEXT), j.id, p.id, 0, 0, CAST($3 AS BIGINT),"
		" CAST($3 AS BIGINT), 0 FROM jobs j JOIN endpoints p ON p.id = j.webhook"
		" WHERE j.id = $1 AND p.disabled_ms = 0",
		DB_ARGS(db_t(s->job_id), db_t(id), db_i(s->now_ms)), NULL, e);
}

bool job_settle(struct db *d, struct job_settle *s, struct err *e)
{
	char made[IDENT_SIZE];
	struct db_rows *r = db_query(d,
		"SELECT j.total, j.webhook, (SELECT COUNT(*) FROM items i"
		" WHERE i.job_id = j.id AND i.code IS NOT NULL) FROM jobs j WHERE j.id = $1",
		DB_ARGS(db_t(s->job_id)), e);
	if (!row_first(r, "job", e))
		return false;
	int64_t total = db_get_int(r, 0), failed = db_get_int(r, 2);
	bool webhook = db_get_str(r, 1).n > 0;
	db_end(r);
	s->state = s->cancelled	     ? JOB_CANCELLED
		   : failed == 0     ? JOB_COMPLETED
		   : failed == total ? JOB_FAILED
				     : JOB_PARTIAL;
	if (!db_exec(d,
		    "UPDATE jobs SET state = $2, failed = $3, ended_ms = $4, expires_ms = $5"
		    " WHERE id = $1 AND state < 2",
		    DB_ARGS(db_t(s->job_id), db_i(s->state), db_i(failed), db_i(s->now_ms),
			    db_i(s->now_ms + s->keep_ms)),
		    NULL, e))
		return false;
	if (!webhook)
		return true;
	if (!s->delivery_id)
		ident_new("msg", made);
	return put_delivery(d, s, s->delivery_id ? s->delivery_id : made, e);
}

/* The item's number is returned; no row: it is not this owner's. */
static bool close_item(struct db *d, struct item_end *t, struct err *e)
{
	struct db_rows *r = db_query(d,
		"UPDATE items SET state = 2, owner = NULL, code = $4, message = $5,"
		" ended_ms = $6, no = (SELECT COALESCE(MAX(n.no), 0) + 1 FROM items n"
		" WHERE n.job_id = $1 AND n.no > 0)"
		" WHERE job_id = $1 AND seq = $2 AND state = 1 AND owner = $3 RETURNING no",
		DB_ARGS(db_t(t->job_id), db_i(t->seq), db_t(t->owner), db_t(t->code),
			db_t(t->code ? t->message : NULL), db_i(t->now_ms)),
		e);
	if (!r)
		return false;
	while (db_next(r, e))
		t->no = db_get_int(r, 0);
	t->fenced = t->no == 0;
	return e->code == ERR_NONE;
}

bool item_finish(struct db *d, struct item_end *t, struct err *e)
{
	t->no = 0;
	t->job_state = 0;
	if (!close_item(d, t, e))
		return false;
	struct db_rows *r = db_query(
		d, "SELECT state, total FROM jobs WHERE id = $1", DB_ARGS(db_t(t->job_id)), e);
	if (!r)
		return false;
	if (!db_next(r, e)) /* its rows may be gone when it comes too late */
		return e->code == ERR_NONE;
	t->job_state = db_get_int(r, 0);
	bool last = !t->fenced && t->no == db_get_int(r, 1);
	db_end(r);
	if (!last)
		return true;
	struct job_settle s = { .job_id = t->job_id,
		.now_ms = t->now_ms,
		.keep_ms = t->keep_ms,
		.delivery_id = t->delivery_id };
	if (!job_settle(d, &s, e))
		return false;
	t->job_state = s.state;
	return true;
}

bool item_end_write(struct db *d, void *end, struct err *e)
{
	struct item_end *t = end;
	if (!item_finish(d, t, e))
		return false;
	if (t->fenced || !t->body.p)
		return true;
	return db_exec(d, "INSERT INTO results (job_id, seq, body) VALUES ($1, $2, $3)",
		DB_ARGS(db_t(t->job_id), db_i(t->seq), db_b(t->body)), NULL, e);
}

/* --- all at once --- */

static bool close_open(struct db *d, const struct job_stop *s, struct err *e)
{
	int64_t ended;
	return row_number(d,
		       "SELECT COALESCE(MAX(no), 0) FROM items WHERE job_id = $1 AND no > 0",
		       DB_ARGS(db_t(s->job_id)), &ended, e) &&
	       db_exec(d,
		       "UPDATE items SET state = 2, owner = NULL, code = $2, message = $3,"
		       " ended_ms = $4, no = $5 + opened.rank"
		       " FROM (SELECT o.seq AS seq, ROW_NUMBER() OVER (ORDER BY o.seq) AS rank"
		       " FROM items o WHERE o.job_id = $1 AND o.state < 2) AS opened"
		       " WHERE items.job_id = $1 AND items.seq = opened.seq",
		       DB_ARGS(db_t(s->job_id), db_t(s->code), db_t(s->message),
			       db_i(s->now_ms), db_i(ended)),
		       NULL, e);
}

bool job_stop_write(struct db *d, void *stop, struct err *e)
{
	struct job_stop *s = stop;
	struct err none;
	s->fault.code = ERR_NONE;
	s->row = (struct job_row) { 0 };
	if (!job_read(d, s->job_id, s->account_id, s->now_ms, s->arena, &s->row, &none)) {
		s->fault = none;
		if (none.code == ERR_NOT_FOUND)
			return true;
		*e = none;
		return false;
	}
	if (job_is_final((enum job_state)s->row.state)) {
		err_set(&s->fault, ERR_CONFLICT, "the job has ended before: %s",
			job_state_words[s->row.state]);
		return true;
	}
	struct job_settle end = { .job_id = s->job_id,
		.cancelled = s->cancelled,
		.now_ms = s->now_ms,
		.keep_ms = s->keep_ms,
		.delivery_id = s->delivery_id };
	return close_open(d, s, e) && job_settle(d, &end, e) &&
	       job_read(d, s->job_id, NULL, s->now_ms, s->arena, &s->row, e);
}
