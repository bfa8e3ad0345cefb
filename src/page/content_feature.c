/* SPDX-License-Identifier: Apache-2.0 */
/* The answers: sizes on a scale of doubling steps, shares in eighths, names as their place in a list. */
#include "page/content_feature.h"
#include "base/check.h"

/* 0 for 0, then 1, 2, 3, 4, 6, 9, 14, 20, 30, 45, 70, 110, 200, 500 and more. */
static uint8_t grade_of(uint32_t n)
{
	static const uint16_t steps[] = { 1, 2, 3, 4, 6, 9, 14, 20, 30, 45, 70, 110, 200, 500 };
	uint8_t i = 0;
	while (i < COUNT_OF(steps) && n >= steps[i])
		i++;
	return i;
}

/* 0: none, 1 to 8: eighths, 9: all; 10: of nothing. */
static uint8_t eighths_of(uint32_t part, uint32_t whole)
{
	if (whole == 0)
		return 10;
	if (part == 0)
		return 0;
	return (uint8_t)(part >= whole ? 9 : 1 + (uint64_t)part * 8 / whole);
}

/* Elements that are content as often as each other share an answer; the learnt tables know them by these numbers. */
static uint8_t tag_of(const struct content_map *map, nid id)
{
	switch (dom_html_tag(map->d, id)) {
	case TAG_P:
		return 1;
	case TAG_LI:
		return 2;
	case TAG_H1:
		return 3;
	case TAG_H2:
		return 4;
	case TAG_H3:
		return 5;
	case TAG_H4:
	case TAG_H5:
	case TAG_H6:
		return 6;
	case TAG_TD:
		return 7;
	case TAG_TH:
	case TAG_CAPTION:
		return 8;
	case TAG_DD:
	case TAG_DT:
		return 9;
	case TAG_FIGCAPTION:
		return 10;
	case TAG_BLOCKQUOTE:
		return 11;
	case TAG_PRE:
		return 12;
	case TAG_SECTION:
	case TAG_ARTICLE:
	case TAG_MAIN:
	case TAG_BODY:
		return 13;
	case TAG_SUMMARY:
	case TAG_LEGEND:
		return 14;
	case TAG_DIV:
		return 0;
	default:
		return 15;
	}
}

static void about_itself(
	const struct content_map *map, const struct content_block *b, uint8_t *f)
{
	f[F_WORDS] = grade_of(b->words);
	f[F_DENSITY] = eighths_of(b->links, b->words);
	f[F_TAG] = tag_of(map, b->node);
	f[F_SENTENCES] = (uint8_t)(2 * (b->sentences > 6 ? 6 : b->sentences) + b->ends);
	f[F_COMMAS] = grade_of(b->commas);
	f[F_CAPITALS] = eighths_of(b->capitals, b->words);
	f[F_DIGITS] = b->words < 3 && b->digits ? 11 : grade_of(b->digits * 8 / (b->words + 1));
	f[F_MARKS] = (uint8_t)(b->price + 2 * b->date + 4 * (b->words > 12));
	f[F_CUE] = b->cue;
	f[F_TITLE] = eighths_of(b->in_title, b->long_words);
	f[F_ABOUT] = eighths_of(b->in_about, b->long_words);
	f[F_REPEATED] = (uint8_t)(b->repeated + 2 * (b->words > 3) + 4 * (b->words > 12));
}

static uint8_t frame_of(uint32_t flags)
{
	return flags & CF_DIALOG   ? 1
	       : flags & CF_NAV	   ? 2
	       : flags & CF_FOOTER ? (flags & (CF_MAIN | CF_ARTICLE) ? 4 : 3)
	       : flags & CF_ASIDE  ? (flags & (CF_MAIN | CF_ARTICLE) ? 6 : 5)
	       : flags & CF_HEADER ? 7
				   : 0;
}

static uint8_t box_of(uint32_t flags)
{
	return flags & CF_FIGURE    ? 1
	       : flags & CF_DETAILS ? 2
	       : flags & CF_QUOTE   ? 3
	       : flags & CF_FORM    ? (flags & (CF_TABLE | CF_LIST) ? 5 : 4)
	       : flags & CF_TABLE   ? (flags & CF_LIST ? 7 : 6)
	       : flags & CF_LIST    ? 8
				    : 0;
}

static bool in_range(const struct content_map *map, nid of, size_t i)
{
	return of && i >= map->at[of].from && i < map->at[of].to;
}

static uint8_t best_of(const struct content_map *map, size_t i)
{
	const struct content_node *best = &map->at[map->best];
	nid up = map->best == map->body ? map->body : dom_parent(map->d, map->best);
	nid over = up == map->body ? up : dom_parent(map->d, up);
	if (i >= best->from && i < best->to)
		return map->best == map->body ? 1 : 0;
	bool after = i >= best->to;
	if (in_range(map, up, i))
		return 2 + after;
	return (uint8_t)((in_range(map, over, i) ? 4 : 6) + after);
}

