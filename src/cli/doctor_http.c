/* SPDX-License-Identifier: Apache-2.0 */
/* The doctor's own little client: one request at a time over the program's transfer thread. */
#include "cli/doctor.h"

#include <time.h>

enum { TIMEOUT_MS = 10000, BODY_MAX = 4 << 20, HEADERS_MAX = 8 };

struct asking {
	struct doctor *d;
	struct fetch_req req;
	struct fetch_res res;
};

static enum flow_next step_fetch(struct flow *f)
{
	struct asking *a = flow_self(f);
	fetch_begin(a->d->fetcher, &a->req, &a->res, f);
	return FLOW_PARKED;
}

static enum flow_next step_unpack(struct flow *f)
{
	struct asking *a = flow_self(f);
	if (a->res.err.code == ERR_NONE)
		(void)fetch_unpack(&a->res, BODY_MAX, f->call->arena, &a->res.err);
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

void doctor_ask(struct doctor *d, const struct ask *ask, struct reply *r)
{
	struct asking *a = ARENA_NEW(d->arena, struct asking);
	struct call call = { .arena = d->arena, .request_id = "" };
	struct flow f;
	struct err e;
	*r = (struct reply) { 0 };
	a->d = d;
	if (!url_parse(str_of(ask->url), true, d->arena, &a->req.url, &r->err))
		return;
	a->req.policy = FETCH_OPERATOR;
	a->req.method = ask->method;
	a->req.body = ask->body;
	a->req.headers = headers_of(ask, d->arena);
	a->req.user_agent = "scraped-doctor/" SCRAPED_VERSION;
	a->req.timeout_ms = TIMEOUT_MS;
	a->req.max_wire_bytes = a->req.max_body_bytes = BODY_MAX;
	a->req.keep_head = true;
	flow_init(&f, &call, steps, a, NULL);
	if (!flow_run(d->desks, &f)) {
		r->err = f.err;
		return;
	}
	r->err = a->res.err;
	r->status = a->res.status;
	r->head = a->res.head;
	r->body = a->res.body;
	r->date_ms = date_of(r);
	r->json = json_read(d->arena, r->body, &e);
}

void doctor_get(struct doctor *d, const char *path, struct reply *r)
{
	doctor_ask(d, &(struct ask) { .url = arena_printf(d->arena, "%s%s", d->url, path) }, r);
}

const char *reply_text(const struct reply *r, const char *member)
{
	const char *text = json_string_value(json_object_get(r->json, member));
	return text ? text : "";
}

void form_add(struct buf *b, const char *name, struct str value)
{
	buf_addf(b, "%s%s=", b->len ? "&" : "", name);
	buf_percent(b, value);
}
