/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions: the table and its bounds, streams and what is kept of them, questions, sealed states. */
#include "base/clock.h"
#include "base/mem.h"
#include "lib/test.h"
#include "mcp/protocol/seal.h"
#include "mcp/protocol/session_in.h"

#include <stdio.h>

static const struct str ada = { "acc_ada", 7 }, eve = { "acc_eve", 7 };

static bool found(struct mcp_sessions *all, const char *id, struct str caller)
{
	struct session *s = mcp_session_find(all, str_of(id), caller);
	if (s)
		session_put(s);
	return s;
}

static void bound_to_the_caller(void)
{
	struct mcp_sessions *all = mcp_sessions_new();
	struct session *s = session_new(all, ada), *other = session_new(all, ada);
	CHECK_TRUE(!str_eq(str_of(s->id), str_of(other->id)));
	CHECK_TRUE(found(all, s->id, ada));
	CHECK_TRUE(!found(all, s->id, eve));
	CHECK_TRUE(!found(all, s->id, STR("")));
	CHECK_TRUE(!found(all, "", ada));
	CHECK_TRUE(!found(all, "mcp_00000000000000000000000000", ada));
	session_end(s);
	session_end(s); /* twice is once */
	CHECK_TRUE(!found(all, s->id, ada));
	CHECK_TRUE(!stream_open(s));
	CHECK_TRUE(found(all, other->id, ada));
	session_put(s);
	session_put(other);
	mcp_sessions_free(&all);
}

static void idle_ones_end(void)
{
	clock_fake(1000000, 1000000);
	struct mcp_sessions *all = mcp_sessions_new();
	struct session *s = session_new(all, ada);
	clock_fake(1000000 + SESSION_IDLE_MS, 1000000 + SESSION_IDLE_MS);
	CHECK_TRUE(found(all, s->id, ada)); /* and it is used now */
	clock_fake(1000000 + 2 * SESSION_IDLE_MS, 1000000 + 2 * SESSION_IDLE_MS);
	CHECK_TRUE(found(all, s->id, ada));
	clock_fake(1000001 + 3 * SESSION_IDLE_MS, 1000001 + 3 * SESSION_IDLE_MS);
	CHECK_TRUE(!found(all, s->id, ada));
	session_put(session_new(all, eve)); /* the table lets go of it */
	CHECK_TRUE(s->ended);
	session_put(s);
	mcp_sessions_free(&all);
	clock_fake(-1, -1);
}

static void one_caller_leaves_room_for_others(void)
{
	struct mcp_sessions *all = mcp_sessions_new();
	struct session *first = session_new(all, eve), *mine = session_new(all, ada);
	for (int i = 0; i < SESSION_EACH; i++)
		session_put(session_new(all, eve));
	CHECK_TRUE(!found(all, first->id, eve));
	CHECK_TRUE(found(all, mine->id, ada));
	session_put(first);
	session_put(mine);
	mcp_sessions_free(&all);
}

static struct str after(struct session *s, struct stream *t, int64_t at, struct buf *b)
{
	buf_clear(b);
	pthread_mutex_lock(&s->lock);
	events_after(&t->log, at, b);
	pthread_mutex_unlock(&s->lock);
	return buf_str(b);
}

static void streams(void)
{
	struct mcp_sessions *all = mcp_sessions_new();
	struct session *s = session_new(all, ada);
	struct stream *t = stream_open(s);
	struct buf b;
	int64_t at;
	buf_init(&b, 0);
	stream_add(s, t, (struct str) { NULL, 0 }, 1000);
	stream_add(s, t, STR("{\"a\":1}"), -1);
	CHECK_TRUE(str_eq(
		after(s, t, 0, &b), STR("id: 1-1\nretry: 1000\ndata:\n\n"
					"id: 1-2\nevent: message\ndata: {\"a\":1}\n\n")));
	CHECK_TRUE(str_eq(
		after(s, t, 1, &b), STR("id: 1-2\nevent: message\ndata: {\"a\":1}\n\n")));
	CHECK_INT(after(s, t, 2, &b).n, 0);
	CHECK_TRUE(stream_back(s, STR("1-1"), &at) == t);
	CHECK_INT(at, 1);
	stream_leave(s, t, false);
	CHECK_TRUE(!stream_back(s, STR("2-1"), &at));
	stream_through(s, t);
	stream_leave(s, t, true); /* the last reader has all: it goes */
	CHECK_TRUE(!stream_back(s, STR("1-1"), &at));
	CHECK_TRUE(stream_own(s) == &s->own);
	CHECK_TRUE(!stream_own(s));
	stream_leave(s, &s->own, true);
	CHECK_TRUE(stream_back(s, STR("0-5"), &at) == &s->own);
	buf_release(&b);
	session_put(s);
	mcp_sessions_free(&all);
}

static void streams_are_bounded(void)
{
	struct mcp_sessions *all = mcp_sessions_new();
	struct session *s = session_new(all, ada);
	struct stream *open[SESSION_STREAMS];
	int64_t at;
	for (int i = 0; i < SESSION_STREAMS; i++)
		open[i] = stream_open(s);
	CHECK_TRUE(open[SESSION_STREAMS - 1]);
	CHECK_TRUE(!stream_open(s)); /* all are written */
	for (int i = 0; i < 2 * SESSION_EVENTS; i++)
		stream_add(s, open[0], STR("x"), -1);
	CHECK_INT(open[0]->log.kept, SESSION_EVENTS);
	CHECK_INT(open[0]->log.last, 2 * SESSION_EVENTS);
	for (int i = 0; i < 2; i++) {
		stream_through(s, open[i]);
		stream_leave(s, open[i], false); /* cut off: it is kept for the client */
	}
	CHECK_TRUE(stream_open(s)); /* in the place of the oldest */
	CHECK_TRUE(!stream_back(s, STR("1-1"), &at));
	CHECK_TRUE(stream_back(s, STR("2-1"), &at));
	session_put(s);
	mcp_sessions_free(&all);
}

