/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One attempt: the job is printed, signed and sent, on a desk; what the answer means is decided on
 * the hooks' thread, and written by the writer. The URL is judged by the address gate at every
 * attempt, by the fetcher; a redirect is an answer like any other that is not 2xx.
 */
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "job/hook_in.h"

#include <stddef.h>
#include <stdio.h>

static const char user_agent[] = "scraped/" SCRAPED_VERSION;

/* --- on a desk --- */

static void add_header(struct hook_trip *t, const char *name, const char *value)
{
	struct fetch_header *h = t->headers;
	while (h->name)
		h++;
	*h = (struct fetch_header) { name, value };
}

static void sign(struct hook_trip *t)
{
	struct arena *a = t->call.arena;
	const struct endpoint_row *to = &t->row.endpoint;
	int64_t now = now_ms();
	struct buf signatures;
	buf_init(&signatures, 1024);
	hook_sign(t->row.id, now / 1000, buf_str(&t->body), to->secret,
		to->old_until_ms > now ? to->old_secret : NULL, &signatures);
	add_header(t, "Accept", "*/*");
	add_header(t, "Content-Type", "application/json");
	add_header(t, "webhook-id", t->row.id);
	add_header(t, "webhook-timestamp", arena_printf(a, "%lld", (long long)now / 1000));
	add_header(t, "webhook-signature", arena_text(a, buf_str(&signatures)));
	buf_release(&signatures);
}

static bool print(struct hook_trip *t, struct err *e)
{
	struct jobs *j = t->hooks->jobs;
	struct job_row job;
	/* a time before its expiry: its deliveries keep a job longer than its readers */
	bool there =
		job_read(store_read(j->store), t->row.job_id, NULL, 0, t->call.arena, &job, e);
	store_read_end(j->store);
	if (!there || !t->hooks->print(j, &job, t->call.arena, &t->body, e))
		return false;
	return !t->body.full || err_set(e, ERR_TOO_LARGE, "the job is too large to be sent");
}

static enum flow_next step_send(struct flow *f)
{
	struct hook_trip *t = flow_self(f);
	const struct conf *c = t->hooks->jobs->conf;
	if (!print(t, &f->err))
		return FLOW_FAILED;
	sign(t);
	t->req.policy = FETCH_PAGE;
	t->req.method = "POST";
	t->req.body = buf_str(&t->body);
	t->req.headers = t->headers;
	t->req.user_agent = user_agent;
	t->req.timeout_ms = c->webhook_timeout_ms;
	t->req.head_only = true; /* and max_hops is 0 */
	fetch_begin(t->hooks->jobs->fetcher, &t->req, &t->res, f);
	return FLOW_PARKED;
}

static const struct flow_step trip_steps[] = { { "send", step_send }, { 0 } };

static void come_home(struct flow *f)
{
	hooks_mail(f->owner);
}

/* --- on the thread of the hooks --- */

static void copy_row(struct delivery_row *to, const struct delivery_row *from, struct arena *a)
{
	const struct endpoint_row *p = &from->endpoint;
	*to = *from;
	to->id = arena_copy(a, from->id);
	to->job_id = arena_copy(a, from->job_id);
	to->last_error = NULL;
	to->endpoint.id = NULL; /* not needed */
	to->endpoint.account_id = arena_copy(a, p->account_id);
	to->endpoint.url = arena_copy(a, p->url);
	to->endpoint.secret = arena_copy(a, p->secret);
	to->endpoint.old_secret = arena_copy(a, p->old_secret);
}

struct hook_trip *trip_new(struct hooks *h, const struct delivery_row *row)
{
	struct hook_trip *t = MEM_NEW(struct hook_trip);
	t->hooks = h;
	t->call.arena = arena_new(0);
	copy_row(&t->row, row, t->call.arena);
	t->call.request_id = t->row.id;
	t->began_ms = now_ms();
	buf_init(&t->body, HOOK_BODY_MOST);
	TAILQ_INSERT_TAIL(&h->trips, t, links);
	h->count++;
	return t;
}

void trip_free(struct hook_trip **tp)
{
	struct hook_trip *t = *tp;
	TAILQ_REMOVE(&t->hooks->trips, t, links);
	t->hooks->count--;
	arena_free(&t->call.arena);
	buf_release(&t->body);
	mem_free(t);
	*tp = NULL;
}

static void send_back(struct hook_trip *t, int64_t pause_ms)
{
	t->untried = true;
	t->back = (struct delivery_back) {
		.id = t->row.id, .owner = t->hooks->owner, .due_ms = now_ms() + pause_ms
	};
	trip_write(t);
}

/* One account's dead receivers, each a host of its own, do not take all places. */
static int64_t account_places(const struct hooks *h)
{
	return (h->jobs->conf->webhook_in_flight + 1) / 2;
}

/* In the table of hosts, under a name that no host has. */
static struct hook_host *account_of(struct hook_trip *t)
{
	const char *name = arena_printf(t->call.arena, "/%s", t->row.endpoint.account_id);
	return hook_host_of(t->hooks, str_of(name));
}

static void take_off(struct hook_trip *t, struct hook_host *host, struct hook_host *account)
{
	flow_init(&t->flow, &t->call, trip_steps, t, come_home);
	t->flow.owner = t;
	t->state = TRIP_SENDING;
	if (!flow_start(t->hooks->desks, &t->flow)) {
		send_back(t, HOOK_AGAIN_MS);
		return;
	}
	t->host = host;
	t->account = account;
	host->running++;
	account->running++;
}

