/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a page shows rather than declares: its headlines, times, authors (rel, itemprop, and as the last resort
 * what meta_byline.c finds).
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

/* What can be seen: h1, time, rel=author, itemprop. */
void meta_read_tree(struct meta *m, const struct dom *d)
{
	struct str v;
	for (nid id = dom_walk(d, 1, 1); id; id = dom_walk(d, id, 1)) {
		enum tag_id tag = dom_html_tag(d, id);
		if (tag == TAG_H1 && m->n_h1 < META_H1) {
			struct str h1 = meta_text(m, d, id);
			m->h1[m->n_h1] = h1;
			m->n_h1 += h1.n > 0;
		}
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
		if (has & attr_bit(ATTR_CLASS))
			meta_read_class(m, d, id);
	}
	if (m->n_h1)
		meta_offer(m, META_TITLE, RANK_WEAK, m->h1[0]);
}
