/* SPDX-License-Identifier: Apache-2.0 */
/* Opaque tokens: what the endpoint is asked, what its answers mean, and that each flow goes on once,
 * whatever the endpoint does. */
#include "auth/jose/introspect.h"
#include "jose/forge.h"
#include "lib/origin.h"
#include "lib/test.h"

static struct origin endpoint;
static struct desks *desks;
static struct err e;

/* The endpoint: what it saw last, and a gate behind which it keeps its answers. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t news = PTHREAD_COND_INITIALIZER;
static char seen[16384];
static int asked, resumed;
static bool shut;

static void wait_for(const int *what, int value)
{
	pthread_mutex_lock(&lock);
	while (*what < value)
		pthread_cond_wait(&news, &lock);
	pthread_mutex_unlock(&lock);
}

static void gate(bool closed)
{
	pthread_mutex_lock(&lock);
	shut = closed;
	pthread_cond_broadcast(&news);
	pthread_mutex_unlock(&lock);
}

static void answer(struct origin *o, const char *path, const char *request, int fd)
{
	static const struct {
		const char *path, *status, *headers, *body;
	} rows[] = {
		{ "/active", "200 OK", "", "{\"active\":true,\"sub\":\"u\",\"exp\":7}" },
		{ "/inactive", "200 OK", "", "{\"active\":false,\"sub\":\"u\"}" },
		{ "/text", "200 OK", "", "{\"active\":\"true\"}" },
		{ "/nothing", "200 OK", "", "" },
		{ "/list", "200 OK", "", "[true]" },
		{ "/twice", "200 OK", "", "{\"active\":false,\"active\":true}" },
		{ "/bare", "200 OK", "", "{\"sub\":\"u\"}" },
		{ "/401", "401 Unauthorized", "", "{\"active\":true}" },
		{ "/500", "500 Oh", "", "{\"active\":true}" },
		{ "/away", "302 Found", "Location: /nothing\r\n", "" },
	};
	(void)o;
	pthread_mutex_lock(&lock);
	snprintf(seen, sizeof seen, "%s", request);
	asked++;
	pthread_cond_broadcast(&news);
	while (shut)
		pthread_cond_wait(&news, &lock);
	pthread_mutex_unlock(&lock);
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (strcmp(rows[i].path, path) == 0)
			origin_reply(fd, rows[i].status, rows[i].headers, str_of(rows[i].body));
	if (strcmp(path, "/huge") == 0) {
		struct buf b;
		buf_init(&b, 0);
		buf_text(&b, "{\"active\":true,\"x\":\"");
		for (int i = 0; i < 70000; i++)
			buf_char(&b, 'x');
		buf_text(&b, "\"}");
		origin_reply(fd, "200 OK", "", buf_str(&b));
		buf_release(&b);
	}
}

/* A flow that asks once and ends. */
struct visit {
	struct flow flow;
	struct call call;
	struct introspector *i;
	struct str token;
	struct introspection got;
	int times;
};

static enum flow_next step_ask(struct flow *f)
{
	struct visit *v = flow_self(f);
	introspect_begin(v->i, v->token, &v->got, f);
	return FLOW_PARKED;
}

static enum flow_next step_done(struct flow *f)
{
	((struct visit *)flow_self(f))->times++;
	return FLOW_DONE;
}
static const struct flow_step steps[] = { { "ask", step_ask, false },
	{ "done", step_done, false }, { NULL, NULL, false } };

static void ended(struct flow *f)
{
	(void)f;
	pthread_mutex_lock(&lock);
	resumed++;
	pthread_cond_broadcast(&news);
	pthread_mutex_unlock(&lock);
}

static struct visit *visit(struct introspector *i, const char *token)
{
	struct arena *a = arena_new(0);
	struct visit *v = ARENA_NEW(a, struct visit);
	v->call.arena = a;
	v->i = i;
	v->token = str_of(token);
	v->got.active = true; /* to be put right */
	flow_init(&v->flow, &v->call, steps, v, ended);
	CHECK(flow_start(desks, &v->flow));
	return v;
}

