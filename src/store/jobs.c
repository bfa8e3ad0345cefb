/* SPDX-License-Identifier: Apache-2.0 */
/* Making a job: the key's earlier job, the limits, the webhook's endpoint, the job and its items,
 * in one transaction. */
#include "store/jobs.h"
#include "base/check.h"
#include "store/jobs_in.h"

const char *const job_state_words[] = {
#define JOB_ROW(id, number, word, final) [number] = word,
#include "store/job_table.h"
#undef JOB_ROW
	NULL,
};

bool job_is_final(enum job_state s)
{
	static const bool final_states[] = {
#define JOB_ROW(id, number, word, final) [number] = final,
#include "store/job_table.h"
#undef JOB_ROW
	};
	return (unsigned)s < JOB_STATES && final_states[s];
}

/* A key counts until its time is over, and as long as the job it stands for can be read. */
static bool find_existing(struct db *d, struct job_put *p, struct err *e)
{
	struct db_rows *r = db_query(d,
		"SELECT k.hash, k.job_id FROM idempotency k JOIN jobs j ON j.id = k.job_id"
		" WHERE k.account_id = $1 AND k.key = $2 AND k.expires_ms > $3"
		" AND (j.expires_ms = 0 OR j.expires_ms > $3)",
		DB_ARGS(db_t(p->row.account_id), db_t(p->idempotency_key),
			db_i(p->row.created_ms)),
		e);
	if (!r)
		return false;
	if (!db_next(r, e))
		return e->code == ERR_NONE;
	if (str_eq(db_get_str(r, 0), p->request_hash))
		p->existing_id = row_text(r, 1, p->arena);
	else
		err_set(&p->fault, ERR_IDEMPOTENCY, "%s", err_meaning(ERR_IDEMPOTENCY));
	db_end(r);
	return true;
}

static bool look_at_limits(struct db *d, struct job_put *p, struct err *e)
{
	int64_t all, own;
	if (!row_number(d,
		    "SELECT COUNT(*) FROM (SELECT 1 FROM jobs j WHERE j.state < 2"
		    " AND j.account_id = $1 LIMIT $2) AS own",
		    DB_ARGS(db_t(p->row.account_id), db_i(p->open_account_max)), &own, e) ||
		!row_number(d,
			"SELECT COUNT(*) FROM (SELECT 1 FROM jobs j WHERE j.state < 2"
			" LIMIT $1) AS opened",
			DB_ARGS(db_i(p->open_max)), &all, e))
		return false;
	if (own >= p->open_account_max)
		err_set(&p->fault, ERR_TOO_MANY_JOBS,
			"%lld jobs of this account have not ended yet, the most it may have",
			(long long)own);
	else if (all >= p->open_max)
		err_set(&p->fault, ERR_OVERLOADED,
			"the server has as many unfinished jobs as it takes, try again later");
	return true;
}

/* The account's endpoint at this URL, new or not: row.webhook. */
static bool put_endpoint(struct db *d, struct job_put *p, struct err *e)
{
	if (!db_exec(d,
		    "INSERT INTO endpoints (id, account_id, url, secret, old_until_ms,"
		    " created_ms, disabled_ms) VALUES ($1, $2, $3, $4, 0, $5, 0)"
		    " ON CONFLICT (account_id, url) DO NOTHING",
		    DB_ARGS(db_t(p->endpoint_id), db_t(p->row.account_id), db_t(p->webhook_url),
			    db_t(p->secret), db_i(p->row.created_ms)),
		    NULL, e))
		return false;
	struct db_rows *r =
		db_query(d, "SELECT id FROM endpoints WHERE account_id = $1 AND url = $2",
			DB_ARGS(db_t(p->row.account_id), db_t(p->webhook_url)), e);
	if (!row_first(r, "endpoint", e))
		return false;
	p->row.webhook = row_text(r, 0, p->arena);
	db_end(r);
	return true;
}

