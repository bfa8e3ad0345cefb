/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small application on the door for tests/http: one route for each way an answer can come about.
 * Takes the settings' flags and prints "listening <address>" when it does.
 */
#include "base/clock.h"
#include "base/conf.h"
#include "base/json.h"
#include "base/lane.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "http/http.h"
#include "http/sse.h"

static struct lane *lane; /* where late answers wait */
static atomic_int cancels; /* times the door said that a call was cancelled */
static atomic_int stopped; /* calls that saw it and stopped */

static struct http_req *req(struct flow *f)
{
	return flow_self(f);
}

static int64_t number(struct http_req *r, const char *name, int64_t fallback)
{
	struct str text;
	int64_t n;
	return http_query(r, name, &text) && str_to_int(text, &n) ? n : fallback;
}

static enum flow_next echo(struct flow *f)
{
	struct http_req *r = req(f);
	struct buf *b = &r->res.body;
	struct str q;
	buf_text(b, "{\"method\":");
	json_put_str(b, r->method);
	buf_text(b, ",\"path\":");
	json_put_str(b, r->path);
	buf_text(b, ",\"param\":");
	json_put_str(b, r->params[0]);
	if (http_query(r, "q", &q)) {
		buf_text(b, ",\"q\":");
		json_put_str(b, q);
	}
	buf_text(b, ",\"peer\":");
	json_put_text(b, r->peer);
	buf_text(b, ",\"body\":");
	json_put_str(b, r->body);
	buf_char(b, '}');
	return FLOW_NEXT;
}

struct stay {
	struct lane_stay lane;
	int64_t sent;
};

static struct stay *stay_of(struct http_req *r)
{
	if (!r->door_state)
		r->door_state = ARENA_NEW(r->arena, struct stay);
	return r->door_state;
}

static enum flow_next wait_a_while(struct flow *f)
{
	struct http_req *r = req(f);
	return lane_sleep(lane, &stay_of(r)->lane, f, mono_ms() + number(r, "ms", 100));
}

static enum flow_next say_late(struct flow *f)
{
	if (flow_cancelled(f))
		atomic_fetch_add(&stopped, 1);
	buf_text(&req(f)->res.body, flow_cancelled(f) ? "{\"late\":false}" : "{\"late\":true}");
	return FLOW_NEXT;
}

static void alphabet(struct buf *b, size_t n)
{
	char block[26 * 100];
	for (size_t i = 0; i < sizeof block; i++)
		block[i] = (char)('a' + i % 26);
	for (size_t part; n; n -= part) {
		part = n < sizeof block ? n : sizeof block;
		buf_add(b, block, part);
	}
}

static enum flow_next big(struct flow *f)
{
	struct http_req *r = req(f);
	r->res.type = "text/plain";
	alphabet(&r->res.body, (size_t)number(r, "bytes", 10 << 20));
	return FLOW_NEXT;
}

/* Sends one event after each wait: the list enters itself again until it has sent enough. */
static const struct flow_step event_steps[];

static enum flow_next send_event(struct flow *f)
{
	struct http_req *r = req(f);
	char text[64];
	struct stay *s = stay_of(r);
	if (s->sent == 0 && !http_stream_open(r, "text/event-stream"))
		return FLOW_DONE;
	struct buf b;
	buf_init(&b, 0);
	snprintf(text, sizeof text, "%d", (int)++s->sent);
	sse_put(&b, NULL, text, STR("{}"));
	bool sent = http_stream_send(r, buf_str(&b));
	buf_release(&b);
	return sent ? FLOW_NEXT : FLOW_DONE;
}

static enum flow_next again(struct flow *f)
{
	struct http_req *r = req(f);
	if (flow_cancelled(f))
		atomic_fetch_add(&stopped, 1);
	if (flow_cancelled(f) || stay_of(r)->sent >= number(r, "n", 3))
		return FLOW_DONE;
	f->frames[f->depth - 1].at = 0;
	return FLOW_NEXT;
}

static const struct flow_step event_steps[] = {
	{ "send", send_event },
	{ "wait", wait_a_while },
	{ "again", again },
	{ NULL },
};

static enum flow_next flood(struct flow *f)
{
	struct http_req *r = req(f);
	char block[8192];
	int64_t sent = 0;
	memset(block, 'x', sizeof block);
	if (!http_stream_open(r, "text/event-stream"))
		return FLOW_DONE;
	while (sent < 1 << 30 && http_stream_send(r, (struct str) { block, sizeof block }))
		sent += (int64_t)sizeof block;
	return FLOW_NEXT;
}

