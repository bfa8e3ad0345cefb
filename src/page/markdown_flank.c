/* SPDX-License-Identifier: Apache-2.0 */
/*
 * May a run of delimiters open or close emphasis where it stands? (CommonMark 6.2: flanking and the "rule of three".)
 * Where versions of the standard or readers differ, what is worse for us is taken.
 */
#include "page/markdown_mark.h"

/* The code point before the run of `delim` that ends at `end`; a blank at the start of the line. What opened before a
 * hard break stands on a line above, which a line end or a prefix is before. */
uint32_t md_before_run(const struct md *m, size_t end, char delim)
{
	const char *p = m->out->p;
	size_t line = end > m->line_at ? m->line_at : 0;
	while (end > line && p[end - 1] == delim)
		end--;
	if (end == line)
		return ' ';
	if (p[end - 1] == '\\' && p[end] == delim)
		return (uint32_t)delim;
	return uni_last((struct str) { p + line, end - line });
}

bool md_may_open(uint32_t before, uint32_t next, char delim)
{
	enum uni a = uni_class(before), b = uni_class(next);
	bool edge = a == UNI_SPACE || a == UNI_PUNCT;
	if (b == UNI_SPACE)
		return false;
	return delim == '_' ? edge : b == UNI_OTHER || edge;
}

bool md_may_close(uint32_t before, uint32_t next, char delim)
{
	enum uni a = uni_class(before), b = uni_class(next);
	bool edge = b == UNI_SPACE || b == UNI_PUNCT;
	if (a == UNI_SPACE)
		return false;
	return delim == '_' ? edge : a == UNI_OTHER || edge;
}

/* Length of the run of `delim` around `at`. */
static size_t run_length(const struct md *m, size_t at, char delim)
{
	size_t from = at, to = at;
	while (from > m->line_at && m->out->p[from - 1] == delim &&
		(from - 1 == m->line_at || m->out->p[from - 2] != '\\'))
		from--;
	while (to < m->out->len && m->out->p[to] == delim)
		to++;
	return to - from;
}

/* The "rule of three": a run that could open as well as close pairs with another only if their lengths do not add up to
 * a multiple of 3, or both are one. */
static bool lengths_pair(size_t a, size_t b)
{
	return (a + b) % 3 != 0 || a % 3 == 0;
}

bool md_can_open(const struct md *m, char delim, size_t ours, uint32_t next, bool by_three)
{
	uint32_t before = md_before_run(m, m->out->len, delim);
	if (!md_may_open(before, next, delim))
		return false;
	if (!md_may_close(before, next, delim))
		return true;
	by_three = by_three && uni_class(before) == UNI_OTHER && uni_class(next) == UNI_OTHER;
	for (size_t i = 0; i < m->marks.n; i++) {
		const struct md_mark *o = &m->marks.v[i];
		if (o->state != MARK_OPEN || o->kind == MARK_LINK || o->delim != delim)
			continue;
		if (!by_three || lengths_pair(run_length(m, o->at, delim), ours))
			return false;
	}
	return true;
}

/* May a run open, in any version of the standard? */
static bool could_open(uint32_t before, uint32_t next)
{
	enum uni b = uni_class(next);
	return b != UNI_SPACE && (b != UNI_PUNCT || uni_class(before) != UNI_OTHER);
}

/* The "rule of three" for the closing run of n marks up to `end`. */
bool md_run_pairs(
	const struct md *m, const struct md_recent *r, size_t n, size_t end, uint32_t next)
{
	size_t ours = end - r->close_at; /* the innermost comes first */
	bool both = could_open(md_before_run(m, end, r->delim), next);
	for (size_t i = 0; i < n; i++) {
		size_t at = r[i].open_at, theirs = run_length(m, at, r->delim);
		while (at < end && m->out->p[at] == r->delim)
			at++;
		uint32_t inner = uni_first((struct str) { m->out->p + at, end - at });
		bool closes =
			could_open(inner, md_before_run(m, at, r->delim)); /* read backwards */
		if ((both || closes) && !lengths_pair(ours, theirs))
			return false;
	}
	return true;
}
