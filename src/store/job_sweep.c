/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is past its time goes in small batches, so that the writer is never held for long: a job's
 * parts first, the job's row last. A job that is half gone is not shown any more (job_read), and
 * the next call goes on with it.
 */
#include "base/check.h"
#include "store/jobs_in.h"

static const int64_t endpoint_keep_ms = INT64_C(30) * 24 * 60 * 60 * 1000;

/* Runs one DELETE that takes at most what is left: $n of its text. */
struct batch {
	struct db *d;
	int64_t left;
};
static bool take(struct batch *b, const char *sql, struct db_value first, struct err *e)
{
	int64_t removed = 0;
	if (b->left <= 0)
		return true;
	if (!db_exec(b->d, sql, DB_ARGS(first, db_i(b->left)), &removed, e))
		return false;
	b->left -= removed;
	return true;
}

/* The parts, in the order that leaves nothing behind that no job leads to. */
static const char *const job_parts[] = {
	"DELETE FROM results WHERE job_id = $1 AND seq IN (SELECT r.seq FROM results r"
	" WHERE r.job_id = $1 ORDER BY r.seq LIMIT $2)",
	"DELETE FROM items WHERE job_id = $1 AND seq IN (SELECT i.seq FROM items i"
	" WHERE i.job_id = $1 ORDER BY i.seq LIMIT $2)",
	"DELETE FROM attempts WHERE (delivery_id, no) IN (SELECT t.delivery_id, t.no"
	" FROM deliveries v JOIN attempts t ON t.delivery_id = v.id WHERE v.job_id = $1"
	" LIMIT $2)",
	"DELETE FROM deliveries WHERE id IN (SELECT v.id FROM deliveries v"
	" WHERE v.job_id = $1 LIMIT $2)",
	"DELETE FROM jobs WHERE id IN (SELECT j.id FROM jobs j WHERE j.id = $1 LIMIT $2)",
};

static bool sweep_job(struct batch *b, struct str id, struct err *e)
{
	for (size_t i = 0; i < COUNT_OF(job_parts); i++)
		if (!take(b, job_parts[i], db_s(id), e))
			return false;
	return true;
}

static bool sweep_jobs(struct batch *b, int64_t now_ms, struct err *e)
{
	for (int64_t before = b->left + 1; b->left > 0 && b->left < before;) {
		char id[128];
		struct db_rows *r = db_query(b->d,
			"SELECT j.id FROM jobs j WHERE j.expires_ms > 0 AND j.expires_ms <= $1"
			" AND NOT EXISTS (SELECT 1 FROM deliveries v WHERE v.job_id = j.id"
			" AND v.state < 2) ORDER BY j.expires_ms LIMIT 1",
			DB_ARGS(db_i(now_ms)), e);
		if (!r)
			return false;
		if (!db_next(r, e))
			return e->code == ERR_NONE;
		struct str found = db_get_str(r, 0);
		size_t n = found.n < sizeof id ? found.n : sizeof id;
		memcpy(id, found.p, n);
		db_end(r);
		before = b->left;
		if (!sweep_job(b, (struct str) { id, n }, e))
			return false;
	}
	return true;
}

bool jobs_sweep_write(struct db *d, void *sweep, struct err *e)
{
	struct jobs_sweep *s = sweep;
	struct batch b = { d, s->most };
	s->removed = 0;
	if (!sweep_jobs(&b, s->now_ms, e) ||
		!take(&b,
			"DELETE FROM idempotency WHERE (account_id, key) IN"
			" (SELECT k.account_id, k.key FROM idempotency k"
			" WHERE k.expires_ms <= $1 LIMIT $2)",
			db_i(s->now_ms), e) ||
		!take(&b,
			"DELETE FROM endpoints WHERE id IN (SELECT p.id FROM endpoints p"
			" WHERE p.created_ms < $1 AND NOT EXISTS (SELECT 1 FROM jobs j"
			" WHERE j.webhook = p.id) LIMIT $2)",
			db_i(s->now_ms - endpoint_keep_ms), e))
		return false;
	s->removed = s->most - b.left;
	return true;
}
