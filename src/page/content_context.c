/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a block's surroundings say. Names of boxes count for all that stands in them, but a box with most
 * of the page's words is the page and says nothing of a single block: only names of content are taken
 * from it. Elements of the same tag and classes in the same surroundings are one group.
 */
#include "base/check.h"
#include "page/content_in.h"

enum {
	NAMES_OF_CONTENT = 1 << NAME_BODY | 1 << NAME_POST | 1 << NAME_TITLE | 1 << NAME_ITEM |
			   1 << NAME_SPEC,
	LONG_ENOUGH = 10,
	PROBES =
		256 /* classes and texts made to meet in one place of a table share one after so many */
};

struct content_group *content_group_of(const struct content_groups *g, uint32_t key)
{
	uint32_t i = (key * 2654435761U >> 7) & g->mask;
	for (int k = 0; k < PROBES && g->at[i].count && g->at[i].key != key; k++)
		i = (i + 1) & g->mask;
	return &g->at[i];
}

static struct content_groups groups_for(struct arena *a, size_t n)
{
	uint32_t room = 16;
	while (room < n * 2)
		room *= 2;
	return (struct content_groups) { ARENA_ARRAY(a, struct content_group, room), room - 1 };
}

static void count_in(
	struct content_groups *g, uint32_t key, struct content_sum s, uint32_t first)
{
	struct content_group *at = content_group_of(g, key);
	if (!at->count) {
		at->key = key;
		at->first = first;
	}
	at->count++;
	at->words += s.words;
	at->links += s.links;
	at->prices += s.prices;
}

static void hand_down(struct content_map *map, nid id, uint32_t page_words)
{
	const struct dom *d = map->d;
	struct content_node *n = &map->at[id];
	nid up = id == map->body ? 0 : dom_parent(d, id), top = up ? dom_parent(d, up) : 0;
	const struct content_node *above = &map->at[up], *over = &map->at[top];
	if ((n->flags & CF_BLOCK) && content_of(map, id).words * 2 > page_words)
		n->own_names &= NAMES_OF_CONTENT;
	n->any_names = above->any_names | n->own_names;
	n->near_names = above->own_names | over->own_names;
	n->group_key = n->look + above->look * 31U + over->look * 131U;
	enum tag_id tag = dom_html_tag(d, id);
	if ((tag == TAG_ARTICLE || ((n->flags & ~above->flags) & CF_ARTICLE)) &&
		!(n->flags & CF_HIDDEN) &&
		(!map->article ||
			content_of(map, id).words > content_of(map, map->article).words))
		map->article = id;
}

/* For prose, against links and fragments: all frames count against. */
static int32_t worth_of(const struct content_map *map, const struct content_block *b)
{
	uint32_t flags = map->at[b->node].flags;
	enum tag_id tag = dom_html_tag(map->d, b->node);
	bool prose = b->words >= LONG_ENOUGH && b->links * 20 < b->words * 9;
	if (flags & CF_FRAME)
		return prose ? -(int32_t)(b->words - b->links) / 2 : -(int32_t)b->links;
	if (tag_flags(tag) & TF_HEADING)
		return 0;
	if (prose)
		return (int32_t)(b->words - b->links);
	if (b->links * 2 > b->words)
		return -(int32_t)b->links;
	return tag == TAG_P || tag == TAG_LI || tag == TAG_TD || tag == TAG_TH ||
			       tag == TAG_DD || tag == TAG_DT || tag == TAG_PRE
		       ? 0
		       : -1;
}

/* Everything around an article is links and fragments, so each step outwards from it loses; each step
 * inwards loses paragraphs. Of equals the deeper one wins. */
static void find_best(struct content_map *map)
{
	const struct dom *d = map->d;
	for (size_t i = 0; i < map->n; i++)
		map->sum[i + 1].worth = map->sum[i].worth + worth_of(map, &map->block[i]);
	map->best = map->body;
	int32_t most = content_of(map, map->body).worth;
	for (nid id = dom_walk(d, map->body, map->body); id;) {
		const struct content_node *n = &map->at[id];
		bool past = dom_kind(d, id) != DOM_ELEMENT ||
			    (n->flags & (CF_HIDDEN | CF_FRAME)) || n->from == n->to;
		if (!past && (n->flags & CF_BLOCK)) {
			int32_t worth = content_of(map, id).worth;
			if ((n->flags & (CF_MAIN | CF_ARTICLE)) && worth > 0)
				worth += worth / 20;
			if (worth >= most) {
				most = worth;
				map->best = id;
			}
		}
		id = past ? dom_walk_past(d, id, map->body) : dom_walk(d, id, map->body);
	}
}