/* One piece larger than the cap of a stream must still get through. */
static enum flow_next piece(struct flow *f)
{
	struct http_req *r = req(f);
	struct buf b;
	buf_init(&b, 0);
	alphabet(&b, (size_t)number(r, "bytes", 1 << 20));
	if (http_stream_open(r, "application/octet-stream"))
		(void)http_stream_send(r, buf_str(&b));
	buf_release(&b);
	return FLOW_NEXT;
}

/* Bulk: n bytes in pieces, never more than `most` of them unwritten. `fail` ends it after so many
 * bytes; with `hold` when somebody has asked for /release. */
static atomic_bool released;

static enum flow_next release(struct flow *f)
{
	atomic_store(&released, true);
	(void)f;
	return FLOW_NEXT;
}

static enum flow_next send_piece(struct flow *f)
{
	struct http_req *r = req(f);
	struct stay *s = stay_of(r);
	struct buf b;
	int64_t left = number(r, "bytes", 200 << 20) - s->sent, fail = number(r, "fail", -1);
	if (s->sent == 0 && !http_stream_open(r, "application/x-ndjson"))
		return FLOW_DONE;
	if (flow_cancelled(f))
		return FLOW_NEXT;
	if (fail >= 0 && s->sent >= fail && number(r, "hold", 0) && !atomic_load(&released))
		return lane_sleep(lane, &s->lane, f, mono_ms() + 10);
	if (fail >= 0 && s->sent >= fail)
		return flow_fail(f, ERR_INTERNAL, "this bulk fails");
	if (left <= 0)
		return FLOW_DONE;
	buf_init(&b, 0);
	alphabet(&b, (size_t)(left < 26 * 1000 ? left : 26 * 1000));
	s->sent += (int64_t)b.len;
	(void)http_stream_send(r, buf_str(&b));
	buf_release(&b);
	return http_stream_wait(f, r, (size_t)number(r, "most", 64 << 10));
}

static enum flow_next next_piece(struct flow *f)
{
	if (!flow_cancelled(f))
		return flow_again(f);
	atomic_fetch_add(&stopped, 1);
	return FLOW_DONE;
}

static enum flow_next admit_run(struct flow *f)
{
	struct http_req *r = req(f);
	struct err e;
	r->admitted = str_eq(http_header(r, "Authorization"), STR("Bearer good"));
	if (r->admitted)
		return FLOW_NEXT;
	http_set_header(r, "WWW-Authenticate", "Bearer");
	err_set(&e, ERR_UNAUTHORIZED, "no key");
	http_error(r, &e);
	return FLOW_NEXT;
}
static const struct flow_step admit[] = { { "admit", admit_run }, { 0 } };

static enum flow_next upload(struct flow *f)
{
	struct http_req *r = req(f);
	buf_addf(&r->res.body, "{\"bytes\":%zu}", r->body.n);
	return FLOW_NEXT;
}

static const struct flow_step upload_steps[] = { HTTP_ADMIT, { "upload", upload }, { 0 } };

/* Occupies its desk, as computing would. */
static enum flow_next block(struct flow *f)
{
	int64_t ms = number(req(f), "ms", 100);
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };
	nanosleep(&ts, NULL);
	return FLOW_NEXT;
}

static enum flow_next fail(struct flow *f)
{
	return flow_fail(f, ERR_OVERLOADED, "this always fails");
}

static enum flow_next detach(struct flow *f)
{
	atomic_store(&req(f)->detached, true);
	return FLOW_NEXT;
}

static atomic_int detached_ends;
static enum flow_next detached_end(struct flow *f)
{
	if (!flow_cancelled(f))
		atomic_fetch_add(&detached_ends, 1);
	return FLOW_NEXT;
}

static void hello(struct http_req *r)
{
	buf_text(&r->res.body, "{\"hello\":\"world\"}");
}

static enum flow_next hello_step(struct flow *f)
{
	hello(req(f));
	return FLOW_NEXT;
}

static void state(struct http_req *r)
{
	buf_addf(&r->res.body,
		"{\"connections\":%d,\"bodies\":%d,\"cancels\":%d,\"stopped\":%d,\"detached\":%"
		"d,\"gone\":%d}",
		(int)metric_get(METRIC_CONNECTIONS), (int)metric_get(METRIC_BODY_MEMORY),
		atomic_load(&cancels), atomic_load(&stopped), atomic_load(&detached_ends),
		(int)metric_get(METRIC_REQUESTS_4XX));
}

