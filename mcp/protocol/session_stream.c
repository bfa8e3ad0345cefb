/* SPDX-License-Identifier: Apache-2.0 */
/* The streams of a session: one for each of its calls, and its own. */
#include "base/mem.h"
#include "mcp/protocol/session_in.h"

/* Lets the oldest go of those that are through and that nobody reads. false: there is none. */
static bool drop_oldest(struct session *s)
{
	struct stream **oldest = NULL;
	for (struct stream **at = &s->streams; *at; at = &(*at)->next)
		if ((*at)->log.through && (*at)->readers == 0)
			oldest = at;
	if (!oldest)
		return false;
	struct stream *t = *oldest;
	*oldest = t->next;
	s->n_streams--;
	events_release(&t->log);
	mem_free(t);
	return true;
}

static size_t bytes(const struct session *s)
{
	size_t n = 0;
	for (const struct stream *t = s->streams; t; t = t->next)
		n += t->log.bytes;
	return n;
}

struct stream *stream_open(struct session *s)
{
	struct stream *t = NULL;
	pthread_mutex_lock(&s->lock);
	while (bytes(s) > SESSION_BYTES && drop_oldest(s))
		continue;
	if (!s->ended && (s->n_streams < SESSION_STREAMS || drop_oldest(s))) {
		t = MEM_NEW(struct stream);
		events_init(&t->log, ++s->numbers);
		t->readers = 2; /* who follows it, and who writes it */
		t->next = s->streams;
		s->streams = t;
		s->n_streams++;
	}
	pthread_mutex_unlock(&s->lock);
	return t;
}

struct stream *stream_back(struct session *s, struct str last_id, int64_t *at)
{
	int64_t number;
	struct stream *t = NULL;
	if (!events_id(last_id, &number, at))
		return NULL;
	if (number == 0)
		return stream_own(s);
	pthread_mutex_lock(&s->lock);
	for (t = s->streams; t && t->log.number != number; t = t->next)
		continue;
	if (t)
		t->readers++;
	pthread_mutex_unlock(&s->lock);
	return t;
}

struct stream *stream_own(struct session *s)
{
	pthread_mutex_lock(&s->lock);
	bool free = s->own.readers == 0 && !s->ended;
	if (free)
		s->own.readers = 1;
	pthread_mutex_unlock(&s->lock);
	return free ? &s->own : NULL;
}

void stream_add(struct session *s, struct stream *t, struct str message, int retry_ms)
{
	pthread_mutex_lock(&s->lock);
	events_add(&t->log, message, retry_ms, SESSION_EVENTS);
	pthread_mutex_unlock(&s->lock);
}

void stream_through(struct session *s, struct stream *t)
{
	pthread_mutex_lock(&s->lock);
	t->log.through = true;
	t->readers--;
	pthread_mutex_unlock(&s->lock);
}

void stream_leave(struct session *s, struct stream *t, bool delivered)
{
	pthread_mutex_lock(&s->lock);
	t->readers--;
	if (delivered && t != &s->own && t->readers == 0) {
		struct stream **at = &s->streams;
		while (*at != t)
			at = &(*at)->next;
		*at = t->next;
		s->n_streams--;
		events_release(&t->log);
		mem_free(t);
	}
	pthread_mutex_unlock(&s->lock);
}