void trip_start(struct hook_trip *t)
{
	struct hooks *h = t->hooks;
	bool inside_ok = h->jobs->conf->allow_targets[0] != 0;
	struct hook_host *host, *account;
	if (t->row.endpoint.disabled_ms) {
		err_set(&t->res.err, ERR_FORBIDDEN, "the endpoint is switched off");
		trip_judge(t);
	} else if (!url_parse(str_of(t->row.endpoint.url), inside_ok, t->call.arena,
			   &t->req.url, &t->res.err)) {
		trip_judge(t);
	} else if (!(account = account_of(t))) {
		send_back(t, HOOK_AGAIN_MS);
	} else if (account->running >= account_places(h)) {
		send_back(t, hook_host_pause_ms(account, account_places(h)));
	} else if (!(host = hook_host_of(h, t->req.url.host))) {
		send_back(t, HOOK_AGAIN_MS);
	} else if (host->running >= HOOK_PER_HOST) {
		send_back(t, hook_host_pause_ms(host, HOOK_PER_HOST));
	} else {
		take_off(t, host, account);
	}
}

static void leave_host(struct hook_trip *t)
{
	if (!t->host)
		return;
	t->host->running--;
	t->account->running--;
	t->host->took_ms = t->account->took_ms = t->res.took_ms;
	t->host = t->account = NULL;
}

/* Why the receiver has not taken it; NULL: it has. */
static const char *fault_of(const struct hook_trip *t)
{
	const struct fetch_res *r = &t->res;
	if (r->err.code != ERR_NONE)
		return arena_printf(t->call.arena, "%s: %s", err_name(r->err.code), r->err.msg);
	if (r->status >= 200 && r->status < 300)
		return NULL;
	return arena_printf(t->call.arena, "the receiver answered %d%s", r->status,
		r->status >= 300 && r->status < 400 ? ": redirects are not followed" : "");
}

/* When again, or never. */
static void plan(struct hook_trip *t)
{
	struct delivery_attempt *a = &t->attempt;
	int64_t pause = hook_pause_ms(t->row.tries), asked = 0;
	a->gone = t->res.status == 410;
	if (!a->attempt.error) {
		a->state = DELIVERY_DONE;
	} else if (a->gone || pause < 0 || t->row.endpoint.disabled_ms) {
		a->state = DELIVERY_GIVEN_UP;
	} else {
		if ((t->res.status == 429 || t->res.status == 503) && t->res.retry_after_s > 0)
			asked = t->res.retry_after_s < DAY_MS / 1000
					? t->res.retry_after_s * 1000
					: DAY_MS;
		a->state = DELIVERY_WAITS;
		a->due_ms = now_ms() + (asked > pause ? asked : pause);
	}
}

/* Of the URL only the host: its path may be what keeps others out. */
static void tell(const struct hook_trip *t)
{
	char host[LOG_QUOTE_SIZE], error[LOG_QUOTE_SIZE];
	const struct delivery_attempt *a = &t->attempt;
	log_quote(t->req.url.host, host);
	if (!a->attempt.error) {
		metric_add(METRIC_HOOKS_OK, 1);
		log_info("hook.sent delivery=%s job=%s host=%s status=%d try=%lld ms=%lld",
			t->row.id, t->row.job_id, host, t->res.status, (long long)t->row.tries,
			(long long)t->res.took_ms);
		return;
	}
	metric_add(METRIC_HOOKS_FAILED, 1);
	log_warn("hook.failed delivery=%s job=%s host=%s status=%d try=%lld ms=%lld error=%s "
		 "again_s=%lld",
		t->row.id, t->row.job_id, host, t->res.status, (long long)t->row.tries,
		(long long)t->res.took_ms, log_quote(str_of(a->attempt.error), error),
		a->state == DELIVERY_WAITS ? (long long)(a->due_ms - now_ms()) / 1000 : -1);
}

void trip_judge(struct hook_trip *t)
{
	leave_host(t);
	if (t->flow.err.code != ERR_NONE)
		t->res.err = t->flow.err;
	if (t->res.err.code == ERR_CANCELLED) { /* this program ends */
		send_back(t, HOOK_AGAIN_MS);
		return;
	}
	t->attempt = (struct delivery_attempt) { .id = t->row.id,
		.owner = t->hooks->owner,
		.attempt = { .at_ms = t->began_ms,
			.took_ms = t->res.took_ms,
			.status = t->res.status,
			.error = fault_of(t) } };
	plan(t);
	tell(t);
	buf_release(&t->body);
	trip_write(t);
}

static void written(struct hook_trip *t, const struct err *e)
{
	t->written = *e;
	hooks_mail(t);
}

/* A command's end is handed what the command was. */
static void written_back(void *back, const struct err *e)
{
	written((void *)((char *)back - offsetof(struct hook_trip, back)), e);
}

static void written_attempt(void *attempt, const struct err *e)
{
	written((void *)((char *)attempt - offsetof(struct hook_trip, attempt)), e);
}

void trip_write(struct hook_trip *t)
{
	struct store *store = t->hooks->jobs->store;
	t->state = TRIP_WRITING;
	if (t->untried ? store_post(store, delivery_back_write, written_back, &t->back)
		       : store_post(
				 store, delivery_attempt_write, written_attempt, &t->attempt))
		return;
	t->state = TRIP_UNWRITTEN;
	t->again_ms = mono_ms() + HOOK_AGAIN_MS;
}
