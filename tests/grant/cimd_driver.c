/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Client documents behind a pipe: settings as flags, one JSON request a line on stdin, one JSON
 * answer a line on stdout, in the order they end. At the end of stdin it waits for what runs.
 *
 *	{"id":1, "client_id":"https://...", "peer":"192.0.2.1"}
 *	{"id":1, "jwks_uri":"https://...", "peer":"192.0.2.1", "missing":true} (also a second look, for newer keys)
 *	{"cmd":"sql", "text":"UPDATE ..."}	{"cmd":"cancel"} (all that run)
 *	{"cmd":"clock", "add_ms":1000} (time stands still from then on)
 */
#include "auth/grant/cimd.h"
#include "auth/grant/client_keys.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#include <pthread.h>
#include <stdio.h>

extern char **environ;

enum { JOBS_MAX = 64 };
static struct conf conf;
static struct store *store;
static struct fetcher *fetcher;
static struct desks *desks;
static struct cimd *cimd;
static struct client_keys *client_keys;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ended_one = PTHREAD_COND_INITIALIZER;
static int in_flight;

struct job {
	struct flow flow;
	struct call call;
	struct arena *arena;
	struct cimd_find find;
	struct client_keys_find keys;
	struct key_set *first;
	bool missing;
	json_int_t id;
};
static struct job *running[JOBS_MAX];

static enum flow_next step_find(struct flow *f)
{
	struct job *j = flow_self(f);
	return j->keys.uri ? client_keys_enter(client_keys, &j->keys, f)
			   : cimd_enter(cimd, &j->find, f);
}

static enum flow_next step_again(struct flow *f)
{
	struct job *j = flow_self(f);
	j->first = j->keys.keys;
	return j->missing && j->first ? client_keys_enter(client_keys, &j->keys, f) : FLOW_NEXT;
}

static const struct flow_step steps[] = { { "find", step_find, false },
	{ "again", step_again, false }, { NULL, NULL, false } };

static void report_keys(const struct job *j)
{
	bool had = j->first != NULL;
	printf("{\"id\":%lld,\"error\":\"%s\",\"about\":\"%s\",\"count\":%zu,\"newer\":%s}\n",
		(long long)j->id, oauth_name(j->keys.fault.code), j->keys.fault.about,
		j->keys.keys ? key_set_count(j->keys.keys) : 0,
		had && j->keys.keys && j->keys.keys != j->first ? "true" : "false");
	fflush(stdout);
}

static void report(const struct job *j)
{
	if (j->keys.uri) {
		report_keys(j);
		return;
	}
	const struct client *c = &j->find.client;
	bool ok = j->find.fault.code == OAUTH_NONE;
	json_t *o = json_pack("{s:I, s:s, s:s, s:s}", "id", j->id, "failed",
		err_name(j->flow.err.code), "error", oauth_name(j->find.fault.code), "about",
		j->find.fault.about);
	if (ok)
		json_object_set_new(o, "client",
			json_pack("{s:s, s:s, s:s, s:b, s:i, s:i}", "id", c->id, "name",
				c->name, "redirect", c->redirect_uris.v[0], "disabled",
				c->disabled, "auth", (int)c->auth, "kind", (int)c->kind));
	char *text = json_dumps(o, JSON_COMPACT);
	puts(text);
	fflush(stdout);
	mem_free(text);
	json_decref(o);
}

static void ended(struct flow *f)
{
	struct job *j = f->owner;
	pthread_mutex_lock(&lock);
	report(j);
	for (int i = 0; i < JOBS_MAX; i++)
		if (running[i] == j)
			running[i] = NULL;
	pthread_mutex_unlock(&lock);
	struct arena *a = j->arena;
	arena_free(&a);
	pthread_mutex_lock(&lock);
	in_flight--;
	pthread_cond_broadcast(&ended_one);
	pthread_mutex_unlock(&lock);
}

