/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The site's name in titles: "Headline | Site" or "Site - Headline". What is the headline and what the name only
 * the page's own h1 can tell, so nothing is cut without one.
 */
#include "page/meta_in.h"
#include "base/check.h"

static size_t is_blank_at(struct str s)
{
	if (s.n && s.p[0] == ' ')
		return 1;
	return str_starts(s, STR("\xC2\xA0")) ? 2 : 0; /* U+00A0 */
}

static struct str past(struct str s, size_t n)
{
	return (struct str) { s.p + n, s.n - n };
}

static struct str past_blanks(struct str s)
{
	for (size_t n; (n = is_blank_at(s)) > 0;)
		s = past(s, n);
	return s;
}

/* Blanks, a mark, blanks at the beginning of s; 0: none. */
static size_t gap_at(struct str s)
{
	static const char *const marks[] = { "|", "-", "\xE2\x80\x93", "\xE2\x80\x94",
		"\xC2\xBB", "\xC2\xAB", "\xC2\xB7", "\xE2\x80\xA2", "::", "/" };
	struct str mark = past_blanks(s);
	for (size_t i = 0; mark.n < s.n && i < COUNT_OF(marks); i++) {
		struct str behind =
			past(mark, str_starts(mark, str_of(marks[i])) ? strlen(marks[i]) : 0);
		if (behind.n < mark.n && is_blank_at(behind))
			return s.n - past_blanks(behind).n;
	}
	return 0;
}

static bool ends_with_gap(struct str s)
{
	for (size_t n = 1; n <= 12 && n <= s.n; n++)
		if (gap_at((struct str) { s.p + s.n - n, n }) == n)
			return true;
	return false;
}

/* Headings often end in the mark of a link to themselves. */
static struct str without_anchor(struct str h1)
{
	static const char *const marks[] = { "\xC2\xB6", "#", "\xF0\x9F\x94\x97" };
	for (size_t i = 0; i < COUNT_OF(marks); i++)
		if (str_ends(h1, str_of(marks[i])) && h1.n > strlen(marks[i]))
			return str_trim((struct str) { h1.p, h1.n - strlen(marks[i]) });
	return h1;
}

struct str meta_without_site(const struct meta *m, struct str title)
{
	for (size_t i = 0; i < m->n_h1; i++) {
		struct str h1 = without_anchor(m->h1[i]), head = { title.p, h1.n };
		if (h1.n >= title.n)
			continue;
		struct str tail = past(title, title.n - h1.n);
		struct str before = { title.p, title.n - h1.n };
		if (str_ieq(head, h1) && gap_at(past(title, h1.n)))
			return head;
		if (str_ieq(tail, h1) && ends_with_gap(before))
			return tail;
	}
	return title;
}
