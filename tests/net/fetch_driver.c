/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fetcher behind a pipe: settings as flags, one JSON request a line on stdin, one JSON answer a
 * line on stdout, in the order they end. At the end of stdin it waits for what runs.
 *
 *	{"id":1, "url":"http://...", "timeout_ms":5000, "page":true, "hops":-1, "method":"POST",
 *	 "body":"...", "headers":{"A":"b"}, "max_wire":0, "max_body":0, "operator":false,
 *	 "unpack":true, "show":100, "keep_head":true, "head_only":false,
 *	 "cancel_ms":50}
 *	{"cmd":"stats"}	{"cmd":"stop"} (the fetcher, with whatever is in flight)
 *	{"cmd":"bench", "urls":[...], "total":10000, "width":64, "unpack":true}
 */
#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "net/fetch.h"

#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

extern char **environ;

struct driver {
	struct conf conf;
	struct fetcher *fetcher;
	struct desks *desks;
	pthread_mutex_t lock;
	pthread_cond_t ended;
	int in_flight;
	json_t *urls; /* of a bench */
	size_t next, total, finished, failed, bytes;
	bool bench, unpack;
};
static struct driver driver = { .lock = PTHREAD_MUTEX_INITIALIZER,
	.ended = PTHREAD_COND_INITIALIZER };

struct job {
	struct flow flow;
	struct call call;
	struct arena *arena;
	struct fetch_req req;
	struct fetch_res res;
	json_int_t id;
	int64_t show, begun_us;
	bool unpack, bench;
};

static void start(struct job *j);

static struct job *job_new(void)
{
	struct arena *a = arena_new((size_t)256 << 20);
	struct job *j = ARENA_NEW(a, struct job);
	j->arena = a;
	j->call.arena = a;
	j->begun_us = mono_us();
	return j;
}

static enum flow_next step_fetch(struct flow *f)
{
	struct job *j = flow_self(f);
	fetch_begin(driver.fetcher, &j->req, &j->res, f);
	return FLOW_PARKED;
}

static enum flow_next step_unpack(struct flow *f)
{
	struct job *j = flow_self(f);
	size_t max = j->req.max_body_bytes ? j->req.max_body_bytes
					   : (size_t)driver.conf.fetch_body_bytes;
	if (j->unpack && j->res.err.code == ERR_NONE)
		(void)fetch_unpack(&j->res, max, j->arena, &j->res.err);
	return FLOW_NEXT;
}

static const struct flow_step steps[] = { { "fetch", step_fetch, false },
	{ "unpack", step_unpack, false }, { NULL, NULL, false } };

static void print(json_t *o)
{
	char *text = json_dumps(o, JSON_COMPACT);
	pthread_mutex_lock(&driver.lock);
	puts(text);
	fflush(stdout);
	pthread_mutex_unlock(&driver.lock);
	mem_free(text);
	json_decref(o);
}

static json_t *latin(const char *p, size_t n)
{
	json_t *text = json_stringn(p, n);
	return text ? text : json_string("(not UTF-8)");
}

static void report(const struct job *j)
{
	const struct fetch_res *r = &j->res;
	const char *code = err_name(r->err.code);
	size_t show = (size_t)j->show < r->body.n ? (size_t)j->show : r->body.n;
	print(json_pack("{s:I, s:s, s:s, s:i, s:s?, s:s?, s:s?, s:s?, s:I, s:i, s:I, s:I, s:o, "
			"s:I, s:I, s:o}",
		"id", j->id, "code", r->err.code == ERR_NONE ? "OK" : code, "message",
		r->err.code == ERR_NONE ? "" : r->err.msg, "status", r->status, "url",
		r->final.text, "mime", r->mime, "charset", r->charset, "encoding", r->encoding,
		"bytes", (json_int_t)r->body.n, "hops", r->hops, "retry_after",
		(json_int_t)r->retry_after_s, "took_ms", (json_int_t)r->took_ms, "body",
		latin(r->body.p ? r->body.p : "", show), "all_us",
		(json_int_t)(mono_us() - j->begun_us), "max_age", (json_int_t)r->max_age_s,
		"head", latin(r->head.p ? r->head.p : "", r->head.n)));
}

