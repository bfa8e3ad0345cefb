/* SPDX-License-Identifier: Apache-2.0 */
/* subscriptions/listen (2026-07-28 basic/patterns/subscriptions): one open stream is one flow that
 * waits and tells in turn. */
#include "mcp/protocol/capability.h"
#include "mcp/protocol/meta.h"
#include "mcp/protocol/method.h"
#include "mcp/protocol/turn.h"

#include <pthread.h>

static const struct {
	enum mcp_change change;
	const char *filter, *method;
} rows[] = {
	{ MCP_TOOLS_CHANGED, "toolsListChanged", "notifications/tools/list_changed" },
	{ MCP_PROMPTS_CHANGED, "promptsListChanged", "notifications/prompts/list_changed" },
	{ MCP_RESOURCES_CHANGED, "resourcesListChanged",
		"notifications/resources/list_changed" },
	{ MCP_RESOURCE_UPDATED, "resourceSubscriptions", "notifications/resources/updated" },
	{ MCP_TASK_CHANGED, "taskIds", "notifications/tasks" },
};
enum { ROWS = sizeof rows / sizeof rows[0] };

/* An open stream, in the list of all. */
struct open {
	struct mcp_listen listen;
	struct str caller;
	struct open *next, **link; /* link NULL: not in the list */
};
static struct {
	pthread_mutex_t lock;
	struct open *first;
	int count;
} all = { .lock = PTHREAD_MUTEX_INITIALIZER };
static atomic_bool closing;

void mcp_listen_close(void)
{
	atomic_store(&closing, true);
}

const char *mcp_change_method(enum mcp_change change)
{
	size_t i = 0;
	while (rows[i].change != change)
		i++;
	return rows[i].method;
}

static bool enter(struct open *o)
{
	int own = 0;
	pthread_mutex_lock(&all.lock);
	for (const struct open *p = all.first; p; p = p->next)
		own += str_eq(p->caller, o->caller);
	bool room = all.count < MCP_LISTENS && (!o->caller.n || own < MCP_LISTENS_EACH);
	if (room) {
		all.count++;
		o->next = all.first;
		o->link = &all.first;
		if (o->next)
			o->next->link = &o->next;
		all.first = o;
	}
	pthread_mutex_unlock(&all.lock);
	return room;
}

static void leave(struct open *o)
{
	pthread_mutex_lock(&all.lock);
	all.count--;
	*o->link = o->next;
	if (o->next)
		o->next->link = o->link;
	pthread_mutex_unlock(&all.lock);
}

bool has_listening(const struct mcp_call *m)
{
	return m->server->listening;
}

/* The names of one row that this caller may hear of. false: *what is wrong with it. */
static bool take_names(struct mcp_listen *l, enum mcp_change change, const json_t *list,
	struct str **names, size_t *n, const char **what)
{
	struct arena *a = l->m->flow->call->arena;
	size_t count = json_array_size(list);
	*what = "the lists of params.notifications have at most 256 strings";
	if (!json_is_array(list) || count > MCP_LISTEN_NAMES)
		return false;
	*names = ARENA_ARRAY(a, struct str, count + 1);
	for (size_t i = 0; i < count; i++) {
		struct str name = json_str(json_array_get(list, i));
		if (!name.p)
			return false;
		if (l->m->server->listening->may(l, change, name))
			(*names)[(*n)++] = name;
	}
	if (*n)
		l->changes |= change;
	return true;
}

static bool take_row(struct mcp_listen *l, size_t i, const json_t *value, const char **what)
{
	enum mcp_change change = rows[i].change;
	if (!(l->m->server->listening->changes & change))
		return true;
	if (change == MCP_RESOURCE_UPDATED)
		return take_names(l, change, value, &l->uris, &l->n_uris, what);
	if (change == MCP_TASK_CHANGED)
		return take_names(l, change, value, &l->tasks, &l->n_tasks, what);
	*what = "the switches of params.notifications are booleans";
	if (json_is_true(value))
		l->changes |= change;
	return json_is_boolean(value);
}

/* false: answered. */
static bool take_filter(struct mcp_listen *l)
{
	struct mcp_call *m = l->m;
	const json_t *filter = json_object_get(m->msg.params, "notifications");
	const char *what = "params.notifications must be an object";
	bool ok = json_is_object(filter);
	if (json_object_get(filter, "taskIds") && !mcp_may_task(m)) {
		mcp_needs_tasks(m);
		return false;
	}
	for (size_t i = 0; i < ROWS && ok; i++) {
		const json_t *value = json_object_get(filter, rows[i].filter);
		ok = !value || take_row(l, i, value, &what);
	}
	if (!ok)
		mcp_bad_params(m, what);
	return ok;
}

