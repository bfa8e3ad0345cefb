/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One session and what a client sends in it, message after message, through the whole dispatcher.
 * Input: lines. "<" and an id: comes back for the events after it. "!": something has changed.
 * Anything else is a body, legacy or modern. Whatever comes out must be one JSON value, or nothing,
 * and what the session keeps stays within its bounds.
 */
#include "base/check.h"
#include "mcp/protocol/ask.h"
#include "mcp/protocol/session_in.h"
#include "protocol/fixture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct str no_list(enum mcp_revision r)
{
	(void)r;
	return STR("[]");
}

static enum flow_next asking(struct mcp_call *m)
{
	const json_t *name = mcp_answer(m, "name");
	if (name)
		put_content(m, json_str(json_object_get(name, "name")));
	else
		mcp_ask(m, "name", MCP_ASK_FORM, STR("{}"));
	return name ? FLOW_NEXT : mcp_asked(m, STR("kept"));
}

static enum flow_next read_one(struct mcp_call *m)
{
	if (!str_starts(m->uri, STR("test:")))
		return mcp_no_resource(m);
	struct buf *b = mcp_result(m);
	json_key(b, "contents");
	mcp_put_contents(b, m->uri, "text/plain", m->uri);
	return FLOW_NEXT;
}

static enum flow_next nothing(struct mcp_call *m)
{
	mcp_result(m);
	return FLOW_NEXT;
}

static bool may_watch(struct mcp_call *m)
{
	return str_starts(m->uri, STR("test:"));
}

static bool may(struct mcp_listen *l, enum mcp_change change, struct str name)
{
	(void)l;
	return change == MCP_TASK_CHANGED || name.n > 3;
}

static enum flow_next no_wait(struct mcp_listen *l, struct flow *f)
{
	(void)l;
	(void)f;
	return FLOW_NEXT;
}

static bool tell_once(struct mcp_listen *l)
{
	for (size_t i = 0; i < l->n_tasks; i++) {
		struct buf b;
		buf_init(&b, 0);
		mcp_put_task(&b, &(struct mcp_task) { .id = l->tasks[i], .ttl_ms = -1 });
		mcp_tell(l, MCP_TASK_CHANGED, buf_str(&b));
		buf_release(&b);
	}
	return false;
}

static const struct mcp_mirror mirrors[] = { { "echo", "text", "Text" }, { 0 } };
static const struct mcp_tools tools = { fixture_list, fixture_call, fixture_end, mirrors };
static const struct mcp_resources resources = {
	.list = { nothing, NULL },
	.read = { read_one, NULL },
	.may_watch = may_watch,
};
static const struct mcp_prompts prompts = { no_list, { asking, NULL } };
static const struct mcp_work complete_it = { nothing, NULL };
static const struct mcp_tasks tasks = { { nothing, NULL }, { nothing, NULL },
	{ nothing, NULL } };
static const struct mcp_listening listening = {
	.changes = 31,
	.may = may,
	.wait = no_wait,
	.tell = tell_once,
};
static const struct mcp_server server = {
	.name = "fuzz",
	.version = "1",
	.tools = &tools,
	.resources = &resources,
	.prompts = &prompts,
	.complete = &complete_it,
	.tasks = &tasks,
	.listening = &listening,
	.logging = true,
};

static void check_json(struct str text)
{
	json_error_t why;
	if (text.n == 0)
		return;
	json_t *j = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, &why);
	CHECK(j);
	json_decref(j);
}

/* A message in the session; its notifications and its answer become events of a stream. */
static void say(struct session *s, struct desks *desks, struct str body)
{
	struct told t = { .arena = arena_new(0) };
	struct str note;
	buf_init(&t.out, 0);
	buf_init(&t.notes, 0);
	t.call = (struct call) { .arena = t.arena, .request_id = "fuzz" };
	t.turn = (struct turn) {
		.server = &server,
		.flow = &t.flow,
		.arena = t.arena,
		.fallback = peer_revision(&s->peer),
		.out = &t.out,
		.notify = told_note,
		.transport = &t,
		.peer = &s->peer,
		.session = s,
	};
	if (turn_read(&t.turn, body)) {
		flow_init(&t.flow, &t.call, t.turn.steps, &t.turn, NULL);
		flow_run(desks, &t.flow);
	}
	for (struct str notes = buf_str(&t.notes); str_cut(&notes, '\n', &note);)
		check_json(note);
	struct str out = buf_str(&t.out), answer; /* a closed stream says so in one more line */
	while (str_cut(&out, '\n', &answer))
		check_json(answer);
	struct stream *to = stream_open(s);
	if (to) {
		stream_add(s, to, buf_str(&t.out), -1);
		stream_through(s, to);
		stream_leave(s, to, t.out.len % 2);
	}
	told_free(&t);
}

static void come_back(struct session *s, struct str id)
{
	int64_t at;
	struct buf b;
	struct stream *t = stream_back(s, id, &at);
	if (!t)
		return;
	buf_init(&b, 0);
	CHECK(events_after(&t->log, at, &b) == t->log.last);
	CHECK(b.len == 0 || str_ends(buf_str(&b), STR("\n\n")));
	buf_release(&b);
	stream_leave(s, t, true);
}

static void check_bounds(const struct session *s)
{
	int n = 0;
	for (const struct stream *t = s->streams; t; t = t->next, n++)
		CHECK(t->log.kept <= SESSION_EVENTS && t->readers == 0);
	CHECK(n == s->n_streams && n <= SESSION_STREAMS);
	CHECK(s->n_uris <= SESSION_URIS && s->own.log.kept <= SESSION_EVENTS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct desks *desks;
	struct str input = { (const char *)data, size }, line;
	struct ask question = { .key = "name" };
	if (!desks) {
		mem_init();
		desks = desks_start(1, 10, NULL, NULL, NULL);
	}
	struct mcp_sessions *all = mcp_sessions_new();
	struct session *s = session_new(all, STR("acc"));
	struct arena *a = arena_new(0);
	peer_ask(&s->peer, &question);
	while (str_cut(&input, '\n', &line)) {
		if (str_starts(line, STR("<")))
			come_back(s, (struct str) { line.p + 1, line.n - 1 });
		else if (str_starts(line, STR("!")))
			mcp_sessions_tell(all, MCP_RESOURCE_UPDATED,
				(struct str) { line.p + 1, line.n - 1 });
		else
			say(s, desks, line);
		check_bounds(s);
	}
	peer_close(&s->peer, &question, a);
	arena_free(&a);
	session_put(s);
	mcp_sessions_free(&all);
	return 0;
}
