/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first walk: the page becomes a row of blocks, every element a range of them. What is hidden has
 * none. What an element is (navigation, a list, the part that calls itself main ...) is handed down to
 * all below it.
 */
#include "base/check.h"
#include "page/content_text.h"
#include "page/scan.h"

static const struct {
	uint8_t tag;
	uint16_t flags;
} tags[] = {
	{ TAG_ADDRESS, CF_BLOCK },
	{ TAG_ARTICLE, CF_BLOCK | CF_ARTICLE },
	{ TAG_BLOCKQUOTE, CF_BLOCK | CF_QUOTE },
	{ TAG_BODY, CF_BLOCK },
	{ TAG_CENTER, CF_BLOCK },
	{ TAG_DD, CF_BLOCK },
	{ TAG_DETAILS, CF_BLOCK | CF_DETAILS },
	{ TAG_DIV, CF_BLOCK },
	{ TAG_DL, CF_BLOCK | CF_LIST },
	{ TAG_DT, CF_BLOCK },
	{ TAG_FIELDSET, CF_BLOCK },
	{ TAG_FIGCAPTION, CF_BLOCK },
	{ TAG_FIGURE, CF_BLOCK | CF_FIGURE },
	{ TAG_FORM, CF_BLOCK | CF_FORM },
	{ TAG_HEADER, CF_BLOCK },
	{ TAG_HGROUP, CF_BLOCK },
	{ TAG_H1, CF_BLOCK },
	{ TAG_H2, CF_BLOCK },
	{ TAG_H3, CF_BLOCK },
	{ TAG_H4, CF_BLOCK },
	{ TAG_H5, CF_BLOCK },
	{ TAG_H6, CF_BLOCK },
	{ TAG_HTML, CF_BLOCK },
	{ TAG_LEGEND, CF_BLOCK },
	{ TAG_LI, CF_BLOCK },
	{ TAG_MAIN, CF_BLOCK | CF_MAIN },
	{ TAG_OL, CF_BLOCK | CF_LIST },
	{ TAG_P, CF_BLOCK },
	{ TAG_PRE, CF_BLOCK },
	{ TAG_SECTION, CF_BLOCK },
	{ TAG_TABLE, CF_BLOCK | CF_TABLE },
	{ TAG_TD, CF_BLOCK },
	{ TAG_TH, CF_BLOCK },
	{ TAG_TR, CF_BLOCK },
	{ TAG_UL, CF_BLOCK | CF_LIST },
	{ TAG_SUMMARY, CF_BLOCK },
	{ TAG_CAPTION, CF_BLOCK },
	{ TAG_NAV, CF_BLOCK | CF_NAV },
	{ TAG_ASIDE, CF_BLOCK | CF_ASIDE },
	{ TAG_FOOTER, CF_BLOCK | CF_FOOTER },
	{ TAG_MENU, CF_BLOCK | CF_NAV },
	{ TAG_SEARCH, CF_BLOCK | CF_NAV },
	{ TAG_DIALOG, CF_BLOCK | CF_DIALOG },
	{ TAG_A, CF_LINK },
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
	uint16_t flag;
} roles[] = {
	{ "navigation", CF_NAV },
	{ "banner", CF_HEADER },
	{ "contentinfo", CF_FOOTER },
	{ "complementary", CF_ASIDE },
	{ "search", CF_NAV },
	{ "dialog", CF_DIALOG },
	{ "alertdialog", CF_DIALOG },
	{ "menu", CF_NAV },
	{ "menubar", CF_NAV },
	{ "toolbar", CF_NAV },
	{ "main", CF_MAIN },
	{ "article", CF_ARTICLE },
};

/* Looser than the writer (markdown_seen.c), since the weights were learnt so: "*display", which only Internet Explorer
 * read, counts as well, and what is merely invisible keeps its place. */
static bool style_removes(struct str style)
{
	const char *hit = memmem(style.p, style.n, "display", 7);
	if (!hit)
		return false;
	struct str rest = { hit + 7, style.n - (size_t)(hit + 7 - style.p) };
	while (rest.n && (rest.p[0] == ':' || scan_is_space(rest.p[0])))
		rest = (struct str) { rest.p + 1, rest.n - 1 };
	return str_istarts(rest, STR("none"));
}