static void visit_free(struct visit *v)
{
	struct arena *a = v->call.arena;
	CHECK_INT(v->times, 1);
	arena_free(&a);
}

static struct introspector *begin(const char *path, const char *auth)
{
	char url[64];
	jose_start();
	resumed = asked = 0;
	shut = false;
	origin_start(&endpoint, answer);
	desks = desks_start(2, 100, NULL, NULL, NULL);
	snprintf(url, sizeof url, "http://127.0.0.1:%d%s", endpoint.port, path);
	struct introspector *i = introspector_start(url, auth, "me:1", "s&t =", &e);
	CHECK(i);
	return i;
}

static void end(struct introspector **i)
{
	introspector_stop(i);
	CHECK_TRUE(*i == NULL);
	desks_stop(&desks);
	origin_stop(&endpoint);
	jose_stop();
}

static void the_question_is_a_form_with_the_clients_name(void)
{
	struct introspector *i = begin("/active", "client_secret_basic");
	struct visit *v = visit(i, "to+ken/1=");
	wait_for(&resumed, 1);
	CHECK_INT(v->got.err.code, ERR_NONE);
	CHECK_TRUE(v->got.active);
	CHECK_TEXT(json_string_value(json_object_get(v->got.claims, "sub")), "u");
	visit_free(v);
	CHECK_TRUE(str_starts(str_of(seen), STR("POST /active ")));
	/* "me%3A1:s%26t%20%3D": encoded first, as RFC 6749 section 2.3.1 says */
	CHECK_TRUE(strstr(seen, "Authorization: Basic bWUlM0ExOnMlMjZ0JTIwJTNE\r\n"));
	CHECK_TRUE(strstr(seen, "application/x-www-form-urlencoded"));
	CHECK_TRUE(strstr(seen, "token=to%2Bken%2F1%3D"));
	CHECK_TRUE(strstr(seen, "token_type_hint=access_token"));
	end(&i);
	i = begin("/active", "client_secret_post");
	v = visit(i, "t");
	wait_for(&resumed, 1);
	CHECK_TRUE(v->got.active);
	visit_free(v);
	CHECK_TRUE(!strstr(seen, "Authorization:"));
	CHECK_TRUE(strstr(seen, "client_id=me%3A1"));
	CHECK_TRUE(strstr(seen, "client_secret=s%26t%20%3D"));
	end(&i);
}

static void only_a_clear_answer_decides(void)
{
	static const struct {
		const char *path;
		enum err_code err;
	} cases[] = { { "/inactive", ERR_NONE }, { "/text", ERR_OVERLOADED },
		{ "/nothing", ERR_OVERLOADED }, { "/list", ERR_OVERLOADED },
		{ "/twice", ERR_OVERLOADED }, { "/bare", ERR_OVERLOADED },
		{ "/401", ERR_OVERLOADED }, { "/500", ERR_OVERLOADED },
		{ "/away", ERR_OVERLOADED }, { "/hangup", ERR_OVERLOADED },
		{ "/huge", ERR_OVERLOADED } };
	for (size_t n = 0; n < COUNT_OF(cases); n++) {
		struct introspector *i = begin(cases[n].path, "client_secret_basic");
		struct visit *v = visit(i, "secret-token");
		wait_for(&resumed, 1);
		if (v->got.err.code != cases[n].err)
			test_fail(__FILE__, __LINE__, "%s: %d", cases[n].path, v->got.err.code);
		CHECK_TRUE(!v->got.active && !v->got.claims);
		CHECK_TRUE(!strstr(v->got.err.msg, "secret-token"));
		visit_free(v);
		end(&i);
	}
}

