/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads that ask, and one that watches the clock. A question (struct ask) has a copy of all that a
 * blocked call touches; its flow is taken off it under the lock, by whoever is first: the thread
 * with the answer, the watch at the deadline, or the end. So a flow is resumed once, and a thread
 * that comes back late finds nothing to do. The pool goes with its last thread.
 *
 * The library's own introspection cannot tell "not active" from "not reachable"; its transfer, its
 * form and its client authentication can be had without it.
 */
#include "auth/jose/introspect.h"
#include "auth/jose/inner.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/mem.h"

#include <oauth2/mem.h>
#include <pthread.h>

enum { ANSWER_MAX = 64 * 1024 };

struct ask {
	struct ask *next; /* of the queue, or of those whose answer is awaited */
	char *token;
	struct flow *flow; /* NULL: it went on already */
	struct introspection *out;
	int64_t until_ms; /* mono_ms */
};
struct introspector {
	pthread_mutex_t lock;
	pthread_cond_t work, clock,
		gone; /* for the asking threads, the watch, introspector_stop */
	pthread_t watch;
	struct ask *queue, *asked; /* queue: oldest first */
	int queued, threads, in_call;
	bool stopping, left_behind;
	char *url;
	oauth2_cfg_endpoint_auth_t *auth;
};
struct due { /* a flow taken off its question */
	struct flow *flow;
	struct introspection *out;
};

/* Threads that introspector_stop left behind, of all pools. */
static pthread_mutex_t left_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t left_gone = PTHREAD_COND_INITIALIZER;
static int left;

static void change_left(int by)
{
	pthread_mutex_lock(&left_lock);
	left += by;
	pthread_cond_broadcast(&left_gone);
	pthread_mutex_unlock(&left_lock);
}

bool introspect_all_gone(int64_t wait_ms)
{
	struct timespec until;
	int late = 0;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += wait_ms / 1000;
	pthread_mutex_lock(&left_lock);
	while (left && !late)
		late = pthread_cond_clockwait(&left_gone, &left_lock, CLOCK_MONOTONIC, &until);
	bool all = left == 0;
	pthread_mutex_unlock(&left_lock);
	return all;
}

static void ask_free(struct ask *k)
{
	mem_wipe(k->token, strlen(k->token));
	mem_free(k->token);
	mem_free(k);
}

static void pool_free(struct introspector *i)
{
	if (i->auth)
		oauth2_cfg_endpoint_auth_free(NULL, i->auth);
	pthread_cond_destroy(&i->work);
	pthread_cond_destroy(&i->clock);
	pthread_cond_destroy(&i->gone);
	pthread_mutex_destroy(&i->lock);
	mem_free(i->url);
	mem_free(i);
}

static void go_on(struct due d, enum err_code code, const char *why)
{
	d.out->active = false;
	d.out->claims = NULL;
	d.out->err = (struct err) { ERR_NONE };
	if (code != ERR_NONE)
		err_set(&d.out->err, code, "%s", why);
	flow_resume(d.flow);
}

/* An answer with `active` in it decides; anything else is no answer. The flow is ours meanwhile,
 * and so is its arena. */
static void go_on_with(struct due d, const char *answer)
{
	struct arena *a = d.flow->call->arena;
	struct err e;
	json_t *j = answer && strlen(answer) <= ANSWER_MAX ? json_read(a, str_of(answer), &e)
							   : NULL;
	const json_t *active = json_object_get(j, "active");
	if (!json_is_boolean(active)) {
		go_on(d, ERR_OVERLOADED, "the issuer's introspection endpoint gave no answer");
		return;
	}
	d.out->err = (struct err) { ERR_NONE };
	d.out->active = json_is_true(active);
	d.out->claims = d.out->active ? j : NULL;
	flow_resume(d.flow);
}

/* The body of a 2xx answer, to be freed with oauth2_mem_free; NULL: none. Blocks. */
static char *post(const struct introspector *i, const char *token)
{
	oauth2_http_call_ctx_t *ctx = oauth2_http_call_ctx_init(NULL);
	oauth2_nv_list_t *form = oauth2_nv_list_init(NULL);
	oauth2_http_status_code_t status = 0;
	char *answer = NULL;
	oauth2_http_call_ctx_timeout_set(NULL, ctx, INTROSPECT_MS / 1000);
	oauth2_nv_list_add(NULL, form, "token", token);
	oauth2_nv_list_add(NULL, form, "token_type_hint", "access_token");
	bool came = oauth2_http_ctx_auth_add(NULL, ctx, i->auth, form) &&
		    oauth2_http_post_form(NULL, i->url, form, ctx, &answer, &status);
	oauth2_nv_list_free(NULL, form);
	oauth2_http_call_ctx_free(NULL, ctx);
	if (came && status >= 200 && status < 300)
		return answer;
	oauth2_mem_free(answer);
	return NULL;
}

