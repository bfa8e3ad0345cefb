/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What needs no weighing: frames (by element name or ARIA role), boxes that call themselves footer,
 * related or newsletter, and comments. On pages with known content fewer than one word in twenty of these
 * belonged to it. None of it holds against the page itself: what makes up half of the words (seven
 * eighths for frames) is not ruled out, so a page in one big aside and a forum whose posts are called
 * comments stay whole.
 */
#include "base/check.h"
#include "page/content_in.h"

enum {
	RULED_OUT = CF_NAV | CF_ASIDE | CF_FOOTER | CF_DIALOG,
	FEW_WORDS = 6,
	FRAMES_MOST = 8 /* in eighths of the page: 7 may be frames */
};

static uint8_t why_out(const struct content_map *map, const struct content_block *b)
{
	const struct content_node *n = &map->at[b->node];
	uint32_t near = n->own_names | n->near_names;
	if (n->flags & RULED_OUT)
		return WHY_FRAME;
	if ((n->own_names & (1U << NAME_FOOT | 1U << NAME_RELATED)) || (near & 1U << NAME_SIGN))
		return WHY_NAME;
	if (b->words <= FEW_WORDS && (near & 1U << NAME_SHARE))
		return WHY_NAME;
	return near & 1U << NAME_COMMENT ? WHY_COMMENT : WHY_SCORE;
}

void content_rule_out(struct content_map *map)
{
	uint32_t words[WHY_COUNT] = { 0 };
	for (size_t i = 0; i < map->n; i++) {
		struct content_block *b = &map->block[i];
		b->why = why_out(map, b);
		words[b->why] += b->words;
	}
	uint32_t all = map->sum[map->n].words, inside = all - words[WHY_FRAME];
	for (size_t i = 0; i < map->n; i++) {
		struct content_block *b = &map->block[i];
		bool most = b->why == WHY_FRAME ? inside * FRAMES_MOST < all
						: words[b->why] * 2 >= inside;
		if (most)
			b->why = WHY_SCORE;
	}
}