static bool bench_next(struct job **next)
{
	*next = NULL;
	pthread_mutex_lock(&driver.lock);
	size_t at = driver.next < driver.total ? driver.next++ : driver.total;
	pthread_mutex_unlock(&driver.lock);
	if (at == driver.total)
		return false;
	struct job *j = job_new();
	struct err e;
	const char *url = json_string_value(
		json_array_get(driver.urls, at % json_array_size(driver.urls)));
	CHECK(url_parse(str_of(url), true, j->arena, &j->req.url, &e));
	j->req.timeout_ms = 60000;
	j->req.page_only = true;
	j->req.max_hops = -1;
	j->bench = true;
	j->unpack = driver.unpack;
	*next = j;
	return true;
}

static void ended(struct flow *f)
{
	struct job *j = f->owner, *next = NULL;
	if (j->bench)
		(void)bench_next(&next);
	else
		report(j);
	if (next)
		start(next);
	pthread_mutex_lock(&driver.lock);
	if (j->bench) {
		driver.finished++;
		driver.failed += j->res.err.code != ERR_NONE;
		driver.bytes += j->res.body.n;
	}
	pthread_mutex_unlock(&driver.lock);
	struct arena *a = j->arena;
	arena_free(&a);
	pthread_mutex_lock(&driver.lock);
	driver.in_flight--;
	pthread_cond_broadcast(&driver.ended);
	pthread_mutex_unlock(&driver.lock);
}

static void start(struct job *j)
{
	flow_init(&j->flow, &j->call, steps, j, ended);
	j->flow.owner = j;
	pthread_mutex_lock(&driver.lock);
	driver.in_flight++;
	pthread_mutex_unlock(&driver.lock);
	while (!flow_start(driver.desks, &j->flow))
		usleep(1000);
}

static const char *text_of(const json_t *o, const char *key, struct arena *a)
{
	const json_t *v = json_object_get(o, key);
	return json_is_string(v) ? arena_text(a, (struct str) { json_string_value(v),
							 json_string_length(v) })
				 : NULL;
}

static int64_t int_of(const json_t *o, const char *key, int64_t fallback)
{
	const json_t *v = json_object_get(o, key);
	return json_is_integer(v) ? json_integer_value(v) : fallback;
}

static const struct fetch_header *headers_of(json_t *o, struct arena *a)
{
	json_t *value, *from = json_object_get(o, "headers");
	const char *name;
	size_t n = 0;
	struct fetch_header *h =
		ARENA_ARRAY(a, struct fetch_header, json_object_size(from) + 1);
	json_object_foreach(from, name, value) h[n++] =
		(struct fetch_header) { arena_text(a, str_of(name)),
			arena_text(a, str_of(json_string_value(value))) };
	return h;
}

static void *cancel_later(void *arg)
{
	/* Only the flag is touched, and the test asks for answers that come after it. */
	struct job *j = ((void **)arg)[0];
	usleep((useconds_t)(intptr_t)((void **)arg)[1] * 1000);
	atomic_store(&j->call.cancelled, true);
	fetcher_kick(driver.fetcher);
	mem_free(arg);
	return NULL;
}

static void begin(json_t *o)
{
	struct job *j = job_new();
	const json_t *url = json_object_get(o, "url");
	struct fetch_req *r = &j->req;
	j->id = int_of(o, "id", 0);
	j->show = int_of(o, "show", 0);
	j->unpack = json_is_true(json_object_get(o, "unpack"));
	r->policy = json_is_true(json_object_get(o, "operator")) ? FETCH_OPERATOR : FETCH_PAGE;
	r->method = text_of(o, "method", j->arena);
	r->user_agent = text_of(o, "agent", j->arena);
	r->body = str_of(text_of(o, "body", j->arena));
	r->headers = headers_of(o, j->arena);
	r->timeout_ms = int_of(o, "timeout_ms", 10000);
	r->max_wire_bytes = (size_t)int_of(o, "max_wire", 0);
	r->max_body_bytes = (size_t)int_of(o, "max_body", 0);
	r->max_hops = (int)int_of(o, "hops", -1);
	r->keep_head = json_is_true(json_object_get(o, "keep_head"));
	r->head_only = json_is_true(json_object_get(o, "head_only"));
	r->page_only = !json_is_false(json_object_get(o, "page"));
	bool inside = driver.conf.allow_targets[0] || r->policy == FETCH_OPERATOR;
	struct str text = { json_string_value(url), json_string_length(url) };
	if (!url_parse(text, inside, j->arena, &r->url, &j->res.err)) {
		struct arena *a = j->arena;
		report(j);
		arena_free(&a);
		return;
	}
	int64_t cancel = int_of(o, "cancel_ms", -1);
	if (cancel >= 0) {
		pthread_t thread;
		void **arg = mem_new(2 * sizeof(void *));
		arg[0] = j;
		arg[1] = (void *)(intptr_t)cancel;
		CHECK(pthread_create(&thread, NULL, cancel_later, arg) == 0);
		pthread_detach(thread);
	}
	start(j);
}

