/* SPDX-License-Identifier: Apache-2.0 */
/*
 * md4c tells blocks and texts, no positions; but the text it passes on points into what it was
 * given, so the first text of a block tells the line on which the block begins. Blocks without
 * such a text (a rule, a lone entity) are not places to cut at, nothing more.
 */
#include "page/outline.h"
#include "base/check.h"

#include <md4c.h>

enum { BLOCK = 7, HEADINGS_MAX = 100000, MARKS_MAX = 1000000 }; /* ranks: 1 to 6 are headings */

struct mark { /* a place to cut at */
	size_t at;
	int rank;
};
struct reader {
	struct str markdown;
	struct arena *a;
	struct mark *marks;
	size_t n_marks, marks_cap;
	struct outline_heading *headings;
	size_t n_headings, headings_cap;
	int depth; /* of blocks around, the document itself not counted */
	int rank; /* of the outermost block that waits for its first text; 0: none */
	bool fenced;
	bool in_heading;
	size_t heading_at; /* where its line begins; SIZE_MAX: not known yet */
	struct buf text;
};

static size_t line_start(struct str s, size_t at)
{
	while (at > 0 && s.p[at - 1] != '\n')
		at--;
	return at;
}

static void add_mark(struct reader *r, size_t at)
{
	if (r->n_marks >= MARKS_MAX)
		return;
	if (r->n_marks == r->marks_cap) {
		size_t cap = r->marks_cap ? r->marks_cap * 2 : 64;
		r->marks = arena_grow(
			r->a, r->marks, r->n_marks * sizeof *r->marks, cap * sizeof *r->marks);
		r->marks_cap = cap;
	}
	r->marks[r->n_marks++] = (struct mark) { at, r->rank };
}

static int enter_block(MD_BLOCKTYPE type, void *detail, void *arg)
{
	struct reader *r = arg;
	if (type == MD_BLOCK_DOC)
		return 0;
	if (r->depth++ > 0)
		return 0;
	r->rank = BLOCK;
	r->fenced = type == MD_BLOCK_CODE && ((const MD_BLOCK_CODE_DETAIL *)detail)->fence_char;
	if (type == MD_BLOCK_H) {
		r->rank = (int)((const MD_BLOCK_H_DETAIL *)detail)->level;
		r->in_heading = true;
		r->heading_at = SIZE_MAX;
		buf_clear(&r->text);
	}
	return 0;
}

static void add_heading(struct reader *r, int level)
{
	if (r->heading_at == SIZE_MAX || r->n_headings >= HEADINGS_MAX)
		return;
	if (r->n_headings == r->headings_cap) {
		size_t cap = r->headings_cap ? r->headings_cap * 2 : 32;
		r->headings = arena_grow(r->a, r->headings, r->n_headings * sizeof *r->headings,
			cap * sizeof *r->headings);
		r->headings_cap = cap;
	}
	struct str text = str_trim(buf_str(&r->text));
	r->headings[r->n_headings++] = (struct outline_heading) { level,
		{ arena_text(r->a, text), text.n }, r->heading_at };
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *arg)
{
	struct reader *r = arg;
	if (type == MD_BLOCK_DOC)
		return 0;
	if (--r->depth > 0)
		return 0;
	r->rank = 0;
	if (type == MD_BLOCK_H) {
		r->in_heading = false;
		add_heading(r, (int)((const MD_BLOCK_H_DETAIL *)detail)->level);
	}
	return 0;
}

static int span(MD_SPANTYPE type, void *detail, void *arg)
{
	(void)type;
	(void)detail;
	(void)arg;
	return 0;
}

static int on_text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE n, void *arg)
{
	struct reader *r = arg;
	uintptr_t first = (uintptr_t)r->markdown.p, here = (uintptr_t)text;
	bool inside = here >= first && here < first + r->markdown.n;
	if (inside && r->rank) {
		size_t at = line_start(r->markdown, (size_t)(here - first));
		if (r->fenced && at) /* the text is the line after the fence */
			at = line_start(r->markdown, at - 1);
		add_mark(r, at);
		if (r->in_heading)
			r->heading_at = at;
		r->rank = 0;
	}
	if (r->in_heading && type == MD_TEXT_SOFTBR)
		buf_char(&r->text, ' ');
	else if (r->in_heading && type != MD_TEXT_NULLCHAR && type != MD_TEXT_BR)
		buf_add(&r->text, text, n);
	return 0;
}

static void read_blocks(struct reader *r, struct str markdown, struct arena *a)
{
	static const MD_PARSER parser = { .flags = MD_DIALECT_GITHUB,
		.enter_block = enter_block,
		.leave_block = leave_block,
		.enter_span = span,
		.leave_span = span,
		.text = on_text };
	*r = (struct reader) { .markdown = markdown, .a = a };
	buf_init(&r->text, 64 * 1024);
	if (markdown.n && markdown.n < UINT32_MAX)
		(void)md_parse(markdown.p, (MD_SIZE)markdown.n, &parser, r);
	buf_release(&r->text);
}

void outline_read(
	struct str markdown, struct arena *a, struct outline_heading **headings, size_t *count)
{
	struct reader r;
	read_blocks(&r, markdown, a);
	*headings = r.headings;
	*count = r.n_headings;
}

/* The best mark in (from, to]: lowest rank in the second half, else the last one; 0: none. */
static size_t best_mark(const struct reader *r, size_t *next, size_t from, size_t to)
{
	size_t best = 0, last = 0;
	int rank = BLOCK + 1;
	while (*next < r->n_marks && r->marks[*next].at <= from)
		++*next;
	for (size_t i = *next; i < r->n_marks && r->marks[i].at <= to; i++) {
		last = r->marks[i].at;
		if (last > from + (to - from) / 2 && r->marks[i].rank <= rank) {
			rank = r->marks[i].rank;
			best = last;
		}
	}
	return best ? best : last;
}

/* Without a mark: after the last newline in (from, to], else between two characters. */
static size_t break_anywhere(struct str s, size_t from, size_t to)
{
	size_t at = line_start(s, to);
	if (at > from)
		return at;
	for (at = to; at > from && ((unsigned char)s.p[at] & 0xC0) == 0x80; at--)
		;
	return at > from ? at : to;
}

bool outline_cut(struct str markdown, size_t max_bytes, size_t max_pieces, struct arena *a,
	struct str **pieces, size_t *count)
{
	struct reader r;
	size_t from = 0, next = 0;
	CHECK(max_bytes >= 64 && max_pieces > 0);
	*pieces = ARENA_ARRAY(a, struct str, max_pieces);
	*count = 0;
	if (markdown.n > max_bytes)
		read_blocks(&r, markdown, a);
	while (from < markdown.n && *count < max_pieces) {
		size_t to = markdown.n;
		if (to - from > max_bytes) {
			to = best_mark(&r, &next, from, from + max_bytes);
			if (!to)
				to = break_anywhere(markdown, from, from + max_bytes);
		}
		(*pieces)[(*count)++] = (struct str) { markdown.p + from, to - from };
		from = to;
	}
	return from >= markdown.n;
}
