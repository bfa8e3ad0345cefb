/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Listening to jobs: as tasks, and as resources. The owner is looked at again at each look, and the
 * caller's credential every few seconds, so who loses the one or the other hears no more. A job that
 * changes all the time is told of twice a second.
 */
#include "auth/bearer.h"
#include "base/clock.h"
#include "job/watch.h"
#include "mcp/protocol/endpoint.h"
#include "mcp/task.h"

/* A stream ends after its life: its arena grows a little with each check of the credential, and a
 * proof of possession (DPoP) can be checked but once. */
enum { LOOK_MS = 1000, PAUSE_MS = 500, CREDENTIAL_MS = 5000, LIFE_MS = 60 * 60 * 1000 };

struct heard { /* what was last told of a job */
	struct str name; /* of the task or the resource */
	const char *id;
	enum mcp_change change;
	int64_t number; /* of its changes (job/watch.h) when it was looked at; -1: never */
	int64_t ended, state;
	bool over; /* it has ended, or is gone: nothing more comes */
};
struct ears {
	struct heard *jobs;
	size_t count;
	int64_t told_ms; /* mono_ms; 0: nothing yet */
	int64_t began_ms, asked_ms; /* the stream; the caller's credential */
};

static bool id_of(enum mcp_change change, struct str name, struct arena *a, const char **id)
{
	int64_t index;
	if (change != MCP_TASK_CHANGED)
		return job_uri_read(name, a, id, &index) && index < 0;
	*id = arena_text(a, name);
	return true;
}

/* May this caller see the job, now? */
static bool look(struct mcp_listen *l, const char *id, struct arena *a, struct job_row *row,
	struct err *e)
{
	const struct principal *who = l->m->flow->call->who;
	if (!op_jobs())
		return err_set(e, ERR_NOT_FOUND, "there are no jobs here");
	return principal_may(who, SCOPE(JOBS_READ), e) &&
	       job_get(op_jobs(), id, who->account_id, a, row, e);
}

static bool may(struct mcp_listen *l, enum mcp_change change, struct str name)
{
	struct arena *a = arena_new(0);
	const char *id;
	struct job_row row;
	struct err e;
	bool ok = id_of(change, name, a, &id) && look(l, id, a, &row, &e);
	arena_free(&a);
	return ok;
}

/* The present state of a task is told first; of a resource only what comes. */
static void know(struct mcp_listen *l, struct heard *h)
{
	struct arena *a = arena_new(0);
	struct job_row row;
	struct err e;
	int64_t number = watch_number(op_jobs(), h->id);
	if (look(l, h->id, a, &row, &e)) {
		h->number = number;
		h->ended = row.ended;
		h->state = row.state;
		h->over = job_is_final((enum job_state)row.state);
	}
	arena_free(&a);
}

static void hear(
	struct mcp_listen *l, enum mcp_change change, const struct str *names, size_t n)
{
	struct ears *ears = l->state;
	struct arena *a = l->m->flow->call->arena;
	for (size_t i = 0; i < n; i++) {
		struct heard *h = &ears->jobs[ears->count];
		*h = (struct heard) {
			.name = names[i], .change = change, .number = -1, .ended = -1
		};
		if (!id_of(change, names[i], a, &h->id))
			continue;
		if (change == MCP_RESOURCE_UPDATED)
			know(l, h);
		ears->count++;
	}
}

static void open_ears(struct mcp_listen *l)
{
	struct arena *a = l->m->flow->call->arena;
	struct ears *ears = ARENA_NEW(a, struct ears);
	l->state = ears;
	ears->began_ms = ears->asked_ms = mono_ms();
	ears->jobs = ARENA_ARRAY(a, struct heard, l->n_tasks + l->n_uris + 1);
	hear(l, MCP_TASK_CHANGED, l->tasks, l->n_tasks);
	hear(l, MCP_RESOURCE_UPDATED, l->uris, l->n_uris);
}