static void unlink_ask(struct ask **list, const struct ask *k)
{
	while (*list != k)
		list = &(*list)->next;
	*list = k->next;
}

/* Under the lock, which is gone while the endpoint is asked. */
static void ask_one(struct introspector *i)
{
	struct ask *k = i->queue;
	i->queue = k->next;
	i->queued--;
	k->next = i->asked;
	i->asked = k;
	i->in_call++;
	pthread_mutex_unlock(&i->lock);
	char *answer = post(i, k->token);
	pthread_mutex_lock(&i->lock);
	i->in_call--;
	unlink_ask(&i->asked, k);
	pthread_mutex_unlock(&i->lock);
	if (k->flow)
		go_on_with((struct due) { k->flow, k->out }, answer);
	oauth2_mem_free(answer);
	ask_free(k);
	pthread_mutex_lock(&i->lock);
}

static void *asking(void *arg)
{
	struct introspector *i = arg;
	pthread_setname_np(pthread_self(), "asking");
	pthread_mutex_lock(&i->lock);
	while (!i->stopping) {
		if (i->queue)
			ask_one(i);
		else
			pthread_cond_wait(&i->work, &i->lock);
	}
	i->threads--;
	bool behind = i->left_behind, last = behind && i->threads == 0;
	pthread_cond_signal(&i->gone);
	pthread_mutex_unlock(&i->lock);
	if (last)
		pool_free(i);
	if (behind)
		change_left(-1);
	return NULL;
}

/* Takes the flows off all questions whose time is over; how many. */
static size_t take_due(struct introspector *i, struct due *due, int64_t *nearest_ms)
{
	int64_t now = mono_ms();
	size_t n = 0;
	*nearest_ms = INT64_MAX;
	for (struct ask **at = &i->queue; *at;) {
		struct ask *k = *at;
		if (!i->stopping && k->until_ms > now) {
			*nearest_ms = k->until_ms < *nearest_ms ? k->until_ms : *nearest_ms;
			at = &k->next;
			continue;
		}
		due[n++] = (struct due) { k->flow, k->out };
		*at = k->next;
		i->queued--;
		ask_free(k);
	}
	for (struct ask *k = i->asked; k; k = k->next) {
		if (k->flow && (i->stopping || k->until_ms <= now)) {
			due[n++] = (struct due) { k->flow, k->out };
			k->flow = NULL;
		} else if (k->flow && k->until_ms < *nearest_ms) {
			*nearest_ms = k->until_ms;
		}
	}
	return n;
}

static void wait_until(struct introspector *i, int64_t at_ms)
{
	struct timespec t;
	if (at_ms == INT64_MAX) {
		pthread_cond_wait(&i->clock, &i->lock);
		return;
	}
	int64_t ms = at_ms - mono_ms();
	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_nsec += (long)((ms > 0 ? ms % 1000 : 0) * 1000000);
	t.tv_sec += (ms > 0 ? ms / 1000 : 0) + t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	pthread_cond_timedwait(&i->clock, &i->lock, &t);
}

static void *watching(void *arg)
{
	struct introspector *i = arg;
	struct due due[INTROSPECT_QUEUE + INTROSPECT_THREADS];
	int64_t nearest_ms;
	pthread_setname_np(pthread_self(), "watch");
	pthread_mutex_lock(&i->lock);
	for (;;) {
		size_t n = take_due(i, due, &nearest_ms);
		bool stopping = i->stopping;
		if (n == 0 && stopping)
			break;
		if (n == 0) {
			wait_until(i, nearest_ms);
			continue;
		}
		pthread_mutex_unlock(&i->lock);
		while (n-- > 0)
			go_on(due[n], stopping ? ERR_CANCELLED : ERR_OVERLOADED,
				"the issuer's introspection endpoint did not answer in time");
		pthread_mutex_lock(&i->lock);
	}
	pthread_mutex_unlock(&i->lock);
	return NULL;
}

