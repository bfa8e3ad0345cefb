/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The door of the fetcher: what other threads call. They leave a transfer in the inbox and ring;
 * everything else happens on the transfer thread (fetch_loop.c). A transfer's memory belongs to the
 * arena of its call, which that thread itself never touches.
 */
#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "net/fetch_in.h"
#include "net/inflate.h"

#include <openssl/ssl.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

static void start_curl(void)
{
	CHECK(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
}

static struct fetch_shared *shared_new(void)
{
	struct fetch_shared *s = MEM_NEW(struct fetch_shared);
	atomic_init(&s->users, 1);
	s->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	CHECK(s->event >= 0);
	pthread_mutex_init(&s->lock, NULL);
	s->inbox_end = &s->inbox;
	return s;
}

static void shared_drop(struct fetch_shared *s)
{
	if (atomic_fetch_sub(&s->users, 1) != 1)
		return;
	close(s->event);
	pthread_mutex_destroy(&s->lock);
	mem_free(s);
}

void fetch_wake(void *shared)
{
	const struct fetch_shared *s = shared;
	uint64_t one = 1;
	ssize_t n = write(s->event, &one, sizeof one);
	(void)n; /* full: it is awake anyway */
}

static bool check_ca(const char *file, struct err *e)
{
	if (!file[0])
		return true;
	SSL_CTX *ssl = SSL_CTX_new(TLS_client_method());
	bool ok = ssl && SSL_CTX_load_verify_locations(ssl, file, NULL) == 1;
	SSL_CTX_free(ssl);
	return ok ? true
		  : err_set(e, ERR_INVALID_REQUEST,
			    "ca_file: %.120s has no PEM certificates that can be read", file);
}

static void fetcher_free(struct fetcher **fp)
{
	struct fetcher *f = *fp;
	for (int i = 0; i < FETCH_POLICIES; i++)
		if (f->multi[i].multi)
			multi_close(&f->multi[i]);
	lookups_free(&f->lookups);
	guard_free(&f->guard);
	curl_slist_free_all(f->plain_headers);
	map_free(&f->hosts, NULL);
	due_release(&f->due);
	if (f->epoll >= 0)
		close(f->epoll);
	shared_drop(f->shared);
	mem_free(f);
	*fp = NULL;
}

static void set_plain_headers(struct fetcher *f)
{
	static const char *const lines[] = {
		"Accept: text/html,application/xhtml+xml,text/markdown;q=0.9,*/*;q=0.5",
		"Accept-Encoding: gzip, deflate, br, zstd",
		"Expect:", /* libcurl would ask before it sends a large body */
	};
	for (size_t i = 0; i < COUNT_OF(lines); i++)
		f->plain_headers = curl_slist_append(f->plain_headers, lines[i]);
}

static bool open_loop(struct fetcher *f, struct err *e)
{
	struct epoll_event ev = { .events = EPOLLIN };
	f->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (f->epoll < 0 || epoll_ctl(f->epoll, EPOLL_CTL_ADD, f->shared->event, &ev) != 0)
		return err_set(e, ERR_INTERNAL, "the transfer loop does not start");
	return multi_open(&f->multi[FETCH_PAGE], f, FETCH_PAGE, e) &&
	       multi_open(&f->multi[FETCH_OPERATOR], f, FETCH_OPERATOR, e);
}

struct fetcher *fetcher_start(const struct conf *c, struct err *e)
{
	char quoted[LOG_QUOTE_SIZE];
	struct fetcher *f = MEM_NEW(struct fetcher);
	pthread_once(&curl_once, start_curl);
	f->conf = c;
	f->epoll = -1;
	f->shared = shared_new();
	TAILQ_INIT(&f->all);
	TAILQ_INIT(&f->paused);
	TAILQ_INIT(&f->ready);
	set_plain_headers(f);
	f->guard = guard_new(c->allow_targets, c->nat64_prefix, e);
	if (!f->guard || !check_ca(c->ca_file, e) || !open_loop(f, e)) {
		fetcher_free(&f);
		return NULL;
	}
	f->lookups = lookups_new((int)c->fetch_lookups, fetch_wake, f->shared);
	if (guard_has_targets(f->guard))
		log_warn("fetch.private_targets_allowed allow_targets=%s",
			log_quote(str_of(c->allow_targets), quoted));
	CHECK(pthread_create(&f->thread, NULL, fetch_loop, f) == 0);
	return f;
}

static void tell(struct fetcher *f, bool leave)
{
	pthread_mutex_lock(&f->shared->lock);
	f->shared->closed = true;
	f->shared->leaving = f->shared->leaving || leave;
	pthread_mutex_unlock(&f->shared->lock);
	fetch_wake(f->shared);
}

void fetcher_close(struct fetcher *f)
{
	tell(f, false);
}

void fetcher_stop(struct fetcher **f)
{
	if (!*f)
		return;
	tell(*f, true);
	pthread_join((*f)->thread, NULL);
	fetcher_free(f);
}

void fetcher_kick(struct fetcher *f)
{
	atomic_store(&f->shared->kicked, true);
	fetch_wake(f->shared);
}

static void release(void *arg)
{
	struct transfer *t = arg;
	struct fetch_shared *s = t->shared;
	CHECK(t->state == TRANSFER_ENDED);
	body_drop(t);
	head_release(&t->head);
	arena_free(&t->arena);
	mem_free(t);
	shared_drop(s);
}

static bool is_clean(const char *text)
{
	for (; *text; text++)
		if (((unsigned char)*text < ' ' && *text != '\t') || *text == 0x7f)
			return false;
	return true;
}

/* What frames a message is ours to say, whoever asks. */
static bool check_request(const struct fetch_req *r, struct err *e)
{
	static const char *const ours[] = { "Host", "Content-Length", "Transfer-Encoding",
		"Connection", "Upgrade", "TE", "Trailer", "Accept-Encoding", "Expect" };
	if ((r->user_agent && !is_clean(r->user_agent)) || (r->method && !is_clean(r->method)))
		return err_set(e, ERR_INVALID_REQUEST,
			"the user agent or method has control characters");
	for (const struct fetch_header *h = r->headers; h && h->name; h++) {
		bool ok = h->name[0] && is_clean(h->name) && is_clean(h->value) &&
			  !strpbrk(h->name, " \t:;()<>@,\\\"/[]?={}");
		for (size_t i = 0; i < COUNT_OF(ours); i++)
			ok = ok && strcasecmp(h->name, ours[i]) != 0;
		if (!ok)
			return err_set(e, ERR_INVALID_REQUEST, "header %.40s may not be set",
				is_clean(h->name) ? h->name : "name");
	}
	return true;
}

static struct transfer *transfer_new(struct fetcher *f, const struct fetch_req *req,
	struct fetch_res *res, struct flow *flow)
{
	struct transfer *t = MEM_NEW(struct transfer);
	*res = (struct fetch_res) {
		.held = t, .retry_after_s = -1, .max_age_s = -1, .final = req->url
	};
	t->fetcher = f;
	t->shared = f->shared;
	atomic_fetch_add(&f->shared->users, 1);
	t->req = req;
	t->res = res;
	t->flow = flow;
	t->url = req->url;
	t->head.keep = req->keep_head;
	t->begun_ms = mono_ms();
	t->deadline_ms = t->begun_ms + (req->timeout_ms > 0 ? req->timeout_ms : 1);
	t->body.max =
		req->max_wire_bytes ? req->max_wire_bytes : (size_t)f->conf->fetch_wire_bytes;
	(void)check_request(req, &t->err);
	arena_defer(flow->call->arena, release, t);
	return t;
}

void fetch_begin(struct fetcher *f, const struct fetch_req *req, struct fetch_res *res,
	struct flow *flow)
{
	struct transfer *t = transfer_new(f, req, res, flow);
	struct fetch_shared *s = f->shared;
	pthread_mutex_lock(&s->lock);
	bool closed = s->closed, first = !s->inbox;
	if (!closed) {
		*s->inbox_end = t;
		s->inbox_end = &t->inbox_next;
	}
	pthread_mutex_unlock(&s->lock);
	if (closed) {
		t->state = TRANSFER_ENDED;
		err_set(&res->err, ERR_CANCELLED, "the server is stopping");
		flow_resume(flow);
	} else if (first) {
		fetch_wake(s);
	}
}

static bool unpack(struct fetch_res *res, size_t max, struct str *plain, struct err *e)
{
	enum packing packing;
	if (!body_packing(res->encoding, &packing, e))
		return false;
	if (packing != PACKED_NOT)
		return body_decode(packing, res->body, max, plain, e);
	*plain = res->body;
	if (res->body.n > max)
		return err_set(e, ERR_FETCH,
			"the page is too large: %zu bytes, at most %zu are read", res->body.n,
			max);
	return true;
}

bool fetch_unpack(struct fetch_res *res, size_t max_body_bytes, struct arena *a, struct err *e)
{
	struct str plain = { NULL, 0 };
	bool ok = unpack(res, max_body_bytes, &plain, e);
	if (ok && plain.p == res->body.p)
		return true;
	if (plain.p)
		arena_defer(a, mem_free, (void *)plain.p);
	if (res->held)
		body_drop(res->held);
	res->body = plain.p ? plain : STR("");
	res->encoding = NULL;
	return ok;
}