static void find_groups(struct arena *a, struct content_map *map)
{
	const struct dom *d = map->d;
	size_t elements = 0;
	map->blocks = groups_for(a, map->n);
	for (size_t i = 0; i < map->n; i++) {
		const struct content_block *b = &map->block[i];
		count_in(&map->blocks, map->at[b->node].group_key,
			(struct content_sum) { .words = b->words, .links = b->links },
			(uint32_t)i);
	}
	for (int round = 0; round < 2; round++) {
		for (nid id = dom_walk(d, map->body, map->body); id;) {
			const struct content_node *n = &map->at[id];
			if (dom_kind(d, id) == DOM_ELEMENT && (n->flags & CF_BLOCK) &&
				n->to > n->from + 1) {
				elements++;
				if (round)
					count_in(&map->cards, n->group_key, content_of(map, id),
						n->from);
			}
			id = n->to > n->from ? dom_walk(d, id, map->body)
					     : dom_walk_past(d, id, map->body);
		}
		if (!round)
			map->cards = groups_for(a, elements);
	}
	for (uint32_t i = 0; i <= map->cards.mask; i++) {
		const struct content_group *g = &map->cards.at[i];
		if (g->count >= 3 && g->words > map->most_cards)
			map->most_cards = g->words;
	}
}

/* The heading that each block stands under and the card that it is part of. */
static void find_sections(struct content_map *map)
{
	const struct dom *d = map->d;
	uint32_t heading = 0;
	uint8_t cue = CUE_NONE;
	for (size_t i = 0; i < map->n; i++) {
		struct content_block *b = &map->block[i];
		bool names = (tag_flags(dom_html_tag(d, b->node)) & TF_HEADING) != 0;
		if (names || (b->cue && b->words <= 6 && !b->links && !b->ends)) {
			heading = (uint32_t)i;
			cue = b->cue;
		}
		b->heading = heading;
		b->section = cue;
		nid id = b->node;
		for (int k = 0; k < 7 && id && id != map->body; k++, id = dom_parent(d, id)) {
			const struct content_node *n = &map->at[id];
			if ((n->flags & CF_BLOCK) && n->to > n->from + 1 &&
				content_group_of(&map->cards, n->group_key)->count >= 3) {
				b->card = id;
				break;
			}
		}
	}
}

/* Texts that stood above already: menus written twice, quotes, labels of every card. */
static void find_repeated(struct arena *a, struct content_map *map)
{
	uint32_t room = 16;
	while (room < map->n * 2)
		room *= 2;
	uint32_t *seen = ARENA_ARRAY(a, uint32_t, room);
	for (size_t i = 0; i < map->n; i++) {
		uint32_t hash = map->block[i].hash ? map->block[i].hash : 1;
		uint32_t at = (hash * 2654435761U >> 7) & (room - 1);
		for (int k = 0; k < PROBES && seen[at] && seen[at] != hash; k++)
			at = (at + 1) & (room - 1);
		map->block[i].repeated = seen[at] == hash;
		seen[at] = hash;
	}
}

void content_context(struct arena *a, struct content_map *map)
{
	const struct dom *d = map->d;
	uint32_t words = map->sum[map->n].words;
	hand_down(map, map->body, words);
	for (nid id = dom_walk(d, map->body, map->body); id;) {
		bool past = dom_kind(d, id) != DOM_ELEMENT || (map->at[id].flags & CF_HIDDEN);
		if (!past)
			hand_down(map, id, words);
		id = past ? dom_walk_past(d, id, map->body) : dom_walk(d, id, map->body);
	}
	find_best(map);
	find_groups(a, map);
	find_sections(map);
	find_repeated(a, map);
}
