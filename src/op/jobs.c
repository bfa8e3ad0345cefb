/* SPDX-License-Identifier: Apache-2.0 */
/* What the operations on jobs share: how a job is shown, and where a reader goes on. */
#include "op/jobs_in.h"
#include "base/clock.h"
#include "base/digest.h"

#include <stddef.h>

static struct jobs *the_jobs; /* set once, before any call */

void op_jobs_start(struct jobs *jobs)
{
	the_jobs = jobs;
}

struct jobs *op_jobs(void)
{
	return the_jobs;
}

enum flow_next jobs_not_here(struct flow *f)
{
	return flow_fail(f, ERR_NOT_IMPLEMENTED, "this program runs no jobs");
}

int64_t job_known_until(const struct job_row *row)
{
	if (row->expires_ms)
		return row->expires_ms;
	return row->deadline_ms + (the_jobs ? jobs_conf(the_jobs)->job_keep_ms : 0);
}

int64_t job_poll_after_ms(const struct job_row *row)
{
	enum { YOUNG_MS = 1000, OLD_MS = 5000 };
	if (job_is_final((enum job_state)row->state))
		return 0;
	return now_ms() - row->created_ms < MINUTE_MS ? YOUNG_MS : OLD_MS;
}

/* --- a job as agents see it --- */

static const char *next_call(const struct job_out *o, struct arena *a)
{
	if (o->poll_after_ms)
		return arena_printf(a, "call get_job with job_id=%s in %lld s", o->row.id,
			(long long)(o->poll_after_ms + 999) / 1000);
	if (o->row.ended)
		return arena_printf(a, "call get_job_results with job_id=%s", o->row.id);
	return "nothing is left to do: the job has no results";
}

void job_out_fill(struct job_out *o, struct arena *a)
{
	o->known_until_ms = job_known_until(&o->row);
	o->poll_after_ms = job_poll_after_ms(&o->row);
	o->message = job_sentence(&o->row, a);
	o->next = next_call(o, a);
}

#define OUT(member) offsetof(struct job_out, member)
#define ITEM(member) offsetof(struct item_row, member)

static const struct field error_view[] = {
	{ "index", F_INT, F_REQ, ITEM(seq) },
	{ "url", F_STR, F_REQ, ITEM(url) },
	{ "code", F_STR, F_REQ, ITEM(code) },
	{ "message", F_STR, F_REQ, ITEM(message) },
	{ 0 },
};

static bool put_status(struct buf *b, const void *self)
{
	json_put_text(b, job_state_words[((const struct job_out *)self)->row.state]);
	return true;
}

static bool put_ended(struct buf *b, const void *self)
{
	char iso[ISO_SIZE];
	const struct job_out *o = self;
	json_put_text(b, iso_print(o->row.ended_ms, iso));
	return o->row.ended_ms != 0;
}

static bool put_expires(struct buf *b, const void *self)
{
	char iso[ISO_SIZE];
	json_put_text(b, iso_print(((const struct job_out *)self)->known_until_ms, iso));
	return true;
}

static const char string_schema[] = "{\"type\":\"string\"}";

const struct field job_out_view[] = {
	{ "job_id", F_STR, F_REQ, OUT(row.id) },
	{ "status", F_CALC, F_REQ, .calc = put_status, .schema = string_schema },
	{ "total", F_INT, F_REQ, OUT(row.total) },
	{ "done", F_INT, F_REQ, OUT(row.ended) },
	{ "failed", F_INT, F_REQ, OUT(row.failed) },
	{ "name", F_STR, F_HIDDEN | F_OMIT, OUT(row.name) },
	{ "existed", F_BOOL, F_HIDDEN | F_OMIT, OUT(existed) },
	{ "webhook_secret", F_STR, F_HIDDEN | F_OMIT, OUT(webhook_secret) },
	{ "created_at", F_TIME, F_HIDDEN, OUT(row.created_ms) },
	{ "ended_at", F_CALC, F_HIDDEN, .calc = put_ended },
	{ "expires_at", F_CALC, F_HIDDEN, .calc = put_expires },
	{ "errors", F_LIST, F_HIDDEN | F_OMIT, OUT(errors), .sub = error_view,
		.stride = sizeof(struct item_row) },
	{ "message", F_STR, F_HIDDEN | F_OMIT, OUT(message) },
	{ "poll_after_ms", F_INT, F_HIDDEN | F_OMIT, OUT(poll_after_ms) },
	{ "next", F_STR, F_OMIT, OUT(next) },
	{ 0 },
};

void job_out_text(const void *out, struct buf *b)
{
	const struct job_out *o = out;
	char iso[ISO_SIZE];
	const struct item_row *errors = o->errors.items;
	buf_addf(b, "job_id=%s status=%s: %s.", o->row.id, job_state_words[o->row.state],
		o->message);
	if (o->existed)
		buf_text(b, " It is the job that the same idempotency_key made before.");
	for (size_t i = 0; i < o->errors.count; i++)
		buf_addf(b, "\n[%lld] %s: %s: %s", (long long)errors[i].seq, errors[i].url,
			errors[i].code, errors[i].message ? errors[i].message : "");
	if (o->row.failed > (int64_t)o->errors.count && o->errors.count)
		buf_text(b, "\n... more failed; get_job_results tells each");
	if (o->webhook_secret)
		buf_addf(b, "\nwebhook_secret=%s (shown this once; it signs the webhooks)",
			o->webhook_secret);
	buf_addf(b, "\nKept until %s.\nNext: %s", iso_print(o->known_until_ms, iso), o->next);
}

/* --- cursors: "<kind><n>.<at>.<checksum of these and the thing>" --- */

static uint32_t checksum(struct arena *a, const char *thing, const char *text)
{
	return crc32_of(str_of(arena_printf(a, "%s %s", thing, text)));
}

const char *cursor_print(struct arena *a, const char *thing, char kind, int64_t n, int64_t at)
{
	const char *text = arena_printf(a, "%c%lld.%lld", kind, (long long)n, (long long)at);
	return arena_printf(a, "%s.%08x", text, checksum(a, thing, text));
}

bool cursor_read(
	const char *text, const char *thing, char *kind, int64_t *n, int64_t *at, struct err *e)
{
	struct str rest = str_of(text), first, second;
	struct arena *a = arena_new(4096);
	bool ok = rest.n > 1 && rest.n < 64 && str_cut(&rest, '.', &first) && first.n > 1 &&
		  str_cut(&rest, '.', &second) &&
		  str_to_int((struct str) { first.p + 1, first.n - 1 }, n) && *n >= 0 &&
		  str_to_int(second, at) && *at >= 0;
	if (ok) {
		*kind = first.p[0];
		ok = str_eq(str_of(text), str_of(cursor_print(a, thing, *kind, *n, *at)));
	}
	arena_free(&a);
	return ok || err_set(e, ERR_INVALID_REQUEST,
			     "cursor: not one that this call has given for %s: send "
			     "next_cursor of the answer before, or leave it out to begin anew",
			     thing);
}
