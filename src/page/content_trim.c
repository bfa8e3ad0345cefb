/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the chosen part: frames always go. Where the part was found by its text, boxes of links go too,
 * and small boxes whose class names or headings say that they are not the text (share, related,
 * newsletter ...). Names are weak evidence, so a box with a fair share of the words is never judged by
 * them. In an article, short pieces before the first and after the last paragraph (dates, bylines,
 * buttons, teasers) go as well, and comments.
 */
#include "page/content_trim.h"
#include "base/check.h"
#include "page/scan.h"

enum {
	SMALL_SHARE = 6 /* a sixth of the words */,
	LINK_LIST_WORDS = 4,
	SHORT_PIECE = 12,
	HEADING_BYTES = 60
};

static const char *const noise[] = { "share", "sharing", "social", "related", "recommend",
	"recommended", "newsletter", "subscribe", "subscription", "promo", "advert",
	"advertisement", "ad", "ads", "breadcrumb", "breadcrumbs", "cookie", "popup", "modal",
	"sidebar", "outbrain", "taboola", "sponsored", "signup", "toolbar", "pagination",
	"pager", "tags", "byline", "print", "noprint", "navbox", "toc", "skip", "jump" };
static const char *const replies[] = { "comments", "comment", "commentlist", "disqus",
	"respond", "replies" };
/* What headings of boxes beside an article begin with. */
static const char *const asides[] = { "related", "recommended", "read more", "read next",
	"more from", "more on", "more stories", "you may also", "you might also", "top stories",
	"latest stories", "our latest", "most read", "most popular", "popular", "trending",
	"latest news", "share this", "share on", "sign up", "subscribe", "newsletter",
	"follow us", "about the author", "leave a reply", "leave a comment", "see also",
	"up next", "also on", "sponsored", "advertisement", "around the web",
	"from around the web", "editor's picks", "tags" };

