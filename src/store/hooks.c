/* SPDX-License-Identifier: Apache-2.0 */
/* Deliveries (the outbox) on their way: claimed, tried, given back, sent again by hand. */
#include "store/hooks.h"
#include "base/clock.h"
#include "store/hooks_in.h"

#include <stdlib.h>

#define SELECT_DELIVERIES                                                                      \
	"SELECT v.id, v.job_id, v.state, v.tries, v.due_ms, v.created_ms, v.ended_ms,"         \
	" t.status, t.error, " ENDPOINT_COLUMNS " FROM deliveries v"                           \
	" JOIN endpoints p ON p.id = v.endpoint_id"                                            \
	" LEFT JOIN attempts t ON t.delivery_id = v.id AND t.no ="                             \
	" (SELECT MAX(l.no) FROM attempts l WHERE l.delivery_id = v.id) "

static void delivery_row_read(
	struct db_rows *r, int64_t now, struct arena *a, struct delivery_row *row)
{
	*row = (struct delivery_row) {
		.id = row_text(r, 0, a),
		.job_id = row_text(r, 1, a),
		.state = db_get_int(r, 2),
		.tries = db_get_int(r, 3),
		.due_ms = db_get_int(r, 4),
		.created_ms = db_get_int(r, 5),
		.ended_ms = db_get_int(r, 6),
		.last_status = db_get_int(r, 7),
		.last_error = row_text_or_null(r, 8, a),
	};
	endpoint_row_read(r, 9, now, a, &row->endpoint);
}

static bool delivery_read(struct db *d, const char *id, int64_t now, struct arena *a,
	struct delivery_row *row, struct err *e)
{
	struct db_rows *r =
		db_query(d, SELECT_DELIVERIES "WHERE v.id = $1", DB_ARGS(db_t(id)), e);
	if (!row_first(r, "delivery", e))
		return false;
	delivery_row_read(r, now, a, row);
	db_end(r);
	return true;
}

/* --- the sender --- */

/* What a sender that is gone had begun waits again, the try given back: it may have been sent (a
 * receiver tells by the webhook-id), and a server that is started ten times must not give it up. */
static bool take_back(struct db *d, const struct deliveries_claim *c, struct err *e)
{
	return db_exec(d,
		"UPDATE deliveries SET state = 0, owner = NULL, tries = tries - 1"
		" WHERE state = 1 AND owner IN (SELECT s.owner FROM deliveries s"
		" WHERE s.state = 1 AND s.owner <> $1"
		" AND s.owner NOT IN (SELECT epoch FROM runners))",
		DB_ARGS(db_t(c->owner)), NULL, e);
}

static bool take(
	struct db *d, const struct deliveries_claim *c, struct strs *ids, struct err *e)
{
	struct db_rows *r = db_query(d,
		"UPDATE deliveries SET state = 1, owner = $1, tries = tries + 1"
		" WHERE state = 0 AND id IN (SELECT w.id FROM deliveries w"
		" WHERE w.state = 0 AND w.due_ms <= $2 ORDER BY w.due_ms, w.id LIMIT $3)"
		" RETURNING id",
		DB_ARGS(db_t(c->owner), db_i(c->now_ms), db_i(c->most)), e);
	if (!r)
		return false;
	while (db_next(r, e)) {
		ids->v = row_room(c->arena, ids->v, ids->n, sizeof *ids->v);
		ids->v[ids->n++] = row_text(r, 0, c->arena);
	}
	return e->code == ERR_NONE;
}

static bool look_ahead(struct db *d, int64_t *next_due_ms, struct err *e)
{
	struct db_rows *r = db_query(d,
		"SELECT due_ms FROM deliveries WHERE state = 0 ORDER BY due_ms, id LIMIT 1",
		DB_NO_ARGS, e);
	if (!r)
		return false;
	if (!db_next(r, e))
		return e->code == ERR_NONE;
	int64_t due = db_get_int(r, 0);
	*next_due_ms = due > 0 ? due : 1;
	db_end(r);
	return true;
}

static int by_due(const void *a, const void *b)
{
	const struct delivery_row *x = a, *y = b;
	int due = (x->due_ms > y->due_ms) - (x->due_ms < y->due_ms);
	return due ? due : strcmp(x->id, y->id);
}

