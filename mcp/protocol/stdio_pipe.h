/* SPDX-License-Identifier: Apache-2.0 */
/* The two ends of the pipe as stdio.c uses them: lines in, whole lines out. */
#ifndef PROTOCOL_STDIO_PIPE_H
#define PROTOCOL_STDIO_PIPE_H

#include "base/buf.h"

#include <pthread.h>
#include <stdatomic.h>

/* Writers of several threads, one line at a time. */
struct line_out {
	int fd;
	pthread_mutex_t lock;
	atomic_bool broken; /* nobody reads any more: lines are dropped */
	atomic_bool hurry; /* the end is near: a reader that stalls is given up */
};
void line_out_init(struct line_out *o, int fd);
void line_out_release(struct line_out *o);
void line_out_put(struct line_out *o, struct str text); /* adds the newline */

enum line_event { LINE_NONE, LINE_READY, LINE_TOO_LONG, LINE_END };
struct line_in {
	int fd;
	size_t max;
	struct buf chunk, line;
	size_t at; /* in chunk */
	bool skipping, ended;
};
void line_in_init(struct line_in *i, int fd, size_t max);
void line_in_release(struct line_in *i);
/* Reads once (the descriptor is readable). false: the input has ended. */
bool line_in_fill(struct line_in *i);
/* The next thing in what was read. LINE_READY: *line is good until the next call; no newline, no
 * carriage return. The last line needs no newline. */
enum line_event line_in_next(struct line_in *i, struct str *line);

#endif
