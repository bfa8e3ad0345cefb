/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stream of a session as a log of events: a call (or the server itself) adds to it, readers follow
 * it from where they are. A reader that is cut off comes back and goes on after the last event that
 * it has seen. Ids are "<stream>-<event>". Callers hold the session's lock.
 */
#ifndef PROTOCOL_EVENTS_H
#define PROTOCOL_EVENTS_H

#include "base/buf.h"

struct event;
struct events {
	int64_t number; /* of the stream in its session */
	struct event *first, **end;
	size_t kept, bytes;
	int64_t last; /* number of the newest event; 0: none yet */
	int pauses; /* readers that came before the last one go */
	bool through; /* nothing more comes */
};

void events_init(struct events *e, int64_t number);
void events_release(struct events *e);
/* message p NULL: an event without data, which only gives an id. retry_ms < 0: not said. Past `most`
 * events the oldest goes. */
void events_add(struct events *e, struct str message, int retry_ms, size_t most);
/* Writes what came after event `at` as an event stream and returns the newest number. */
int64_t events_after(const struct events *e, int64_t at, struct buf *b);
/* "<stream>-<event>" */
bool events_id(struct str id, int64_t *stream, int64_t *event);

#endif
