/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes put out and blocks ended, so often that it is done in place; for markdown*.c only. */
#ifndef PAGE_MARKDOWN_OUT_H
#define PAGE_MARKDOWN_OUT_H

#include "page/markdown_state.h"

static inline void md_put(struct md *m, const char *p, size_t n)
{
	struct buf *b = m->out;
	if (__builtin_expect(b->cap - b->len > n, 1)) {
		memcpy(b->p + b->len, p, n);
		b->len += n;
	} else {
		buf_add(b, p, n);
	}
}
static inline void md_char(struct md *m, char c)
{
	md_put(m, &c, 1);
}
static inline void md_say(struct md *m, const char *text)
{
	md_put(m, text, strlen(text));
}
static inline bool md_full(const struct md *m)
{
	return m->stopped || m->out->len >= m->limit;
}
void md_line(struct md *m); /* goes to the start of a new line, prefix written */
void md_end_line(struct md *m); /* in a line: the block that it is in ends */
/* The block here ends; newlines before what comes. */
static inline void md_block(struct md *m, int need)
{
	m->space = m->flat;
	if (m->flat)
		return;
	if (m->in_line)
		md_end_line(m);
	m->breaks = 0;
	if (need > m->need)
		m->need = need;
}

/* Not so often: */
void md_begin(struct md *m, enum md_last next); /* a block that is not just text begins */
void md_content(
	struct md *m, uint32_t next); /* before any inline content, which begins with next */
void md_push_prefix(struct md *m, const char *p, size_t n);
void md_pop_prefix(struct md *m, size_t to);
void md_insert(struct md *m, size_t at, char c);
void md_erase(struct md *m, size_t at, size_t n);

#endif
