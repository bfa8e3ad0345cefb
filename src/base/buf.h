/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Growing bytes with a ceiling. `full` is sticky: add freely, look once at the end. Past the
 * ceiling nothing more is taken (a piece is taken whole or not at all).
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/str.h"

#include <stdarg.h>

struct buf {
	char *p;
	size_t len, cap, max;
	bool full;
};

void buf_init(struct buf *b, size_t max_bytes); /* 0: 64 MiB */
/* One that lies in the arena and is released with it. */
struct arena;
struct buf *buf_in(struct arena *a, size_t max_bytes);
void buf_release(struct buf *b);
void buf_clear(struct buf *b); /* length 0, memory kept, full reset */
void buf_add(struct buf *b, const void *bytes, size_t n);
void buf_add_str(struct buf *b, struct str s);
void buf_text(struct buf *b, const char *text);
void buf_char(struct buf *b, char c);
/* Percent-encoded, but for the unreserved characters of RFC 3986 section 2.3: fit for a query, a form
 * or one segment of a path. */
void buf_percent(struct buf *b, struct str s);
void buf_addf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Makes room for n more bytes and returns where they go, or NULL when that passes the ceiling
 * (then full is set). The caller writes up to n bytes and adds what it wrote to b->len. */
char *buf_room(struct buf *b, size_t n);
/* Hands the memory over (mem_free it); ended by a NUL that len does not count. b is empty after. */
char *buf_take(struct buf *b, size_t *len);
static inline struct str buf_str(const struct buf *b)
{
	return (struct str) { b->p, b->len };
}

#endif