static oauth2_cfg_endpoint_auth_t *auth_new(
	const char *kind, const char *client_id, const char *secret)
{
	oauth2_cfg_endpoint_auth_t *auth = oauth2_cfg_endpoint_auth_init(NULL);
	oauth2_nv_list_t *p = oauth2_nv_list_init(NULL);
	oauth2_nv_list_add(NULL, p, "client_id", client_id);
	oauth2_nv_list_add(NULL, p, "client_secret", secret);
	char *why = oauth2_cfg_set_endpoint_auth(NULL, auth, kind, p, NULL);
	oauth2_nv_list_free(NULL, p);
	if (why) {
		oauth2_cfg_endpoint_auth_free(NULL, auth);
		auth = NULL;
	}
	oauth2_mem_free(why);
	return auth;
}

static void start_threads(struct introspector *i)
{
	pthread_condattr_t monotonic;
	pthread_t asker;
	pthread_mutex_init(&i->lock, NULL);
	pthread_cond_init(&i->work, NULL);
	pthread_cond_init(&i->gone, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&i->clock, &monotonic);
	pthread_condattr_destroy(&monotonic);
	i->threads = INTROSPECT_THREADS;
	for (int n = 0; n < INTROSPECT_THREADS; n++) {
		CHECK(pthread_create(&asker, NULL, asking, i) == 0);
		pthread_detach(asker);
	}
	CHECK(pthread_create(&i->watch, NULL, watching, i) == 0);
}

struct introspector *introspector_start(const char *url, const char *auth,
	const char *client_id, const char *secret, struct err *e)
{
	oauth2_cfg_endpoint_auth_t *made = NULL;
	if (!str_istarts(str_of(url), STR("https://")) &&
		!str_istarts(str_of(url), STR("http://")))
		err_set(e, ERR_INVALID_REQUEST,
			"the introspection endpoint is not an http URL");
	else if (strcmp(auth, "client_secret_basic") != 0 &&
		 strcmp(auth, "client_secret_post") != 0)
		err_set(e, ERR_INVALID_REQUEST,
			"introspection knows client_secret_basic and client_secret_post");
	else if (!(made = auth_new(auth, client_id, secret)))
		err_set(e, ERR_INVALID_REQUEST, "introspection needs a client id and a secret");
	if (!made)
		return NULL;
	struct introspector *i = MEM_NEW(struct introspector);
	i->url = mem_text(url);
	i->auth = made;
	start_threads(i);
	return i;
}

void introspector_stop(struct introspector **ip)
{
	struct introspector *i = *ip;
	if (!i)
		return;
	*ip = NULL;
	pthread_mutex_lock(&i->lock);
	i->stopping = true;
	pthread_cond_broadcast(&i->work);
	pthread_cond_signal(&i->clock);
	pthread_mutex_unlock(&i->lock);
	pthread_join(i->watch, NULL); /* it has sent home who waited */
	pthread_mutex_lock(&i->lock);
	while (i->threads > i->in_call)
		pthread_cond_wait(&i->gone, &i->lock);
	int behind = i->threads;
	i->left_behind = behind > 0;
	change_left(behind);
	pthread_mutex_unlock(&i->lock);
	if (behind == 0)
		pool_free(i);
}

/* What can be sent as a token at all (RFC 6750 section 2.1, with some room). */
static bool sendable(struct str token)
{
	for (size_t i = 0; i < token.n; i++)
		if (token.p[i] <= ' ' || token.p[i] > '~')
			return false;
	return token.n > 0 && token.n <= JWS_MAX;
}

void introspect_begin(
	struct introspector *i, struct str token, struct introspection *out, struct flow *f)
{
	struct due now = { f, out };
	if (!sendable(token)) {
		go_on(now, ERR_NONE, NULL);
		return;
	}
	struct ask *k = MEM_NEW(struct ask), **end = &i->queue;
	k->token = mem_raw(token.n + 1);
	memcpy(k->token, token.p, token.n);
	k->token[token.n] = 0;
	k->flow = f;
	k->out = out;
	k->until_ms = mono_ms() + INTROSPECT_MS;
	pthread_mutex_lock(&i->lock);
	bool stopping = i->stopping, room = !stopping && i->queued < INTROSPECT_QUEUE;
	while (room && *end)
		end = &(*end)->next;
	if (room) {
		*end = k;
		i->queued++;
		pthread_cond_signal(&i->work);
		pthread_cond_signal(&i->clock);
	}
	pthread_mutex_unlock(&i->lock);
	if (room)
		return;
	ask_free(k);
	go_on(now, stopping ? ERR_CANCELLED : ERR_OVERLOADED,
		"too many tokens wait for the issuer's introspection endpoint");
}
