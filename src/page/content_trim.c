/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the chosen part: frames always go. Where the part is an article, boxes of links go too, and
 * small boxes whose class names say that they are not the text (share, related, newsletter ...).
 * Class names are weak evidence, so a box with a fair share of the words is never judged by them.
 */
#include "page/content_trim.h"
#include "base/check.h"
#include "page/scan.h"

enum { SMALL_SHARE = 6 /* a sixth of the words */, LINK_LIST_WORDS = 4 };

static const char *const noise[] = { "share", "sharing", "social", "related", "recommend",
	"recommended", "newsletter", "subscribe", "subscription", "promo", "advert",
	"advertisement", "ad", "ads", "breadcrumb", "breadcrumbs", "cookie", "popup", "modal",
	"sidebar", "outbrain", "taboola", "sponsored", "signup", "toolbar", "pagination",
	"pager", "tags", "byline", "print", "noprint", "navbox", "toc", "skip", "jump" };

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

static bool goes(const struct content_map *map, nid id, nid part, bool sure)
{
	const struct content_node *n = &map->at[id];
	enum tag_id tag = dom_html_tag(map->d, id);
	if (n->flags & (CF_FRAME | CF_HIDDEN))
		return true;
	if (tag == TAG_FORM && !(n->flags & CF_GOOD))
		return true;
	if (!sure || !(n->flags & CF_BLOCK))
		return false;
	if (is_link_box(n) && tag != TAG_TABLE && tag != TAG_TR && tag != TAG_TD &&
		tag != TAG_LI && tag != TAG_P && !(n->flags & CF_HEADING))
		return true;
	return n->words * SMALL_SHARE < map->at[part].words &&
	       content_class_has(map->d, id, noise, COUNT_OF(noise));
}

void content_trim(const struct content_map *map, nid part, bool sure, uint8_t *skip)
{
	const struct dom *d = map->d;
	for (nid id = dom_walk(d, part, part); id;) {
		bool out = dom_kind(d, id) == DOM_ELEMENT && goes(map, id, part, sure);
		skip[id] = out;
		id = out ? dom_walk_past(d, id, part) : dom_walk(d, id, part);
	}
}