bool deliveries_claim_write(struct db *d, void *claim, struct err *e)
{
	struct deliveries_claim *c = claim;
	struct strs ids = { NULL, 0 };
	c->count = 0;
	c->next_due_ms = 0;
	if (!take_back(d, c, e) || !take(d, c, &ids, e) || !look_ahead(d, &c->next_due_ms, e))
		return false;
	c->rows = ARENA_ARRAY(c->arena, struct delivery_row, ids.n ? ids.n : 1);
	for (; c->count < ids.n; c->count++)
		if (!delivery_read(
			    d, ids.v[c->count], c->now_ms, c->arena, &c->rows[c->count], e))
			return false;
	qsort(c->rows, c->count, sizeof *c->rows, by_due);
	return true;
}

/* 410: nothing is sent there any more, until somebody sends again by hand. */
static bool switch_off(struct db *d, const char *delivery_id, int64_t now, struct err *e)
{
	return db_exec(d,
		       "UPDATE endpoints SET disabled_ms = $2 WHERE disabled_ms = 0"
		       " AND id = (SELECT v.endpoint_id FROM deliveries v WHERE v.id = $1)",
		       DB_ARGS(db_t(delivery_id), db_i(now)), NULL, e) &&
	       db_exec(d,
		       "UPDATE deliveries SET state = 3, ended_ms = $2 WHERE state = 0"
		       " AND endpoint_id = (SELECT v.endpoint_id FROM deliveries v"
		       " WHERE v.id = $1)",
		       DB_ARGS(db_t(delivery_id), db_i(now)), NULL, e);
}

bool delivery_attempt_write(struct db *d, void *attempt, struct err *e)
{
	const struct delivery_attempt *t = attempt;
	int64_t changed, now = t->attempt.at_ms + t->attempt.took_ms;
	bool over = t->state == DELIVERY_DONE || t->state == DELIVERY_GIVEN_UP;
	if (!db_exec(d,
		    "UPDATE deliveries SET state = $3, owner = NULL, due_ms = $4, ended_ms = $5"
		    " WHERE id = $1 AND state = 1 AND owner = $2",
		    DB_ARGS(db_t(t->id), db_t(t->owner), db_i(t->state), db_i(t->due_ms),
			    db_i(over ? now : 0)),
		    &changed, e))
		return false;
	if (changed == 0) /* it is not this owner's any more */
		return true;
	return db_exec(d,
		       "INSERT INTO attempts (delivery_id, no, at_ms, took_ms, status, error)"
		       " SELECT v.id, (SELECT COALESCE(MAX(l.no), 0) + 1 FROM attempts l"
		       " WHERE l.delivery_id = v.id), CAST($2 AS BIGINT), CAST($3 AS BIGINT),"
		       " CAST($4 AS BIGINT), CAST($5 AS TEXT) FROM deliveries v"
		       " WHERE v.id = $1",
		       DB_ARGS(db_t(t->id), db_i(t->attempt.at_ms), db_i(t->attempt.took_ms),
			       db_i(t->attempt.status), db_t(t->attempt.error)),
		       NULL, e) &&
	       (!t->gone || switch_off(d, t->id, now, e));
}

bool delivery_back_write(struct db *d, void *back, struct err *e)
{
	const struct delivery_back *b = back;
	return db_exec(d,
		"UPDATE deliveries SET state = 0, owner = NULL, due_ms = $3, tries = tries - 1"
		" WHERE id = $1 AND state = 1 AND owner = $2",
		DB_ARGS(db_t(b->id), db_t(b->owner), db_i(b->due_ms)), NULL, e);
}

/* --- by hand --- */

struct hooked_job {
	const char *webhook;
	bool open;
};

static bool read_job(struct db *d, struct redeliver *t, struct hooked_job *job, struct err *e)
{
	struct db_rows *r = db_query(d,
		"SELECT account_id, webhook, state FROM jobs WHERE id = $1"
		" AND (expires_ms = 0 OR expires_ms > $2)",
		DB_ARGS(db_t(t->job_id), db_i(t->now_ms)), e);
	if (!r)
		return false;
	bool found = db_next(r, e);
	if (!found && e->code != ERR_NONE)
		return false;
	if (!found || (t->account_id && !str_eq(db_get_str(r, 0), str_of(t->account_id)))) {
		err_set(&t->fault, ERR_NOT_FOUND, "no such job");
	} else {
		*job = (struct hooked_job) { row_text_or_null(r, 1, t->arena),
			db_get_int(r, 2) < 2 };
		if (!job->webhook)
			err_set(&t->fault, ERR_CONFLICT, "the job has no webhook");
	}
	if (found)
		db_end(r);
	return true;
}

