/* SPDX-License-Identifier: Apache-2.0 */
/* The table of sessions: newest first, so that the end of the list has been idle for the longest. */
#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "mcp/protocol/session_in.h"

struct mcp_sessions {
	pthread_mutex_t lock;
	struct map *by_id;
	struct session *newest, *oldest;
};

struct mcp_sessions *mcp_sessions_new(void)
{
	struct mcp_sessions *all = MEM_NEW(struct mcp_sessions);
	pthread_mutex_init(&all->lock, NULL);
	all->by_id = map_new(SESSION_MAX + 1);
	return all;
}

static void unlink_it(struct session *s)
{
	struct mcp_sessions *all = s->all;
	*(s->newer ? &s->newer->older : &all->newest) = s->older;
	*(s->older ? &s->older->newer : &all->oldest) = s->newer;
	s->newer = s->older = NULL;
}

static void link_newest(struct session *s)
{
	struct mcp_sessions *all = s->all;
	s->older = all->newest;
	*(s->older ? &s->older->newer : &all->oldest) = s;
	all->newest = s;
	s->used_ms = mono_ms();
}

static void destroy(struct session *s)
{
	events_release(&s->own.log);
	while (s->streams) {
		struct stream *t = s->streams;
		s->streams = t->next;
		events_release(&t->log);
		mem_free(t);
	}
	for (int i = 0; i < s->n_uris; i++)
		mem_free(s->uris[i]);
	peer_release(&s->peer);
	pthread_mutex_destroy(&s->lock);
	mem_free(s->caller);
	mem_free(s);
}

void session_put(void *session)
{
	struct session *s = session;
	struct mcp_sessions *all = s->all;
	pthread_mutex_lock(&all->lock);
	bool last = --s->refs == 0;
	pthread_mutex_unlock(&all->lock);
	if (last)
		destroy(s);
}

/* Takes it off the table, with the lock held; false: it was off. The table's reference is then the
 * caller's to give back. */
static bool take_off(struct session *s)
{
	if (map_get(s->all->by_id, str_of(s->id)) != s)
		return false;
	map_remove(s->all->by_id, str_of(s->id));
	unlink_it(s);
	return true;
}

static void close_it(struct session *s)
{
	pthread_mutex_lock(&s->lock);
	s->ended = true;
	pthread_mutex_unlock(&s->lock);
	session_cancel(s, NULL);
	session_put(s);
}

void session_end(struct session *s)
{
	pthread_mutex_lock(&s->all->lock);
	bool on = take_off(s);
	pthread_mutex_unlock(&s->all->lock);
	if (on)
		close_it(s);
}

/* The session that has to go for a new one of this caller, or that was idle for too long; NULL:
 * none. */
static struct session *in_the_way(struct mcp_sessions *all, struct str caller)
{
	struct session *own = NULL;
	int count = 0;
	if (!all->oldest)
		return NULL;
	if (map_count(all->by_id) >= SESSION_MAX ||
		all->oldest->used_ms + SESSION_IDLE_MS < mono_ms())
		return all->oldest;
	for (struct session *s = all->oldest; caller.n && s; s = s->newer) {
		if (!str_eq(str_of(s->caller), caller))
			continue;
		own = own ? own : s;
		count++;
	}
	return count >= SESSION_EACH ? own : NULL;
}

static void make_room(struct mcp_sessions *all, struct str caller)
{
	for (;;) {
		pthread_mutex_lock(&all->lock);
		struct session *s = in_the_way(all, caller);
		bool on = s && take_off(s);
		pthread_mutex_unlock(&all->lock);
		if (!on)
			return;
		close_it(s);
	}
}

static char *copy(struct str s)
{
	char *text = mem_new(s.n + 1);
	if (s.n)
		memcpy(text, s.p, s.n);
	return text;
}

struct session *session_new(struct mcp_sessions *all, struct str caller)
{
	struct session *s = MEM_NEW(struct session);
	make_room(all, caller);
	ident_new("mcp", s->id);
	s->caller = copy(caller);
	s->all = all;
	s->refs = 2; /* the table's and the caller's */
	peer_init(&s->peer);
	pthread_mutex_init(&s->lock, NULL);
	events_init(&s->own.log, 0);
	pthread_mutex_lock(&all->lock);
	map_put(all->by_id, str_of(s->id), s);
	link_newest(s);
	pthread_mutex_unlock(&all->lock);
	return s;
}

struct session *mcp_session_find(struct mcp_sessions *all, struct str id, struct str caller)
{
	pthread_mutex_lock(&all->lock);
	struct session *s = map_get(all->by_id, id);
	if (s && (!str_eq(str_of(s->caller), caller) ||
			 s->used_ms + SESSION_IDLE_MS < mono_ms()))
		s = NULL;
	if (s) {
		s->refs++;
		unlink_it(s);
		link_newest(s);
	}
	pthread_mutex_unlock(&all->lock);
	return s;
}

void mcp_sessions_free(struct mcp_sessions **all)
{
	struct mcp_sessions *a = *all;
	if (!a)
		return;
	while (a->oldest)
		session_end(a->oldest);
	map_free(&a->by_id, NULL);
	pthread_mutex_destroy(&a->lock);
	mem_free(a);
	*all = NULL;
}

/* --- what a session watches --- */

static int find_uri(const struct session *s, struct str uri)
{
	for (int i = 0; i < s->n_uris; i++)
		if (str_eq(str_of(s->uris[i]), uri))
			return i;
	return -1;
}

bool session_watch(struct session *s, struct str uri)
{
	pthread_mutex_lock(&s->lock);
	bool there = find_uri(s, uri) >= 0, room = s->n_uris < SESSION_URIS;
	if (!there && room)
		s->uris[s->n_uris++] = copy(uri);
	pthread_mutex_unlock(&s->lock);
	return there || room;
}

void session_unwatch(struct session *s, struct str uri)
{
	pthread_mutex_lock(&s->lock);
	int i = find_uri(s, uri);
	if (i >= 0) {
		mem_free(s->uris[i]);
		s->uris[i] = s->uris[--s->n_uris];
	}
	pthread_mutex_unlock(&s->lock);
}

static void tell(struct session *s, enum mcp_change change, struct str uri, struct str message)
{
	pthread_mutex_lock(&s->lock);
	if (change != MCP_RESOURCE_UPDATED || find_uri(s, uri) >= 0)
		events_add(&s->own.log, message, -1, SESSION_EVENTS);
	pthread_mutex_unlock(&s->lock);
}

void mcp_sessions_tell(struct mcp_sessions *all, enum mcp_change change, struct str uri)
{
	struct buf b;
	buf_init(&b, 0);
	buf_text(&b, "{\"jsonrpc\":\"2.0\",\"method\":");
	json_put_text(&b, mcp_change_method(change));
	if (change == MCP_RESOURCE_UPDATED) {
		buf_text(&b, ",\"params\":{\"uri\":");
		json_put_str(&b, uri);
		buf_char(&b, '}');
	}
	buf_char(&b, '}');
	pthread_mutex_lock(&all->lock);
	for (struct session *s = all->newest; s; s = s->older)
		tell(s, change, uri, buf_str(&b));
	pthread_mutex_unlock(&all->lock);
	buf_release(&b);
}
