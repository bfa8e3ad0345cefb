/* SPDX-License-Identifier: Apache-2.0 */
/* One job, and the list of them. */
#include "op/jobs_in.h"
#include "base/clock.h"

#include <stddef.h>

enum { ERRORS_SHOWN = 5 };

/* --- get_job --- */

#define GET(member) offsetof(struct get_job_args, member)
static const struct field get_in[] = {
	{ "job_id", F_STR, F_REQ, GET(id), 1, 64 },
	{ 0 },
};

static bool read_errors(struct job_out *out, struct arena *a, struct err *e)
{
	struct store *s = jobs_store(op_jobs());
	struct item_row *rows = NULL;
	bool ok = job_errors_read(
		store_read(s), out->row.id, ERRORS_SHOWN, a, &rows, &out->errors.count, e);
	store_read_end(s);
	out->errors.items = rows;
	return ok;
}

static enum flow_next get_run(struct flow *f)
{
	struct op_call *oc = flow_self(f);
	const struct get_job_args *args = oc->args;
	const struct call *c = f->call;
	struct job_out *out = oc->out;
	if (!op_jobs())
		return jobs_not_here(f);
	if (!job_get(op_jobs(), args->id, c->who->account_id, c->arena, &out->row, &f->err))
		return FLOW_FAILED;
	if (out->row.failed && !args->plain && !read_errors(out, c->arena, &f->err))
		return FLOW_FAILED;
	job_out_fill(out, c->arena);
	return FLOW_NEXT;
}

static const struct flow_step get_steps[] = { { "get", get_run }, { 0 } };

const struct op op_get_job = {
	.name = "get_job",
	.title = "See how a job is doing",
	.about = "Status and counts of a job, and its first errors. Poll it after create_job, "
		 "no faster than `next` says; read pages with get_job_results.",
	.in = get_in,
	.out = job_out_view,
	.args_size = sizeof(struct get_job_args),
	.out_size = sizeof(struct job_out),
	.scopes = SCOPE(JOBS_READ),
	.flags = OP_TOOL | OP_READONLY | OP_IDEMPOTENT,
	.steps = get_steps,
	.text = job_out_text,
};

/* --- list_jobs --- */

#define LIST(member) offsetof(struct list_jobs_args, member)
#define OUT(member) offsetof(struct list_jobs_out, member)

static const char *const statuses[] = { "any",
#define JOB_ROW(id, number, word, final) [1 + (number)] = word,
#include "store/job_table.h"
#undef JOB_ROW
	NULL };
static const struct field list_in[] = {
	{ "status", F_CHOICE, 0, LIST(status), .choices = statuses, .text = "\"any\"" },
	{ "limit", F_INT, 0, LIST(limit), 1, JOBS_LIMIT, .text = "20" },
	{ "cursor", F_STR, F_EMPTY_OK, LIST(cursor),
		.about = "next_cursor of the call before" },
	{ 0 },
};
static const char jobs_schema[] = "{\"type\":\"array\",\"items\":{\"type\":\"object\"}}";
static bool put_jobs(struct buf *b, const void *self)
{
	const struct list_jobs_out *out = self;
	const struct job_out *jobs = out->jobs.items;
	buf_char(b, '[');
	for (size_t i = 0; i < out->jobs.count; i++) {
		json_comma(b);
		fields_encode(job_out_view, &jobs[i], b);
	}
	buf_char(b, ']');
	return true;
}
static const struct field list_out[] = {
	{ "jobs", F_CALC, F_REQ, .calc = put_jobs, .schema = jobs_schema },
	{ "total", F_INT, F_REQ, OUT(total) },
	{ "next_cursor", F_STR, F_OMIT, OUT(next_cursor) },
	{ "next", F_STR, F_HIDDEN, OUT(next) },
	{ 0 },
};

static void show_rows(
	struct list_jobs_out *out, const struct job_row *rows, size_t count, struct arena *a)
{
	struct job_out *jobs = ARENA_ARRAY(a, struct job_out, count + 1);
	for (size_t i = 0; i < count; i++) {
		jobs[i].row = rows[i];
		job_out_fill(&jobs[i], a);
		jobs[i].next = NULL; /* said once, below the list */
	}
	out->jobs = (struct field_list) { jobs, count };
}

static void say_next(struct list_jobs_out *out, struct arena *a, const char *account)
{
	int64_t seen = out->offset + (int64_t)out->jobs.count;
	if (out->jobs.count && seen < out->total) {
		out->next_cursor = cursor_print(a, account, 'l', seen, 0);
		out->next = arena_printf(
			a, "call list_jobs with cursor=%s for older ones", out->next_cursor);
	} else if (out->jobs.count) {
		out->next = "call get_job or get_job_results with a job_id of these";
	} else {
		out->next = "there is no such job; create_job makes one";
	}
}

static enum flow_next list_run(struct flow *f)
{
	struct op_call *oc = flow_self(f);
	const struct list_jobs_args *args = oc->args;
	const char *account = f->call->who->account_id;
	struct arena *a = f->call->arena;
	struct list_jobs_out *out = oc->out;
	struct job_row *rows;
	size_t count;
	int64_t unused;
	char kind = 'l';
	if (!op_jobs())
		return jobs_not_here(f);
	out->limit = args->limit ? args->limit : JOBS_LIMIT_USUAL;
	if (out->limit > JOBS_LIMIT)
		out->limit = JOBS_LIMIT;
	out->offset = args->offset;
	if (args->cursor &&
		!cursor_read(args->cursor, account, &kind, &out->offset, &unused, &f->err))
		return FLOW_FAILED;
	struct jobs_query q = { .account_id = account,
		.states = args->status ? 1u << (args->status - 1) : 0,
		.limit = out->limit,
		.offset = out->offset,
		.now_ms = now_ms() };
	if (!job_list(op_jobs(), &q, a, &rows, &count, &out->total, &f->err))
		return FLOW_FAILED;
	show_rows(out, rows, count, a);
	say_next(out, a, account);
	return FLOW_NEXT;
}

static const struct flow_step list_steps[] = { { "list", list_run }, { 0 } };

static void list_text(const void *out, struct buf *b)
{
	const struct list_jobs_out *o = out;
	const struct job_out *jobs = o->jobs.items;
	char iso[ISO_SIZE];
	buf_addf(b, "%zu of %lld jobs, newest first.\n", o->jobs.count, (long long)o->total);
	for (size_t i = 0; i < o->jobs.count; i++)
		buf_addf(b, "job_id=%s status=%s created=%s: %s%s%s\n", jobs[i].row.id,
			job_state_words[jobs[i].row.state],
			iso_print(jobs[i].row.created_ms, iso), jobs[i].message,
			jobs[i].row.name[0] ? "; name: " : "", jobs[i].row.name);
	buf_addf(b, "Next: %s", o->next);
}

const struct op op_list_jobs = {
	.name = "list_jobs",
	.title = "List jobs",
	.about = "Your jobs, newest first. Use it to find a job_id again; for one job use "
		 "get_job.",
	.in = list_in,
	.out = list_out,
	.args_size = sizeof(struct list_jobs_args),
	.out_size = sizeof(struct list_jobs_out),
	.scopes = SCOPE(JOBS_READ),
	.flags = OP_TOOL | OP_READONLY | OP_IDEMPOTENT,
	.steps = list_steps,
	.text = list_text,
};
