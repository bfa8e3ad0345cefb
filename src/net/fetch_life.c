/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happens to a transfer. The host is judged before anything is sent: a literal as it stands, a
 * name by all the addresses in its answer, which then are the only ones libcurl is given. Every
 * redirect goes the same way again. One deadline covers all of it.
 */
#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/metric.h"
#include "net/fetch_in.h"
#include "net/inflate.h"

#include <stdio.h>

static struct fetch_multi *multi_of(struct transfer *t)
{
	return &t->fetcher->multi[t->req->policy];
}

static void fail(struct transfer *t, enum err_code code, const char *words)
{
	err_set(&t->err, code, "%s", words);
	transfer_end(t);
}

static void refuse(struct transfer *t)
{
	fail(t, ERR_PRIVATE, "target is not a public address");
}

static void await(struct transfer *t)
{
	if (t->req->policy != FETCH_OPERATOR) {
		queue_add(t, t->hops > 0);
		return;
	}
	t->state = TRANSFER_RUNNING;
	transfer_start(t);
}

/* "+host:port:address,address": "+" lets libcurl forget it again. */
static void pin(
	struct transfer *t, struct str name, const struct lookup_answer *answer, bool listed)
{
	struct buf text;
	size_t count = 0;
	buf_init(&text, 8192);
	buf_addf(&text, "+%.*s:%d:", STR_ARG(name), t->url.port);
	for (int i = 0; i < answer->count; i++) {
		const struct guard_address *a = &answer->address[i];
		char ip[INET6_ADDRSTRLEN];
		if (listed && !guard_is_target(t->fetcher->guard, a, t->url.port))
			continue;
		guard_address_print(a, ip);
		buf_addf(&text, strchr(ip, ':') ? "%s[%s]" : "%s%s", count++ ? "," : "", ip);
	}
	buf_char(&text, 0);
	t->resolve = curl_slist_append(NULL, text.p);
	buf_release(&text);
}

static struct str bare_host(const struct transfer *t)
{
	struct str name = t->url.host;
	if (name.n && name.p[name.n - 1] == '.')
		name.n--;
	return name;
}

/* One forbidden address and the name is refused. Unless the operator listed some: then those. */
static void judge_name(struct transfer *t, const struct lookup_answer *answer)
{
	struct guard *g = t->fetcher->guard;
	int listed = 0, forbidden = 0;
	if (answer->state != LOOKUP_FOUND) {
		t->no_name = answer->state == LOOKUP_NO_NAME;
		fail(t, ERR_FETCH,
			t->no_name ? "the host name does not exist"
				   : "the host name could not be resolved");
		return;
	}
	for (int i = 0; i < answer->count; i++) {
		const struct guard_address *a = &answer->address[i];
		listed += guard_is_target(g, a, t->url.port);
		forbidden += !guard_allows(g, a, t->url.port, t->req->policy);
	}
	if (t->req->policy == FETCH_OPERATOR)
		listed = forbidden = 0;
	if (forbidden && !listed) {
		refuse(t);
		return;
	}
	pin(t, bare_host(t), answer, listed > 0);
	await(t);
}

static void on_answer(struct lookup_wait *w, const struct lookup_answer *answer)
{
	judge_name((struct transfer *)((char *)w - offsetof(struct transfer, lookup)), answer);
}

static void look_up(struct transfer *t)
{
	struct guard_address literal;
	t->state = TRANSFER_LOOKING;
	if (!t->url.ip) {
		bool inside = t->req->policy == FETCH_OPERATOR ||
			      guard_has_targets(t->fetcher->guard);
		t->lookup.done = on_answer;
		const struct lookup_answer *known =
			lookups_ask(t->fetcher->lookups, bare_host(t), inside, &t->lookup);
		if (known)
			judge_name(t, known);
	} else if (!guard_address_parse(t->url.host, &literal) ||
		   !guard_allows(t->fetcher->guard, &literal, t->url.port, t->req->policy)) {
		refuse(t);
	} else {
		await(t);
	}
}

void transfer_arrive(struct transfer *t)
{
	TAILQ_INSERT_TAIL(&t->fetcher->all, t, links);
	due_set(&t->fetcher->due, &t->due, t->deadline_ms);
	if (flow_cancelled(t->flow))
		err_set(&t->err, ERR_CANCELLED, "the caller went away");
	if (t->err.code != ERR_NONE)
		transfer_end(t);
	else
		look_up(t);
}

