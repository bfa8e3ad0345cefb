/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GET /v1/jobs/:id/events: a job as server-sent events (HTML standard, section 9.2). `result` has
 * the number as id by which its URL ended, so Last-Event-ID says what the client has seen, and the
 * store still knows what came after it: nothing is kept for clients that are away. `end` is the
 * last; a client that comes back after it gets 204, which tells it to stay away.
 *
 * Between two pieces the flow is parked, first for its reader, then for the job, and holds nothing.
 */
#include "base/clock.h"
#include "http/sse.h"
#include "job/watch.h"
#include "rest/dialect.h"
#include "rest/job_rows.h"

#include <stddef.h>
#include <stdio.h>

enum {
	BATCH = 50,
	BATCH_BYTES = 256 << 10, /* packed */
	UNREAD_BYTES = 64 << 10,
	PAUSE_MS =
		100, /* between two looks at a job that changes all the time: they cost reading */
	LOOK_MS = 15000, /* so long without a change: looks whether the job is still there */
};

struct watching {
	struct http_req *r;
	const char *job_id;
	enum job_words words;
	int64_t last; /* number of the last result that was sent */
	int64_t seen; /* watch_number before the last look */
	int64_t looked_ms; /* mono_ms: when that was */
	int64_t said_ended, said_state; /* of the last progress; -1: none */
	bool more, done;
};

/* --- events --- */

static void put_event(struct buf *to, const char *event, const char *id, struct buf *data)
{
	sse_put(to, event, id, buf_str(data));
	to->full |= data->full;
	buf_clear(data);
}

static void put_result(
	struct watching *w, const struct outcome *o, struct buf *data, struct buf *to)
{
	char id[24];
	snprintf(id, sizeof id, "%lld", (long long)o->no);
	buf_addf(data, "{\"index\":%lld", (long long)o->seq);
	fields_encode_members(result_view(w->words), o, data);
	buf_char(data, '}');
	put_event(to, "result", id, data);
	w->last = o->no;
}

static void put_progress(
	struct watching *w, const struct job_row *row, struct buf *data, struct buf *to)
{
	if (row->ended == w->said_ended && row->state == w->said_state)
		return;
	w->said_ended = row->ended;
	w->said_state = row->state;
	buf_addf(data,
		"{\"status\":\"%s\",\"total\":%lld,\"completed\":%lld,\"succeeded\":%lld,"
		"\"failed\":%lld}",
		row->state == JOB_QUEUED && w->words == WORDS_BULK
			? "pending"
			: job_state_words[row->state],
		(long long)row->total, (long long)row->ended,
		(long long)(row->ended - row->failed), (long long)row->failed);
	put_event(to, "progress", NULL, data);
}

static bool put_end(struct watching *w, const struct job_row *row, struct buf *data,
	struct buf *to, struct err *e)
{
	struct job_print p = {
		.jobs = op_jobs(), .row = row, .words = w->words, .no_results = true
	};
	buf_char(data, '{');
	bool ok = job_put(&p, data, e);
	buf_char(data, '}');
	put_event(to, "end", "end", data);
	return ok;
}

/* The state is read before the results: those of a job that has ended are all there then. */
static bool put_news(
	struct watching *w, struct arena *a, struct buf *data, struct buf *to, struct err *e)
{
	struct job_row row;
	struct outcome *rows;
	size_t count;
	int64_t next;
	w->looked_ms = mono_ms();
	w->seen = watch_number(op_jobs(), w->job_id);
	if (!job_get(op_jobs(), w->job_id, w->r->call.who->account_id, a, &row, e) ||
		!job_results(op_jobs(), w->job_id, RESULTS_BY_NO, w->last + 1, BATCH,
			BATCH_BYTES, a, &rows, &count, &next, e))
		return false;
	put_progress(w, &row, data, to);
	for (size_t i = 0; i < count; i++)
		put_result(w, &rows[i], data, to);
	w->more = next >= 0;
	w->done = !w->more && job_is_final((enum job_state)row.state);
	return !w->done || put_end(w, &row, data, to, e);
}

/* --- steps --- */

static enum flow_next step_send(struct flow *f)
{
	struct watching *w = flow_self(f);
	struct arena *a = arena_new(0);
	struct buf data, b;
	struct err e = { 0 };
	buf_init(&data, 0);
	buf_init(&b, 0);
	/* gone in the meantime, or too long for one piece: the end of the stream says so */
	bool ok = put_news(w, a, &data, &b, &e) && !b.full;
	if (!ok || (b.len && !http_stream_send(w->r, buf_str(&b))))
		w->done = true;
	buf_release(&data);
	buf_release(&b);
	arena_free(&a);
	return FLOW_NEXT;
}

