/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list names jobs, newest first; a job names its results by their places. Both go through the
 * operations of the tools, so scope, rate and owner are checked there. The result of a URL never
 * changes: a client may keep it for as long as we do.
 */
#include "mcp/resource.h"
#include "base/clock.h"
#include "mcp/task.h"
#include "op/jobs.h"

struct want {
	struct op_call *oc;
	int64_t index; /* -1: the job itself */
};

/* --- resources/list --- */

static enum flow_next list(struct mcp_call *m)
{
	struct arena *a = m->flow->call->arena;
	struct want *want = ARENA_NEW(a, struct want);
	json_t *args = json_own(a, json_object());
	if (m->cursor.p)
		json_object_set_new(args, "cursor", json_stringn(m->cursor.p, m->cursor.n));
	m->state = want;
	if (m->cursor.p && !m->cursor.n)
		return mcp_bad_params(m, "cursor is not one of ours");
	return op_enter(
		m->flow, &op_list_jobs, &(struct op_source) { .args = args }, &want->oc);
}

static void put_job(struct buf *b, const struct job_out *job)
{
	char uri[256], iso[ISO_SIZE];
	snprintf(uri, sizeof uri, JOB_URI "%s", job->row.id);
	json_comma(b);
	buf_char(b, '{');
	json_key(b, "uri");
	json_put_text(b, uri);
	json_key(b, "name");
	json_put_text(b, job->row.name[0] ? job->row.name : job->row.id);
	json_key(b, "description");
	json_put_text(b, job->message);
	json_key(b, "mimeType");
	json_put_text(b, "application/json");
	json_key(b, "annotations");
	buf_char(b, '{');
	json_key(b, "lastModified");
	json_put_text(
		b, iso_print(job->row.ended_ms ? job->row.ended_ms : job->row.created_ms, iso));
	buf_text(b, "}}");
}

static void listed(struct mcp_call *m)
{
	const struct want *want = m->state;
	const struct err *e = &m->flow->err;
	if (e->code == ERR_INVALID_REQUEST) {
		mcp_bad_params(m, "cursor is not one of ours");
		return;
	}
	if (e->code == ERR_NOT_IMPLEMENTED) { /* no jobs here: an empty list is the truth */
		struct buf *none = mcp_result(m);
		json_key(none, "resources");
		buf_text(none, "[]");
		return;
	}
	if (e->code != ERR_NONE) {
		task_fail(m, want->oc->op, e);
		return;
	}
	const struct list_jobs_out *out = want->oc->out;
	const struct job_out *jobs = out->jobs.items;
	struct buf *b = mcp_result(m);
	json_key(b, "resources");
	buf_char(b, '[');
	for (size_t i = 0; i < out->jobs.count; i++)
		put_job(b, &jobs[i]);
	buf_char(b, ']');
	if (out->next_cursor) {
		json_key(b, "nextCursor");
		json_put_text(b, out->next_cursor);
	}
}

/* --- resources/read --- */

static enum flow_next read_one(struct mcp_call *m)
{
	struct arena *a = m->flow->call->arena;
	struct want *want = ARENA_NEW(a, struct want);
	const char *id;
	json_t *args = json_own(a, json_object());
	m->state = want;
	if (!job_uri_read(m->uri, a, &id, &want->index))
		return mcp_no_resource(m);
	json_object_set_new(args, "job_id", json_string(id));
	return op_enter(m->flow, &op_get_job, &(struct op_source) { .args = args }, &want->oc);
}

/* One array out of several of one. */
static void add_contents(struct buf *all, struct str uri, const char *mime, struct str bytes)
{
	struct buf one;
	buf_init(&one, 0);
	mcp_put_contents(&one, uri, mime, bytes);
	json_comma(all);
	if (one.full)
		all->full = true; /* never a part of it as if it were all */
	else
		buf_add(all, one.p + 1, one.len - 2);
	buf_release(&one);
}

static void put_one(struct buf *b, struct mcp_call *m, const struct outcome *o)
{
	struct buf error;
	bool any = false;
	const struct {
		const char *mime;
		struct str bytes;
	} parts[] = {
		{ "text/markdown", o->markdown },
		{ "text/html", o->html },
		{ "application/json", o->data },
		{ "application/json", o->extract },
	};
	json_key(b, "contents");
	buf_char(b, '[');
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (parts[i].bytes.p) {
			add_contents(b, m->uri, parts[i].mime, parts[i].bytes);
			any = true;
		}
	if (!any) {
		buf_init(&error, 0);
		buf_text(&error, "{\"error\":");
		if (!outcome_put_error(&error, o))
			buf_text(&error, "null");
		buf_char(&error, '}');
		add_contents(b, m->uri, "application/json", buf_str(&error));
		buf_release(&error);
	}
	buf_char(b, ']');
}

/* A job that is open now is kept at least as long as one that ends now. */
static int64_t kept_ms(const struct job_row *row)
{
	int64_t left = row->expires_ms - now_ms();
	if (!row->expires_ms)
		return jobs_conf(op_jobs())->job_keep_ms;
	return left < 0 ? 0 : left;
}

static void put_result(struct mcp_call *m, const struct job_row *row, int64_t index)
{
	struct outcome *found;
	size_t count;
	int64_t next;
	struct err e = { 0 };
	if (!job_results(op_jobs(), row->id, RESULTS_BY_SEQ, index, 1, 1, m->flow->call->arena,
		    &found, &count, &next, &e)) {
		task_fail(m, &op_get_job_results, &e);
		return;
	}
	if (!count || found->seq != index) {
		mcp_no_resource(m);
		return;
	}
	put_one(mcp_result(m), m, found);
	m->ttl_ms = kept_ms(row);
}

static void read_end(struct mcp_call *m)
{
	const struct want *want = m->state;
	const struct err *e = &m->flow->err;
	if (task_is_none(e->code)) {
		mcp_no_resource(m);
		return;
	}
	if (e->code != ERR_NONE) {
		task_fail(m, want->oc->op, e);
		return;
	}
	const struct job_out *out = want->oc->out;
	if (want->index >= 0) {
		put_result(m, &out->row, want->index);
		return;
	}
	struct buf json, *b = mcp_result(m);
	buf_init(&json, 0);
	fields_encode(op_get_job.out, out, &json);
	json_key(b, "contents");
	mcp_put_contents(b, m->uri, "application/json", buf_str(&json));
	b->full |= json.full;
	buf_release(&json);
}

static const char templates[] =
	"[{\"uriTemplate\":\"" JOB_URI "{job_id}\",\"name\":\"job\",\"title\":\"A job\","
	"\"description\":\"Status and counts, as get_job shows them\",\"mimeType\":"
	"\"application/json\"},{\"uriTemplate\":\"" JOB_URI "{job_id}/results/{index}\","
	"\"name\":\"job-result\",\"title\":\"What a job got from one URL\",\"description\":"
	"\"The whole page as Markdown or HTML, and what was picked from it. index is the URL's "
	"place in the job, from 0\"}]";

const struct mcp_resources product_resources = {
	.list = { list, listed },
	.templates = { templates, sizeof templates - 1 },
	.read = { read_one, read_end },
};
