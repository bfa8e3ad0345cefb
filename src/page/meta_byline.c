/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last resort for authors and dates: an element whose class says what it holds ("post-author",
 * "entry__date") and whose text is nothing but a name or a date.
 */
#include "base/check.h"
#include "page/meta_date.h"
#include "page/meta_in.h"
#include "page/scan.h"

/* "uthor" or "yline" in it? Asked of nearly every element's class, so only the byte that could be the
 * word's last is looked at, then as far ahead as that byte allows: a third of the steps. */
static bool may_be_byline(struct str all)
{
	enum { WORD = 5 };
	static const uint8_t ahead[256] = { ['u'] = 4,
		['t'] = 3,
		['h'] = 2,
		['o'] = 1,
		['y'] = 4,
		['l'] = 3,
		['i'] = 2,
		['n'] = 1 };
	for (size_t end = WORD; end <= all.n;) {
		const char *p = all.p + end - WORD;
		char last = p[WORD - 1];
		if ((last == 'r' && memcmp(p, "uthor", WORD) == 0) ||
			(last == 'e' && memcmp(p, "yline", WORD) == 0))
			return true;
		uint8_t step = ahead[(unsigned char)last];
		end += step ? step : WORD;
	}
	return false;
}

/* Does a word of the list end in one of these, alone or behind a mark? */
static bool has_ending(struct str list, const char *const *ends, size_t n)
{
	for (size_t at = 0; at < list.n;) {
		size_t from = at;
		while (at < list.n && !scan_is_space(list.p[at]))
			at++;
		struct str word = { list.p + from, at - from };
		if (str_has(word, STR("comment"))) /* who answers, not who writes */
			return false;
		for (size_t i = 0; i < n; i++) {
			struct str end = str_of(ends[i]);
			if (!str_ends(word, end))
				continue;
			char before = word.n > end.n ? word.p[word.n - end.n - 1] : '-';
			if (before == '-' || before == '_')
				return true;
		}
		at++;
	}
	return false;
}

/* Words of names that begin small. */
static bool is_particle(struct str word)
{
	static const char *const words[] = { "and", "with", "von", "van", "de", "der", "den",
		"da", "di", "du", "la", "le", "del", "el", "bin", "al", "ter", "y", "zu" };
	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (str_eq(word, str_of(words[i])))
			return true;
	return false;
}

struct str meta_without_by(struct str text)
{
	static const char *const before[] = { "by ", "by: ", "written by ", "posted by ",
		"published by ", "author: ", "words by ", "story by " };
	text = str_trim(text);
	for (size_t i = 0; i < COUNT_OF(before); i++)
		if (str_istarts(text, str_of(before[i])))
			return str_trim((struct str) {
				text.p + strlen(before[i]), text.n - strlen(before[i]) });
	return text;
}

/* A name has up to seven words, each with a capital or without case, and nothing else beside it. One word alone is a
 * name when it is a link, and then it may have digits. */
void meta_offer_byline(struct meta *m, struct str text, bool is_link)
{
	struct str rest, word;
	size_t words = 0;
	text = meta_without_by(text);
	bool one = is_link && str_find(text, ' ') == text.n;
	rest = text;
	for (; str_cut(&rest, ' ', &word); words++) {
		bool letter = false;
		for (size_t i = 0; i < word.n; i++) {
			char c = word.p[i];
			bool digit = c >= '0' && c <= '9';
			letter |= (c | 32) >= 'a' || (unsigned char)c >= 0x80;
			if ((digit && !one) || (c && strchr("|:/@,*", c)))
				return;
		}
		bool small = word.n && word.p[0] >= 'a' && word.p[0] <= 'z';
		if ((small && !one && (words == 0 || !rest.n || !is_particle(word))) ||
			(one && !letter))
			return;
	}
	if (text.n <= 60 && words <= 7 && words + is_link >= 2)
		meta_offer(m, META_AUTHOR, RANK_WEAK, text);
}

/* "Published on March 4, 2025" */
void meta_offer_date(struct meta *m, struct str text)
{
	static const char *const before[] = { "published", "posted", "date", "on", ":" };
	for (size_t i = 0; i < COUNT_OF(before); i++)
		if (str_istarts(text, str_of(before[i])))
			text = str_trim((struct str) {
				text.p + strlen(before[i]), text.n - strlen(before[i]) });
	struct str date = text.n <= 40 ? meta_date(m->arena, text) : STR("");
	if (meta_date_is_iso(date))
		meta_offer(m, META_PUBLISHED, RANK_WEAK, date);
}

void meta_read_class(struct meta *m, const struct dom *d, nid id)
{
	static const char *const authors[] = { "author", "byline", "author-name", "author_name",
		"authorName", "byline-name", "byline_name" };
	static const char *const dates[] = { "date", "pubdate", "published", "publish-date",
		"published-date", "post-time" };
	struct str all;
	bool author = m->got[META_AUTHOR].rank > RANK_WEAK,
	     date = m->got[META_PUBLISHED].rank > RANK_WEAK;
	if ((!author && !date) || !dom_attr(d, id, ATTR_CLASS, &all) || all.n < 4)
		return;
	if (author && may_be_byline(all) && has_ending(all, authors, COUNT_OF(authors)))
		meta_offer_byline(m, meta_text(m, d, id), dom_html_tag(d, id) == TAG_A);
	if (date && has_ending(all, dates, COUNT_OF(dates)))
		meta_offer_date(m, meta_text(m, d, id));
}