static enum flow_next step_reader(struct flow *f)
{
	struct watching *w = flow_self(f);
	return w->done ? FLOW_NEXT : http_stream_wait(f, w->r, UNREAD_BYTES);
}

/* "" is no job: nothing ends this wait but its time. */
static enum flow_next step_pause(struct flow *f)
{
	struct watching *w = flow_self(f);
	int64_t until = w->looked_ms + PAUSE_MS;
	if (w->done || w->more || flow_cancelled(f) || mono_ms() >= until)
		return FLOW_NEXT;
	return watch_wait(op_jobs(), f, "", watch_number(op_jobs(), ""), until);
}

static enum flow_next step_job(struct flow *f)
{
	struct watching *w = flow_self(f);
	if (w->done || w->more || flow_cancelled(f))
		return FLOW_NEXT;
	return watch_wait(op_jobs(), f, w->job_id, w->seen, mono_ms() + LOOK_MS);
}

static enum flow_next step_again(struct flow *f)
{
	const struct watching *w = flow_self(f);
	return w->done || flow_cancelled(f) ? FLOW_NEXT : flow_again(f);
}

static const struct flow_step watch_steps[] = {
	{ "send", step_send },
	{ "reader", step_reader },
	{ "job", step_job },
	{ "pause", step_pause },
	{ "again", step_again },
	{ 0 },
};

/* --- the route --- */

/* *stay_away: it has seen the end. */
static bool read_last(struct http_req *r, int64_t *last, bool *stay_away, struct err *e)
{
	struct str text = http_header(r, "Last-Event-ID");
	*last = 0;
	if (!text.p && !http_query(r, "lastEventId", &text))
		return true;
	*stay_away = str_eq(text, STR("end"));
	return *stay_away || !text.n ||
	       (str_to_int(text, last) && *last >= 0 && *last < INT64_MAX) ||
	       err_set(e, ERR_INVALID_REQUEST,
		       "Last-Event-ID must be an id that a result came with, or \"end\"");
}

static enum flow_next open_events(struct flow *f)
{
	struct http_req *r = flow_self(f);
	const struct job_out *out = row_call(r)->out;
	struct watching *w = ARENA_NEW(r->arena, struct watching);
	bool stay_away = false;
	*w = (struct watching) {
		.r = r, .job_id = out->row.id, .said_ended = -1, .said_state = -1
	};
	if (!read_last(r, &w->last, &stay_away, &f->err) ||
		!job_words_asked(r, &out->row, &w->words, &f->err))
		return FLOW_FAILED;
	if (stay_away && job_is_final((enum job_state)out->row.state)) {
		r->res.status = 204;
		return FLOW_NEXT;
	}
	http_set_header(r, "Cache-Control", "no-store");
	http_set_header(r, "X-Accel-Buffering", "no");
	if (!http_stream_open(r, "text/event-stream"))
		return FLOW_NEXT;
	return flow_enter(f, watch_steps, w);
}

static enum flow_next refuse(struct flow *f)
{
	struct http_req *r = flow_self(f);
	if (f->err.code != ERR_NONE)
		http_error(r, &f->err);
	f->err.code = ERR_NONE;
	return FLOW_NEXT;
}

static const struct flow_step events_steps[] = {
	HTTP_ADMIT,
	{ "op", row_run },
	{ "open", open_events },
	{ "refuse", refuse, .always = true },
	{ 0 },
};

static const struct field events_in[] = { JOB_READ_ROWS, { 0 } };
static const struct rest_also seen_the_end = { .status = 204 };
static const struct rest_row events_row = {
	.op = &op_get_job,
	.in = events_in,
	.type = "text/event-stream",
	.id = "watchJob",
	.summary = "Watch a job",
	.about = "Server-sent events: progress (status and counts), result (each as it comes, "
		 "index is its place among the URLs), and end with the job, after which the "
		 "stream closes. Last-Event-ID, or lastEventId in the query, goes on after a "
		 "result; who has seen the end gets 204.",
	.example_out = NULL,
	.refusals = "400 401 403 404 429 500 503",
	.also = &seen_the_end,
};

const struct http_route job_stream_routes[] = {
	{ "GET", "/v1/jobs/:id/events", .steps = events_steps, .admit = bearer_admit,
		.row = &events_row },
	{ 0 },
};
