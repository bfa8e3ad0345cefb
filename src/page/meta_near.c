/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Author and date as they stand below a headline when nothing is declared: a text that is a date and nothing else,
 * "By" and a name, in one text or in two. Only the first texts behind the headline are looked at, for further down
 * stand answers and other articles.
 */
#include "base/check.h"
#include "page/meta_in.h"

enum { TEXTS = 24, TEXT_BYTES = 120 };

/* The whole text is the word that a name follows. */
static bool is_by(struct str text)
{
	static const char *const words[] = { "by", "by:", "written by", "posted by",
		"published by", "author", "author:", "von", "por", "par", "door" };
	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (str_ieq(text, str_of(words[i])))
			return true;
	return false;
}

static bool begins_by(struct str text)
{
	static const char *const words[] = { "by ", "by: ", "written by ", "posted by " };
	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (str_istarts(text, str_of(words[i])))
			return true;
	return false;
}

static bool is_shown(const struct dom *d, nid text)
{
	enum tag_id up = dom_html_tag(d, dom_parent(d, text));
	return up != TAG_SCRIPT && up != TAG_STYLE && up != TAG_TEMPLATE && up != TAG_NOSCRIPT;
}

void meta_read_near(struct meta *m, const struct dom *d)
{
	bool name_next = false;
	nid h1 = m->n_h1 ? m->h1_id : 0;
	for (nid id = h1 ? dom_walk_past(d, h1, 1) : 0, n = 0; id && n < TEXTS;
		id = dom_walk(d, id, 1)) {
		bool author = m->got[META_AUTHOR].rank > RANK_WEAK,
		     date = m->got[META_PUBLISHED].rank > RANK_WEAK;
		if (!author && !date)
			return;
		if (dom_kind(d, id) != DOM_TEXT || !is_shown(d, id))
			continue;
		struct str text = dom_text(d, id);
		text = text.n > 4 * TEXT_BYTES ? STR("")
					       : meta_line(m->arena, text, TEXT_BYTES);
		if (!text.n)
			continue;
		n++;
		if (author && (name_next || begins_by(text)))
			meta_offer_byline(m, text, name_next);
		if (date)
			meta_offer_date(m, text);
		name_next = is_by(text);
	}
}
