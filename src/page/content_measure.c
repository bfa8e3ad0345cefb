/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one walk that measures. Text belongs to the nearest block above it. When a block is left, its own
 * lines are judged: enough words with few links are worth their number, mostly links cost, short
 * fragments (menus, labels, buttons) cost a little. The worth of a node is the sum over its subtree,
 * and a frame (nav, aside, footer ...) turns what it holds into a loss.
 */
#include "page/content_in.h"
#include "base/check.h"
#include "page/scan.h"
#include "page/unicode.h"

enum { GOOD_WORDS = 10 };

static const struct {
	uint8_t tag, flags;
} tags[] = {
	{ TAG_ADDRESS, CF_BLOCK },
	{ TAG_ARTICLE, CF_BLOCK | CF_MAIN },
	{ TAG_BLOCKQUOTE, CF_BLOCK },
	{ TAG_BODY, CF_BLOCK },
	{ TAG_CENTER, CF_BLOCK },
	{ TAG_DD, CF_BLOCK },
	{ TAG_DETAILS, CF_BLOCK },
	{ TAG_DIV, CF_BLOCK },
	{ TAG_DL, CF_BLOCK },
	{ TAG_DT, CF_BLOCK },
	{ TAG_FIELDSET, CF_BLOCK },
	{ TAG_FIGCAPTION, CF_BLOCK },
	{ TAG_FIGURE, CF_BLOCK },
	{ TAG_FORM, CF_BLOCK },
	{ TAG_HEADER, CF_BLOCK },
	{ TAG_H1, CF_BLOCK | CF_HEADING },
	{ TAG_H2, CF_BLOCK | CF_HEADING },
	{ TAG_H3, CF_BLOCK | CF_HEADING },
	{ TAG_H4, CF_BLOCK | CF_HEADING },
	{ TAG_H5, CF_BLOCK | CF_HEADING },
	{ TAG_H6, CF_BLOCK | CF_HEADING },
	{ TAG_HTML, CF_BLOCK },
	{ TAG_LI, CF_BLOCK },
	{ TAG_MAIN, CF_BLOCK | CF_MAIN },
	{ TAG_OL, CF_BLOCK },
	{ TAG_P, CF_BLOCK },
	{ TAG_PRE, CF_BLOCK },
	{ TAG_SECTION, CF_BLOCK },
	{ TAG_TABLE, CF_BLOCK },
	{ TAG_TD, CF_BLOCK },
	{ TAG_TH, CF_BLOCK },
	{ TAG_TR, CF_BLOCK },
	{ TAG_UL, CF_BLOCK },
	{ TAG_SUMMARY, CF_BLOCK },
	{ TAG_CAPTION, CF_BLOCK },
	{ TAG_NAV, CF_BLOCK | CF_FRAME },
	{ TAG_ASIDE, CF_BLOCK | CF_FRAME },
	{ TAG_FOOTER, CF_BLOCK | CF_FRAME },
	{ TAG_MENU, CF_BLOCK | CF_FRAME },
	{ TAG_SEARCH, CF_BLOCK | CF_FRAME },
	{ TAG_DIALOG, CF_BLOCK | CF_FRAME },
	{ TAG_SCRIPT, CF_HIDDEN },
	{ TAG_STYLE, CF_HIDDEN },
	{ TAG_TEMPLATE, CF_HIDDEN },
	{ TAG_HEAD, CF_HIDDEN },
	{ TAG_NOSCRIPT, CF_HIDDEN },
	{ TAG_SVG, CF_HIDDEN },
	{ TAG_SELECT, CF_HIDDEN },
	{ TAG_TEXTAREA, CF_HIDDEN },
	{ TAG_BUTTON, CF_HIDDEN },
	{ TAG_OBJECT, CF_HIDDEN },
	{ TAG_CANVAS, CF_HIDDEN },
	{ TAG_IFRAME, CF_HIDDEN },
	{ TAG_TITLE, CF_HIDDEN },
	{ TAG_LABEL, CF_HIDDEN },
};

static const struct {
	const char *role;
	uint8_t flag;
} roles[] = {
	{ "navigation", CF_FRAME },
	{ "banner", CF_FRAME },
	{ "contentinfo", CF_FRAME },
	{ "complementary", CF_FRAME },
	{ "search", CF_FRAME },
	{ "dialog", CF_FRAME },
	{ "alertdialog", CF_FRAME },
	{ "menu", CF_FRAME },
	{ "menubar", CF_FRAME },
	{ "toolbar", CF_FRAME },
	{ "main", CF_MAIN },
	{ "article", CF_MAIN },
};

uint32_t content_words(struct str s)
{
	uint32_t words = 0, unspaced = 0;
	bool inside = false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c < 0x80) {
			bool letter = uni_is_alnum(c);
			words += letter && !inside;
			inside = letter || (inside && c > ' ');
		} else if ((c >= 0xE3 && c <= 0xE9) ||
			   (c == 0xE0 && i + 1 < s.n && (unsigned char)s.p[i + 1] >= 0xB8)) {
			unspaced++;
			inside = false;
		} else if (c >= 0xC3 && c != 0xE2) {
			words += !inside;
			inside = true;
		}
	}
	return words + (unspaced + 1) / 2;
}

static bool style_hides(struct str style)
{
	const char *hit = memmem(style.p, style.n, "display", 7);
	if (!hit)
		return false;
	struct str rest = { hit + 7, style.n - (size_t)(hit + 7 - style.p) };
	while (rest.n && (rest.p[0] == ':' || scan_is_space(rest.p[0])))
		rest = (struct str) { rest.p + 1, rest.n - 1 };
	return str_istarts(rest, STR("none"));
}

