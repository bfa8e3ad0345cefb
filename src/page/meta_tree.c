/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a page shows rather than declares: its headlines, times, authors (rel, itemprop, and as the last resort
 * what meta_byline.c finds).
 */
#include "page/meta_in.h"
#include "base/buf.h"
#include "base/check.h"
#include "page/scan.h"

enum { TEXT_MAX = 300, NODES_MAX = 500, NAMES_MAX = 300 };

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
	int left = NODES_MAX; /* such elements may stand in each other */
	buf_init(&text, 4096);
	for (nid c = dom_walk(d, id, id); c && text.len < TEXT_MAX && !text.full && left--;
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

/* The address of a site's first page: "/", "https://example.org/". */
static bool is_home(struct str href)
{
	static const char *const schemes[] = { "https:", "http:", "" };
	if (href.n > NAMES_MAX) /* asked of each headline in a link */
		return false;
	href = str_trim(href);
	for (size_t i = 0; i < COUNT_OF(schemes); i++) {
		struct str rest = { href.p + strlen(schemes[i]), href.n - strlen(schemes[i]) };
		if (!str_istarts(href, str_of(schemes[i])) || !str_starts(rest, STR("//")))
			continue;
		size_t slash = str_find((struct str) { rest.p + 2, rest.n - 2 }, '/');
		return slash + 3 >= rest.n;
	}
	return str_eq(href, STR("/")) || str_eq(href, STR("./"));
}

/* The site's logo: a headline that is a link to the first page, or stands in one. */
static bool is_logo(const struct dom *d, nid h1)
{
	enum { NEAR = 8 };
	struct str href;
	nid id = dom_parent(d, h1);
	bool around = id && dom_html_tag(d, id) == TAG_A;
	if (!around)
		id = dom_walk(d, h1, h1);
	for (size_t n = 0; id && !around && n < NEAR && dom_html_tag(d, id) != TAG_A; n++)
		id = dom_walk(d, id, h1);
	return id && dom_html_tag(d, id) == TAG_A && dom_attr(d, id, ATTR_HREF, &href) &&
	       is_home(href);
}

/* Does this lie in an answer, a comment or a review, whose author and date are not the page's? */
static bool is_reply(struct meta *m, const struct dom *d, nid id)
{
	static const char *const props[] = { "comment", "suggestedAnswer", "acceptedAnswer",
		"review", "reviews" };
	static const char *const types[] = { "/Comment", "/UserComments", "/Answer",
		"/Review" };
	struct str v;
	for (id = dom_parent(d, id); id && m->climbs; id = dom_parent(d, id), m->climbs--) {
		if (!(dom_attr_bits(d, id) & attr_bit(ATTR_ITEMSCOPE)))
			continue;
		if (dom_attr(d, id, ATTR_ITEMPROP, &v) && v.n <= NAMES_MAX)
			for (size_t i = 0; i < COUNT_OF(props); i++)
				if (meta_rel_has(v, props[i]))
					return true;
		if (dom_attr(d, id, ATTR_ITEMTYPE, &v) && v.n <= NAMES_MAX)
			for (size_t i = 0; i < COUNT_OF(types); i++)
				if (str_ends(str_trim(v), str_of(types[i])))
					return true;
	}
	return m->climbs == 0;
}

static void offer_item(struct meta *m, const struct dom *d, nid id, struct str prop)
{
	static const struct {
		const char *prop;
		enum meta_field field;
		enum meta_rank rank;
	} rows[] = { { "headline", META_TITLE, RANK_ITEMPROP },
		{ "author", META_AUTHOR, RANK_ITEMPROP },
		{ "datePublished", META_PUBLISHED, RANK_ITEMPROP },
		{ "dateCreated", META_PUBLISHED, RANK_NAME },
		{ "dateModified", META_MODIFIED, RANK_ITEMPROP } };
	size_t row = 0;
	struct str v = { "", 0 };
	m->item_body |= str_eq(prop, STR("articleBody"));
	while (row < COUNT_OF(rows) && !meta_rel_has(prop, rows[row].prop))
		row++;
	if (row == COUNT_OF(rows) || m->got[rows[row].field].rank <= rows[row].rank)
		return;
	/* the first of a thread may be what the page is about */
	enum meta_rank rank = is_reply(m, d, id) ? RANK_SEEN : rows[row].rank;
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
	meta_offer(m, rows[row].field, rank, v);
}

/* What can be seen: h1, time, rel=author, itemprop. */
void meta_read_tree(struct meta *m, const struct dom *d)
{
	struct str v;
	for (nid id = dom_walk(d, 1, 1); id && !arena_over(m->arena); id = dom_walk(d, id, 1)) {
		enum tag_id tag = dom_html_tag(d, id);
		if (tag == TAG_H1 && m->n_h1 < META_H1) {
			struct str h1 = meta_text(m, d, id);
			m->h1[m->n_h1] = h1;
			m->h1_id = m->n_h1 ? m->h1_id : id;
			m->n_h1 += h1.n > 0 && !is_logo(d, id);
		}
		uint64_t has = dom_attr_bits(d, id);
		if (!(has & (attr_bit(ATTR_DATETIME) | attr_bit(ATTR_REL) |
				    attr_bit(ATTR_ITEMPROP) | attr_bit(ATTR_CLASS))))
			continue;
		if (tag == TAG_TIME && m->got[META_PUBLISHED].rank > RANK_SEEN &&
			dom_attr(d, id, ATTR_DATETIME, &v) && !is_reply(m, d, id))
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
	meta_read_near(m, d);
	if (m->n_h1)
		meta_offer(m, META_TITLE, RANK_WEAK, m->h1[0]);
}
