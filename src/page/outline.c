/* SPDX-License-Identifier: Apache-2.0 */
/*
 * md4c tells no positions, but the texts it hands out point into the input. So the first text of a
 * block gives its place, and the start of its line is found by going back: over the fence of code, over the
 * empty cells of a header to the blank line before it.
 */
#include "page/outline.h"
#include "base/buf.h"
#include "base/check.h"
#include "page/entity.h"

#include <md4c.h>

enum { READ_MAX = 256 << 20, MIN_PIECE = 256, LEVELS = 6, PARAGRAPH_LINES = 1000 };

struct cut {
	size_t at;
	int level; /* of the heading that begins here; 7: another block */
};
struct reader {
	struct arena *arena;
	struct str text;
	const char *shown; /* the same bytes as md4c sees them (plain_runs) */
	struct outline_heading *headings;
	size_t n_headings, cap_headings;
	struct cut *cuts;
	size_t n_cuts, cap_cuts;
	int depth; /* of open blocks, the document not counted */
	int level; /* of the open heading, 0: none */
	bool seek; /* the place of the block that just began is not known yet */
	MD_BLOCKTYPE type; /* of the block of the document that is open */
	bool fenced; /* it is code in a fence */
	bool cutting; /* where blocks begin is wanted, too */
	size_t text_at; /* where the first text of the block before stands */
	struct buf line; /* the heading's text */
	size_t at;
};

/* CommonMark 2.1: a line feed, a carriage return or both end a line. */
static bool ends_line(struct str s, size_t at)
{
	return s.p[at] == '\n' || (s.p[at] == '\r' && (at + 1 == s.n || s.p[at + 1] != '\n'));
}

static size_t line_start(struct str s, size_t at)
{
	while (at && !ends_line(s, at - 1))
		at--;
	return at;
}

static bool is_blank_line(struct str s, size_t at)
{
	while (at < s.n && (s.p[at] == ' ' || s.p[at] == '\t'))
		at++;
	return at >= s.n || s.p[at] == '\n' || s.p[at] == '\r';
}

/* Where the block begins whose first text stands at `at`; 0 when no blank line tells. Never further back than the text
 * before, or blocks that stand close together would be gone over again for each of them. */
static size_t block_start(const struct reader *r, size_t at)
{
	size_t line = line_start(r->text, at);
	if (r->type == MD_BLOCK_CODE && r->fenced) { /* its first lines may be blank */
		do
			line = line_start(r->text, line ? line - 1 : 0);
		while (line > r->text_at && is_blank_line(r->text, line));
	}
	while (r->type == MD_BLOCK_TABLE && line) { /* the header's cells may be empty */
		size_t before = line_start(r->text, line - 1);
		if (is_blank_line(r->text, before))
			break;
		line = before > r->text_at ? before : 0;
	}
	return line;
}

static void add_cut(struct reader *r, size_t at, int level)
{
	if (!r->cutting || (r->n_cuts && at <= r->cuts[r->n_cuts - 1].at))
		return;
	if (r->n_cuts == r->cap_cuts) {
		size_t cap = r->cap_cuts ? r->cap_cuts * 2 : 64;
		r->cuts = arena_grow(r->arena, r->cuts, r->cap_cuts * sizeof *r->cuts,
			cap * sizeof *r->cuts);
		r->cap_cuts = cap;
	}
	r->cuts[r->n_cuts++] = (struct cut) { at, level };
}

static void add_heading(struct reader *r)
{
	if (r->n_headings == r->cap_headings) {
		size_t cap = r->cap_headings ? r->cap_headings * 2 : 32;
		r->headings = arena_grow(r->arena, r->headings,
			r->cap_headings * sizeof *r->headings, cap * sizeof *r->headings);
		r->cap_headings = cap;
	}
	struct str text = str_trim(buf_str(&r->line));
	r->headings[r->n_headings++] = (struct outline_heading) { r->level,
		{ arena_text(r->arena, text), text.n }, r->at };
}

static int enter_block(MD_BLOCKTYPE type, void *detail, void *self)
{
	struct reader *r = self;
	if (type == MD_BLOCK_DOC)
		return 0;
	if (r->depth++ == 0) {
		r->seek = true;
		r->type = type;
		r->fenced = type == MD_BLOCK_CODE &&
			    ((MD_BLOCK_CODE_DETAIL *)detail)->fence_char != 0;
		r->at = 0;
	}
	if (type == MD_BLOCK_H) {
		r->level = (int)((MD_BLOCK_H_DETAIL *)detail)->level;
		r->line.len = 0;
		r->seek = true;
	}
	return 0;
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *self)
{
	struct reader *r = self;
	(void)detail;
	if (type == MD_BLOCK_DOC)
		return 0;
	r->depth--;
	if (type == MD_BLOCK_H) {
		if (!r->seek)
			add_heading(r);
		r->level = 0;
	}
	return arena_over(r->arena) ? -1 : 0; /* -1 ends the reading, 1 only the block's own */
}

static int ignore_span(MD_SPANTYPE type, void *detail, void *self)
{
	(void)type, (void)detail, (void)self;
	return 0;
}

static void add_entity(struct buf *line, const char *text, size_t n)
{
	char meant[ENTITY_TEXT_MAX];
	size_t n_meant = 0;
	bool known = entity_read(text, text + n, false, meant, &n_meant) == n;
	buf_add(line, known ? meant : text, known ? n_meant : n);
}