static bool put_row(struct db *d, const struct job_row *j, size_t total, struct err *e)
{
	return db_exec(d,
		"INSERT INTO jobs (id, account_id, kind, dialect, name, spec, webhook, state,"
		" total, failed, created_ms, began_ms, ended_ms, deadline_ms, expires_ms)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, 0, $9, 0, 0, $10, 0)",
		DB_ARGS(db_t(j->id), db_t(j->account_id), db_t(j->kind), db_t(j->dialect),
			db_t(j->name ? j->name : ""), db_t(j->spec), db_t(j->webhook),
			db_i((int64_t)total), db_i(j->created_ms), db_i(j->deadline_ms)),
		NULL, e);
}

/* Due since ever, so that a clock that was set back holds nothing up. */
#define INSERT_ITEMS                                                                           \
	"INSERT INTO items (job_id, seq, url, state, tries, lost, crashes, killed, due_ms, "   \
	"no,"                                                                                  \
	" ended_ms) VALUES "
#define ITEM_VALUES(seq, url) "($1, " seq ", " url ", 0, 0, 0, 0, 0, 0, 0, 0)"
enum { ITEMS_AT_ONCE = 7 };

static bool put_items(struct db *d, const char *id, struct strs urls, struct err *e)
{
	size_t i = 0;
	for (; i + ITEMS_AT_ONCE <= urls.n; i += ITEMS_AT_ONCE) {
		struct db_value v[1 + 2 * ITEMS_AT_ONCE] = { db_t(id) };
		for (size_t k = 0; k < ITEMS_AT_ONCE; k++) {
			v[1 + 2 * k] = db_i((int64_t)(i + k));
			v[2 + 2 * k] = db_t(urls.v[i + k]);
		}
		if (!db_exec(d,
			    INSERT_ITEMS ITEM_VALUES("$2", "$3") "," ITEM_VALUES("$4",
				    "$5") "," ITEM_VALUES("$6", "$7") "," ITEM_VALUES("$8",
				    "$9") "," ITEM_VALUES("$10", "$11") "," ITEM_VALUES("$12",
				    "$13") "," ITEM_VALUES("$14", "$15"),
			    (struct db_args) { v, COUNT_OF(v) }, NULL, e))
			return false;
	}
	for (; i < urls.n; i++)
		if (!db_exec(d, INSERT_ITEMS ITEM_VALUES("$2", "$3"),
			    DB_ARGS(db_t(id), db_i((int64_t)i), db_t(urls.v[i])), NULL, e))
			return false;
	return true;
}

/* One that has expired, or whose job has, is replaced. */
static bool put_key(struct db *d, const struct job_put *p, struct err *e)
{
	return db_exec(d,
		"INSERT INTO idempotency (account_id, key, hash, job_id, expires_ms)"
		" VALUES ($1, $2, $3, $4, $5) ON CONFLICT (account_id, key) DO UPDATE"
		" SET hash = excluded.hash, job_id = excluded.job_id,"
		" expires_ms = excluded.expires_ms",
		DB_ARGS(db_t(p->row.account_id), db_t(p->idempotency_key),
			db_b(p->request_hash), db_t(p->row.id), db_i(p->idempotency_until_ms)),
		NULL, e);
}

bool job_put_write(struct db *d, void *put, struct err *e)
{
	struct job_put *p = put;
	p->existing_id = p->row.webhook = NULL;
	p->fault.code = ERR_NONE;
	CHECK(p->urls.n > 0);
	if (p->idempotency_key && !find_existing(d, p, e))
		return false;
	if (p->existing_id || p->fault.code != ERR_NONE)
		return true;
	if (!look_at_limits(d, p, e))
		return false;
	if (p->fault.code != ERR_NONE)
		return true;
	return (!p->webhook_url || put_endpoint(d, p, e)) &&
	       put_row(d, &p->row, p->urls.n, e) && put_items(d, p->row.id, p->urls, e) &&
	       (!p->idempotency_key || put_key(d, p, e));
}
