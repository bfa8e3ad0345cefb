/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/arena.h"
#include "base/check.h"
#include "base/mem.h"

#include <stdio.h>

void buf_init(struct buf *b, size_t max_bytes)
{
	*b = (struct buf) { .max = max_bytes ? max_bytes : (size_t)64 << 20 };
}

void buf_release(struct buf *b)
{
	mem_free(b->p);
	*b = (struct buf) { .max = b->max };
}

static void release(void *b)
{
	buf_release(b);
}

struct buf *buf_in(struct arena *a, size_t max_bytes)
{
	struct buf *b = ARENA_NEW(a, struct buf);
	buf_init(b, max_bytes);
	arena_defer(a, release, b);
	return b;
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	b->full = false;
}

char *buf_room(struct buf *b, size_t n)
{
	size_t need;
	CHECK(b->max);
	if (__builtin_add_overflow(b->len, n, &need) || need > b->max) {
		b->full = true;
		return NULL;
	}
	if (need + 1 > b->cap) { /* one more for the NUL of buf_take */
		size_t cap = b->cap < 256 ? 256 : b->cap * 2;
		if (cap < need + 1)
			cap = need + 1;
		if (cap > b->max + 1)
			cap = b->max + 1;
		b->p = mem_grow(b->p, cap);
		b->cap = cap;
	}
	return b->p + b->len;
}

void buf_add(struct buf *b, const void *bytes, size_t n)
{
	char *to = n && !b->full ? buf_room(b, n) : NULL;
	if (to) {
		memcpy(to, bytes, n);
		b->len += n;
	}
}

void buf_add_str(struct buf *b, struct str s)
{
	buf_add(b, s.p, s.n);
}

void buf_text(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void buf_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_percent(struct buf *b, struct str s)
{
	static const char digits[] = "0123456789ABCDEF";
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		char low = str_lower(s.p[i]), code[3] = { '%', digits[c >> 4], digits[c & 15] };
		if ((low >= 'a' && low <= 'z') || (c >= '0' && c <= '9') ||
			(c && strchr("-._~", c)))
			buf_char(b, s.p[i]);
		else
			buf_add(b, code, sizeof code);
	}
}

void buf_addf(struct buf *b, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	CHECK(n >= 0);
	char *to = b->full ? NULL : buf_room(b, (size_t)n);
	if (to) {
		vsnprintf(to, (size_t)n + 1, format, again);
		b->len += (size_t)n;
	}
	va_end(again);
}

char *buf_take(struct buf *b, size_t *len)
{
	if (!b->p)
		b->p = mem_raw(1);
	b->p[b->len] = 0;
	char *p = b->p;
	if (len)
		*len = b->len;
	*b = (struct buf) { .max = b->max };
	return p;
}
