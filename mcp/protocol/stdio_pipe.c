/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing never blocks for good: a client that has stopped reading must not keep the process from
 * ending. Setting O_NONBLOCK would change the terminal or pipe of other processes, so pieces of at
 * most PIPE_BUF bytes are written when poll says that there is room for one.
 */
#include "mcp/protocol/stdio_pipe.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

enum { CHUNK = 64 * 1024, LOOK_MS = 100 };

void line_out_init(struct line_out *o, int fd)
{
	o->fd = fd;
	pthread_mutex_init(&o->lock, NULL);
	atomic_init(&o->broken, false);
	atomic_init(&o->hurry, false);
}

void line_out_release(struct line_out *o)
{
	pthread_mutex_destroy(&o->lock);
}

static bool give_up(struct line_out *o)
{
	return atomic_load(&o->broken) || atomic_load(&o->hurry);
}

/* With the lock held. */
static void put(struct line_out *o, struct str text)
{
	while (text.n > 0 && !atomic_load(&o->broken)) {
		struct pollfd p = { .fd = o->fd, .events = POLLOUT };
		int ready = poll(&p, 1, LOOK_MS);
		if (ready <= 0 && (ready == 0 || errno == EINTR) && !give_up(o))
			continue;
		size_t n = text.n < PIPE_BUF ? text.n : PIPE_BUF;
		ssize_t wrote = ready > 0 ? write(o->fd, text.p, n) : -1;
		if (wrote < 0 && ready > 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (wrote < 0) {
			atomic_store(&o->broken, true);
			return;
		}
		text = (struct str) { text.p + wrote, text.n - (size_t)wrote };
	}
}

void line_out_put(struct line_out *o, struct str text)
{
	pthread_mutex_lock(&o->lock);
	put(o, text);
	put(o, STR("\n"));
	pthread_mutex_unlock(&o->lock);
}

void line_in_init(struct line_in *i, int fd, size_t max)
{
	*i = (struct line_in) { .fd = fd, .max = max };
	buf_init(&i->chunk, CHUNK);
	buf_init(&i->line, max);
}

void line_in_release(struct line_in *i)
{
	buf_release(&i->chunk);
	buf_release(&i->line);
}

bool line_in_fill(struct line_in *i)
{
	buf_clear(&i->chunk);
	i->at = 0;
	char *room = buf_room(&i->chunk, CHUNK);
	ssize_t n = read(i->fd, room, CHUNK);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	if (n <= 0) {
		i->ended = true;
		return false;
	}
	i->chunk.len = (size_t)n;
	return true;
}

/* A whole line has come (or the end). */
static enum line_event finish(struct line_in *i, struct str *line)
{
	bool skipped = i->skipping;
	i->skipping = false;
	*line = buf_str(&i->line);
	if (line->n > 0 && line->p[line->n - 1] == '\r')
		line->n--;
	i->line.len = 0; /* the bytes stay until the next call */
	return skipped ? LINE_NONE : LINE_READY;
}

enum line_event line_in_next(struct line_in *i, struct str *line)
{
	while (i->at < i->chunk.len) {
		struct str rest = { i->chunk.p + i->at, i->chunk.len - i->at };
		size_t n = str_find(rest, '\n');
		bool whole = n < rest.n;
		i->at += n + whole;
		if (!i->skipping)
			buf_add(&i->line, rest.p, n);
		if (i->line.full) {
			buf_clear(&i->line);
			i->skipping = !whole;
			return LINE_TOO_LONG;
		}
		if (whole && finish(i, line) == LINE_READY)
			return LINE_READY;
	}
	if (i->ended && i->line.len > 0)
		return finish(i, line);
	return i->ended ? LINE_END : LINE_NONE;
}
