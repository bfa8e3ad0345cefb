/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of SQL about jobs share; for them only. */
#ifndef STORE_JOBS_IN_H
#define STORE_JOBS_IN_H

#include "store/jobs.h"
#include "store/row.h"

/* SELECT of a job's row in the order of job_row_read; FAILED_COUNTED costs a look at each failed item
 * of an open job. What has ended is the highest number given (index items_ended). */
#define FAILED_COUNTED                                                                         \
	"CASE WHEN j.state < 2 THEN (SELECT COUNT(*) FROM items i WHERE i.job_id = j.id"       \
	" AND i.code IS NOT NULL) ELSE j.failed END"
#define FAILED_AT_THE_END "j.failed"
#define SELECT_JOBS(failed)                                                                    \
	"SELECT j.id, j.account_id, j.kind, j.dialect, j.name, j.spec, j.webhook, j.state,"    \
	" j.total, CASE WHEN j.state < 2 THEN (SELECT COALESCE(MAX(i.no), 0) FROM items i"     \
	" WHERE i.job_id = j.id AND i.no > 0) ELSE j.total END, " failed                       \
	", j.created_ms, j.began_ms, j.ended_ms, j.deadline_ms, j.expires_ms FROM jobs j "
void job_row_read(struct db_rows *r, struct arena *a, struct job_row *row);

/* Columns of an item in the order of item_row_read. */
#define ITEM_COLUMNS                                                                           \
	"items.seq, items.tries, items.crashes, items.due_ms, items.no, items.ended_ms,"       \
	" items.state, items.url, items.code, items.message, items.lost"
enum { ITEM_COLUMN_COUNT = 11 };
void item_row_read(struct db_rows *r, struct arena *a, struct item_row *row);

/* The end of a running item without a result, and of its job if it was the last: item_end_write
 * without the body. */
bool item_finish(struct db *d, struct item_end *end, struct err *e);

/* Every item has ended: the job's final state, and the outbox row of its webhook. */
struct job_settle {
	const char *job_id;
	bool cancelled;
	int64_t now_ms, keep_ms;
	const char *delivery_id; /* NULL: a new one is made */
	int64_t state; /* out */
};
bool job_settle(struct db *d, struct job_settle *s, struct err *e);

#endif
