/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Outside issuers behind a pipe: settings as flags, one JSON request a line on stdin, one JSON answer
 * a line on stdout, in the order they end. At the end of stdin what runs is sent home.
 *
 *	{"cmd":"open", "name":"a", "url":"http://...", "openid":false, "client_id":"", "secret":"",
 *	 "introspection_url":""}	answered at once
 *	{"cmd":"ask", "name":"a", "id":1, "kid":"k", "metadata":false}
 *	{"cmd":"check", "name":"a", "id":2, "token":"...", "audience":"...", "type":"at+jwt",
 *	 "scope":true, "proof":"...", "method":"GET", "url":"http://..."}
 *	{"cmd":"verdicts", "id":3, "bad":10000}	a flood of bad ones, then is a good one still there?
 *	{"cmd":"clock", "id":4, "add_ms":30000}	from now on time stands still, that much later
 *	{"cmd":"close", "id":5}	the fetcher, with whatever is in flight
 */
#include "auth/issuer/issuer.h"
#include "auth/issuer/verdicts.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

extern char **environ;

enum { ISSUERS = 64 };

static struct {
	struct conf conf;
	struct fetcher *fetcher;
	struct desks *desks;
	struct dpop_seen *seen;
	struct map *issuers;
	struct issuer *opened[ISSUERS];
	size_t n_opened;
	pthread_mutex_t lock; /* of what follows, and of stdout */
	pthread_cond_t ended;
	int in_flight;
} driver = { .lock = PTHREAD_MUTEX_INITIALIZER, .ended = PTHREAD_COND_INITIALIZER };

struct job {
	struct flow flow;
	struct call call;
	struct arena *arena;
	struct issuer *issuer;
	json_int_t id;
	bool check;
	struct issuer_ask ask;
	struct issuer_check c;
	struct dpop_proof proof;
	const char *audiences[2], *types[2];
};

static void print(json_t *o)
{
	struct buf b;
	buf_init(&b, 0);
	json_put_value(&b, o);
	pthread_mutex_lock(&driver.lock);
	printf("%.*s\n", STR_ARG(buf_str(&b)));
	fflush(stdout);
	pthread_mutex_unlock(&driver.lock);
	buf_release(&b);
	json_decref(o);
}

static enum flow_next step_run(struct flow *f)
{
	struct job *j = flow_self(f);
	return j->check ? issuer_check_enter(j->issuer, &j->c, f)
			: issuer_enter(j->issuer, &j->ask, f);
}

static const struct flow_step steps[] = { { "run", step_run }, { 0 } };

static json_t *report(const struct job *j)
{
	const struct err *e = j->check ? &j->c.err : &j->ask.err;
	json_t *o = json_pack("{s:I, s:s, s:s}", "id", j->id, "code",
		e->code == ERR_NONE ? "OK" : err_name(e->code), "message",
		e->code == ERR_NONE ? "" : e->msg);
	if (j->check && e->code == ERR_NONE)
		json_object_update_new(o,
			json_pack("{s:s, s:s, s:s, s:s, s:I}", "sub", j->c.claims.sub, "scope",
				j->c.claims.scope, "client_id", j->c.claims.client_id, "jkt",
				j->c.claims.jkt, "exp", (json_int_t)j->c.claims.exp_s));
	if (!j->check && j->ask.keys)
		json_object_set_new(
			o, "keys", json_integer((json_int_t)key_set_count(j->ask.keys)));
	if (!j->check && j->ask.metadata.all) {
		const struct issuer_metadata *m = &j->ask.metadata;
		json_object_update_new(o,
			json_pack("{s:s, s:s, s:s, s:s, s:s, s:b}", "issuer", m->issuer,
				"authorization", m->authorization_endpoint, "token",
				m->token_endpoint, "introspection", m->introspection_endpoint,
				"jwks", m->jwks_uri, "iss_in_response", m->iss_in_response));
	}
	return o;
}

static void ended(struct flow *f)
{
	struct job *j = f->owner;
	struct arena *a = j->arena;
	print(report(j));
	arena_free(&a);
	pthread_mutex_lock(&driver.lock);
	driver.in_flight--;
	pthread_cond_broadcast(&driver.ended);
	pthread_mutex_unlock(&driver.lock);
}

static const char *text_of(const json_t *o, const char *key, struct arena *a)
{
	const json_t *v = json_object_get(o, key);
	return json_is_string(v) ? arena_text(a, str_of(json_string_value(v))) : NULL;
}

static void fill_check(struct job *j, const json_t *o)
{
	struct arena *a = j->arena;
	struct issuer_check *c = &j->c;
	j->check = true;
	j->audiences[0] = text_of(o, "audience", a);
	j->types[0] = text_of(o, "type", a);
	c->token = str_of(text_of(o, "token", a));
	c->rules = (struct verify_rules) { .issuer = text_of(o, "issuer", a),
		.audiences = j->audiences,
		.types = j->types,
		.algs = ALG_ES256 | ALG_RS256 | ALG_PS256,
		.leeway_s = 30,
		.scope_needed = !json_is_false(json_object_get(o, "scope")) };
	j->proof = (struct dpop_proof) { .text = str_of(text_of(o, "proof", a)),
		.method = text_of(o, "method", a),
		.url = text_of(o, "url", a),
		.seen = driver.seen };
	c->proof = j->proof.text.p ? &j->proof : NULL;
}