/* The walk's own state. */
struct measure {
	struct arena *arena;
	struct content_map *map;
	const struct content_names *names;
	const struct content_said *said;
	uint16_t by_tag[TAG_COUNT];
	struct content_reader reader;
	bool open; /* the last block takes more text */
};

static uint32_t attr_flags(const struct dom *d, nid id, uint32_t flags)
{
	uint64_t has = dom_attr_bits(d, id);
	struct str v;
	if ((has & attr_bit(ATTR_ROLE)) && dom_attr(d, id, ATTR_ROLE, &v))
		for (size_t i = 0; i < COUNT_OF(roles); i++)
			if (str_ieq(str_trim(v), str_of(roles[i].role)))
				flags |= roles[i].flag;
	if ((has & attr_bit(ATTR_ITEMPROP)) && dom_attr(d, id, ATTR_ITEMPROP, &v) &&
		str_eq(v, STR("articleBody")))
		flags |= CF_ARTICLE;
	if (((has & attr_bit(ATTR_HIDDEN)) && dom_attr(d, id, ATTR_HIDDEN, &v)) ||
		((has & attr_bit(ATTR_STYLE)) && dom_attr(d, id, ATTR_STYLE, &v) &&
			style_removes(v)) ||
		((has & attr_bit(ATTR_ARIA_HIDDEN)) && dom_attr(d, id, ATTR_ARIA_HIDDEN, &v) &&
			str_ieq(v, STR("true"))))
		flags |= CF_HIDDEN;
	return flags;
}

static uint32_t flags_of(const struct measure *m, nid id)
{
	const struct dom *d = m->map->d;
	enum tag_id tag = dom_tag(d, id);
	uint32_t flags = dom_ns(d, id) == NS_HTML ? m->by_tag[tag] : CF_HIDDEN;
	uint32_t above =
		m->map->at[dom_parent(d, id)].flags & ~(uint32_t)(CF_BLOCK | CF_HIDDEN);
	if (tag == TAG_MATH && dom_ns(d, id) == NS_MATHML)
		flags = 0;
	if (tag == TAG_HEADER && !(above & (CF_MAIN | CF_ARTICLE)))
		flags |= CF_HEADER;
	if (dom_attr_count(d, id) && !(flags & CF_HIDDEN))
		flags = attr_flags(d, id, flags);
	return flags | above;
}

/* Letters of a class only: numbers count cards and posts, they do not tell them apart. */
static uint32_t hash_of(uint32_t hash, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((s.p[i] | 32) >= 'a' && (s.p[i] | 32) <= 'z')
			hash = (hash ^ (unsigned char)s.p[i]) * 16777619U;
	return hash;
}

static void read_names(const struct measure *m, nid id)
{
	const struct dom *d = m->map->d;
	struct content_node *n = &m->map->at[id];
	uint64_t has = dom_attr_bits(d, id);
	struct str v;
	n->look = (2166136261U ^ dom_tag(d, id)) * 16777619U;
	if ((has & attr_bit(ATTR_CLASS)) && dom_attr(d, id, ATTR_CLASS, &v)) {
		n->look = hash_of(n->look, v);
		n->own_names = content_names_of(m->names, v);
	}
	static const enum attr_id say[] = { ATTR_ID, ATTR_ITEMPROP, ATTR_ITEMTYPE,
		ATTR_ARIA_LABEL };
	for (size_t i = 0; i < COUNT_OF(say); i++)
		if ((has & attr_bit(say[i])) && dom_attr(d, id, say[i], &v))
			n->own_names |= content_names_of(m->names, v);
}

static void close_block(struct measure *m)
{
	if (m->open)
		content_text_end(&m->map->block[m->map->n - 1], &m->reader);
	m->open = false;
}

static nid block_above(const struct content_map *map, nid id)
{
	for (id = dom_parent(map->d, id); id && !(map->at[id].flags & CF_BLOCK);)
		id = dom_parent(map->d, id);
	return id ? id : map->body;
}

