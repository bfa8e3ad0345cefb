/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which blocks stay? Those that content_rule_out left: first each block is scored by itself: a sum of
 * learnt weights, one for each answer (content_feature.c), which says how likely it is content. How likely
 * is enough? That depends on the page: where all is clear, one half; where much is in doubt, less, since
 * then a lost block costs more than a needless one (find_limit). Then the boxes have their say: neighbours in one box mostly share a fate, so a
 * box that goes against the one around it, or a block against its box, costs a little. Over all ways
 * to keep and drop, the cheapest one wins; on a tree that takes one walk up (what is each box worth
 * kept, what dropped?) and one walk down (what did it choose?). So a date amid paragraphs stays in an
 * article's list and a lone long teaser goes with the teasers around it. A table of data is kept or
 * dropped as a whole.
 */
#include "base/check.h"
#include "page/content_feature.h"

#include <math.h>

enum { SCORE_MAX = 400, TABLE_LOOKS = 300, ROUNDS = 8, LIMIT_ARTICLE = 30 };
static const float against = 1; /* what it costs to differ from the box around */
static const float chance_least = 0.1F, clear = 0.8F; /* see find_limit */

static int16_t within(int score)
{
	score = score > SCORE_MAX ? SCORE_MAX : score;
	return (int16_t)(score < -SCORE_MAX ? -SCORE_MAX : score);
}

static void score_blocks(struct content_map *map)
{
	unsigned table = content_table_of[map->kind];
	uint8_t f[F_COUNT];
	for (size_t i = 0; i < map->n; i++) {
		int score = content_bias;
		if (map->block[i].why != WHY_SCORE) {
			map->block[i].score = -SCORE_MAX;
			continue;
		}
		content_features(map, i, f);
		for (unsigned k = 0; k < F_COUNT; k++)
			score += content_weight[k][f[k]] + content_weight_kind[table][k][f[k]];
		map->block[i].score = within(score);
	}
}

/* Of a block's words, the share that is content by its score. */
static float chance_of(const struct content_block *b)
{
	return b->why == WHY_SCORE ? 1 / (1 + expf((float)-b->score / 100)) : 0;
}

/*
 * The score from which a block is kept. What counts is F, twice the content that is kept over all that is
 * kept and all content, both in words. A block raises F exactly when the share of content in it is above
 * half of F. So: F as the scores let expect it, that limit, F with that limit, and so on; it settles soon.
 * An article that is clear asks for more: around it stands much that reads like one.
 */
static void find_limit(struct content_map *map)
{
	float all = 0, f = 1;
	for (size_t i = 0; i < map->n; i++)
		all += chance_of(&map->block[i]) * (float)map->block[i].words;
	for (int round = 0; round < ROUNDS; round++) {
		float kept = 0, hit = 0;
		for (size_t i = 0; i < map->n; i++) {
			const struct content_block *b = &map->block[i];
			float chance = chance_of(b);
			if (chance > f / 2) {
				kept += (float)b->words;
				hit += chance * (float)b->words;
			}
		}
		f = kept > 0 ? 2 * hit / (kept + all) : 0;
	}
	float least = fmaxf(f / 2, chance_least);
	map->limit = (int16_t)lrintf(100 * logf(least / (1 - least)));
	if (map->kind == KIND_ARTICLE && f > clear)
		map->limit = LIMIT_ARTICLE;
	for (size_t i = 0; i < map->n; i++)
		if (map->block[i].why == WHY_SCORE)
			map->block[i].score = within(map->block[i].score - map->limit);
}

/* Of keeping a block: by its root, so that long texts do not outvote all around them. */
static float worth_of(const struct content_block *b)
{
	return sqrtf((float)b->words + 1) * (float)b->score / 100;
}

/* Worth of keeping and dropping goes from a box to the one around it. */
static void hand_up(const struct content_node *n, float cost, struct content_node *up)
{
	up->keep += fmaxf(n->keep, n->drop - cost);
	up->drop += fmaxf(n->drop, n->keep - cost);
}

static void weigh_boxes(struct content_map *map)
{
	const struct dom *d = map->d;
	for (size_t i = 0; i < map->n; i++) {
		const struct content_block *b = &map->block[i];
		struct content_node one = { .keep = worth_of(b) };
		hand_up(&one, against, &map->at[b->node]);
	}
	nid root = map->body, id = root;
	for (;;) {
		if (dom_first(d, id) && map->at[id].to > map->at[id].from) {
			id = dom_first(d, id);
			continue;
		}
		while (id != root) {
			struct content_node *n = &map->at[id];
			hand_up(n, n->flags & CF_BLOCK ? against : 0,
				&map->at[dom_parent(d, id)]);
			if (dom_next(d, id))
				break;
			id = dom_parent(d, id);
		}
		if (id == root)
			return;
		id = dom_next(d, id);
	}
}

static bool follows(const struct content_node *n, bool above, float cost)
{
	return above ? n->keep >= n->drop - cost : n->keep - cost > n->drop;
}

static void choose(struct content_map *map)
{
	const struct dom *d = map->d;
	map->at[map->body].kept = map->at[map->body].keep >= map->at[map->body].drop;
	for (nid id = dom_walk(d, map->body, map->body); id;
		id = map->at[id].to > map->at[id].from ? dom_walk(d, id, map->body)
						       : dom_walk_past(d, id, map->body)) {
		struct content_node *n = &map->at[id];
		n->kept = follows(
			n, map->at[dom_parent(d, id)].kept, n->flags & CF_BLOCK ? against : 0);
	}
	for (size_t i = 0; i < map->n; i++) {
		struct content_block *b = &map->block[i];
		struct content_node one = { .keep = worth_of(b) };
		b->kept = b->why == WHY_SCORE && follows(&one, map->at[b->node].kept, against);
		if (b->why == WHY_SCORE && b->kept != (b->score > 0))
			b->why = WHY_BOX;
	}
}

bool content_is_data(const struct content_map *map, nid id)
{
	const struct dom *d = map->d;
	if (dom_html_tag(d, id) != TAG_TABLE ||
		content_of(map, id).words * 2 > map->sum[map->n].words)
		return false;
	for (nid c = dom_walk(d, id, id), n = 0; c && n < TABLE_LOOKS;
		c = dom_walk(d, c, id), n++)
		if (dom_html_tag(d, c) == TAG_TH)
			return true;
	return false;
}

static void unite_tables(struct content_map *map)
{
	const struct dom *d = map->d;
	for (nid id = dom_walk(d, map->body, map->body); id;) {
		struct content_node *n = &map->at[id];
		bool data = n->to > n->from && content_is_data(map, id);
		uint32_t kept = 0;
		for (uint32_t i = n->from; data && i < n->to; i++)
			kept += map->block[i].kept ? map->block[i].words : 0;
		bool keep = kept * 2 >= content_of(map, id).words;
		for (uint32_t i = n->from; data && i < n->to; i++) {
			struct content_block *b = &map->block[i];
			b->why = b->kept == keep ? b->why : WHY_TABLE;
			b->kept = keep;
		}
		id = data || n->to == n->from ? dom_walk_past(d, id, map->body)
					      : dom_walk(d, id, map->body);
	}
}

void content_judge(struct content_map *map)
{
	score_blocks(map);
	find_limit(map);
	weigh_boxes(map);
	choose(map);
	unite_tables(map);
}