static void begin(const json_t *o, const char *cmd)
{
	struct arena *a = arena_new(0);
	struct job *j = ARENA_NEW(a, struct job);
	j->arena = j->call.arena = a;
	j->id = json_integer_value(json_object_get(o, "id"));
	j->issuer =
		map_get(driver.issuers, str_of(json_string_value(json_object_get(o, "name"))));
	CHECK(j->issuer);
	if (strcmp(cmd, "check") == 0) {
		fill_check(j, o);
	} else {
		j->ask.kid = str_of(text_of(o, "kid", a));
		j->ask.metadata_only = json_is_true(json_object_get(o, "metadata"));
	}
	flow_init(&j->flow, &j->call, steps, j, ended);
	j->flow.owner = j;
	pthread_mutex_lock(&driver.lock);
	driver.in_flight++;
	pthread_mutex_unlock(&driver.lock);
	while (!flow_start(driver.desks, &j->flow))
		usleep(1000);
}

static void open_one(const json_t *o, struct arena *a)
{
	struct err e = { 0 };
	struct issuer_setup setup = { .url = text_of(o, "url", a),
		.openid = json_is_true(json_object_get(o, "openid")),
		.client_id = text_of(o, "client_id", a),
		.client_secret = text_of(o, "secret", a),
		.introspection_url = text_of(o, "introspection_url", a) };
	struct issuer *i = issuer_open(&setup, driver.fetcher, &e);
	if (i) {
		CHECK(driver.n_opened < ISSUERS);
		driver.opened[driver.n_opened++] = i;
		CHECK(map_put(driver.issuers,
			str_of(json_string_value(json_object_get(o, "name"))), i));
	}
	print(json_pack("{s:O, s:s, s:s}", "id", json_object_get(o, "id"), "code",
		i ? "OK" : err_name(e.code), "message", i ? "" : e.msg));
}

static void flood(const json_t *o, struct arena *a)
{
	struct verdicts *v = verdicts_new();
	json_int_t bad = json_integer_value(json_object_get(o, "bad"));
	unsigned char key[SHA256_SIZE];
	struct str none = { NULL, 0 }, answer;
	sha256(STR("a good one"), key);
	verdicts_put(v, key, STR("{\"sub\":\"x\"}"), VERDICT_MS);
	for (json_int_t i = 0; i < bad; i++) {
		unsigned char other[SHA256_SIZE];
		sha256((struct str) { (const char *)&i, sizeof i }, other);
		verdicts_put(v, other, none, VERDICT_BAD_MS);
	}
	bool kept = verdicts_get(v, key, a, &answer);
	print(json_pack("{s:O, s:b, s:s%}", "id", json_object_get(o, "id"), "kept", kept,
		"answer", answer.p ? answer.p : "", answer.n));
	verdicts_free(&v);
}

static void obey(const json_t *o, struct arena *a)
{
	const char *cmd = json_string_value(json_object_get(o, "cmd"));
	if (strcmp(cmd, "open") == 0) {
		open_one(o, a);
	} else if (strcmp(cmd, "verdicts") == 0) {
		flood(o, a);
	} else if (strcmp(cmd, "clock") == 0) {
		int64_t add = json_integer_value(json_object_get(o, "add_ms"));
		clock_fake(now_ms() + add, mono_ms() + add);
		print(json_pack("{s:O}", "id", json_object_get(o, "id")));
	} else if (strcmp(cmd, "close") == 0) {
		fetcher_close(driver.fetcher);
		print(json_pack("{s:O}", "id", json_object_get(o, "id")));
	} else {
		begin(o, cmd);
	}
}

static void stop(void)
{
	fetcher_close(driver.fetcher);
	pthread_mutex_lock(&driver.lock);
	while (driver.in_flight)
		pthread_cond_wait(&driver.ended, &driver.lock);
	pthread_mutex_unlock(&driver.lock);
	desks_stop(&driver.desks);
	for (size_t i = 0; i < driver.n_opened; i++)
		issuer_close(&driver.opened[i]);
	fetcher_stop(&driver.fetcher);
	map_free(&driver.issuers, NULL);
	dpop_seen_free(&driver.seen);
	jose_stop();
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
	jose_start();
	if (!conf_load(&driver.conf, a, NULL, flags, environ, &e) ||
		!(driver.fetcher = fetcher_start(&driver.conf, &e))) {
		fprintf(stderr, "%s\n", e.msg);
		arena_free(&a);
		return 1;
	}
	driver.seen = dpop_seen_new();
	driver.issuers = map_new(ISSUERS);
	driver.desks = desks_start(2, 100000, NULL, NULL, NULL);
	while ((n = getline(&line, &room, stdin)) > 0) {
		json_t *o = json_loadb(line, (size_t)n, 0, NULL);
		CHECK(o);
		obey(o, a);
		json_decref(o);
	}
	stop();
	free(line);
	arena_free(&a);
	return 0;
}