static void event_ids(void)
{
	static const char *const bad[] = { "", "-", "1", "1-", "-1", "1-x", "x-1", "1--1",
		"-1-1", "1-1-1", " 1-1", "99999999999999999999-1" };
	int64_t stream, event;
	CHECK_TRUE(events_id(STR("12-345"), &stream, &event));
	CHECK_INT(stream, 12);
	CHECK_INT(event, 345);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (events_id(str_of(bad[i]), &stream, &event))
			test_fail(__FILE__, __LINE__, "taken: %s", bad[i]);
}

static void uris(void)
{
	struct mcp_sessions *all = mcp_sessions_new();
	struct session *s = session_new(all, ada);
	char uri[32];
	for (int i = 0; i < SESSION_URIS; i++) {
		snprintf(uri, sizeof uri, "test://%d", i);
		CHECK_TRUE(session_watch(s, str_of(uri)));
	}
	CHECK_TRUE(session_watch(s, STR("test://0"))); /* again */
	CHECK_TRUE(!session_watch(s, STR("test://more")));
	session_unwatch(s, STR("test://0"));
	session_unwatch(s, STR("test://0"));
	CHECK_TRUE(session_watch(s, STR("test://more")));
	mcp_sessions_tell(all, MCP_RESOURCE_UPDATED, STR("test://0"));
	CHECK_INT(s->own.log.last, 0);
	mcp_sessions_tell(all, MCP_RESOURCE_UPDATED, STR("test://more"));
	mcp_sessions_tell(all, MCP_TOOLS_CHANGED, STR(""));
	CHECK_INT(s->own.log.last, 2);
	session_put(s);
	mcp_sessions_free(&all);
}

static void questions(void)
{
	struct arena *a = arena_new(0);
	struct peer p;
	struct err e;
	struct ask two = { .key = "two" }, one = { .key = "one", .next = &two };
	const json_t *first = json_read(a, STR("{\"id\":\"ask_1\",\"result\":{\"x\":1}}"), &e);
	const json_t *odd = json_read(a, STR("{\"id\":2,\"result\":{}}"), &e);
	const json_t *second = json_read(a, STR("{\"id\":\"ask_2\",\"error\":{}}"), &e);
	peer_init(&p);
	peer_ask(&p, &one);
	peer_ask(&p, &two);
	CHECK_TRUE(!peer_answered(&p, &one));
	CHECK_TRUE(!peer_answer(&p, odd));
	CHECK_TRUE(peer_answer(&p, first));
	CHECK_TRUE(!peer_answer(&p, first)); /* the first answer counts */
	CHECK_TRUE(!peer_answered(&p, &one));
	CHECK_TRUE(peer_answer(&p, second));
	CHECK_TRUE(peer_answered(&p, &one));
	peer_close(&p, &one, a);
	CHECK_TRUE(p.open == NULL);
	CHECK_TRUE(!peer_answer(&p, second));
	CHECK_INT(
		json_integer_value(json_object_get(json_object_get(one.answer, "result"), "x")),
		1);
	peer_release(&p);
	arena_free(&a);
}

/* --- sealed states --- */

static struct str caller = { "acc_ada", 7 };
static struct str who(const struct call *c)
{
	(void)c;
	return caller;
}

static void seals(void)
{
	static const struct mcp_server server = { .caller = who };
	struct arena *a = arena_new(0);
	struct call call = { .arena = a };
	struct flow flow = { .call = &call };
	struct mcp_call m = { .server = &server, .flow = &flow, .tool = STR("t") };
	struct str text;
	clock_fake(1000, 1000);
	m.msg.method = STR("tools/call");
	struct str sealed = seal_make(&m, STR("kept"));
	CHECK_TRUE(seal_open(&m, sealed, &text) && str_eq(text, STR("kept")));
	struct str empty = seal_make(&m, STR(""));
	CHECK_TRUE(seal_open(&m, empty, &text) && text.p && text.n == 0);
	for (size_t i = 0; i < sealed.n; i++) {
		char *bent = arena_text(a, sealed);
		bent[i] ^= 1;
		if (seal_open(&m, str_of(bent), &text))
			test_fail(__FILE__, __LINE__, "taken though byte %zu is bent", i);
		CHECK_TRUE(!seal_open(&m, (struct str) { sealed.p, i }, &text));
	}
	caller = eve;
	CHECK_TRUE(!seal_open(&m, sealed, &text));
	caller = ada;
	m.tool = STR("u");
	CHECK_TRUE(!seal_open(&m, sealed, &text));
	m.tool = STR("t");
	clock_fake(999 + SEAL_MS, 1000);
	CHECK_TRUE(seal_open(&m, sealed, &text));
	clock_fake(1000 + SEAL_MS, 1000);
	CHECK_TRUE(!seal_open(&m, sealed, &text));
	clock_fake(-1, -1);
	arena_free(&a);
}

TEST_MAIN(TEST(bound_to_the_caller), TEST(idle_ones_end),
	TEST(one_caller_leaves_room_for_others), TEST(streams), TEST(streams_are_bounded),
	TEST(event_ids), TEST(uris), TEST(questions), TEST(seals))