static uint8_t flags_of(const struct dom *d, nid id, const uint8_t *by_tag)
{
	uint8_t flags = dom_ns(d, id) == NS_HTML ? by_tag[dom_tag(d, id)] : CF_HIDDEN;
	struct str v;
	if (dom_tag(d, id) == TAG_MATH && dom_ns(d, id) == NS_MATHML)
		flags = 0;
	if (dom_attr_count(d, id) == 0 || (flags & CF_HIDDEN))
		return flags;
	if (dom_attr(d, id, ATTR_ROLE, &v))
		for (size_t i = 0; i < COUNT_OF(roles); i++)
			if (str_ieq(str_trim(v), str_of(roles[i].role)))
				flags |= roles[i].flag;
	if (dom_attr(d, id, ATTR_ITEMPROP, &v) && str_eq(v, STR("articleBody")))
		flags |= CF_MAIN;
	if (dom_attr(d, id, ATTR_HIDDEN, &v) ||
		(dom_attr(d, id, ATTR_STYLE, &v) && style_hides(v)) ||
		(dom_attr(d, id, ATTR_ARIA_HIDDEN, &v) && str_ieq(v, STR("true"))))
		flags |= CF_HIDDEN;
	return flags;
}

/* A header of the page is a frame, one of an article is not. */
static bool is_page_header(const struct content_map *map, nid id)
{
	for (nid up = dom_parent(map->d, id); up; up = dom_parent(map->d, up))
		if (map->at[up].flags & CF_MAIN)
			return false;
	return true;
}

/* What the lines of this block are worth. */
static float worth(const struct dom *d, nid id, const struct content_node *n)
{
	enum tag_id tag = dom_html_tag(d, id);
	float links = n->own ? (float)n->own_links / (float)n->own : 0;
	if (n->own == 0 || (n->flags & CF_HEADING))
		return 0;
	if (n->own >= GOOD_WORDS && links < 0.45F)
		return (float)n->own * (1 - links);
	if (links > 0.5F)
		return -(float)n->own_links;
	if (tag == TAG_P || tag == TAG_LI || tag == TAG_TD || tag == TAG_DD || tag == TAG_PRE ||
		tag == TAG_TH || tag == TAG_DT || tag == TAG_FIGCAPTION)
		return 0;
	return -1;
}

static void leave(struct content_map *map, nid id, nid up)
{
	struct content_node *n = &map->at[id], *to = &map->at[up];
	if (n->flags & CF_BLOCK) {
		float own = worth(map->d, id, n);
		if (own >= GOOD_WORDS / 2)
			n->flags |= CF_GOOD;
		n->score += own;
		n->words += n->own;
		n->links += n->own_links;
		if (n->flags & CF_MAIN)
			n->score *= n->score > 0 ? 1.05F : 1;
	} else {
		to->own += n->own;
		to->own_links += n->own_links;
	}
	if (n->flags & CF_FRAME) {
		to->score -= n->score < 0 ? -n->score : n->score / 2;
		return;
	}
	to->score += n->score;
	to->words += n->words;
	to->links += n->links;
	to->flags |= n->flags & CF_GOOD;
}

void content_measure(
	struct arena *a, const struct dom *d, bool noscript, struct content_map *map)
{
	uint8_t by_tag[TAG_COUNT] = { 0 };
	for (size_t i = 0; i < COUNT_OF(tags); i++)
		by_tag[tags[i].tag] = tags[i].flags;
	if (noscript)
		by_tag[TAG_NOSCRIPT] = CF_BLOCK;
	*map = (struct content_map) { .d = d, .body = dom_body(d) ? dom_body(d) : 1 };
	map->at = ARENA_ARRAY(a, struct content_node, dom_count(d) + 1);
	size_t in_link = 0;
	nid root = map->body, id = root;
	for (;;) {
		struct content_node *n = &map->at[id];
		bool into = false;
		if (dom_kind(d, id) == DOM_TEXT) {
			uint32_t words = content_words(dom_text(d, id));
			map->at[dom_parent(d, id)].own += words;
			map->at[dom_parent(d, id)].own_links += in_link ? words : 0;
		} else if (dom_kind(d, id) == DOM_ELEMENT || id == root) {
			n->flags = flags_of(d, id, by_tag);
			if (dom_html_tag(d, id) == TAG_HEADER && is_page_header(map, id))
				n->flags |= CF_FRAME;
			into = !(n->flags & CF_HIDDEN) || id == root;
			in_link += into && dom_html_tag(d, id) == TAG_A;
			if (!map->main && (dom_html_tag(d, id) == TAG_MAIN) && into)
				map->main = id;
		}
		if (into && dom_first(d, id)) {
			id = dom_first(d, id);
			continue;
		}
		for (;;) {
			if (dom_kind(d, id) == DOM_ELEMENT &&
				!(map->at[id].flags & CF_HIDDEN)) {
				in_link -= dom_html_tag(d, id) == TAG_A;
				leave(map, id, id == root ? 0 : dom_parent(d, id));
			}
			if (id == root || dom_next(d, id))
				break;
			id = dom_parent(d, id);
		}
		if (id == root)
			break;
		id = dom_next(d, id);
	}
	map->words = map->at[root].words;
	map->links = map->at[root].links;
}