static void take_text(struct measure *m, nid id)
{
	struct content_map *map = m->map;
	struct str text = dom_text(map->d, id);
	if (scan_space(text.p, text.p + text.n) == text.p + text.n)
		return;
	if (!m->open) {
		if (map->n == map->room) {
			size_t room = map->room * 2 + 256, size = sizeof *map->block;
			map->block =
				arena_grow(m->arena, map->block, map->room * size, room * size);
			map->room = room;
		}
		map->block[map->n++] = (struct content_block) {
			.node = block_above(map, id), .first = id, .hash = 2166136261U
		};
		m->reader = (struct content_reader) { .after = 100, .said = m->said };
		m->open = true;
	}
	map->block_of[id] = (uint32_t)map->n;
	struct content_block *b = &map->block[map->n - 1];
	bool link = (map->at[dom_parent(map->d, id)].flags & CF_LINK) != 0;
	content_text(b, &m->reader, text, link);
	m->reader.inside = false;
	b->anchors += link;
}

/* true: what is below is to be looked at. */
static bool enter(struct measure *m, nid id)
{
	struct content_map *map = m->map;
	const struct dom *d = map->d;
	struct content_node *n = &map->at[id];
	n->from = n->to = (uint32_t)map->n;
	n->flags = flags_of(m, id);
	n->depth = (uint16_t)(map->at[dom_parent(d, id)].depth + 1);
	if ((n->flags & CF_HIDDEN) && id != map->body)
		return false;
	if (!(n->flags & CF_BLOCK)) {
		map->block_of[id] = m->open ? (uint32_t)map->n : 0;
		if (dom_tag(d, id) == TAG_NONE) /* a custom element: its name tells */
			n->own_names = content_names_of(m->names, dom_name(d, id));
		return true;
	}
	close_block(m);
	read_names(m, id);
	if (!map->main && (n->flags & CF_MAIN))
		map->main = id;
	if (dom_html_tag(d, id) == TAG_H1 && map->h1_block == UINT32_MAX && dom_first(d, id)) {
		map->h1 = id;
		map->h1_block = (uint32_t)map->n;
	}
	return true;
}

static void leave(struct measure *m, nid id)
{
	struct content_node *n = &m->map->at[id];
	if (dom_kind(m->map->d, id) != DOM_ELEMENT && id != m->map->body)
		return;
	if (n->flags & CF_BLOCK)
		close_block(m);
	n->to = (uint32_t)m->map->n;
}

static void sum_up(struct arena *a, struct content_map *map)
{
	map->sum = ARENA_ARRAY(a, struct content_sum, map->n + 1);
	for (size_t i = 0; i < map->n; i++) {
		const struct content_block *b = &map->block[i];
		struct content_sum *s = &map->sum[i + 1];
		*s = map->sum[i];
		s->words += b->words;
		s->links += b->links;
		s->prose += content_is_prose(b) ? b->words : 0;
		s->prices += b->price && b->words < 12;
	}
}

void content_measure(
	struct arena *a, const struct dom *d, bool noscript, struct content_map *map)
{
	struct measure m = { .arena = a,
		.map = map,
		.names = content_names_new(a),
		.said = content_said_new(a, d) };
	for (size_t i = 0; i < COUNT_OF(tags); i++)
		m.by_tag[tags[i].tag] = tags[i].flags;
	if (noscript)
		m.by_tag[TAG_NOSCRIPT] = CF_BLOCK;
	*map = (struct content_map) {
		.d = d, .body = dom_body(d) ? dom_body(d) : 1, .h1_block = UINT32_MAX
	};
	map->at = ARENA_ARRAY(a, struct content_node, dom_count(d) + 1);
	map->block_of = ARENA_ARRAY(a, uint32_t, dom_count(d) + 1);
	nid root = map->body, id = root;
	for (;;) {
		bool into = false;
		if (dom_kind(d, id) == DOM_TEXT)
			take_text(&m, id);
		else if (dom_kind(d, id) == DOM_ELEMENT || id == root)
			into = enter(&m, id);
		if (into && dom_first(d, id)) {
			id = dom_first(d, id);
			continue;
		}
		for (;;) {
			leave(&m, id);
			if (id == root || dom_next(d, id))
				break;
			id = dom_parent(d, id);
		}
		if (id == root)
			break;
		id = dom_next(d, id);
	}
	close_block(&m);
	sum_up(a, map);
}