void transfer_start(struct transfer *t)
{
	head_reset(&t->head);
	t->drop = t->redirects = t->refused = false;
	t->dropped = t->bytes = 0;
	t->mark_ms = 0;
	t->seen[t->hops] = hash64(str_of(t->url.text));
	multi_add(multi_of(t), t);
}

static int max_hops(const struct transfer *t)
{
	int most = t->req->max_hops < 0 ? (int)t->fetcher->conf->fetch_redirects
					: t->req->max_hops;
	if (t->req->policy == FETCH_OPERATOR)
		return 0;
	return most > FETCH_HOPS_MAX ? FETCH_HOPS_MAX : most;
}

static void due_soon(struct transfer *t, int64_t at_ms)
{
	due_set(&t->fetcher->due, &t->due, at_ms < t->deadline_ms ? at_ms : t->deadline_ms);
}

/* From the first byte on the speed counts; until then, only the deadline does. */
void transfer_first_byte(struct transfer *t)
{
	t->mark_ms = mono_ms();
	t->mark_bytes = 0;
	due_soon(t, t->mark_ms + FETCH_SLOW_MS);
}

/* Called by libcurl, in the middle of it: only notes what is to be done. */
void transfer_headed(struct transfer *t)
{
	const struct fetch_head *h = &t->head;
	enum packing packing;
	bool ok = h->status >= 200 && h->status < 300;
	t->redirects = max_hops(t) > 0 && head_is_redirect(h);
	t->drop = t->redirects || t->req->head_only || (t->req->page_only && !ok);
	if (t->drop) { /* a short body is read, so that the connection can be used again */
		t->drop_max = t->req->head_only ? FETCH_UNREAD_BYTES : FETCH_DROP_BYTES;
		t->dropped = h->length < (int64_t)t->drop_max ? 0 : t->drop_max;
		due_soon(t, mono_ms() + FETCH_DROP_MS);
		return;
	}
	if (t->req->page_only && !head_is_page(h))
		err_set(&t->err, ERR_NOT_HTML, "the content type is %s, not HTML", h->mime);
	else if (!body_packing(h->encoding, &packing, &t->err))
		return;
	else if (h->length > 0 && (uint64_t)h->length > t->body.max)
		err_set(&t->err, ERR_FETCH,
			"the page is too large: %lld bytes, at most %zu are read",
			(long long)h->length, t->body.max);
}

static bool seen_before(const struct transfer *t, uint64_t hash)
{
	for (int i = 0; i <= t->hops; i++)
		if (t->seen[i] == hash)
			return true;
	return false;
}

/* Where the redirect leads: t->url becomes it, or t->err says why not. */
static bool turn(struct transfer *t)
{
	struct url next;
	struct err e = { 0 };
	bool inside = guard_has_targets(t->fetcher->guard);
	if (!t->arena)
		t->arena = arena_new(0);
	if (t->head.location.full)
		return err_set(&t->err, ERR_FETCH, "redirected to a URL longer than %d bytes",
			URL_MAX);
	if (!url_resolve(&t->url, buf_str(&t->head.location), inside, t->arena, &next, &e)) {
		if (e.code == ERR_INVALID_URL)
			return err_set(
				&t->err, ERR_FETCH, "redirected to a malformed URL: %s", e.msg);
		t->err = e;
		return false;
	}
	t->astray = true;
	if (t->hops >= max_hops(t))
		return err_set(&t->err, ERR_FETCH, "more than %d redirects", max_hops(t));
	int status = t->head.status;
	bool get = !t->req->method || strcmp(t->req->method, "GET") == 0;
	bool head = t->req->method && strcmp(t->req->method, "HEAD") == 0;
	if (!get && !head && (status <= 302 || status == 303))
		t->turned_get = true;
	if ((get || head || t->turned_get) && seen_before(t, hash64(str_of(next.text))))
		return err_set(&t->err, ERR_FETCH, "the redirects go round in a circle");
	t->astray = false;
	t->foreign = t->foreign || !url_same_origin(&t->url, &next);
	t->url = next;
	t->hops++;
	return true;
}

/* Gives back what the hop held. */
static void stop_hop(struct transfer *t)
{
	lookups_forget(&t->lookup);
	body_calm(t);
	multi_remove(multi_of(t), t);
	queue_leave(t);
	curl_slist_free_all(t->resolve);
	t->resolve = NULL;
}

static void follow(struct transfer *t)
{
	stop_hop(t);
	if (!turn(t)) {
		transfer_end(t);
		return;
	}
	due_set(&t->fetcher->due, &t->due, t->deadline_ms);
	look_up(t);
}