static int on_text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE size, void *self)
{
	struct reader *r = self;
	bool inside = text >= r->shown && text < r->shown + r->text.n;
	if (inside)
		text = r->text.p + (text - r->shown);
	if (r->seek && inside && size) {
		r->at = block_start(r, (size_t)(text - r->text.p));
		r->text_at = (size_t)(text - r->text.p);
		r->seek = false;
		if (r->depth == 1)
			add_cut(r, r->at, r->level ? r->level : LEVELS + 1);
		else if (!r->level)
			add_cut(r, r->at, LEVELS + 1);
	}
	if (r->level && (type == MD_TEXT_BR || type == MD_TEXT_SOFTBR))
		buf_char(&r->line, ' ');
	else if (r->level && type == MD_TEXT_ENTITY)
		add_entity(&r->line, text, size);
	else if (r->level)
		buf_add(&r->line, text, size);
	return 0;
}

/* For each bracket md4c (0.4.8) goes over the lines of its paragraph from the first one, n * n steps for a paragraph of n
 * lines. So in more lines on end than people write without a blank one, brackets are shown to it as what means nothing:
 * links are no matter here. */
static const char *plain_runs(struct arena *a, struct str s)
{
	char *shown = NULL;
	size_t run = 0, lines = 0;
	for (size_t at = 0, next; at < s.n; at = next) {
		for (next = at + 1; next < s.n && !ends_line(s, next - 1);)
			next++;
		lines++;
		if (next < s.n && !is_blank_line(s, at))
			continue;
		if (lines > PARAGRAPH_LINES) {
			if (!shown)
				shown = arena_text(a, s);
			for (char *p = shown + run;
				(p = memchr(p, '[', (size_t)(shown + next - p)));)
				*p = '(';
		}
		run = next;
		lines = 0;
	}
	return shown ? shown : s.p ? s.p : "";
}

static void read_all(struct arena *a, struct str markdown, bool cutting, struct reader *r)
{
	/* Bare addresses are no matter here, and many in one block take the reader n * n steps. */
	static const MD_PARSER parser = { .flags = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH |
						   MD_FLAG_TASKLISTS,
		.enter_block = enter_block,
		.leave_block = leave_block,
		.enter_span = ignore_span,
		.leave_span = ignore_span,
		.text = on_text };
	if (markdown.n > READ_MAX)
		markdown.n = READ_MAX;
	*r = (struct reader) { .arena = a,
		.text = markdown,
		.shown = plain_runs(a, markdown),
		.cutting = cutting };
	buf_init(&r->line, 1 << 16);
	md_parse(r->shown, (MD_SIZE)markdown.n, &parser, r);
	buf_release(&r->line);
}

void outline_read(struct arena *a, struct str markdown, struct outline *out)
{
	struct reader r;
	read_all(a, markdown, false, &r);
	*out = (struct outline) { r.headings, r.n_headings };
}

/* The best place to end a piece that begins at `from`: the highest heading in its second half, else
 * the last block in reach; 0 when there is none. *k is moved to the first cut behind `from`. */
static size_t best_cut(const struct reader *r, size_t from, size_t max, size_t *k)
{
	size_t best = 0;
	int level = LEVELS + 2;
	while (*k < r->n_cuts && r->cuts[*k].at <= from)
		++*k;
	for (size_t i = *k; i < r->n_cuts && r->cuts[i].at <= from + max; i++) {
		bool far = r->cuts[i].at - from >= max / 2;
		int here = far ? r->cuts[i].level : LEVELS + 1;
		if (here <= level) {
			best = r->cuts[i].at;
			level = here;
		}
	}
	return best;
}

/* Inside a block that is too long: behind its last line that fits, or between two characters. */
static size_t hard_cut(struct str s, size_t from, size_t max)
{
	size_t to = from + max;
	for (size_t at = to; at > from + max / 2; at--)
		if (s.p[at - 1] == '\n')
			return at;
	for (size_t at = to; at > from + max / 2; at--)
		if (s.p[at - 1] == ' ')
			return at;
	while (to > from + 1 && ((unsigned char)s.p[to] & 0xC0) == 0x80)
		to--;
	return to;
}

/* "A > B": the headings above the offset. */
static const char *path_at(struct arena *a, const struct reader *r, size_t at, size_t *seen,
	const struct outline_heading *open[LEVELS])
{
	while (*seen < r->n_headings && r->headings[*seen].at <= at) {
		const struct outline_heading *h = &r->headings[(*seen)++];
		open[h->level - 1] = h;
		for (int i = h->level; i < LEVELS; i++)
			open[i] = NULL;
	}
	const char *path = "";
	for (int i = 0; i < LEVELS; i++)
		if (open[i])
			path = arena_printf(a, "%s%s%.*s", path, path[0] ? " > " : "",
				(int)(open[i]->text.n < 200 ? open[i]->text.n : 200),
				open[i]->text.p);
	return path;
}

struct outline_piece *outline_cut(
	struct arena *a, struct str markdown, size_t max_bytes, size_t *count)
{
	struct reader r;
	const struct outline_heading *open[LEVELS] = { NULL };
	size_t max = max_bytes < MIN_PIECE ? MIN_PIECE : max_bytes,
	       cap = markdown.n / (max / 2) + 2;
	size_t from = 0, k = 0, seen = 0;
	read_all(a, markdown, true, &r);
	struct outline_piece *pieces = ARENA_ARRAY(a, struct outline_piece, cap);
	*count = 0;
	while (from < markdown.n) {
		size_t to = markdown.n;
		if (markdown.n - from > max) {
			to = best_cut(&r, from, max, &k);
			if (to - from > max || to == 0)
				to = hard_cut(markdown, from, max);
		}
		if (*count == cap) {
			pieces = arena_grow(
				a, pieces, cap * sizeof *pieces, cap * 2 * sizeof *pieces);
			cap *= 2;
		}
		pieces[(*count)++] = (struct outline_piece) { { markdown.p + from, to - from },
			path_at(a, &r, from, &seen, open) };
		from = to;
	}
	return pieces;
}
