/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One way through the Markdown, line by line (lines.c), until the room is full; on the way the best place to cut is
 * kept for each kind of place. What the part leaves open is closed, what it takes up in the middle is opened again,
 * and the definitions that it refers to go below it.
 */
#include "page/fit.h"
#include "page/fit_line.h"
#include "page/lines.h"
#include "page/tokens.h"

enum { FENCE_UNITS = 4 * TOKEN_UNITS, /* of what closes a fence */ CUTS = CUT_NEVER };

/* --- definitions of links --- */

/* "[12]: " at the beginning of a line: its number; 0: it is none. */
static uint64_t definition_number(struct str line)
{
	uint64_t n = 0;
	size_t i = 1;
	if (line.n < 5 || line.p[0] != '[')
		return 0;
	for (; i < line.n && line.p[i] >= '0' && line.p[i] <= '9' && i < 9; i++)
		n = n * 10 + (uint64_t)(line.p[i] - '0');
	bool ok = i + 2 < line.n && line.p[i] == ']' && line.p[i + 1] == ':' &&
		  line.p[i + 2] == ' ';
	return ok ? n : 0;
}

struct str fit_definitions(struct str *text)
{
	size_t from = text->n, at = text->n;
	while (at) {
		size_t line = at - 1;
		while (line && text->p[line - 1] != '\n')
			line--;
		struct str s = { text->p + line, at - line };
		if (!definition_number(s))
			break;
		from = at = line;
	}
	if (from == text->n || (from && (from < 2 || text->p[from - 2] != '\n')))
		return (struct str) { NULL, 0 };
	struct str tail = { text->p + from, text->n - from };
	text->n = from;
	return tail;
}

struct definitions {
	struct str *line; /* by number, p NULL: none, or written already */
	size_t n;
};

static void read_definitions(struct arena *a, struct str all, struct definitions *out)
{
	struct str rest = all, line;
	uint64_t n, most = 0;
	while (str_cut(&rest, '\n', &line))
		most = (n = definition_number(line)) > most ? n : most;
	if (most > all.n)
		most = all.n; /* numbers that nobody counted */
	*out = (struct definitions) { ARENA_ARRAY(a, struct str, (size_t)most + 1),
		(size_t)most + 1 };
	rest = all;
	while (str_cut(&rest, '\n', &line))
		if ((n = definition_number(line)) && n <= most)
			out->line[n] = line;
}

/* The next "][12]" of s from *at on: its number; 0: there is no other. */
static uint64_t next_reference(struct str s, size_t *at)
{
	for (size_t i = *at; i + 3 < s.n; i++) {
		const char *p = memchr(s.p + i, ']', s.n - i);
		if (!p)
			break;
		i = (size_t)(p - s.p);
		uint64_t n = 0;
		size_t k = i + 2;
		if (k < s.n && s.p[i + 1] == '[')
			for (; k < s.n && s.p[k] >= '0' && s.p[k] <= '9' && k < i + 11; k++)
				n = n * 10 + (uint64_t)(s.p[k] - '0');
		if (n && k < s.n && s.p[k] == ']') {
			*at = k;
			return n;
		}
	}
	*at = s.n;
	return 0;
}

static void add_used(struct buf *b, struct str part, struct definitions *all)
{
	size_t at = 0;
	bool first = true;
	for (uint64_t n; (n = next_reference(part, &at));) {
		if (n >= all->n || !all->line[n].p)
			continue;
		buf_text(b, first ? "\n" : "");
		buf_add_str(b, all->line[n]);
		buf_char(b, '\n');
		all->line[n].p = NULL;
		first = false;
	}
}

void fit_add_definitions(struct buf *b, struct str part, struct str definitions)
{
	struct arena *a = arena_new(((size_t)64 << 20) + definitions.n * 32);
	struct definitions all;
	read_definitions(a, definitions, &all);
	add_used(b, part, &all);
	arena_free(&a);
}

static uint64_t used_units(struct str line, struct definitions *all, uint64_t *stamp)
{
	uint64_t units = 0;
	size_t at = 0;
	for (uint64_t n; (n = next_reference(line, &at));)
		if (n < all->n && all->line[n].p && !stamp[n]) {
			stamp[n] = 1;
			units += tokens_units(all->line[n]) + TOKEN_UNITS;
		}
	return units;
}

/* --- where to cut --- */