static void put_names(struct buf *b, const struct str *names, size_t n)
{
	buf_char(b, '[');
	for (size_t i = 0; i < n; i++) {
		json_comma(b);
		json_put_str(b, names[i]);
	}
	buf_char(b, ']');
}

static void put_honoured(const struct mcp_listen *l, struct buf *b)
{
	json_key(b, "notifications");
	buf_char(b, '{');
	for (size_t i = 0; i < ROWS; i++) {
		if (!(l->changes & rows[i].change))
			continue;
		json_key(b, rows[i].filter);
		if (rows[i].change == MCP_RESOURCE_UPDATED)
			put_names(b, l->uris, l->n_uris);
		else if (rows[i].change == MCP_TASK_CHANGED)
			put_names(b, l->tasks, l->n_tasks);
		else
			buf_text(b, "true");
	}
	buf_char(b, '}');
}

/* members: of params. */
static bool notify(struct mcp_listen *l, const char *method, struct str members)
{
	struct turn *t = l->m->turn;
	struct buf b;
	buf_init(&b, 0);
	buf_text(&b, "{\"jsonrpc\":\"2.0\",\"method\":");
	json_put_text(&b, method);
	buf_text(&b, ",\"params\":{");
	buf_add_str(&b, members);
	json_key(&b, "_meta");
	buf_text(&b, "{\"" META_PREFIX "subscriptionId\":");
	json_put_value(&b, l->m->msg.id);
	buf_text(&b, "}}}");
	bool sent = !b.full && t->notify(t, buf_str(&b));
	buf_release(&b);
	return sent;
}

bool mcp_tell(struct mcp_listen *l, enum mcp_change change, struct str members)
{
	return notify(l, mcp_change_method(change), members);
}

static bool acknowledge(struct mcp_listen *l)
{
	struct buf b;
	buf_init(&b, 0);
	put_honoured(l, &b);
	bool sent = notify(l, "notifications/subscriptions/acknowledged", buf_str(&b));
	buf_release(&b);
	return sent;
}

static bool over(struct flow *f)
{
	return atomic_load(&closing) || flow_cancelled(f);
}

static enum flow_next step_wait(struct flow *f)
{
	struct open *o = flow_self(f);
	if (over(f))
		return FLOW_DONE;
	return o->listen.m->server->listening->wait(&o->listen, f);
}

static enum flow_next step_tell(struct flow *f)
{
	struct open *o = flow_self(f);
	if (over(f) || !o->listen.m->server->listening->tell(&o->listen))
		return FLOW_NEXT;
	return flow_again(f);
}

static const struct flow_step listen_steps[] = {
	{ "wait", step_wait },
	{ "tell", step_tell },
	{ 0 },
};

/* Everything is in order but for the room. */
static enum flow_next start(struct mcp_call *m, struct open *o)
{
	const struct mcp_listening *listening = m->server->listening;
	struct rpc_fault f;
	if (!enter(o)) {
		rpc_fault(&f, RPC_INTERNAL, 0,
			"too many open streams: close one, or try again later");
		return mcp_fail(m, &f);
	}
	m->state = o;
	m->listens = true;
	if (listening->open)
		listening->open(&o->listen);
	if (!acknowledge(&o->listen))
		return FLOW_NEXT;
	return flow_enter(m->flow, listen_steps, o);
}

enum flow_next listen_begin(struct mcp_call *m)
{
	struct open *o = ARENA_NEW(m->flow->call->arena, struct open);
	struct rpc_fault f;
	const struct mcp_server *s = m->server;
	o->listen.m = m;
	o->caller = s->caller ? s->caller(m->flow->call) : STR("");
	if (!m->turn->notify) {
		rpc_fault(&f, RPC_REQUEST, 406,
			"this answers with an event stream: Accept must admit it");
		return mcp_fail(m, &f);
	}
	return take_filter(&o->listen) ? start(m, o) : FLOW_NEXT;
}

void listen_end(struct mcp_call *m)
{
	struct open *o = m->state;
	if (m->server->listening->close)
		m->server->listening->close(&o->listen);
	leave(o);
	m->flow->err.code = ERR_NONE;
	mcp_result(m);
}