/* NULL: there is nothing to ask again. */
static struct http_req *to_ask(struct mcp_listen *l)
{
	struct http_req *r = mcp_request(l->m);
	return r && !http_header(r, "DPoP").p ? r : NULL;
}

/* Woken by the first job that is not over; the others are seen within a second. "" is no job: a
 * pause. There is one after telling, and all is pause for who may hear of nothing. */
static enum flow_next wait_change(struct mcp_listen *l, struct flow *f)
{
	struct ears *ears = l->state;
	int64_t now = mono_ms(), quiet = ears->told_ms + PAUSE_MS;
	if (!op_jobs())
		return flow_fail(f, ERR_NOT_IMPLEMENTED, "this program runs no jobs");
	struct http_req *r = to_ask(l);
	if (r && now >= ears->asked_ms + CREDENTIAL_MS) {
		ears->asked_ms = now;
		return flow_enter(f, bearer_who, r); /* a refusal ends the stream */
	}
	if (ears->told_ms && now < quiet)
		return watch_wait(op_jobs(), f, "", watch_number(op_jobs(), ""), quiet);
	for (size_t i = 0; i < ears->count; i++)
		if (!ears->jobs[i].over)
			return watch_wait(op_jobs(), f, ears->jobs[i].id, ears->jobs[i].number,
				now + LOOK_MS);
	return watch_wait(op_jobs(), f, "", watch_number(op_jobs(), ""), now + LOOK_MS);
}

/* false: the client has gone. What cannot be read now is told later. */
static bool tell_of(
	struct mcp_listen *l, struct heard *h, const struct job_row *row, struct arena *a)
{
	struct buf members;
	struct err e = { 0 };
	bool ok = true, sent = true;
	buf_init(&members, 0);
	if (h->change == MCP_TASK_CHANGED) {
		ok = task_put(&members, row, l->m->revision, a, &e);
	} else {
		json_key(&members, "uri");
		json_put_str(&members, h->name);
	}
	if (ok && !members.full) {
		sent = mcp_tell(l, h->change, buf_str(&members));
		h->ended = row->ended;
		h->state = row->state;
		h->over = job_is_final((enum job_state)row->state);
	} else {
		h->number = -1;
	}
	buf_release(&members);
	return sent;
}

/* false: the client has gone. */
static bool look_at(struct mcp_listen *l, struct heard *h, struct arena *a)
{
	struct ears *ears = l->state;
	struct job_row row;
	struct err e;
	int64_t number = watch_number(op_jobs(), h->id);
	if (h->over || number == h->number)
		return true;
	h->number = number;
	if (!look(l, h->id, a, &row, &e)) {
		h->over = e.code == ERR_NOT_FOUND || e.code == ERR_SCOPE;
		h->number = -1;
		return true;
	}
	if (row.ended == h->ended && row.state == h->state)
		return true;
	ears->told_ms = mono_ms();
	return tell_of(l, h, &row, a);
}

static bool is_over(const struct ears *ears)
{
	size_t over = 0;
	for (size_t i = 0; i < ears->count; i++)
		over += ears->jobs[i].over;
	return ears->count && over == ears->count;
}

static bool tell(struct mcp_listen *l)
{
	struct ears *ears = l->state;
	bool open = mono_ms() < ears->began_ms + LIFE_MS;
	if (ears->told_ms && mono_ms() < ears->told_ms + PAUSE_MS)
		return open;
	struct arena *a = arena_new(0);
	for (size_t i = 0; i < ears->count && open; i++) {
		open = look_at(l, &ears->jobs[i], a);
		arena_reset(a);
	}
	arena_free(&a);
	return open && !is_over(ears);
}

const struct mcp_listening product_listening = {
	.changes = MCP_TASK_CHANGED | MCP_RESOURCE_UPDATED,
	.may = may,
	.open = open_ears,
	.wait = wait_change,
	.tell = tell,
};
