/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Properties of the HTTP reader: the same events however the bytes are split, limits hold, views
 * stay inside what was offered, and what is read twice (a head printed again from its fields) is
 * read the same. Each piece is offered in memory of its exact size, so over-reads are seen.
 */
#include "base/mem.h"
#include "http/h1.h"

#include <stdint.h>

#define MUST(cond) ((cond) ? (void)0 : __builtin_trap())
enum { BODY_MAX = 4096 };
static const struct h1_limits limits = {
	.head_bytes = 2048, .lines = 16, .target_bytes = 512, .body_bytes = BODY_MAX
};

struct run {
	struct h1 h;
	struct buf out; /* everything that was reported */
	struct arena *arena;
	size_t body;
	bool over;
};

static void check_head(struct run *r, const struct h1_head *head)
{
	MUST(head->n <= limits.lines);
	MUST(head->target.n >= 1 && head->target.n <= limits.target_bytes);
	MUST(!head->v11 || head->host.p);
	MUST(!(r->h.chunked && r->h.has_length));
	buf_addf(&r->out, "H%.*s %.*s %d%d%d %zu;", STR_ARG(head->method),
		STR_ARG(head->target), head->v11, head->keep, head->expect, r->h.length);
	for (size_t i = 0; i < head->n; i++) {
		struct str v = head->headers[i].value;
		MUST(h1_token(head->headers[i].name));
		MUST(!v.n || (!memchr(v.p, '\r', v.n) && !memchr(v.p, '\n', v.n) &&
				     !memchr(v.p, 0, v.n)));
		buf_addf(&r->out, "%.*s=", STR_ARG(head->headers[i].name));
		buf_add_str(&r->out, v);
		buf_char(&r->out, ';');
	}
}

static void event(struct run *r, enum h1_event e, struct str offered)
{
	struct h1_head head;
	struct str copy;
	switch (e) {
	case H1_HEAD:
		MUST(r->h.head.n <= limits.head_bytes);
		copy = (struct str) { arena_text(r->arena, r->h.head), r->h.head.n };
		r->body = 0;
		if (h1_head(&r->h, copy, r->arena, &head)) {
			check_head(r, &head);
			return;
		}
		/* fallthrough */
	case H1_ERROR:
		MUST(r->h.why && r->h.code != ERR_NONE);
		buf_addf(&r->out, "!%s", err_name(r->h.code));
		r->over = true;
		return;
	case H1_PIECE:
		MUST(r->h.piece.n && r->h.piece.p >= offered.p);
		MUST(r->h.piece.p + r->h.piece.n <= offered.p + offered.n);
		r->body += r->h.piece.n;
		MUST(!r->h.chunked || r->body <= BODY_MAX);
		buf_add_str(&r->out, r->h.piece);
		return;
	case H1_END:
		MUST(r->h.chunked || r->body == r->h.length);
		buf_text(&r->out, "E;");
		h1_reset(&r->h);
		return;
	case H1_MORE:
		return;
	}
}

/* `rnd` 0: all at once; 1: single bytes; else pieces by chance. */
static struct buf feed(const uint8_t *data, size_t n, unsigned rnd)
{
	struct run r = { .arena = arena_new(0) };
	struct buf held;
	buf_init(&held, 0);
	buf_init(&r.out, 0);
	h1_init(&r.h, &limits);
	for (size_t at = 0, k; at < n && !r.over; at += k) {
		k = rnd == 0   ? n
		    : rnd == 1 ? 1
			       : 1 + ((rnd = rnd * 1103515245u + 12345u) >> 16) % 41;
		k = k < n - at ? k : n - at;
		buf_add(&held, data + at, k);
		char *exact = mem_raw(held.len);
		memcpy(exact, held.p, held.len);
		struct str offered = { exact, held.len }, in = offered;
		for (enum h1_event e = H1_HEAD; e != H1_MORE && !r.over;) {
			e = h1_next(&r.h, &in);
			MUST(in.p >= exact && in.p + in.n == exact + offered.n);
			event(&r, e, offered);
		}
		MUST(r.over || in.n <= limits.head_bytes + 1);
		buf_clear(&held);
		buf_add_str(&held, in);
		mem_free(exact);
	}
	buf_release(&held);
	arena_free(&r.arena);
	return r.out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole = feed(data, size, 0);
	for (unsigned way = 1; way < 4; way++) {
		struct buf other = feed(data, size, way == 1 ? 1 : way * 2654435761u);
		MUST(str_eq(buf_str(&whole), buf_str(&other)));
		buf_release(&other);
	}
	buf_release(&whole);
	return 0;
}