static void drain(void)
{
	pthread_mutex_lock(&driver.lock);
	while (driver.in_flight)
		pthread_cond_wait(&driver.ended, &driver.lock);
	pthread_mutex_unlock(&driver.lock);
}

static int64_t status_kb(const char *name)
{
	char line[256];
	long long kb = -1;
	FILE *f = fopen("/proc/self/status", "r");
	while (f && fgets(line, sizeof line, f))
		if (strncmp(line, name, strlen(name)) == 0)
			(void)!sscanf(line + strlen(name), ": %lld", &kb);
	if (f)
		fclose(f);
	return kb;
}

static double cpu_s(void)
{
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void bench(json_t *o)
{
	int64_t width = int_of(o, "width", 64), begun = mono_us();
	double cpu = cpu_s();
	driver.urls = json_object_get(o, "urls");
	driver.unpack = json_is_true(json_object_get(o, "unpack"));
	driver.total = (size_t)int_of(o, "total", 1000);
	driver.next = driver.finished = driver.failed = driver.bytes = 0;
	struct job *j;
	for (int64_t i = 0; i < width && bench_next(&j); i++)
		start(j);
	drain();
	double s = (double)(mono_us() - begun) / 1e6;
	print(json_pack("{s:s, s:I, s:I, s:I, s:f, s:f, s:f, s:I, s:I}", "cmd", "bench",
		"finished", (json_int_t)driver.finished, "failed", (json_int_t)driver.failed,
		"bytes", (json_int_t)driver.bytes, "seconds", s, "pages_s",
		(double)driver.finished / s, "cpu_us",
		(cpu_s() - cpu) * 1e6 / (double)driver.finished, "rss_kb",
		(json_int_t)status_kb("VmRSS"), "peak_kb", (json_int_t)status_kb("VmHWM")));
}

static void stats(void)
{
	print(json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "cmd", "stats", "running",
		(json_int_t)metric_get(METRIC_FETCH_RUNNING), "waiting",
		(json_int_t)metric_get(METRIC_FETCH_WAITING), "ok",
		(json_int_t)metric_get(METRIC_FETCH_OK), "fetches",
		(json_int_t)metric_get(METRIC_FETCH_MS), "threads",
		(json_int_t)status_kb("Threads"), "rss_kb", (json_int_t)status_kb("VmRSS"),
		"peak_kb", (json_int_t)status_kb("VmHWM")));
}

static void obey(json_t *o)
{
	const char *cmd = json_string_value(json_object_get(o, "cmd"));
	if (!cmd)
		begin(o);
	else if (strcmp(cmd, "bench") == 0)
		bench(o);
	else if (strcmp(cmd, "stats") == 0)
		stats();
	else if (strcmp(cmd, "stop") == 0)
		fetcher_close(driver.fetcher);
}

int main(int argc, char **argv)
{
	struct arena *a = arena_new(0);
	struct err e = { 0 };
	char **flags = NULL, *line = NULL;
	size_t room = 0;
	ssize_t n;
	mem_init();
	for (int i = 1; i < argc;)
		CHECK(conf_flag(a, argc, argv, &i, &flags, &e));
	if (!conf_load(&driver.conf, a, NULL, flags, environ, &e) ||
		!(driver.fetcher = fetcher_start(&driver.conf, &e))) {
		fprintf(stderr, "%s\n", e.msg);
		arena_free(&a);
		return 1;
	}
	driver.desks = desks_start(2, 100000, NULL, NULL, NULL);
	while ((n = getline(&line, &room, stdin)) > 0) {
		json_t *o = json_loadb(line, (size_t)n, JSON_ALLOW_NUL, NULL);
		if (!o)
			print(json_pack("{s:s}", "error", "not JSON"));
		else
			obey(o);
		json_decref(o);
	}
	drain();
	fetcher_stop(&driver.fetcher);
	desks_stop(&driver.desks);
	free(line);
	arena_free(&a);
	return 0;
}
