/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Results as lines of JSON: read and sent piece by piece, no faster than the client reads. It knows
 * that it has all of them by the last chunk, and by the count that was said at the beginning.
 */
#include "base/mem.h"
#include "rest/job_rows.h"

enum { BATCH = 50, BATCH_BYTES = 256 << 10 /* packed */, UNREAD_BYTES = 64 << 10 };

struct lines {
	struct http_req *r;
	const char *job_id;
	int64_t from, left; /* left -1: no limit */
	bool done;
};

static bool send_lines(struct lines *l, struct arena *a, struct buf *b, struct err *e)
{
	struct outcome *rows;
	size_t count, most = l->left >= 0 && l->left < BATCH ? (size_t)l->left : BATCH;
	int64_t next = -1;
	if (most && !job_results(op_jobs(), l->job_id, RESULTS_BY_SEQ, l->from, most,
			    BATCH_BYTES, a, &rows, &count, &next, e))
		return false;
	for (size_t i = 0; most && i < count; i++) {
		fields_encode(outcome_view, &rows[i], b);
		buf_char(b, '\n');
		l->left -= l->left > 0;
	}
	if (b->full)
		return err_set(e, ERR_TOO_LARGE, "results too long for one piece");
	l->from = next;
	l->done = !http_stream_send(l->r, buf_str(b)) || next < 0 || l->left == 0;
	return true;
}

static enum flow_next step_send(struct flow *f)
{
	struct lines *l = flow_self(f);
	struct arena *a = arena_new(0);
	struct buf b;
	buf_init(&b, 0);
	bool ok = send_lines(l, a, &b, &f->err);
	buf_release(&b);
	arena_free(&a);
	return ok ? FLOW_NEXT : FLOW_FAILED;
}

static enum flow_next step_wait(struct flow *f)
{
	struct lines *l = flow_self(f);
	return l->done ? FLOW_NEXT : http_stream_wait(f, l->r, UNREAD_BYTES);
}

static enum flow_next step_again(struct flow *f)
{
	const struct lines *l = flow_self(f);
	return l->done || flow_cancelled(f) ? FLOW_NEXT : flow_again(f);
}

static const struct flow_step lines_steps[] = {
	{ "send", step_send },
	{ "wait", step_wait },
	{ "again", step_again },
	{ 0 },
};

static bool wants_lines(const struct http_req *r)
{
	struct str accept = http_header(r, "Accept"), one, type;
	while (str_cut(&accept, ',', &one)) {
		bool some = str_cut(&one, ';', &type);
		type = str_trim(type);
		if (some && (str_ieq(type, STR("application/x-ndjson")) ||
				    str_ieq(type, STR("application/jsonl"))))
			return true;
	}
	return false;
}

/* How many lines there will be: every URL of a job that has ended has a result. */
static int64_t lines_of(const struct job_row *row, const struct get_job_args *args)
{
	int64_t n = row->total > args->offset ? row->total - args->offset : 0;
	return args->limit && args->limit < n ? args->limit : n;
}

enum flow_next job_lines(struct flow *f)
{
	struct http_req *r = flow_self(f);
	const struct get_job_args *args = row_call(r)->args;
	const struct job_out *out = row_call(r)->out;
	if (!wants_lines(r))
		return FLOW_NEXT;
	struct lines *l = ARENA_NEW(r->arena, struct lines);
	*l = (struct lines) { .r = r,
		.job_id = out->row.id,
		.from = args->offset,
		.left = args->limit ? args->limit : -1 };
	http_set_header(r, "X-Result-Count",
		arena_printf(r->arena, "%lld", (long long)lines_of(&out->row, args)));
	if (!http_stream_open(r, "application/x-ndjson"))
		return FLOW_NEXT;
	return flow_enter(f, lines_steps, l);
}
