/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way of one URL. A target that cannot be had ends the way early with out->err and whatever is
 * known by then; the flow itself fails only when the caller has gone or we are at fault.
 *
 * A question that takes part in the cache also takes part in single flight. Who says no_cache wants
 * a transfer of its own, and gets one.
 */
#include "base/clock.h"
#include "base/digest.h"
#include "base/metric.h"
#include "scrape/cursor.h"
#include "scrape/scrape_in.h"

static const struct fetch_header page_headers[] = {
	{ "Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" },
	{ "Accept-Language", "en-US,en;q=0.9,*;q=0.5" },
	{ NULL },
};

void scrape_say(struct flow *f, double done, const char *message)
{
	if (f->call->say)
		f->call->say(f->call->say_to, done, 3, message);
}

enum flow_next scrape_give_up(struct scrape *s, const struct err *e)
{
	s->out->err = *e;
	return FLOW_DONE;
}

/* --- look up --- */

static void make_id(struct scrape *s)
{
	unsigned char agent = (unsigned char)s->o->agent;
	struct str url = str_of(s->url.text);
	const char *account = s->o->account ? s->o->account : "";
	struct buf b;
	url.n = str_find(url, '#'); /* a fragment is never sent */
	buf_init(&b, 0);
	buf_add(&b, account, strlen(account) + 1);
	buf_add(&b, &agent, 1);
	buf_add_str(&b, url);
	sha256(buf_str(&b), s->id.hash);
	buf_release(&b);
}

static bool shares(const struct scrape *s)
{
	return s->o->cache_ttl_s > 0 && !s->o->no_cache;
}

static bool found_in_cache(struct scrape *s, struct call *call)
{
	struct kit *kit = call->kit;
	if (!kit->cache || !kit->cache_db)
		return false;
	bool hit = cache_get(
		kit->cache, kit->cache_db, &s->id, s->o->cache_ttl_s, call->arena, &s->answer);
	metric_add(hit ? METRIC_CACHE_HIT : METRIC_CACHE_MISS, 1);
	return hit;
}

/* What no page can mend. */
static bool options_ok(struct scrape *s, struct arena *a, struct err *e)
{
	const struct scrape_opts *o = s->o;
	if (o->format != FORMAT_MARKDOWN && !o->cursor && (o->outline || o->section))
		return err_set(e, ERR_INVALID_REQUEST, "%s goes with format markdown alone",
			o->outline ? "outline" : "section");
	if (o->cursor && o->prompt)
		return err_set(e, ERR_INVALID_REQUEST,
			"cursor goes on reading a page: leave prompt out");
	if (!o->section)
		return true;
	s->section = section_compile(a, str_of(o->section), e);
	return s->section != NULL;
}

static enum flow_next step_look_up(struct flow *f)
{
	struct scrape *s = flow_self(f);
	struct call *call = f->call;
	struct err e;
	if (!options_ok(s, call->arena, &f->err))
		return FLOW_FAILED;
	if (s->o->cursor)
		return cursor_next(call, s->o, s->out, &f->err) ? FLOW_DONE : FLOW_FAILED;
	bool inside_ok = call->kit->conf->allow_targets[0] != 0;
	if (!url_parse(str_of(s->out->url), inside_ok, call->arena, &s->url, &e))
		return scrape_give_up(s, &e);
	make_id(s);
	if (!shares(s))
		return FLOW_NEXT;
	if (found_in_cache(s, call)) {
		s->have = s->out->cached = true;
		return FLOW_NEXT;
	}
	if (call->kit->flights && flight_join(call->kit->flights, &s->id, &s->seat, f,
					  s->deadline_ms) == FLIGHT_WAITS)
		return FLOW_PARKED;
	return FLOW_NEXT;
}

/* --- fetch --- */

static const char *agent_text(const struct conf *c, int agent)
{
	return agent == AGENT_MOBILE   ? c->user_agent_mobile
	       : agent == AGENT_TABLET ? c->user_agent_tablet
				       : c->user_agent_default;
}

static enum flow_next step_fetch(struct flow *f)
{
	struct scrape *s = flow_self(f);
	const struct conf *conf = f->call->kit->conf;
	if (s->have)
		return FLOW_NEXT;
	if (s->seat.role == FLIGHT_WAITS) {
		s->answer = s->seat.answer;
		s->have = true;
		metric_add(METRIC_CACHE_SHARED, 1);
		return FLOW_NEXT;
	}
	if (flow_cancelled(f))
		return flow_fail(f, ERR_CANCELLED, "the caller went away");
	int64_t left = s->deadline_ms - mono_ms();
	s->req = (struct fetch_req) {
		.url = s->url,
		.policy = FETCH_PAGE,
		.headers = page_headers,
		.user_agent = agent_text(conf, s->o->agent),
		.timeout_ms = left > 0 ? left : 1,
		.max_hops = -1,
		.page_only = true,
	};
	s->fetching = true;
	scrape_say(f, 0, "Fetching the page");
	fetch_begin(f->call->kit->fetcher, &s->req, &s->res, f);
	return FLOW_PARKED;
}

