/* SPDX-License-Identifier: Apache-2.0 */
/* Open streams: how many there may be, and that each gives its place back. */
#include "base/clock.h"
#include "base/lane.h"
#include "lib/test.h"
#include "mcp/protocol/part.h"
#include "protocol/fixture.h"

#include <pthread.h>
#include <stdio.h>

static struct lane *lane;
static atomic_int waiting, closed;

static struct str who(const struct call *c)
{
	return str_of(c->peer);
}

static bool may(struct mcp_listen *l, enum mcp_change change, struct str name)
{
	return l && change && name.n;
}

static enum flow_next wait_for(struct mcp_listen *l, struct flow *f)
{
	struct lane_stay *stay = ARENA_NEW(f->call->arena, struct lane_stay);
	(void)l;
	atomic_fetch_add(&waiting, 1);
	return lane_sleep(lane, stay, f, mono_ms() + HOUR_MS);
}

static bool tell_it(struct mcp_listen *l)
{
	return l != NULL;
}

static void close_it(struct mcp_listen *l)
{
	(void)l;
	atomic_fetch_add(&closed, 1);
}

static const struct mcp_listening listening = {
	.changes = MCP_RESOURCE_UPDATED,
	.may = may,
	.wait = wait_for,
	.tell = tell_it,
	.close = close_it,
};
static const struct mcp_server server = {
	.name = "listen",
	.version = "1",
	.listening = &listening,
	.caller = who,
};

/* A stream of its own thread: what was answered at its end. */
struct stream {
	struct told told;
	struct desks *desks;
	pthread_t thread;
	const char *caller;
	atomic_bool through;
};

static void *run(void *arg)
{
	static const char body[] =
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"subscriptions/listen\",\"params\":{"
		"\"notifications\":{\"resourceSubscriptions\":[\"x\"]},\"_meta\":{\"io."
		"modelcontextprotocol/protocolVersion\":\"2026-07-28\",\"io."
		"modelcontextprotocol/clientCapabilities\":{}}}}";
	struct stream *s = arg;
	struct told *t = &s->told;
	*t = (struct told) { .arena = arena_new(0) };
	buf_init(&t->out, 0);
	buf_init(&t->notes, 0);
	t->call = (struct call) { .arena = t->arena, .request_id = "test", .peer = s->caller };
	t->turn = (struct turn) {
		.server = &server,
		.flow = &t->flow,
		.arena = t->arena,
		.out = &t->out,
		.notify = told_note,
		.transport = t,
	};
	if (turn_read(&t->turn, str_of(body))) {
		flow_init(&t->flow, &t->call, t->turn.steps, &t->turn, NULL);
		flow_run(s->desks, &t->flow);
	}
	atomic_store(&s->through, true);
	return NULL;
}

static void begin(struct stream *s, struct desks *d, const char *caller)
{
	int before = atomic_load(&waiting);
	s->desks = d;
	s->caller = caller;
	pthread_create(&s->thread, NULL, run, s);
	while (atomic_load(&waiting) == before && !atomic_load(&s->through))
		sched_yield();
}

static struct str finish(struct stream *s)
{
	atomic_store(&s->told.call.cancelled, true);
	pthread_join(s->thread, NULL);
	return buf_str(&s->told.out);
}

static void so_many_of_one_caller(void)
{
	static struct stream open[MCP_LISTENS_EACH], more, other, again;
	struct desks *d = desks_start(1, 2 * MCP_LISTENS_EACH, NULL, NULL, NULL);
	lane = lane_open(1);
	for (int i = 0; i < MCP_LISTENS_EACH; i++)
		begin(&open[i], d, "ada");
	CHECK_INT(atomic_load(&waiting), MCP_LISTENS_EACH);
	begin(&more, d, "ada");
	CHECK_TRUE(str_has(finish(&more), STR("too many open streams")));
	CHECK_INT(more.told.notes.len, 0);
	begin(&other, d, "eve");
	CHECK_TRUE(str_has(finish(&other), STR("\"resultType\":\"complete\"")));
	CHECK_TRUE(str_has(finish(&open[0]), STR("subscriptionId\":1")));
	begin(&again, d, "ada");
	CHECK_TRUE(str_has(finish(&again), STR("\"resultType\":\"complete\"")));
	for (int i = 1; i < MCP_LISTENS_EACH; i++)
		finish(&open[i]);
	CHECK_INT(atomic_load(&closed), MCP_LISTENS_EACH + 2);
	for (int i = 0; i < MCP_LISTENS_EACH; i++)
		told_free(&open[i].told);
	told_free(&more.told);
	told_free(&other.told);
	told_free(&again.told);
	lane_close(&lane);
	desks_stop(&d);
}

static void none_after_the_end(void)
{
	static struct stream late;
	struct desks *d = desks_start(1, 10, NULL, NULL, NULL);
	int before = atomic_load(&waiting);
	mcp_listen_close();
	begin(&late, d, "ada");
	CHECK_TRUE(str_has(finish(&late), STR("\"resultType\":\"complete\"")));
	CHECK_INT(atomic_load(&waiting), before);
	told_free(&late.told);
	desks_stop(&d);
}

TEST_MAIN(TEST(so_many_of_one_caller), TEST(none_after_the_end))
