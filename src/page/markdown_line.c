/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What would act at the start of a line (CommonMark 4.1 rules, 4.2 and 4.3 headings, 4.7 definitions, 5.1 quotes, 5.2
 * items; GFM 4.10 tables, 5.3 task lists) or at the end of a heading. Looked at when the line is finished and all of
 * it is known.
 */
#include "page/markdown_in.h"

static bool all_of(struct str s, const char *set, char must)
{
	bool seen = false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == 0 || !strchr(set, s.p[i]))
			return false;
		seen |= s.p[i] == must;
	}
	return seen;
}

static bool blank_at(struct str s, size_t i)
{
	return i >= s.n || s.p[i] == ' ';
}

/* "12." or "12)" at the start, then a blank: the offset of the mark; else s.n. */
static size_t number_mark(struct str s)
{
	size_t i = 0;
	while (i < s.n && i < 10 && s.p[i] >= '0' && s.p[i] <= '9')
		i++;
	if (i == 0 || i > 9 || i >= s.n || (s.p[i] != '.' && s.p[i] != ')') ||
		!blank_at(s, i + 1))
		return s.n;
	return i;
}

/* The next bracket or backslash, or what is at or behind s.n. Every second line begins with a link, whose text this
 * passes 16 bytes at a time; what stands before `safe` may be read. */
static size_t next_bracket(struct str s, size_t at, const char *safe)
{
#ifdef __SSE2__
	const __m128i first = _mm_set1_epi8('['), last = _mm_set1_epi8(']' - '[');
	for (; at < s.n && safe - (s.p + at) >= 16; at += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(s.p + at));
		__m128i from = _mm_sub_epi8(v, first); /* [ \ ] */
		__m128i stop = _mm_cmpeq_epi8(from, _mm_min_epu8(from, last));
		unsigned stops = (unsigned)_mm_movemask_epi8(stop);
		if (stops)
			return at + (size_t)__builtin_ctz(stops);
	}
#else
	(void)safe;
#endif
	while (at < s.n && (s.p[at] < '[' || s.p[at] > ']'))
		at++;
	return at;
}

/* "[label]:", or a label that may end on a line below */
static bool is_definition(struct str s, const char *safe, bool first)
{
	enum { LONGEST = 1000 };
	size_t i = next_bracket(s, 1, safe);
	while (i < s.n && s.p[i] == '\\' && i < LONGEST)
		i = next_bracket(s, i + 2, safe);
	if (i >= s.n)
		return first;
	return i + 1 < s.n && i < LONGEST && s.p[i] == ']' && s.p[i + 1] == ':';
}

static bool is_box(struct str s)
{
	return s.n >= 3 && s.p[2] == ']' && (s.p[1] == ' ' || s.p[1] == 'x' || s.p[1] == 'X') &&
	       blank_at(s, 3);
}

/* "# text #": a reader takes the last run away, so it is escaped. */
static void check_heading(struct md *m, struct str s)
{
	size_t at = s.n;
	while (at && s.p[at - 1] == '#')
		at--;
	if (at < s.n && (at == 0 || s.p[at - 1] == ' '))
		md_insert(m, m->line_at + at, '\\');
}

static const bool may_act[256] = { ['#'] = true,
	['+'] = true,
	['*'] = true,
	['_'] = true,
	['-'] = true,
	[':'] = true,
	['|'] = true,
	['='] = true,
	['>'] = true,
	['['] = true,
	['0' ... '9'] = true };

/* The offset of what acts at the start of a line, or s.n. Bytes before `safe` may be read; first:
 * nothing of its paragraph is above. */
static size_t acting(struct str s, const char *safe, bool first)
{
	size_t i = 0;
	switch (s.n ? s.p[0] : 0) {
	case '#':
		while (i < s.n && s.p[i] == '#')
			i++;
		return i <= 6 && blank_at(s, i) ? 0 : s.n;
	case '+':
	case '*':
		return blank_at(s, 1) ? 0 : s.n;
	case '_':
		return all_of(s, "_ ", '_') ? 0 : s.n;
	case '-':
		return blank_at(s, 1) || all_of(s, "- ", '-') ||
				       (!first && all_of(s, "-:| ", '-'))
			       ? 0
			       : s.n;
	case ':':
	case '|':
		return !first && all_of(s, "-:| ", '-') ? 0 : s.n;
	case '=':
		return !first && all_of(s, "= ", '=') ? 0 : s.n;
	case '>':
		return 0;
	case '[':
		return is_definition(s, safe, first) || is_box(s) ? 0 : s.n;
	default:
		return number_mark(s);
	}
}

void md_line_check(struct md *m)
{
	struct str s = { m->out->p + m->line_at, m->out->len - m->line_at };
	if (s.n == 0 || m->flat)
		return;
	if (m->lead) {
		check_heading(m, s);
		return;
	}
	if (!may_act[(unsigned char)s.p[0]])
		return;
	size_t at = acting(s, m->out->p + m->out->cap, m->first_line);
	if (at < s.n)
		md_insert(m, m->line_at + at, '\\');
}

/* A marker is as wide as the prefix of the lines below it. */
void md_line_check_above(struct md *m, size_t at)
{
	const char *p = m->out->p;
	size_t from = at, to = at;
	while (from && p[from - 1] != '\n')
		from--;
	while (to < m->out->len && p[to] != '\n')
		to++;
	while (to > at && p[to - 1] == ' ')
		to--;
	from += m->prefix_n;
	if (from > at)
		return;
	struct str s = { p + from, to - from };
	size_t acts = acting(s, p + m->out->cap, false);
	if (acts < s.n)
		md_insert(m, from + acts, '\\');
}
