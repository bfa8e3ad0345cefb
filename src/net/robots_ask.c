/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The steps of asking, and what an answer means (RFC 9309 section 2.3.1): a file is what it says; a
 * site without one (4xx, or redirects that lead nowhere) allows everything; one that cannot answer
 * (5xx, 429, no connection, an address that is not public) forbids everything for the moment.
 */
#include "base/clock.h"
#include "net/robots_in.h"

enum { FETCH_MS = 10 * 1000, HOPS = 5 };

struct ask {
	struct robots *robots;
	struct robots_answer *out;
	struct robots_seat seat;
	struct str target;
	int64_t end_ms; /* mono_ms: the call's deadline; 0: none */
	struct url url; /* of the file */
	bool asked; /* the transfer was begun */
	struct fetch_req req;
	struct fetch_res res;
};

static enum flow_next cancelled(struct flow *f)
{
	return flow_fail(f, ERR_CANCELLED, "the caller went away");
}

static enum flow_next step_join(struct flow *f)
{
	struct ask *a = flow_self(f);
	if (flow_cancelled(f))
		return cancelled(f);
	a->seat.flow = f;
	a->seat.deadline_ms = mono_ms() + FETCH_MS;
	if (a->end_ms && a->end_ms < a->seat.deadline_ms)
		a->seat.deadline_ms = a->end_ms;
	return robots_join(a->robots, &a->seat) == ROBOTS_WAITS ? FLOW_PARKED : FLOW_NEXT;
}

static enum flow_next step_fetch(struct flow *f)
{
	struct ask *a = flow_self(f);
	if (a->seat.file)
		return FLOW_NEXT;
	if (flow_cancelled(f)) {
		robots_give_up(a->robots, &a->seat);
		return cancelled(f);
	}
	int64_t left = a->seat.deadline_ms - mono_ms();
	a->req = (struct fetch_req) {
		.url = a->url,
		.policy = FETCH_PAGE,
		.user_agent = robots_conf(a->robots)->user_agent_default,
		.timeout_ms = left > 0 ? left : 1,
		.max_hops = HOPS,
	};
	a->asked = true;
	fetch_begin(robots_fetcher(a->robots), &a->req, &a->res, f);
	return FLOW_PARKED;
}

/* Less than half of the usual time says nothing about the site. */
static bool was_hurried(const struct ask *a)
{
	return a->res.err.code == ERR_TIMEOUT && a->res.took_ms >= a->req.timeout_ms &&
	       a->req.timeout_ms < FETCH_MS / 2;
}

static enum robots_said judge(struct ask *a, struct str *file, struct arena *arena)
{
	struct fetch_res *res = &a->res;
	struct err e;
	*file = STR("");
	if (res->err.code != ERR_NONE)
		return res->astray ? ROBOTS_SAID : ROBOTS_SILENT;
	if (res->status >= 500 || res->status == 429)
		return ROBOTS_SILENT;
	if (res->status >= 300)
		return ROBOTS_SAID;
	if (!fetch_unpack(res, (size_t)robots_conf(a->robots)->fetch_body_bytes, arena, &e))
		return ROBOTS_SILENT;
	*file = res->body;
	return ROBOTS_SAID;
}

static int64_t keep_ms(const struct ask *a, enum robots_said said)
{
	int64_t s = said == ROBOTS_SAID ? a->res.max_age_s : a->res.retry_after_s;
	return s < 0 ? -1 : s > DAY_MS / 1000 ? DAY_MS : s * 1000;
}

static enum flow_next step_read(struct flow *f)
{
	struct ask *a = flow_self(f);
	const struct conf *conf = robots_conf(a->robots);
	struct str file;
	if (!a->asked)
		return FLOW_NEXT;
	if (a->res.err.code == ERR_CANCELLED || was_hurried(a)) {
		robots_give_up(a->robots, &a->seat);
		return a->res.err.code == ERR_CANCELLED ? cancelled(f) : FLOW_NEXT;
	}
	struct arena *arena = arena_new(0);
	struct robots_news news = { .said = judge(a, &file, arena) };
	news.rules = robots_parse(arena, file, str_of(conf->robots_agent));
	news.keep_ms = keep_ms(a, news.said);
	a->seat.file = robots_end(a->robots, &a->seat, &news);
	arena_free(&arena);
	return FLOW_NEXT;
}

static enum flow_next step_answer(struct flow *f)
{
	struct ask *a = flow_self(f);
	struct robots_file *file = a->seat.file;
	a->out->allowed = file && robots_may(&file->rules, a->target);
	a->out->delay_ms = file ? robots_delay_ms(&file->rules) : 0;
	if (file)
		robots_drop(file);
	return flow_cancelled(f) ? cancelled(f) : FLOW_NEXT;
}

static const struct flow_step steps[] = {
	{ "robots", step_join, false },
	{ "robots fetch", step_fetch, false },
	{ "robots read", step_read, false },
	{ "robots answer", step_answer, false },
	{ NULL, NULL, false },
};

enum flow_next robots_ask(
	struct robots *r, struct flow *f, const struct url *url, struct robots_answer *out)
{
	struct arena *arena = f->call->arena;
	struct ask *a = ARENA_NEW(arena, struct ask);
	struct str rest = str_of(url->path.p);
	struct err e;
	*out = (struct robots_answer) { .allowed = true };
	if (str_eq(url->path, STR("/robots.txt")))
		return FLOW_NEXT;
	a->robots = r;
	a->out = out;
	a->end_ms = f->call->deadline_ms;
	(void)str_cut(&rest, '#', &a->target);
	a->seat.origin = arena_text(
		arena, (struct str) { url->text, (size_t)(url->path.p - url->text) });
	if (!url_parse(str_of(arena_printf(arena, "%s/robots.txt", a->seat.origin)), true,
		    arena, &a->url, &e)) {
		out->allowed = false;
		return FLOW_NEXT;
	}
	return flow_enter(f, steps, a);
}
