/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ask.h"

#include <time.h>

enum { HEADERS_MAX = 8 };

struct asking {
	const struct asker *asker;
	struct fetch_req req;
	struct fetch_res res;
};

static enum flow_next step_fetch(struct flow *f)
{
	struct asking *a = flow_self(f);
	fetch_begin(a->asker->fetcher, &a->req, &a->res, f);
	return FLOW_PARKED;
}

static enum flow_next step_unpack(struct flow *f)
{
	struct asking *a = flow_self(f);
	if (a->res.err.code == ERR_NONE)
		(void)fetch_unpack(&a->res, a->asker->body_max, f->call->arena, &a->res.err);
	return FLOW_NEXT;
}

static const struct flow_step steps[] = {
	{ "fetch", step_fetch },
	{ "unpack", step_unpack },
	{ 0 },
};

static const struct fetch_header *headers_of(const struct ask *ask, struct arena *arena)
{
	struct fetch_header *h = ARENA_ARRAY(arena, struct fetch_header, HEADERS_MAX);
	int n = 0;
	h[n++] = (struct fetch_header) { "Accept", ask->accept ? ask->accept : "*/*" };
	if (ask->type)
		h[n++] = (struct fetch_header) { "Content-Type", ask->type };
	if (ask->cookie)
		h[n++] = (struct fetch_header) { "Cookie", ask->cookie };
	if (ask->bearer)
		h[n++] = (struct fetch_header) { "Authorization",
			arena_printf(arena, "Bearer %s", ask->bearer) };
	if (ask->idempotency_key)
		h[n++] = (struct fetch_header) { "Idempotency-Key", ask->idempotency_key };
	return h;
}

struct str reply_header(const struct reply *r, const char *name, int nth)
{
	struct str rest = r->head, line, key;
	while (str_cut(&rest, '\n', &line))
		if (str_cut(&line, ':', &key) && str_ieq(key, str_of(name)) && nth-- == 0)
			return str_trim(line);
	return (struct str) { NULL, 0 };
}

/* IMF-fixdate (RFC 9110 section 5.6.7). */
static int64_t date_of(const struct reply *r)
{
	struct str text = reply_header(r, "Date", 0);
	struct tm tm = { 0 };
	char copy[40];
	if (!text.n || text.n >= sizeof copy)
		return 0;
	memcpy(copy, text.p, text.n);
	copy[text.n] = 0;
	const char *end = strptime(copy, "%a, %d %b %Y %H:%M:%S GMT", &tm);
	return end && !*end ? (int64_t)timegm(&tm) * 1000 : 0;
}

void ask_send(
	const struct asker *asker, const struct ask *ask, struct arena *arena, struct reply *r)
{
	struct asking *a = ARENA_NEW(arena, struct asking);
	struct call call = { .arena = arena, .request_id = "" };
	struct flow f;
	struct err e;
	*r = (struct reply) { 0 };
	a->asker = asker;
	if (!url_parse(str_of(ask->url), true, arena, &a->req.url, &r->err))
		return;
	a->req.policy = FETCH_OPERATOR;
	a->req.method = ask->method;
	a->req.body = ask->body;
	a->req.headers = headers_of(ask, arena);
	a->req.user_agent = asker->user_agent;
	a->req.timeout_ms = asker->timeout_ms;
	a->req.max_wire_bytes = a->req.max_body_bytes = asker->body_max;
	a->req.keep_head = true;
	flow_init(&f, &call, steps, a, NULL);
	if (!flow_run(asker->desks, &f)) {
		r->err = f.err;
		return;
	}
	r->err = a->res.err;
	r->status = a->res.status;
	r->head = a->res.head;
	r->body = a->res.body;
	r->date_ms = date_of(r);
	r->json = json_read(arena, r->body, &e);
}

const char *reply_text(const struct reply *r, const char *member)
{
	const char *text = json_string_value(json_object_get(r->json, member));
	return text ? text : "";
}