#define STEPS(...) ((const struct flow_step[]) { __VA_ARGS__, { NULL } })
static const struct http_route routes[] = {
	{ "GET", "/hello", ROUTE_ON_DOOR, .answer = hello },
	{ "GET", "/hop", 0, STEPS({ "hello", hello_step }) },
	{ "GET", "/health", ROUTE_ON_DOOR | ROUTE_ANY_HOST | ROUTE_ANY_ORIGIN,
		.answer = hello },
	{ "GET", "/state", ROUTE_ON_DOOR, .answer = state },
	{ "GET", "/echo", 0, STEPS({ "echo", echo }) },
	{ "POST", "/echo", 0, STEPS({ "echo", echo }) },
	{ "PUT", "/echo", 0, STEPS({ "echo", echo }) },
	{ "DELETE", "/items/:id", 0, STEPS({ "echo", echo }) },
	{ "GET", "/items/:id", 0, STEPS({ "echo", echo }) },
	{ "GET", "/files", ROUTE_PREFIX, STEPS({ "echo", echo }) },
	{ "GET", "/late", 0, STEPS({ "wait", wait_a_while }, { "say", say_late }) },
	{ "POST", "/late", 0, STEPS({ "wait", wait_a_while }, { "say", say_late }) },
	{ "GET", "/big", 0, STEPS({ "big", big }) },
	{ "GET", "/events", 0, event_steps },
	{ "POST", "/events", 0, event_steps },
	{ "GET", "/flood", 0, STEPS({ "flood", flood }) },
	{ "GET", "/piece", 0, STEPS({ "piece", piece }) },
	{ "GET", "/bulk", 0, STEPS({ "send", send_piece }, { "next", next_piece }) },
	{ "POST", "/release", 0, STEPS({ "release", release }) },
	{ "POST", "/upload", 0, .steps = upload_steps, .admit = admit },
	{ "POST", "/large", ROUTE_LARGE_BODY, .steps = upload_steps, .admit = admit },
	{ "POST", "/open", ROUTE_LARGE_BODY, STEPS({ "upload", upload }) },
	{ "GET", "/block", 0, STEPS({ "block", block }) },
	{ "GET", "/fail", 0, STEPS({ "fail", fail }) },
	{ "GET", "/detached", 0,
		STEPS({ "detach", detach }, { "wait", wait_a_while },
			{ "end", detached_end }) },
	{ NULL, "/mcp", 0, STEPS({ "echo", echo }) },
	{ NULL },
};

/* A wording of its own, so that tests see which one was used. */
static void mcp_error(struct http_req *r, const struct err *e)
{
	buf_addf(&r->res.body, "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32000,\"message\":");
	json_put_text(&r->res.body, e->msg);
	buf_text(&r->res.body, "}}");
}
static const struct http_errors errors[] = { { "/mcp", mcp_error }, { NULL } };

static void on_cancelled(void *arg)
{
	(void)arg;
	atomic_fetch_add(&cancels, 1);
}

static void on_draining(void *arg)
{
	(void)arg;
	printf("draining\n");
	fflush(stdout);
}

static bool settings(struct arena *a, int argc, char **argv, struct conf *conf, struct err *e)
{
	extern char **environ;
	char **flags = NULL;
	e->code = ERR_NONE;
	for (int i = 1; i < argc;)
		if (!conf_flag(a, argc, argv, &i, &flags, e))
			return e->code ? false
				       : err_set(e, ERR_INVALID_REQUEST, "what is %s?",
						 argv[i]);
	return conf_load(conf, a, NULL, flags, environ, e);
}

int main(int argc, char **argv)
{
	struct err e;
	struct conf conf;
	mem_init();
	struct arena *a = arena_new(0);
	const struct http_route *lists[] = { routes, NULL };
	struct http_setup setup = { .conf = &conf,
		.routes = lists,
		.errors = errors,
		.cancelled = on_cancelled,
		.draining = on_draining };
	if (!settings(a, argc, argv, &conf, &e)) {
		fprintf(stderr, "%s\n", e.msg);
		return 2;
	}
	log_level(str_eq(str_of(conf.log_level), STR("info")) ? LOG_INFO : LOG_WARN);
	setup.desks = desks_start(2, (int)conf.desk_queue, NULL, NULL, NULL);
	lane = lane_open(1);
	struct http_server *s = http_open(&setup, &e);
	bool opened = s != NULL;
	if (!s)
		fprintf(stderr, "cannot serve: %s\n", e.msg);
	if (s) {
		printf("listening %s\n", http_address(s));
		fflush(stdout);
		http_serve(s);
	}
	http_close(&s);
	lane_close(&lane);
	desks_stop(&setup.desks);
	arena_free(&a);
	printf("ended\n");
	return opened ? 0 : 1;
}
