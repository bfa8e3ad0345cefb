/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where is what the reader came for?
 *
 * 1. Measure (content_measure.c): every line of text is worth its words if it reads like prose, and
 *    costs if it is made of links; navigation, asides and footers turn what they hold into a loss.
 *    The worth of a node is the sum over all below it.
 * 2. Pick: the node with the largest sum. Everything around an article is links and fragments, so each
 *    step outwards from it loses; each step inwards loses paragraphs. Of equals the deeper one wins.
 * 3. Doubt: a winner with a small share of the page's words, or hardly any text that is no link, means
 *    that the page is no article (a shop, a list, a forum's index). Then the content is the element
 *    that says it is (main), or the page without its frames.
 * 4. Neighbours: pages split articles into several boxes. Siblings of the winner that read like it
 *    belong to it, and so does the page's headline just above.
 * 5. Trim (content_trim.c): lists of links, share bars and "read also" boxes inside are left out.
 */
#include "page/content.h"
#include "base/check.h"
#include "page/content_in.h"
#include "page/content_trim.h"

enum { FEW_WORDS = 60, MANY_PARTS = 64, LONG_PARAGRAPH = 16 };

static nid best_node(const struct content_map *map)
{
	const struct dom *d = map->d;
	nid best = map->body;
	for (nid id = dom_walk(d, map->body, map->body); id;) {
		const struct content_node *n = &map->at[id];
		bool past = dom_kind(d, id) != DOM_ELEMENT ||
			    (n->flags & (CF_HIDDEN | CF_FRAME)) || n->score <= 0;
		if (!past && (n->flags & CF_BLOCK) && n->score >= map->at[best].score)
			best = id;
		id = past ? dom_walk_past(d, id, map->body) : dom_walk(d, id, map->body);
	}
	return best;
}

/* Is the winner enough to be what the page is about? A page that calls itself an article may be short. */
static bool convincing(const struct content_map *map, nid id, bool article)
{
	const struct content_node *n = &map->at[id];
	uint32_t text = n->words - n->links;
	if (article)
		return text >= FEW_WORDS / 3 && n->words * 25 >= map->words;
	return n->words * 5 >= map->words && text >= FEW_WORDS;
}

/* Pages that go on with the next article below: the first of several is the one that was asked for. */
static nid first_article(const struct content_map *map, nid winner)
{
	const struct dom *d = map->d;
	struct str v;
	for (nid id = dom_walk(d, winner, winner); id;) {
		const struct content_node *n = &map->at[id];
		bool hidden = (n->flags & (CF_HIDDEN | CF_FRAME)) != 0;
		bool body = dom_html_tag(d, id) == TAG_ARTICLE ||
			    (dom_attr_count(d, id) && dom_attr(d, id, ATTR_ITEMPROP, &v) &&
				    str_eq(v, STR("articleBody")));
		if (!hidden && body && n->score >= FEW_WORDS &&
			n->words * 6 >= map->at[winner].words)
			return id;
		id = hidden ? dom_walk_past(d, id, winner) : dom_walk(d, id, winner);
	}
	return winner;
}

static bool within(const struct dom *d, nid id, nid above)
{
	while (id && id != above)
		id = dom_parent(d, id);
	return id != 0;
}

/* A sibling that reads like the winner: a fifth of its worth, or a long paragraph with few links. */
static bool belongs(const struct content_map *map, nid id, nid winner)
{
	const struct content_node *n = &map->at[id], *w = &map->at[winner];
	if (dom_kind(map->d, id) != DOM_ELEMENT || (n->flags & (CF_HIDDEN | CF_FRAME)))
		return false;
	if (n->score > 0 && n->score * 5 >= w->score)
		return true;
	return dom_html_tag(map->d, id) == TAG_P && n->own >= LONG_PARAGRAPH &&
	       n->own_links * 4 < n->own;
}

/* The page's first h1 that can be seen, or 0. */
static nid find_headline(const struct content_map *map)
{
	const struct dom *d = map->d;
	for (nid id = dom_walk(d, map->body, map->body); id;) {
		uint8_t flags = map->at[id].flags;
		if (dom_html_tag(d, id) == TAG_H1 && !(flags & CF_HIDDEN) && map->at[id].own)
			return id;
		id = flags & CF_HIDDEN ? dom_walk_past(d, id, map->body)
				       : dom_walk(d, id, map->body);
	}
	return 0;
}

/* Do the parts show it, or is it outside of them or in what was trimmed? */
static bool is_shown(const struct content *c, const struct dom *d, nid id)
{
	for (; id && !c->skip[id]; id = dom_parent(d, id))
		for (size_t i = 0; i < c->n_parts; i++)
			if (c->parts[i] == id)
				return true;
	return false;
}

/* An h1 of the parts themselves, if any is shown. */
static bool has_headline(const struct content *c, const struct content_map *map)
{
	const struct dom *d = map->d;
	for (size_t i = 0; i < c->n_parts; i++)
		for (nid id = c->parts[i]; id;) {
			bool past = c->skip[id] || (map->at[id].flags & CF_HIDDEN) != 0;
			if (!past && dom_html_tag(d, id) == TAG_H1)
				return true;
			id = past ? dom_walk_past(d, id, c->parts[i])
				  : dom_walk(d, id, c->parts[i]);
		}
	return false;
}

/* The only article element of a page is worth as much as a declaration, if it holds text. */
static nid only_article(const struct content_map *map)
{
	const struct dom *d = map->d;
	nid found = 0;
	for (nid id = dom_walk(d, map->body, map->body); id;) {
		bool past = (map->at[id].flags & (CF_HIDDEN | CF_FRAME)) != 0;
		if (!past && dom_html_tag(d, id) == TAG_ARTICLE) {
			if (found)
				return 0;
			found = id;
			past = true;
		}
		id = past ? dom_walk_past(d, id, map->body) : dom_walk(d, id, map->body);
	}
	return found && map->at[found].score >= FEW_WORDS ? found : 0;
}

static void add(struct content *out, nid *parts, nid id)
{
	if (out->n_parts < MANY_PARTS)
		parts[out->n_parts++] = id;
}

bool content_needs_noscript(const struct dom *d)
{
	enum { ENOUGH_OUTSIDE = 400, ENOUGH_INSIDE = 200 };
	size_t inside = 0, outside = 0;
	nid body = dom_body(d) ? dom_body(d) : 1, in = 0;
	for (nid id = dom_walk(d, body, body); id && outside < ENOUGH_OUTSIDE;) {
		enum tag_id tag = dom_html_tag(d, id);
		if (in && !within(d, id, in))
			in = 0;
		if (tag == TAG_NOSCRIPT && !in)
			in = id;
		if (dom_kind(d, id) == DOM_TEXT)
			*(in ? &inside : &outside) += str_trim(dom_text(d, id)).n;
		bool past = tag == TAG_SCRIPT || tag == TAG_STYLE || tag == TAG_TEMPLATE;
		id = past ? dom_walk_past(d, id, body) : dom_walk(d, id, body);
	}
	return outside < ENOUGH_OUTSIDE && inside > ENOUGH_INSIDE && inside > 3 * outside;
}

void content_find(struct arena *a, const struct dom *d, enum content_how how, bool noscript,
	struct content *out)
{
	struct content_map map;
	nid *parts = ARENA_ARRAY(a, nid, MANY_PARTS);
	content_measure(a, d, noscript, &map);
	*out = (struct content) { .parts = parts, .skip = arena_alloc(a, dom_count(d) + 1) };
	bool article = how == CONTENT_ARTICLE;
	nid winner = how == CONTENT_WHOLE ? map.body : best_node(&map);
	nid only = how == CONTENT_BEST ? only_article(&map) : 0;
	if (only) {
		winner = only;
		article = true;
	} else if (article) {
		winner = first_article(&map, winner);
	}
	bool sure = how != CONTENT_WHOLE && map.at[winner].score > 0 &&
		    convincing(&map, winner, article);
	if (!sure)
		winner = map.main && map.at[map.main].words * 10 >= map.words * 3 ? map.main
										  : map.body;
	nid up = dom_parent(d, winner);
	for (nid id = sure && up && winner != map.body ? dom_first(d, up) : 0; id;
		id = dom_next(d, id))
		if (id == winner || belongs(&map, id, winner))
			add(out, parts, id);
	if (out->n_parts == 0)
		add(out, parts, winner);
	for (size_t i = 0; i < out->n_parts; i++)
		content_trim(&map, out->parts[i],
			!sure	  ? TRIM_FRAMES
			: article ? TRIM_ARTICLE
				  : TRIM_BOXES,
			out->skip);
	nid headline = sure && !has_headline(out, &map) ? find_headline(&map) : 0;
	if (headline && !is_shown(out, d, headline) && out->n_parts < MANY_PARTS) {
		memmove(parts + 1, parts, out->n_parts * sizeof *parts);
		parts[0] = headline;
		out->n_parts++;
		out->skip[headline] = 0;
	}
}