enum { NO_HEADING = 7 };
struct place {
	struct lines line;
	uint64_t spent; /* units up to here; 0: there is none */
	int level; /* of the heading that begins here, or NO_HEADING */
};
struct search {
	struct str body; /* without definitions */
	size_t from;
	uint64_t room, spent; /* units */
	struct definitions definitions;
	uint64_t *stamp; /* by number: this part uses it */
	struct place best[CUTS]; /* the best place of each kind that fits */
	struct lines line; /* where the room ended */
	uint64_t line_units;
	struct fit_link
		through[FIT_LINKS]; /* links that the cut goes through, places in the body */
	size_t n_through;
	bool under_heading; /* the last line with text was one: what follows belongs to it */
};

static void note_place(struct search *q)
{
	const struct lines *l = &q->line;
	unsigned cut = q->under_heading && l->cut < CUT_LINE ? CUT_LINE : l->cut;
	int level = l->level ? l->level : NO_HEADING;
	struct place *best = &q->best[cut < CUTS ? cut : 0];
	if (l->at <= q->from || cut >= CUTS)
		return;
	if (best->spent >= q->room / 2 && best->level < level)
		return;
	*best = (struct place) { *l, q->spent, level };
}

/* Reads on until the room is full; true: all fits. */
static bool read_on(struct search *q)
{
	struct lines *l = &q->line;
	lines_start(l, q->body);
	while (lines_next(l)) {
		if (l->end <= q->from)
			continue;
		size_t at = l->at > q->from ? l->at : q->from;
		struct str text = { l->s.p + at, l->end - at };
		note_place(q);
		q->line_units =
			tokens_units(text) + used_units(text, &q->definitions, q->stamp);
		if (q->spent + q->line_units > q->room)
			return false;
		q->spent += q->line_units;
		if (l->level || text.n > 1)
			q->under_heading = l->level > 0;
	}
	return true;
}

static size_t behind_last(struct str s, char c, size_t least)
{
	for (size_t at = s.n; at > least; at--)
		if (s.p[at - 1] == c)
			return at;
	return 0;
}

static bool within(struct str s, size_t at)
{
	return at && at < s.n && ((unsigned char)s.p[at] & 0xC0) == 0x80;
}

size_t fit_bytes(struct str s, uint64_t units)
{
	size_t low = 0, high = 1024, found;
	while (high < s.n && tokens_units((struct str) { s.p, high }) <= units) {
		low = high;
		high *= 2;
	}
	high = high < s.n ? high : s.n;
	while (low + 1 < high) {
		size_t mid = low + (high - low) / 2;
		bool fits = tokens_units((struct str) { s.p, mid }) <= units;
		low = fits ? mid : low;
		high = fits ? high : mid;
	}
	const struct str fitting = { s.p, low };
	if ((found = behind_last(fitting, '\n', low / 2)) ||
		(found = behind_last(fitting, ' ', low / 2)))
		return found;
	while (within(s, low))
		low--;
	if (!low) /* always forward, by a whole character */
		for (low = 1; within(s, low);)
			low++;
	return low;
}

/* Links of this line that the place lies within, places in the body. */
static size_t links_through(const struct search *q, const struct lines *l, size_t at,
	struct fit_link links[FIT_LINKS])
{
	const struct str line = { q->body.p + l->at, l->end - l->at };
	size_t n = l->fence_n || at <= l->at
			   ? 0
			   : fit_links(line, lines_text(l) - l->at, at - l->at, links);
	for (size_t i = 0; i < n; i++) {
		links[i].start += l->at;
		links[i].text += l->at;
		links[i].mid += l->at;
		links[i].end += l->at;
	}
	return n;
}

/* Where the part can end before a link of this line; 0: next to nothing would be in it. */
static size_t before_link(const struct search *q, size_t link)
{
	const struct str above = { q->body.p + q->from,
		q->line.at > q->from ? q->line.at - q->from : 0 };
	if (link > lines_text(&q->line))
		return link > q->from ? link : 0;
	return str_trim(above).n ? q->line.at : 0;
}

/* Not through an address: before the link, or, where that itself is what fits in no part, behind it, and of the link
 * the text alone is shown. */
static size_t spare_address(struct search *q, size_t to)
{
	size_t before;
	q->n_through = links_through(q, &q->line, to, q->through);
	for (size_t i = q->n_through; i-- > 0 && to >= q->through[i].mid;) {
		if ((before = before_link(q, q->through[0].start))) {
			q->n_through = 0;
			return before;
		}
		to = q->through[i].end;
	}
	return q->n_through && to + 1 == q->line.end ? q->line.end : to;
}