static void texts_that_cannot_be_tokens_are_not_sent(void)
{
	struct introspector *i = begin("/active", "client_secret_basic");
	char large[JWS_MAX + 2];
	memset(large, 'a', sizeof large - 1);
	large[sizeof large - 1] = 0;
	const char *const bad[] = { "", " ", "a b", "a\tb", "a\x7f", "a\xc3\xa4", large };
	for (size_t n = 0; n < COUNT_OF(bad); n++) {
		struct visit *v = visit(i, bad[n]);
		wait_for(&resumed, (int)n + 1);
		CHECK_INT(v->got.err.code, ERR_NONE);
		CHECK_TRUE(!v->got.active);
		visit_free(v);
	}
	CHECK_INT(asked, 0);
	end(&i);
}

/* Four hang in a call, 32 wait, one more is refused; the others go on after the deadline. */
static void a_hanging_endpoint_holds_nobody_for_ever(void)
{
	enum { ALL = INTROSPECT_THREADS + INTROSPECT_QUEUE + 1 };
	struct introspector *i = begin("/active", "client_secret_basic");
	struct visit *v[ALL];
	int refused = 0;
	gate(true);
	for (int n = 0; n < INTROSPECT_THREADS; n++)
		v[n] = visit(i, "t");
	wait_for(&asked, INTROSPECT_THREADS);
	for (int n = INTROSPECT_THREADS; n < ALL; n++)
		v[n] = visit(i, "t");
	wait_for(&resumed, ALL);
	for (int n = 0; n < ALL; n++) {
		CHECK_INT(v[n]->got.err.code, ERR_OVERLOADED);
		refused += strstr(v[n]->got.err.msg, "too many") != NULL;
		visit_free(v[n]);
	}
	CHECK_INT(refused, 1);
	gate(false);
	end(&i);
	CHECK_INT(resumed, ALL);
}

static void an_end_in_the_middle_sends_everybody_home(void)
{
	enum { ALL = 20 };
	struct introspector *i = begin("/active", "client_secret_basic");
	struct visit *v[ALL];
	gate(true);
	for (int n = 0; n < ALL; n++)
		v[n] = visit(i, "t");
	wait_for(&asked, INTROSPECT_THREADS);
	introspector_stop(&i); /* with threads that hang in their calls */
	wait_for(&resumed, ALL);
	for (int n = 0; n < ALL; n++) {
		CHECK_INT(v[n]->got.err.code, ERR_CANCELLED);
		visit_free(v[n]);
	}
	jose_stop(); /* which they still use: it waits for the end of their calls */
	gate(false);
	end(&i);
	CHECK_INT(resumed, ALL);
}

static void many_answers_come_to_those_who_asked(void)
{
	enum { ALL = 30 };
	struct introspector *i = begin("/active", "client_secret_basic");
	struct visit *v[ALL];
	for (int n = 0; n < ALL; n++)
		v[n] = visit(i, "t");
	wait_for(&resumed, ALL);
	for (int n = 0; n < ALL; n++) {
		CHECK_INT(v[n]->got.err.code, ERR_NONE);
		CHECK_TRUE(v[n]->got.active);
		visit_free(v[n]);
	}
	CHECK_INT(asked, ALL);
	end(&i);
}

static void bad_settings_are_told(void)
{
	jose_start();
	CHECK_TRUE(!introspector_start("ftp://x", "client_secret_basic", "a", "b", &e));
	CHECK_INT(e.code, ERR_INVALID_REQUEST);
	CHECK_TRUE(!introspector_start("https://x", "private_key_jwt", "a", "b", &e));
	CHECK_TRUE(strstr(e.msg, "client_secret_post"));
	CHECK_TRUE(!introspector_start("https://x", "client_secret_post", "a", NULL, &e));
	jose_stop();
}

TEST_MAIN(TEST(the_question_is_a_form_with_the_clients_name), TEST(only_a_clear_answer_decides),
	TEST(texts_that_cannot_be_tokens_are_not_sent),
	TEST(a_hanging_endpoint_holds_nobody_for_ever),
	TEST(an_end_in_the_middle_sends_everybody_home),
	TEST(many_answers_come_to_those_who_asked), TEST(bad_settings_are_told))
