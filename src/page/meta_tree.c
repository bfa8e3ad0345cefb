/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a page shows rather than declares: its first headline, times, authors (rel, itemprop, and as the last
 * resort an element whose class says so and whose text looks like a name).
 */
#include "page/meta_in.h"
#include "base/buf.h"
#include "base/check.h"
#include "page/scan.h"

enum { TEXT_MAX = 300 };

bool meta_rel_has(struct str rel, const char *word)
{
	struct str want = str_of(word);
	for (size_t i = 0; i + want.n <= rel.n; i++)
		if ((i == 0 || scan_is_space(rel.p[i - 1])) &&
			str_istarts((struct str) { rel.p + i, rel.n - i }, want) &&
			(i + want.n == rel.n || scan_is_space(rel.p[i + want.n])))
			return true;
	return false;
}

/* The visible text of an element, as one line. */
struct str meta_text(struct meta *m, const struct dom *d, nid id)
{
	struct buf text;
	buf_init(&text, 4096);
	for (nid c = dom_walk(d, id, id); c && text.len < TEXT_MAX && !text.full;
		c = dom_walk(d, c, id)) {
		enum tag_id up = dom_html_tag(d, dom_parent(d, c));
		if (dom_kind(d, c) == DOM_TEXT && up != TAG_SCRIPT && up != TAG_STYLE)
			buf_add_str(&text, dom_text(d, c));
		else if (dom_kind(d, c) == DOM_ELEMENT)
			buf_char(&text, ' ');
	}
	struct str line = meta_line(m->arena, buf_str(&text), TEXT_MAX);
	buf_release(&text);
	return line;
}

static void offer_item(struct meta *m, const struct dom *d, nid id, struct str prop)
{
	struct str v = { "", 0 };
	if (!dom_attr(d, id, ATTR_CONTENT, &v))
		dom_attr(d, id, ATTR_DATETIME, &v);
	for (nid c = v.n ? 0 : dom_walk(d, id, id), n = 0; c && n < 20 && !v.n;
		c = dom_walk(d, c, id), n++) {
		struct str inner;
		if (dom_kind(d, c) == DOM_ELEMENT && dom_attr(d, c, ATTR_ITEMPROP, &inner) &&
			str_eq(inner, STR("name")))
			if (!dom_attr(d, c, ATTR_CONTENT, &v))
				v = meta_text(m, d, c);
	}
	if (!v.n)
		v = meta_text(m, d, id);
	m->item_body |= str_eq(prop, STR("articleBody"));
	if (str_eq(prop, STR("headline")))
		meta_offer(m, META_TITLE, RANK_ITEMPROP, v);
	else if (str_eq(prop, STR("author")))
		meta_offer(m, META_AUTHOR, RANK_ITEMPROP, v);
	else if (str_eq(prop, STR("datePublished")))
		meta_offer(m, META_PUBLISHED, RANK_ITEMPROP, v);
	else if (str_eq(prop, STR("dateModified")))
		meta_offer(m, META_MODIFIED, RANK_ITEMPROP, v);
}

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

/* An element whose class says that it holds the author's name. */
static bool is_byline(const struct dom *d, nid id)
{
	static const char *const words[] = { "author", "byline", "author-name", "author_name",
		"authorName", "post-author", "entry-author", "article-author", "byline-name",
		"byline__name", "author__name" };
	struct str all;
	if (!dom_attr(d, id, ATTR_CLASS, &all) || all.n < 6 || !may_be_byline(all))
		return false;
	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (meta_rel_has(all, words[i]))
			return true;
	return false;
}

/* A name has two to five words, each with a capital or without case, and nothing else beside it. */
static void offer_byline(struct meta *m, struct str text)
{
	size_t words = 1;
	if (str_istarts(text, STR("by ")) || str_istarts(text, STR("by: ")))
		text = str_trim((struct str) { text.p + 3, text.n - 3 });
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i],
			      before = i ? (unsigned char)text.p[i - 1] : ' ';
		if ((c >= '0' && c <= '9') || c == '|' || c == ':' || c == '/' || c == '@' ||
			c == ',')
			return;
		if (before == ' ' && c >= 'a' && c <= 'z')
			return;
		words += c == ' ';
	}
	if (text.n <= 60 && words >= 2 && words <= 5)
		meta_offer(m, META_AUTHOR, RANK_WEAK, text);
}

/* What can be seen: h1, time, rel=author, itemprop. */
struct str meta_read_tree(struct meta *m, const struct dom *d)
{
	struct str h1 = { "", 0 }, v;
	for (nid id = dom_walk(d, 1, 1); id; id = dom_walk(d, id, 1)) {
		enum tag_id tag = dom_html_tag(d, id);
		if (tag == TAG_H1 && !h1.n)
			h1 = meta_text(m, d, id);
		uint64_t has = dom_attr_bits(d, id);
		if (!(has & (attr_bit(ATTR_DATETIME) | attr_bit(ATTR_REL) |
				    attr_bit(ATTR_ITEMPROP) | attr_bit(ATTR_CLASS))))
			continue;
		if (tag == TAG_TIME && m->got[META_PUBLISHED].rank > RANK_SEEN &&
			dom_attr(d, id, ATTR_DATETIME, &v))
			meta_offer(m, META_PUBLISHED, RANK_SEEN, v);
		if (tag == TAG_A && m->got[META_AUTHOR].rank > RANK_SEEN &&
			dom_attr(d, id, ATTR_REL, &v) && meta_rel_has(v, "author"))
			meta_offer(m, META_AUTHOR, RANK_SEEN, meta_text(m, d, id));
		if ((has & attr_bit(ATTR_ITEMPROP)) && tag != TAG_META &&
			dom_attr(d, id, ATTR_ITEMPROP, &v))
			offer_item(m, d, id, v);
		if (m->got[META_AUTHOR].rank == RANK_NONE && is_byline(d, id))
			offer_byline(m, meta_text(m, d, id));
	}
	meta_offer(m, META_TITLE, RANK_WEAK, h1);
	return h1;
}
