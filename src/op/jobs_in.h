/* SPDX-License-Identifier: Apache-2.0 */
/* What the operations on jobs share; for them only. */
#ifndef OP_JOBS_IN_H
#define OP_JOBS_IN_H

#include "op/jobs.h"

/* Fails with ERR_NOT_IMPLEMENTED: this program runs no jobs. */
enum flow_next jobs_not_here(struct flow *f);
/* Fills times, message and next out of o->row. */
void job_out_fill(struct job_out *o, struct arena *a);
/* One webhook out of its two names, and a dialect. */
bool create_job_settle(struct create_job_args *args, struct err *e);
/* The answer to what job_make has made. */
void job_out_made(struct job_out *out, const struct job_make *m, struct arena *a);
extern const struct field job_out_view[];
/* The schema of job_out_view is short, for agents: what it leaves out says its name. */
void job_out_text(const void *out, struct buf *b);

/* What get_job_results reads and shows. */
bool job_results_read(const struct get_job_results_args *args, const char *account,
	struct arena *a, struct get_job_results_out *out, struct err *e);
calc_fn job_put_pieces; /* of struct get_job_results_out: the array */
void job_results_text(const void *out, struct buf *b);
void job_results_links(const void *out, struct buf *b);
/* A resource_link block to one result (src/op/job_end.c). */
void job_put_link(struct buf *b, const struct outcome *o, const char *job_id);

/* Cursors: opaque to callers, and good for the thing alone that they were made for. */
const char *cursor_print(struct arena *a, const char *thing, char kind, int64_t n, int64_t at);
bool cursor_read(const char *text, const char *thing, char *kind, int64_t *n, int64_t *at,
	struct err *e);

#endif
