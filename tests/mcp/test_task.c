/* SPDX-License-Identifier: Apache-2.0 */
/* What a job is as a task. The ends with results are tried on the built server (tasks.mjs). */
#include "mcp/task.h"
#include "lib/test.h"

static const struct {
	enum job_state state;
	enum mcp_task_status status;
	const char *word;
} rows[] = {
	{ JOB_QUEUED, MCP_TASK_WORKING, "working" },
	{ JOB_RUNNING, MCP_TASK_WORKING, "working" },
	{ JOB_COMPLETED, MCP_TASK_COMPLETED, "completed" },
	{ JOB_PARTIAL, MCP_TASK_COMPLETED, "completed" },
	{ JOB_FAILED, MCP_TASK_COMPLETED, "completed" },
	{ JOB_CANCELLED, MCP_TASK_CANCELLED, "cancelled" },
};

static void statuses(void)
{
	CHECK_INT(sizeof rows / sizeof rows[0], JOB_STATES);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct job_row row = { .state = rows[i].state };
		CHECK_INT(task_status(&row), rows[i].status);
	}
}

static void members(void)
{
	struct arena *a = arena_new(0);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buf b;
		struct err e = { 0 };
		struct job_row row = { .id = "job_x",
			.account_id = "a",
			.state = rows[i].state,
			.total = 3,
			.ended = 2,
			.failed = 1,
			.created_ms = 1000,
			.began_ms = 2000,
			.deadline_ms = 9000 };
		if (rows[i].status == MCP_TASK_COMPLETED)
			continue;
		if (job_is_final(rows[i].state)) {
			row.ended_ms = 3000;
			row.expires_ms = 8000;
		}
		buf_init(&b, 0);
		buf_char(&b, '{');
		CHECK_TRUE(task_put(&b, &row, MCP_2026_07_28, a, &e));
		buf_char(&b, '}');
		const json_t *task = json_read(a, buf_str(&b), &e);
		buf_release(&b);
		CHECK_TEXT(json_string_value(json_object_get(task, "taskId")), "job_x");
		CHECK_TEXT(json_string_value(json_object_get(task, "status")), rows[i].word);
		CHECK_TEXT(json_string_value(json_object_get(task, "createdAt")),
			"1970-01-01T00:00:01Z");
		CHECK_TEXT(json_string_value(json_object_get(task, "lastUpdatedAt")),
			row.ended_ms ? "1970-01-01T00:00:03Z" : "1970-01-01T00:00:02Z");
		CHECK_INT(json_integer_value(json_object_get(task, "ttlMs")),
			row.ended_ms ? 7000 : 8000);
		/* old ones are asked for more seldom, ended ones not at all */
		CHECK_INT(json_integer_value(json_object_get(task, "pollIntervalMs")),
			row.ended_ms ? 0 : 5000);
		CHECK_TRUE(!json_object_get(task, "result"));
		CHECK_TRUE(!json_object_get(task, "error"));
	}
	arena_free(&a);
}

TEST_MAIN(TEST(statuses), TEST(members))
