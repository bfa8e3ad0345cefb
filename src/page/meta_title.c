/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The site's name in titles: "Headline | Site" or "Site - Headline". The page's own h1 tells what the headline is;
 * without one the name is known when the page declares it or when the host's name spells it.
 */
#include "page/meta_in.h"
#include "base/check.h"
#include "page/unicode.h"

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
struct str meta_without_anchor(struct str h1)
{
	static const char *const marks[] = { "\xC2\xB6", "#", "\xF0\x9F\x94\x97" };
	for (size_t i = 0; i < COUNT_OF(marks); i++)
		if (str_ends(h1, str_of(marks[i])) && h1.n > strlen(marks[i]))
			return str_trim((struct str) { h1.p, h1.n - strlen(marks[i]) });
	return h1;
}

enum { LETTERS = 80 };
struct letters {
	char p[LETTERS];
	size_t n;
};

/* Letters and digits alone, small; the rest of a long one is not looked at. */
static struct letters letters_of(struct str s)
{
	struct letters l = { .n = 0 };
	for (size_t i = 0; i < s.n && l.n < LETTERS; i++)
		if (uni_is_alnum((unsigned char)s.p[i]) || (unsigned char)s.p[i] >= 0x80)
			l.p[l.n++] = str_lower(s.p[i]);
	return l;
}

bool meta_same_letters(struct str a, struct str b)
{
	struct letters x = letters_of(a), y = letters_of(b);
	return x.n && x.n == y.n && memcmp(x.p, y.p, x.n) == 0;
}

/* Is `part` the name, or the name and a little more ("Name Magazine")? */
static bool spells(const struct letters *part, const struct letters *name)
{
	enum { SURE = 4, MORE = 6 };
	if (part->n < name->n || name->n < 2 || memcmp(part->p, name->p, name->n) != 0)
		return false;
	return part->n == name->n || (name->n >= SURE && part->n <= 2 * name->n + MORE);
}

bool meta_is_site(const struct meta *m, struct str part)
{
	struct letters have = letters_of(part), name = letters_of(m->got[META_SITE_NAME].value);
	struct str host = m->host, label;
	if (have.n == 0)
		return false;
	if (spells(&have, &name))
		return true;
	while (str_find(host, '.') < host.n) { /* "www", "name", not "com" */
		name = letters_of(host);
		if (name.n == have.n && memcmp(name.p, have.p, name.n) == 0)
			return true;
		str_cut(&host, '.', &label);
		name = letters_of(label);
		if (label.n > 2 && !str_ieq(label, STR("www")) && spells(&have, &name))
			return true;
	}
	return false;
}

/* Takes the first or the last part off when it is the site's name. */
static struct str without_name(const struct meta *m, struct str title)
{
	size_t first = 0, head = 0, last = 0, tail = 0; /* where a gap begins and ends */
	for (size_t i = 1; i < title.n; i++) {
		size_t gap = gap_at(past(title, i));
		if (gap == 0)
			continue;
		first = head ? first : i;
		head = head ? head : i + gap;
		last = i;
		tail = i + gap;
		i = tail - 1;
	}
	if (head == 0)
		return title;
	if (tail < title.n && meta_is_site(m, past(title, tail)))
		return (struct str) { title.p, last };
	if (head < title.n && meta_is_site(m, (struct str) { title.p, first }))
		return past(title, head);
	return title;
}

struct str meta_without_site(const struct meta *m, struct str title)
{
	for (size_t i = 0; i < m->n_h1; i++) {
		struct str h1 = meta_without_anchor(m->h1[i]), head = { title.p, h1.n };
		if (h1.n >= title.n)
			continue;
		struct str tail = past(title, title.n - h1.n);
		struct str before = { title.p, title.n - h1.n };
		if (str_ieq(head, h1) && gap_at(past(title, h1.n)))
			return head;
		if (str_ieq(tail, h1) && ends_with_gap(before))
			return tail;
	}
	return m->front ? title : without_name(m, title);
}