/* NULL in *id: the job has no such delivery. */
static bool find_delivery(
	struct db *d, struct redeliver *t, const char **id, int64_t *state, struct err *e)
{
	struct db_rows *r =
		t->delivery_id ? db_query(d,
					 "SELECT id, state FROM deliveries WHERE job_id = $1 "
					 "AND id = $2",
					 DB_ARGS(db_t(t->job_id), db_t(t->delivery_id)), e)
			       : db_query(d,
					 "SELECT id, state FROM deliveries WHERE job_id = $1"
					 " ORDER BY created_ms DESC, id DESC LIMIT 1",
					 DB_ARGS(db_t(t->job_id)), e);
	*id = NULL;
	if (!r)
		return false;
	if (!db_next(r, e))
		return e->code == ERR_NONE;
	*id = row_text(r, 0, t->arena);
	*state = db_get_int(r, 1);
	db_end(r);
	return true;
}

static bool send_again(struct db *d, const char *id, int64_t now, struct err *e)
{
	return db_exec(d,
		"UPDATE deliveries SET state = 0, tries = 0, due_ms = $2, ended_ms = 0"
		" WHERE id = $1 AND state >= 2",
		DB_ARGS(db_t(id), db_i(now)), NULL, e);
}

static bool send_first(
	struct db *d, const struct redeliver *t, const char *endpoint_id, struct err *e)
{
	return db_exec(d,
		"INSERT INTO deliveries (id, job_id, endpoint_id, state, tries, due_ms,"
		" created_ms, ended_ms) VALUES ($1, $2, $3, 0, 0, $4, $5, 0)",
		DB_ARGS(db_t(t->new_id), db_t(t->job_id), db_t(endpoint_id), db_i(t->now_ms),
			db_i(t->now_ms)),
		NULL, e);
}

bool redeliver_write(struct db *d, void *redeliver, struct err *e)
{
	struct redeliver *t = redeliver;
	struct hooked_job job = { NULL, false };
	const char *id = NULL;
	int64_t state = DELIVERY_WAITS;
	t->fault.code = ERR_NONE;
	t->row = (struct delivery_row) { 0 };
	if (!read_job(d, t, &job, e))
		return false;
	if (t->fault.code != ERR_NONE)
		return true;
	if (!find_delivery(d, t, &id, &state, e))
		return false;
	if (!id && t->delivery_id)
		err_set(&t->fault, ERR_NOT_FOUND, "no such delivery");
	else if (!id && job.open)
		err_set(&t->fault, ERR_CONFLICT, "the job has not ended yet");
	else if (id && state < DELIVERY_DONE)
		err_set(&t->fault, ERR_CONFLICT, "the delivery is waiting to be sent already");
	if (t->fault.code != ERR_NONE)
		return true;
	if (!(id ? send_again(d, id, t->now_ms, e) : send_first(d, t, job.webhook, e)))
		return false;
	return db_exec(d,
		       "UPDATE endpoints SET disabled_ms = 0 WHERE id = $1 AND disabled_ms > 0",
		       DB_ARGS(db_t(job.webhook)), NULL, e) &&
	       delivery_read(d, id ? id : t->new_id, t->now_ms, t->arena, &t->row, e);
}

/* --- reading --- */

bool deliveries_read(struct db *d, const char *job_id, struct arena *a,
	struct delivery_row **rows, size_t *count, struct err *e)
{
	*rows = NULL;
	*count = 0;
	struct db_rows *r =
		db_query(d, SELECT_DELIVERIES "WHERE v.job_id = $1 ORDER BY v.created_ms, v.id",
			DB_ARGS(db_t(job_id)), e);
	if (!r)
		return false;
	while (db_next(r, e)) {
		*rows = row_room(a, *rows, *count, sizeof **rows);
		delivery_row_read(r, now_ms(), a, &(*rows)[(*count)++]);
	}
	return e->code == ERR_NONE;
}

bool attempts_read(struct db *d, const char *delivery_id, struct arena *a,
	struct attempt_row **rows, size_t *count, struct err *e)
{
	*rows = NULL;
	*count = 0;
	struct db_rows *r = db_query(d,
		"SELECT no, at_ms, took_ms, status, error FROM attempts WHERE delivery_id = $1"
		" ORDER BY no",
		DB_ARGS(db_t(delivery_id)), e);
	if (!r)
		return false;
	while (db_next(r, e)) {
		*rows = row_room(a, *rows, *count, sizeof **rows);
		(*rows)[(*count)++] = (struct attempt_row) { db_get_int(r, 0), db_get_int(r, 1),
			db_get_int(r, 2), db_get_int(r, 3), row_text_or_null(r, 4, a) };
	}
	return e->code == ERR_NONE;
}