static void take_answer(struct scrape *s)
{
	const struct fetch_res *res = &s->res;
	s->answer = (struct answer) {
		.err = res->err,
		.no_name = res->no_name,
		.status = res->status,
		.final_url = res->final.text,
		.mime = res->mime,
		.charset = res->charset,
		.encoding = res->encoding,
		.body = res->body,
		.retry_after_s = res->retry_after_s,
		.fetched_ms = res->fetched_ms,
		.took_ms = res->took_ms,
	};
	s->have = true;
}

/* A leader whose own caller left or whose own time was too short has learnt nothing about the page:
 * those who wait go on without it. */
static void end_flight(struct flow *f, struct scrape *s)
{
	enum err_code code = s->answer.err.code;
	bool gave_up = !s->have || code == ERR_CANCELLED || code == ERR_TIMEOUT;
	if (s->seat.role == FLIGHT_LEADS)
		flight_end(f->call->kit->flights, &s->seat, gave_up ? NULL : &s->answer);
}

static void show_answer(struct scrape *s)
{
	struct scrape_result *out = s->out;
	out->no_name = s->answer.no_name;
	out->final_url = s->answer.final_url;
	out->http_status = s->answer.status;
	out->mime = s->answer.mime;
	out->fetched_ms = s->answer.fetched_ms;
	out->took_ms = s->answer.took_ms;
	out->retry_after_s = s->answer.retry_after_s;
	if (out->fetched_ms && s->o->cache_ttl_s)
		out->expires_ms = out->fetched_ms + s->o->cache_ttl_s * 1000;
}

/* Is it a page that was asked for? A status tells more than a type that goes with it. */
static bool judge(const struct answer *answer, struct err *e)
{
	enum err_code code = answer->err.code;
	bool ok_status = answer->status >= 200 && answer->status <= 299;
	if (answer->status && !ok_status && (code == ERR_NONE || code == ERR_NOT_HTML)) {
		if (answer->retry_after_s > 0)
			return err_set(e, ERR_FETCH,
				"the site answered %d and asks to wait %lld s", answer->status,
				(long long)answer->retry_after_s);
		return err_set(e, ERR_FETCH, "the site answered %d", answer->status);
	}
	*e = answer->err;
	return code == ERR_NONE;
}

static enum flow_next step_land(struct flow *f)
{
	struct scrape *s = flow_self(f);
	struct err e;
	if (s->fetching)
		take_answer(s);
	s->fetching = false;
	end_flight(f, s);
	if (f->err.code != ERR_NONE)
		return FLOW_FAILED;
	if (s->answer.err.code == ERR_CANCELLED)
		return flow_fail(f, ERR_CANCELLED, "the caller went away");
	show_answer(s);
	if (!judge(&s->answer, &e))
		return scrape_give_up(s, &e);
	scrape_say(f, 1, "Reading the page");
	return FLOW_NEXT;
}

static const struct flow_step steps[] = {
	{ "look up", step_look_up },
	{ "fetch", step_fetch },
	{ "land", step_land, .always = true },
	{ "sort", scrape_step_sort },
	{ "read", scrape_step_read },
	{ "ask", scrape_step_ask },
	{ "asked", scrape_step_asked, .always = true },
	{ 0 },
};

enum flow_next scrape_enter(struct flow *f, const char *url, const struct scrape_opts *opts,
	struct scrape_result *out)
{
	struct scrape *s = ARENA_NEW(f->call->arena, struct scrape);
	int64_t timeout = opts->timeout_ms > 0 ? opts->timeout_ms : SCRAPE_TIMEOUT_MS;
	s->o = opts;
	s->out = out;
	s->deadline_ms = mono_ms() + timeout;
	if (f->call->deadline_ms && f->call->deadline_ms < s->deadline_ms)
		s->deadline_ms = f->call->deadline_ms;
	s->answer.retry_after_s = -1;
	out->url = url;
	out->retry_after_s = -1;
	out->asked = opts->prompt != NULL;
	return flow_enter(f, steps, s);
}

void scrape_warn(
	struct scrape_result *r, struct arena *a, const char *code, const char *message)
{
	size_t size = sizeof *r->warnings;
	r->warnings =
		arena_grow(a, r->warnings, r->n_warnings * size, (r->n_warnings + 1) * size);
	r->warnings[r->n_warnings++] = (struct scrape_warning) { code, message };
}