static void about_place(const struct content_map *map, size_t i, uint8_t *f)
{
	const struct content_block *b = &map->block[i];
	const struct content_node *n = &map->at[b->node];
	uint32_t words = map->sum[map->n].words;
	f[F_FRAME] = frame_of(n->flags);
	unsigned main = !map->main ? 0 : n->flags & CF_MAIN ? 2 : 1;
	unsigned article = !map->article		    ? 0
			   : in_range(map, map->article, i) ? 3
			   : n->flags & CF_ARTICLE	    ? 2
							    : 1;
	f[F_INSIDE] = (uint8_t)(main * 4 + article);
	f[F_BOX] = box_of(n->flags);
	f[F_BEST] = best_of(map, i);
	f[F_PLACE] = eighths_of(map->sum[i].words, words);
	if (map->h1_block >= map->n)
		f[F_H1] = 0;
	else if (i < map->h1_block)
		f[F_H1] = 1;
	else
		f[F_H1] = i < map->at[map->h1].to
				  ? 2
				  : 3 + grade_of((uint32_t)i - map->h1_block) / 2;
	f[F_DEPTH] = grade_of(n->depth);
}

static void one_beside(
	const struct content_map *map, size_t i, uint8_t *words, uint8_t *links, uint8_t *tag)
{
	if (i >= map->n) {
		*links = *tag = 15;
		return;
	}
	const struct content_block *b = &map->block[i];
	*words = grade_of(b->words);
	*links = eighths_of(b->links, b->words);
	*tag = tag_of(map, b->node);
}

/* Words of other blocks between it and the next prose in that direction. */
static uint8_t prose_beside(const struct content_map *map, size_t i, int step)
{
	uint32_t words = 0;
	for (size_t k = i, looks = 0; looks < 24; looks++) {
		k += (size_t)step;
		if (k >= map->n)
			return 15;
		if (content_is_prose(&map->block[k]) && map->block[k].words >= 15)
			return grade_of(words);
		words += map->block[k].words;
	}
	return 14;
}

static void about_around(const struct content_map *map, size_t i, uint8_t *f)
{
	const struct dom *d = map->d;
	const struct content_block *b = &map->block[i];
	nid up = b->node == map->body ? b->node : dom_parent(d, b->node);
	nid over = up == map->body ? up : dom_parent(d, up);
	struct content_sum p = content_of(map, up), g = content_of(map, over);
	one_beside(map, i - 1, &f[F_PREV], &f[F_PREV_LINKS], &f[F_PREV_TAG]);
	one_beside(map, i + 1, &f[F_NEXT], &f[F_NEXT_LINKS], &f[F_NEXT_TAG]);
	f[F_PARENT] = grade_of(p.words - b->words);
	f[F_PARENT_LINKS] = eighths_of(p.links, p.words);
	f[F_GRAND] = grade_of(g.words - b->words);
	f[F_GRAND_LINKS] = eighths_of(g.links, g.words);
	f[F_GRAND_PROSE] = eighths_of(g.prose, g.words);
	f[F_PROSE_BEFORE] = prose_beside(map, i, -1);
	f[F_PROSE_AFTER] = prose_beside(map, i, 1);
	const struct content_group *group =
		content_group_of(&map->blocks, map->at[b->node].group_key);
	f[F_GROUP] = grade_of(group->count);
	f[F_GROUP_WORDS] = grade_of(group->words / group->count);
	f[F_GROUP_LINKS] = eighths_of(group->links, group->words);
	f[F_SECTION] = b->section;
	f[F_SECTION_FAR] = grade_of(map->sum[i].words - map->sum[b->heading].words);
}

static void about_cards(const struct content_map *map, size_t i, uint8_t *f)
{
	const struct content_block *b = &map->block[i];
	if (!b->card)
		return;
	const struct content_node *n = &map->at[b->card];
	const struct content_group *g = content_group_of(&map->cards, n->group_key);
	f[F_CARDS] = grade_of(g->count);
	f[F_CARD_WORDS] = grade_of(g->words / g->count);
	f[F_CARD_SHARE] = eighths_of(g->words, map->sum[map->n].words);
	f[F_CARD_LINKS] = eighths_of(g->links, g->words);
	f[F_CARD_MOST] = eighths_of(g->words, map->most_cards);
	f[F_CARD_PRICE] = eighths_of(g->prices, g->count);
	f[F_CARD_FIRST] = (uint8_t)(n->from == g->first ? 1 : 2 + (i == n->from));
}

void content_features(const struct content_map *map, size_t i, uint8_t f[F_COUNT])
{
	const struct content_block *b = &map->block[i];
	const struct content_node *n = &map->at[b->node];
	memset(f, 0, F_COUNT);
	about_itself(map, b, f);
	about_place(map, i, f);
	about_around(map, i, f);
	about_cards(map, i, f);
	for (unsigned k = 0; k < NAME_COUNT; k++)
		f[F_NAMES + k] = n->own_names >> k & 1	  ? 1
				 : n->near_names >> k & 1 ? 2
				 : n->any_names >> k & 1  ? 3
							  : 0;
}
