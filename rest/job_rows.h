/* SPDX-License-Identifier: Apache-2.0 */
/* What the rows about jobs share. */
#ifndef REST_JOB_ROWS_H
#define REST_JOB_ROWS_H

#include "op/jobs.h"
#include "rest/job_view.h"
#include "rest/row.h"

enum { JOB_TIMEOUT_LEAST_MS = 1000, JOB_TIMEOUT_MOST_MS = 2000000000 };

/* The header Idempotency-Key as the argument idempotencyKey. */
bool job_key_arg(struct http_req *r, json_t *args, struct err *e);
/* Location, and whether the job was there before. */
void job_located(struct http_req *r, const struct job_out *made);

/* The arguments of everything below GET /v1/jobs/:id. */
#define JOB_READ(member) offsetof(struct get_job_args, member)
#define JOB_READ_ROWS                                                                          \
	{ "id", F_STR, F_REQ, JOB_READ(id), 1, 64 },                                           \
	{                                                                                      \
		"plain", F_BOOL, F_HIDDEN, JOB_READ(plain), .text = "true"                     \
	}
extern const struct field job_results_in[]; /* with offset and limit of the results */
/* The query of a link to the rest keeps the dialect that was asked for. */
const char *job_link_query(struct http_req *r);

extern const struct http_route job_routes[]; /* reading one job, in every dialect */
extern const struct http_route job_stream_routes[];

/* GET /v1/jobs/:id/results, said to those who want lines (application/x-ndjson): a step before
 * row_answer. Others pass by. */
enum flow_next job_lines(struct flow *f);

#endif