/* The part of the line that still fits. */
static size_t cut_line(struct search *q)
{
	size_t from = q->line.at > q->from ? q->line.at : q->from;
	const struct str rest = { q->body.p + from, q->line.end - from };
	size_t fits = fit_bytes(rest, q->room - q->spent), text = lines_text(&q->line), place;
	place = q->line.fence_n ? 0 : fit_line(rest, text > from ? text - from : 0, fits);
	return spare_address(q, from + (place ? place : fits));
}

/* Blocks before items before lines, unless next to nothing would be left in the part. A line that fits in no
 * part is cut inside. */
static size_t choose(struct search *q, struct lines *state)
{
	for (int cut = 0; cut < CUTS; cut++)
		if (q->best[cut].spent >= q->room / 4 && q->best[cut].spent) {
			*state = q->best[cut].line;
			return state->at;
		}
	for (int cut = 0; cut < CUTS && q->line_units <= q->room; cut++)
		if (q->best[cut].line.end) {
			*state = q->best[cut].line;
			return state->at;
		}
	*state = q->line;
	if (q->line.cut == CUT_NEVER && q->line_units <= q->room / 8)
		return q->line.end; /* a table's delimiter row goes with its header */
	return cut_line(q);
}

/* --- a part --- */

/* What is written again where the part before was cut; nothing when it would take half of the part. */
static void put_head(const struct search *q, struct buf *head)
{
	struct lines l;
	lines_start(&l, q->body);
	while (q->from && lines_next(&l))
		if (l.end > q->from)
			break;
	for (int brief = 0; q->from && brief < 2; brief++) {
		head->len = 0;
		lines_reopen(&l, q->from, brief, head);
		if (tokens_units(buf_str(head)) <= q->room / 2)
			return;
	}
	head->len = 0;
}

/* Of a link that is cut the first part shows text, the last one a link. */
static void put_body(struct buf *b, const struct search *q, size_t to)
{
	struct fit_link links[FIT_LINKS];
	struct {
		size_t from, to;
	} gone[2 * FIT_LINKS + 1];
	struct lines l;
	size_t n = 0, at = q->from;
	bool within_line = at && q->body.p[at - 1] != '\n';
	lines_start(&l, q->body);
	while (within_line && lines_next(&l))
		if (l.end > at)
			break;
	size_t begun = within_line ? links_through(q, &l, at, links) : 0;
	for (size_t i = 0; i < begun; i++)
		if (links[i].end <= to && links[i].text <= at &&
			!(q->n_through && q->through[0].start == links[i].start))
			buf_add(b, q->body.p + links[i].start, links[i].text - links[i].start);
	for (size_t i = 0; i < q->n_through; i++, n++)
		gone[n].from = q->through[i].start, gone[n].to = q->through[i].text;
	for (size_t i = q->n_through; i-- > 0; n++)
		gone[n].from = q->through[i].mid, gone[n].to = q->through[i].end;
	gone[n].from = gone[n].to = to;
	for (size_t i = 0; i <= n && at < to; i++) {
		size_t stop = gone[i].from < to ? gone[i].from : to;
		if (stop > at)
			buf_add(b, q->body.p + at, stop - at);
		at = gone[i].to > at ? gone[i].to : at;
	}
}

static void end_line(struct buf *b)
{
	while (b->len && (b->p[b->len - 1] == '\n' || b->p[b->len - 1] == ' '))
		b->len--;
	buf_char(b, '\n');
}

void fit_part(
	struct arena *a, struct str whole, size_t from, size_t max_tokens, struct fit_part *out)
{
	struct search *q = ARENA_NEW(a, struct search);
	struct buf *made = buf_in(a, whole.n * 3 + (1 << 20));
	struct lines state = { 0 };
	q->body = whole;
	q->from = from;
	q->room = (uint64_t)(max_tokens < FIT_LEAST ? FIT_LEAST : max_tokens) * TOKEN_UNITS;
	struct str definitions = fit_definitions(&q->body);
	if (from >= q->body.n) { /* nothing but definitions is left */
		q->body = whole;
		definitions.n = 0;
	}
	read_definitions(a, definitions, &q->definitions);
	q->stamp = ARENA_ARRAY(a, uint64_t, q->definitions.n);
	put_head(q, made);
	q->spent = tokens_units(buf_str(made)) + FENCE_UNITS;
	bool all = read_on(q);
	size_t to = all ? q->body.n : choose(q, &state);
	out->body = (struct str) { q->body.p + from, to - from };
	put_body(made, q, to);
	end_line(made);
	if (!all)
		lines_close(&state, to, made);
	add_used(made, out->body, &q->definitions);
	out->text = buf_str(made);
	out->next = all ? whole.n : to;
	out->body.n = out->next - from;
	out->tokens = tokens_count(out->text);
}
