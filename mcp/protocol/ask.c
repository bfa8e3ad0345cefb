/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/protocol/ask.h"
#include "base/clock.h"
#include "mcp/protocol/method.h"
#include "mcp/protocol/peer.h"
#include "mcp/protocol/result.h"
#include "mcp/protocol/seal.h"
#include "mcp/protocol/turn.h"

static const struct {
	const char *method, *needs, *declared, *what;
} kinds[] = {
	[MCP_ASK_FORM] = { "elicitation/create", "elicitation.form", "{\"elicitation\":{}}",
		"This asks the user (elicitation)" },
	[MCP_ASK_URL] = { "elicitation/create", "elicitation.url",
		"{\"elicitation\":{\"url\":{}}}",
		"This sends the user to a URL (elicitation)" },
	[MCP_ASK_SAMPLING] = { "sampling/createMessage", "sampling", "{\"sampling\":{}}",
		"This asks the client's model (sampling)" },
	[MCP_ASK_ROOTS] = { "roots/list", "roots", "{\"roots\":{}}",
		"This asks for the client's roots" },
};

const json_t *mcp_answer(const struct mcp_call *m, const char *key)
{
	const json_t *answer = json_object_get(m->answers, key);
	return json_is_object(answer) ? answer : NULL;
}

void mcp_ask(struct mcp_call *m, const char *key, enum mcp_ask_kind kind, struct str params)
{
	struct ask **end = &m->asks, *a = ARENA_NEW(m->flow->call->arena, struct ask);
	while (*end)
		end = &(*end)->next;
	*a = (struct ask) { .key = key, .kind = (int)kind, .params = params };
	*end = a;
}

static void put_request(struct buf *b, const struct ask *a)
{
	json_key(b, "method");
	json_put_text(b, kinds[a->kind].method);
	json_key(b, "params");
	buf_add_str(b, a->params);
}

/* The modern way: the call ends with its questions. */
static enum flow_next hand_back(struct mcp_call *m, struct str kept)
{
	struct buf *b = result_open(m, "input_required");
	m->partial = true;
	json_key(b, "inputRequests");
	buf_char(b, '{');
	for (const struct ask *a = m->asks; a; a = a->next) {
		json_key(b, a->key);
		buf_char(b, '{');
		put_request(b, a);
		buf_char(b, '}');
	}
	buf_char(b, '}');
	if (kept.p) {
		json_key(b, "requestState");
		json_put_str(b, seal_make(m, kept));
	}
	return FLOW_NEXT;
}

/* --- the legacy way: requests on the call's own stream --- */

struct waiting {
	struct mcp_call *m;
	struct lane_stay stay;
	int64_t until_ms;
};

static void send(struct mcp_call *m, struct ask *a)
{
	char id[ASK_ID_SIZE];
	struct buf b;
	peer_ask(m->turn->peer, a);
	buf_init(&b, 0);
	buf_text(&b, "{\"jsonrpc\":\"2.0\",\"id\":");
	json_put_text(&b, peer_ask_id(a, id));
	put_request(&b, a);
	buf_char(&b, '}');
	m->turn->notify(m->turn, buf_str(&b));
	buf_release(&b);
}

static enum flow_next step_wait(struct flow *f)
{
	struct waiting *w = flow_self(f);
	struct mcp_call *m = w->m;
	if (peer_answered(m->turn->peer, m->asks))
		return FLOW_NEXT;
	return lane_sleep(m->server->lane, &w->stay, f, mono_ms() + ASK_LOOK_MS);
}

static enum flow_next step_look(struct flow *f)
{
	struct waiting *w = flow_self(f);
	if (peer_answered(w->m->turn->peer, w->m->asks))
		return FLOW_NEXT;
	if (flow_cancelled(f))
		return flow_fail(f, ERR_CANCELLED, "cancelled");
	if (mono_ms() >= w->until_ms)
		return flow_fail(f, ERR_TIMEOUT, "the client did not answer in %d minutes",
			ASK_MS / 60000);
	return flow_again(f);
}

/* The answers as inputResponses would have them. */
static void take(struct mcp_call *m)
{
	struct arena *a = m->flow->call->arena;
	json_t *answers = json_own(a, json_object());
	peer_close(m->turn->peer, m->asks, a);
	for (const struct ask *q = m->asks; q; q = q->next) {
		json_t *result = json_object_get(q->answer, "result");
		if (result)
			json_object_set(answers, q->key, result);
	}
	m->answers = answers;
}

static enum flow_next step_take(struct flow *f)
{
	struct waiting *w = flow_self(f);
	take(w->m);
	return FLOW_NEXT;
}

/* A question that was answered with an error. */
static const struct ask *refused(const struct mcp_call *m)
{
	for (const struct ask *q = m->asks; q; q = q->next)
		if (!json_object_get(q->answer, "result"))
			return q;
	return NULL;
}

static enum flow_next step_rerun(struct flow *f)
{
	struct waiting *w = flow_self(f);
	struct mcp_call *m = w->m;
	const struct ask *no = refused(m);
	m->asks = NULL;
	if (no) {
		struct str why = json_str(
			json_object_get(json_object_get(no->answer, "error"), "message"));
		why = str_head(why.p ? why : STR("no reason given"), 120);
		return flow_fail(f, ERR_INVALID_REQUEST, "the client refused %s: %.*s",
			kinds[no->kind].method, STR_ARG(why));
	}
	m->rerun = true;
	m->again = false;
	enum flow_next next = m->method->begin(m);
	m->rerun = false;
	w->until_ms = mono_ms() + ASK_MS;
	return m->again ? flow_again(f) : next;
}

static const struct flow_step ask_steps[] = {
	{ "wait", step_wait },
	{ "look", step_look },
	{ "take", step_take, .always = true },
	{ "rerun", step_rerun },
	{ 0 },
};

static enum flow_next ask_now(struct mcp_call *m, struct str kept)
{
	struct rpc_fault f;
	if (!m->turn->peer || !m->turn->notify || !m->server->lane) {
		rpc_fault(&f, RPC_REQUEST, 0,
			"this asks the client back, which needs a session and an event stream");
		return mcp_fail(m, &f);
	}
	if (++m->rounds > ASK_ROUNDS) {
		rpc_fault(&f, RPC_INTERNAL, 0, "too many questions");
		return mcp_fail(m, &f);
	}
	m->kept =
		kept.p ? (struct str) { arena_text(m->flow->call->arena, kept), kept.n } : kept;
	for (struct ask *a = m->asks; a; a = a->next)
		send(m, a);
	if (m->rerun) {
		m->again = true;
		return FLOW_NEXT;
	}
	struct waiting *w = ARENA_NEW(m->flow->call->arena, struct waiting);
	*w = (struct waiting) { .m = m, .until_ms = mono_ms() + ASK_MS };
	return flow_enter(m->flow, ask_steps, w);
}

enum flow_next mcp_asked(struct mcp_call *m, struct str kept)
{
	for (const struct ask *a = m->asks; a; a = a->next)
		if (!mcp_can(m, kinds[a->kind].needs))
			return mcp_lacks(m, kinds[a->kind].what, kinds[a->kind].declared);
	return mcp_modern(m->revision) ? hand_back(m, kept) : ask_now(m, kept);
}
