/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Jobs as tasks (mcp.md section 5): the task's id is the job's, so get_job works on a task and
 * tasks/get on a job. A client that declared the extension gets a task from create_job; it ends
 * with what get_job_results would begin with.
 */
#ifndef MCP_TASK_H
#define MCP_TASK_H

#include "mcp/protocol/part.h"
#include "op/jobs.h"

extern const struct mcp_tasks product_tasks;
extern const struct mcp_listening product_listening;

/* Failed is no word for a job: pages that failed are its result. */
enum mcp_task_status task_status(const struct job_row *row);
/* Answers create_job with a task. */
void task_made(struct mcp_call *m, const struct job_out *out);
/* A failed operation of a method that is no tool: in the protocol's words, or as 403 where the
 * scope is missing. */
void task_fail(struct mcp_call *m, const struct op *op, const struct err *e);
/* Does it say that there is no such job? An id that none could have, and a program without jobs, too. */
bool task_is_none(enum err_code code);
/* The members of the job as a task, with the result when it has ended. */
bool task_put(struct buf *b, const struct job_row *row, enum mcp_revision revision,
	struct arena *a, struct err *e);

#endif
