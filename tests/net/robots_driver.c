/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cache of robots.txt behind a pipe: settings as flags, one JSON request a line on stdin, one
 * JSON answer a line on stdout, in the order they end.
 *
 *	{"id":1, "url":"http://...", "timeout_ms":0, "cancel":"name"} -> {"id":1, "code":"OK",
 *	 "allowed":true, "delay_ms":0}
 *	{"cmd":"ahead", "ms":1000} the clock stands, so much ahead of the real one; 0: it runs again
 *	{"cmd":"cancel", "name":"name"} cancels who has that name
 *	{"cmd":"stop"} (the fetcher, with whatever is in flight)
 */
#include "base/check.h"
#include "base/clock.h"
#include "base/mem.h"
#include "net/robots.h"

#include <jansson.h>
#include <pthread.h>
#include <stdio.h>

extern char **environ;

struct job {
	struct job *next;
	struct flow flow;
	struct call call;
	struct arena *arena;
	struct url url;
	struct robots_answer answer;
	const char *name;
	json_int_t id;
};
static struct {
	struct conf conf;
	struct fetcher *fetcher;
	struct robots *robots;
	struct desks *desks;
	pthread_mutex_t lock;
	pthread_cond_t ended;
	struct job *jobs; /* in flight */
} driver = { .lock = PTHREAD_MUTEX_INITIALIZER, .ended = PTHREAD_COND_INITIALIZER };

static enum flow_next step_ask(struct flow *f)
{
	struct job *j = flow_self(f);
	return robots_ask(driver.robots, f, &j->url, &j->answer);
}

static const struct flow_step steps[] = { { "ask", step_ask, false }, { NULL, NULL, false } };

static void print(json_t *o)
{
	char *text = json_dumps(o, JSON_COMPACT);
	puts(text);
	fflush(stdout);
	mem_free(text);
	json_decref(o);
}

static void report(const struct job *j, const struct err *e)
{
	print(json_pack("{s:I, s:s, s:b, s:I}", "id", j->id, "code",
		e->code == ERR_NONE ? "OK" : err_name(e->code), "allowed", j->answer.allowed,
		"delay_ms", (json_int_t)j->answer.delay_ms));
}

static void ended(struct flow *f)
{
	struct job *j = f->owner, **at = &driver.jobs;
	pthread_mutex_lock(&driver.lock);
	report(j, &f->err);
	while (*at != j)
		at = &(*at)->next;
	*at = j->next;
	struct arena *a = j->arena;
	arena_free(&a);
	pthread_cond_broadcast(&driver.ended);
	pthread_mutex_unlock(&driver.lock);
}

static void begin(const json_t *o)
{
	struct arena *a = arena_new(0);
	struct job *j = ARENA_NEW(a, struct job);
	const char *name = json_string_value(json_object_get(o, "cancel"));
	json_int_t timeout = json_integer_value(json_object_get(o, "timeout_ms"));
	struct err e;
	j->arena = j->call.arena = a;
	j->id = json_integer_value(json_object_get(o, "id"));
	j->name = arena_copy(a, name);
	j->call.deadline_ms = timeout ? mono_ms() + timeout : 0;
	CHECK(url_parse(
		str_of(json_string_value(json_object_get(o, "url"))), true, a, &j->url, &e));
	flow_init(&j->flow, &j->call, steps, j, ended);
	j->flow.owner = j;
	pthread_mutex_lock(&driver.lock);
	j->next = driver.jobs;
	driver.jobs = j;
	pthread_mutex_unlock(&driver.lock);
	CHECK(flow_start(driver.desks, &j->flow));
}

static void cancel(const char *name)
{
	pthread_mutex_lock(&driver.lock);
	for (struct job *j = driver.jobs; j; j = j->next)
		if (j->name && strcmp(j->name, name) == 0)
			atomic_store(&j->call.cancelled, true);
	print(json_pack("{s:s}", "cmd", "cancel"));
	pthread_mutex_unlock(&driver.lock);
	fetcher_kick(driver.fetcher);
}

static void set_clock(int64_t ahead_ms)
{
	clock_fake(-1, -1);
	if (ahead_ms)
		clock_fake(now_ms() + ahead_ms, mono_ms() + ahead_ms);
	pthread_mutex_lock(&driver.lock);
	print(json_pack("{s:s}", "cmd", "ahead"));
	pthread_mutex_unlock(&driver.lock);
}

static void obey(const json_t *o)
{
	const char *cmd = json_string_value(json_object_get(o, "cmd"));
	if (!cmd)
		begin(o);
	else if (strcmp(cmd, "ahead") == 0)
		set_clock(json_integer_value(json_object_get(o, "ms")));
	else if (strcmp(cmd, "cancel") == 0)
		cancel(json_string_value(json_object_get(o, "name")));
	else if (strcmp(cmd, "stop") == 0)
		fetcher_close(driver.fetcher);
}

static void drain(void)
{
	pthread_mutex_lock(&driver.lock);
	while (driver.jobs)
		pthread_cond_wait(&driver.ended, &driver.lock);
	pthread_mutex_unlock(&driver.lock);
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
	driver.robots = robots_open(&driver.conf, driver.fetcher);
	driver.desks = desks_start(2, 100000, NULL, NULL, NULL);
	while ((n = getline(&line, &room, stdin)) > 0) {
		json_t *o = json_loadb(line, (size_t)n, 0, NULL);
		CHECK(o);
		obey(o);
		json_decref(o);
	}
	drain();
	fetcher_close(driver.fetcher);
	desks_stop(&driver.desks);
	robots_close(&driver.robots);
	fetcher_stop(&driver.fetcher);
	free(line);
	arena_free(&a);
	return 0;
}