void transfer_done(struct transfer *t, CURLcode rc)
{
	if (t->err.code == ERR_NONE && t->head.complete && t->redirects) {
		follow(t);
		return;
	}
	if (t->refused && t->err.code == ERR_NONE && rc != CURLE_OK)
		err_set(&t->err, ERR_PRIVATE, "target is not a public address");
	if (t->err.code == ERR_NONE && rc != CURLE_OK && !(t->head.complete && t->drop))
		easy_explain(t, rc, &t->err);
	transfer_end(t);
}

static void time_out(struct transfer *t)
{
	static const char *const where[] = { "looking up the host name", "waiting for its turn",
		"loading the page" };
	bool quiet = t->state == TRANSFER_RUNNING && !t->head.status;
	err_set(&t->err, ERR_TIMEOUT, "not done within %lld ms: still %s",
		(long long)(t->deadline_ms - t->begun_ms),
		quiet ? "waiting for the server's answer" : where[t->state]);
	transfer_end(t);
}

/* The deadline, or time to look how fast it goes: at least 100 bytes in each second. */
void transfer_due(struct transfer *t, int64_t now)
{
	if (t->drop && t->head.complete && t->state == TRANSFER_RUNNING) {
		transfer_done(t, CURLE_OK); /* what the rest of the body says does not matter */
		return;
	}
	if (now >= t->deadline_ms) {
		time_out(t);
		return;
	}
	if (t->mark_ms && now - t->mark_ms >= FETCH_SLOW_MS && !t->paused) {
		if (t->bytes - t->mark_bytes < FETCH_SLOW_BYTES_S * FETCH_SLOW_MS / 1000) {
			err_set(&t->err, ERR_TIMEOUT,
				"the server sends less than %d bytes a second",
				FETCH_SLOW_BYTES_S);
			transfer_end(t);
			return;
		}
		t->mark_ms = 0;
	}
	if (!t->mark_ms) {
		t->mark_ms = now;
		t->mark_bytes = t->bytes;
	}
	due_soon(t, t->mark_ms + FETCH_SLOW_MS);
}

static enum metric outcome_of(const struct transfer *t)
{
	switch (t->err.code) {
	case ERR_NONE:
		return t->head.status >= 200 && t->head.status < 300 ? METRIC_FETCH_OK
								     : METRIC_FETCH_STATUS;
	case ERR_TIMEOUT:
		return METRIC_FETCH_TIMEOUT;
	case ERR_PRIVATE:
		return METRIC_FETCH_PRIVATE;
	case ERR_NOT_HTML:
		return METRIC_FETCH_TYPE;
	case ERR_CANCELLED:
		return METRIC_FETCH_CANCELLED;
	default:
		return METRIC_FETCH_FAILED;
	}
}

static void report(const struct transfer *t)
{
	char url[URL_LOG_SIZE];
	log_debug("fetch.end url=%s status=%d bytes=%zu hops=%d ms=%lld code=%s",
		url_for_log(str_of(t->url.text), url), t->head.status, t->body.len, t->hops,
		(long long)t->res->took_ms, err_name(t->err.code));
	if (t->req->policy != FETCH_PAGE || t->req->head_only)
		return; /* no page */
	metric_add(outcome_of(t), 1);
	metric_add(METRIC_FETCH_BYTES, (int64_t)t->body.len);
	metric_ms(METRIC_FETCH_MS, (double)t->res->took_ms);
}

void transfer_end(struct transfer *t)
{
	struct fetch_res *r = t->res;
	const struct fetch_head *h = &t->head;
	stop_hop(t);
	due_drop(&t->fetcher->due, &t->due);
	TAILQ_REMOVE(&t->fetcher->all, t, links);
	t->state = TRANSFER_ENDED;
	r->err = t->err;
	r->final = t->url;
	r->hops = t->hops;
	r->astray = t->astray;
	r->no_name = t->no_name;
	r->fetched_ms = now_ms();
	r->took_ms = mono_ms() - t->begun_ms;
	r->status = h->status >= 200 ? h->status : 0;
	r->retry_after_s = h->complete ? h->retry_after_s : -1;
	r->max_age_s = h->complete ? h->max_age_s : -1;
	r->mime = h->mime[0] ? h->mime : NULL;
	r->charset = h->charset[0] ? h->charset : NULL;
	r->encoding = h->encoded ? h->encoding : NULL;
	if (h->keep)
		r->head = buf_str(&h->lines);
	report(t);
	if (t->err.code != ERR_NONE)
		body_drop(t);
	r->body = (struct str) { t->body.p ? t->body.p : "", t->body.len };
	flow_resume(t->flow); /* t is the flow's from here on */
}