static bool is_word(char c)
{
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

static bool has_word(struct str s, const char *const *words, size_t n)
{
	for (size_t i = 0; i < s.n;) {
		size_t from = i;
		while (i < s.n && is_word(s.p[i]))
			i++;
		struct str word = { s.p + from, i - from };
		for (size_t k = 0; word.n && k < n; k++)
			if (str_ieq(word, str_of(words[k])))
				return true;
		i++;
	}
	return false;
}

bool content_class_has(const struct dom *d, nid id, const char *const *words, size_t n)
{
	struct str v;
	return (dom_attr(d, id, ATTR_CLASS, &v) && has_word(v, words, n)) ||
	       (dom_attr(d, id, ATTR_ID, &v) && has_word(v, words, n));
}

static bool is_link_box(const struct content_node *n)
{
	return !(n->flags & CF_GOOD) && n->words >= LINK_LIST_WORDS &&
	       n->links * 10 > n->words * 6;
}

/* A heading such as boxes beside the text have. */
static bool is_aside_heading(const struct content_map *map, nid id)
{
	const struct dom *d = map->d;
	char text[HEADING_BYTES];
	size_t n = 0;
	if (!(map->at[id].flags & CF_HEADING) || map->at[id].own > 8)
		return false;
	for (nid c = dom_walk(d, id, id); c; c = dom_walk(d, c, id)) {
		struct str s =
			dom_kind(d, c) == DOM_TEXT ? dom_text(d, c) : (struct str) { "", 0 };
		for (size_t i = 0; i < s.n && n < sizeof text; i++)
			if (n || (unsigned char)s.p[i] > ' ')
				text[n++] = s.p[i];
	}
	for (size_t i = 0; i < COUNT_OF(asides); i++)
		if (str_istarts((struct str) { text, n }, str_of(asides[i])))
			return true;
	return false;
}

/* The box that such a heading stands in, if it is small. */
static bool has_aside_heading(const struct content_map *map, nid id, nid part)
{
	nid child = dom_first(map->d, id);
	if (map->at[id].words * SMALL_SHARE >= map->at[part].words * 2)
		return false;
	for (int i = 0; child && i < 6; i++, child = dom_next(map->d, child))
		if (dom_kind(map->d, child) == DOM_ELEMENT)
			return is_aside_heading(map, child);
	return false;
}

/* Words for screen readers, placed outside of the picture, and the edit links of wikis. */
static bool is_for_readers(const struct content_map *map, nid id)
{
	struct str v;
	return dom_attr(map->d, id, ATTR_CLASS, &v) &&
	       map->at[id].words + map->at[id].own < SHORT_PIECE &&
	       !(map->at[id].flags & CF_HEADING) &&
	       (str_has(v, STR("sr-only")) || str_has(v, STR("visually-hidden")) ||
		       str_has(v, STR("visuallyhidden")) || str_has(v, STR("screen-reader")) ||
		       str_has(v, STR("editsection")));
}

static bool goes(const struct content_map *map, nid id, nid part, enum content_trim how)
{
	const struct content_node *n = &map->at[id];
	enum tag_id tag = dom_html_tag(map->d, id);
	if (n->flags & (CF_FRAME | CF_HIDDEN))
		return true;
	if ((tag == TAG_FORM && !(n->flags & CF_GOOD)) || is_for_readers(map, id))
		return true;
	if (how == TRIM_FRAMES || !(n->flags & CF_BLOCK))
		return false;
	if (is_link_box(n) && tag != TAG_TABLE && tag != TAG_TR && tag != TAG_TD &&
		tag != TAG_LI && tag != TAG_P && !(n->flags & CF_HEADING))
		return true;
	if (how == TRIM_ARTICLE && n->words * 2 < map->at[part].words &&
		(content_class_has(map->d, id, replies, COUNT_OF(replies)) ||
			has_aside_heading(map, id, part)))
		return true;
	return n->words * SMALL_SHARE < map->at[part].words &&
	       content_class_has(map->d, id, noise, COUNT_OF(noise));
}

static bool is_good_line(const struct content_node *n)
{
	return n->own >= 10 && n->own_links * 2 < n->own && !(n->flags & CF_HEADING);
}

/* Short pieces outside of the paragraphs of an article. after: behind the last one. */
static bool is_loose_end(const struct content_map *map, nid id, bool after)
{
	const struct content_node *n = &map->at[id];
	enum tag_id tag = dom_html_tag(map->d, id);
	if (dom_kind(map->d, id) != DOM_ELEMENT || !(n->flags & CF_BLOCK) ||
		(n->flags & CF_GOOD))
		return false;
	if (tag == TAG_FIGURE || tag == TAG_TABLE || tag == TAG_PRE || tag == TAG_BLOCKQUOTE ||
		tag == TAG_DL)
		return false;
	if (after)
		return n->links > 0 || (n->flags & CF_HEADING) ||
		       (tag != TAG_UL && tag != TAG_OL && tag != TAG_LI && tag != TAG_P &&
			       n->words > 0);
	return !(n->flags & CF_HEADING) && tag != TAG_P && n->words > 0 &&
	       n->words <= SHORT_PIECE && n->own == n->words;
}

/* A table of data is kept or left out as a whole. */
static bool is_data(const struct content_map *map, nid id, nid part)
{
	const struct dom *d = map->d;
	if (dom_html_tag(d, id) != TAG_TABLE || map->at[id].words * 2 > map->at[part].words)
		return false;
	for (nid c = dom_walk(d, id, id), n = 0; c && n < 300; c = dom_walk(d, c, id), n++)
		if (dom_html_tag(d, c) == TAG_TH)
			return true;
	return false;
}

static void trim_ends(const struct content_map *map, nid part, uint8_t *skip)
{
	const struct dom *d = map->d;
	nid first = 0, last = 0;
	for (nid id = dom_walk(d, part, part); id; id = skip[id] || is_data(map, id, part)
								? dom_walk_past(d, id, part)
								: dom_walk(d, id, part)) {
		if (skip[id] || !is_good_line(&map->at[id]))
			continue;
		first = first ? first : id;
		last = id;
	}
	bool before = first != 0, after = false;
	for (nid id = first ? dom_walk(d, part, part) : 0; id;) {
		before = before && id != first;
		if (!skip[id] && (before || after))
			skip[id] = is_loose_end(map, id, after);
		nid next = skip[id] || is_data(map, id, part) ? dom_walk_past(d, id, part)
							      : dom_walk(d, id, part);
		if (id == last) {
			after = true;
			next = dom_walk_past(d, id, part);
		}
		id = next;
	}
}

void content_trim(const struct content_map *map, nid part, enum content_trim how, uint8_t *skip)
{
	const struct dom *d = map->d;
	for (nid id = dom_walk(d, part, part); id;) {
		bool out = dom_kind(d, id) == DOM_ELEMENT && goes(map, id, part, how);
		skip[id] = out;
		id = out || is_data(map, id, part) ? dom_walk_past(d, id, part)
						   : dom_walk(d, id, part);
	}
	if (how == TRIM_ARTICLE)
		trim_ends(map, part, skip);
}