static void begin(const json_t *o)
{
	struct arena *a = arena_new(0);
	struct job *j = ARENA_NEW(a, struct job);
	const json_t *id = json_object_get(o, "client_id");
	const char *peer = json_string_value(json_object_get(o, "peer"));
	j->arena = j->call.arena = a;
	j->id = json_integer_value(json_object_get(o, "id"));
	j->find.id.p =
		arena_text(a, (struct str) { json_string_value(id), json_string_length(id) });
	j->find.id.n = json_string_length(id);
	j->find.peer = peer ? arena_text(a, str_of(peer)) : "";
	if (json_object_get(o, "jwks_uri"))
		j->keys.uri = arena_text(
			a, str_of(json_string_value(json_object_get(o, "jwks_uri"))));
	j->keys.peer = j->find.peer;
	j->missing = json_is_true(json_object_get(o, "missing"));
	flow_init(&j->flow, &j->call, steps, j, ended);
	j->flow.owner = j;
	pthread_mutex_lock(&lock);
	in_flight++;
	for (int i = 0; i < JOBS_MAX; i++)
		if (!running[i]) {
			running[i] = j;
			break;
		}
	pthread_mutex_unlock(&lock);
	CHECK(flow_start(desks, &j->flow));
}

static bool run_sql(struct db *d, void *arg, struct err *e)
{
	return db_script(d, arg, e);
}

static void command(const json_t *o, const char *name)
{
	struct err e = { ERR_NONE };
	if (strcmp(name, "sql") == 0) {
		char *text = mem_text(json_string_value(json_object_get(o, "text")));
		(void)!store_run(store, run_sql, text, &e);
		mem_free(text);
	}
	if (strcmp(name, "clock") == 0) {
		json_int_t add_ms = json_integer_value(json_object_get(o, "add_ms"));
		clock_fake(now_ms() + add_ms, mono_ms() + add_ms);
	}
	pthread_mutex_lock(&lock);
	for (int i = 0; strcmp(name, "cancel") == 0 && i < JOBS_MAX; i++)
		if (running[i])
			atomic_store(&running[i]->call.cancelled, true);
	printf("{\"cmd\":\"%s\",\"code\":\"%s\"}\n", name, err_name(e.code));
	fflush(stdout);
	pthread_mutex_unlock(&lock);
	if (strcmp(name, "cancel") == 0)
		fetcher_kick(fetcher);
}

static void take(const char *line)
{
	json_t *o = json_loads(line, 0, NULL);
	const char *cmd = json_string_value(json_object_get(o, "cmd"));
	CHECK(json_is_object(o));
	if (cmd)
		command(o, cmd);
	else
		begin(o);
	json_decref(o);
}

int main(int argc, char **argv)
{
	static char line[1 << 16];
	char **flags = NULL;
	struct err e = { ERR_NONE };
	mem_init();
	struct arena *a = arena_new(0);
	for (int i = 1; i < argc;)
		CHECK(conf_flag(a, argc, argv, &i, &flags, &e));
	CHECK(conf_load(&conf, a, NULL, flags, environ, &e));
	log_level(LOG_OFF);
	jose_start();
	store = store_open(conf.data, &e);
	fetcher = fetcher_start(&conf, &e);
	CHECK(store && fetcher);
	desks = desks_start(4, 1000, NULL, NULL, NULL);
	cimd = cimd_open(&conf, store, fetcher);
	client_keys = client_keys_open(&conf, fetcher);
	CHECK(cimd && client_keys);
	while (fgets(line, sizeof line, stdin))
		take(line);
	pthread_mutex_lock(&lock);
	while (in_flight)
		pthread_cond_wait(&ended_one, &lock);
	pthread_mutex_unlock(&lock);
	fetcher_close(fetcher);
	desks_stop(&desks);
	cimd_close(&cimd);
	client_keys_close(&client_keys);
	jose_stop();
	fetcher_stop(&fetcher);
	store_close(&store);
	arena_free(&a);
	return 0;
}
