/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The search for the main content in words: the page's kind and what spoke for it, the elements that could
 * have been it, and a line for each block: kept or not, why, its words, links and score, the answers that
 * weighed most, where it stands and how it begins.
 */
#include "base/check.h"
#include "page/content_feature.h"
#include "page/content_kind.h"

#include <stdlib.h>

enum { STEPS = 6, TEXT_BYTES = 60, TOP = 3 };

static const char *const kinds[KIND_COUNT] = { "article", "documentation", "service", "forum",
	"collection", "listing", "product" };
static const char *const reasons[WHY_COUNT] = { [WHY_SCORE] = "score",
	[WHY_BOX] = "its box",
	[WHY_TABLE] = "its table",
	[WHY_FRAME] = "frame",
	[WHY_NAME] = "name of its box",
	[WHY_COMMENT] = "comment" };
static const char *const features[F_NAMES] = {
#define FEATURE_ROW(id, word) word,
#include "page/content_feature_table.h"
#undef FEATURE_ROW
};
static const char *const evidences[E_COUNT] = {
#define EVIDENCE_ROW(id, word) word,
#include "page/content_kind_table.h"
#undef EVIDENCE_ROW
};
static const char *const names[NAME_COUNT] = {
#define NAME_ROW(id, words) words,
#include "page/content_name_table.h"
#undef NAME_ROW
};

/* The answers with the largest weights, the heaviest first. */
static void put_top(const int *weight, unsigned n, void (*put_word)(unsigned, struct buf *),
	struct buf *out)
{
	unsigned done[TOP];
	for (unsigned k = 0; k < TOP; k++) {
		unsigned best = n;
		for (unsigned i = 0; i < n; i++) {
			bool taken = weight[i] == 0;
			for (unsigned j = 0; j < k; j++)
				taken |= done[j] == i;
			if (!taken && (best == n || abs(weight[i]) > abs(weight[best])))
				best = i;
		}
		if (best == n)
			return;
		done[k] = best;
		buf_text(out, k ? ", " : "");
		put_word(best, out);
		buf_addf(out, " %+.2f", weight[best] / 100.0);
	}
}

static void put_evidence(unsigned i, struct buf *out)
{
	buf_text(out, evidences[i]);
}

/* A group of names goes by its first word. */
static void put_feature(unsigned i, struct buf *out)
{
	if (i < F_NAMES) {
		buf_text(out, features[i]);
		return;
	}
	struct str all = str_of(names[i - F_NAMES]), first;
	str_cut(&all, ' ', &first);
	buf_text(out, "name ");
	buf_add_str(out, first);
}

/* main > div.post[3]: tag, first class, place among siblings; the innermost steps. */
static void put_step(const struct dom *d, nid id, struct buf *out)
{
	struct str v;
	unsigned place = 1;
	for (nid b = dom_prev(d, id); b && place < 1000; b = dom_prev(d, b))
		place += dom_kind(d, b) == DOM_ELEMENT;
	buf_add_str(out, dom_name(d, id));
	if (dom_attr(d, id, ATTR_CLASS, &v) && str_trim(v).n) {
		v = str_trim(v);
		for (size_t n = 0; n < v.n; n++)
			if ((unsigned char)v.p[n] <= ' ')
				v.n = n;
		buf_char(out, '.');
		buf_add_str(out, str_head(v, 30));
	}
	buf_addf(out, "[%u]", place);
}

static void put_path(const struct content_map *map, nid id, struct buf *out)
{
	nid steps[STEPS];
	size_t n = 0;
	for (; id && id != map->body && n < STEPS; id = dom_parent(map->d, id))
		steps[n++] = id;
	if (n == 0)
		buf_text(out, "body");
	while (n) {
		put_step(map->d, steps[--n], out);
		if (n)
			buf_text(out, " > ");
	}
}

static void put_text(const struct content_map *map, size_t i, struct buf *out)
{
	struct str s = str_head(str_trim(dom_text(map->d, map->block[i].first)), TEXT_BYTES);
	for (size_t k = 0; k < s.n; k++)
		buf_char(out, (unsigned char)s.p[k] < ' ' ? ' ' : s.p[k]);
}

static void put_kind(
	const struct content_map *map, const struct content_hint *hint, struct buf *out)
{
	uint8_t e[E_COUNT];
	int points[KIND_COUNT], weight[E_COUNT];
	content_evidence(map, hint, e);
	content_kind_of(e, points);
	for (unsigned i = 0; i < E_COUNT; i++)
		weight[i] = content_kind_weight[map->kind][i][e[i]];
	buf_addf(out, "kind: %s (", kinds[map->kind]);
	put_top(weight, E_COUNT, put_evidence, out);
	buf_text(out, ")\n");
	for (unsigned k = 0; k < KIND_COUNT; k++)
		buf_addf(out, "  %s %+.2f\n", kinds[k], points[k] / 100.0);
}

static void put_candidate(
	const struct content_map *map, const char *what, nid id, struct buf *out)
{
	if (!id)
		return;
	struct content_sum s = content_of(map, id), page = map->sum[map->n];
	const struct content_node *n = &map->at[id];
	buf_addf(out, "%s: ", what);
	put_path(map, id, out);
	buf_addf(out, ", %u of %u words, %u in prose, worth %d, box %+.1f\n", s.words,
		page.words, s.prose, s.worth, (double)(n->keep - n->drop));
}

static void put_block(const struct content_map *map, size_t i, struct buf *out)
{
	const struct content_block *b = &map->block[i];
	unsigned table = content_table_of[map->kind];
	int weight[F_COUNT];
	uint8_t f[F_COUNT];
	content_features(map, i, f);
	for (unsigned k = 0; k < F_COUNT; k++)
		weight[k] = content_weight[k][f[k]] + content_weight_kind[table][k][f[k]];
	buf_addf(out, "%s  %u words, %u %% links, score %+.2f, %s", b->kept ? "keep" : "drop",
		b->words, b->words ? b->links * 100 / b->words : 0, b->score / 100.0,
		reasons[b->why]);
	if (b->why <= WHY_TABLE) {
		buf_text(out, " (");
		put_top(weight, F_COUNT, put_feature, out);
		buf_char(out, ')');
	}
	buf_text(out, "\n      ");
	put_path(map, b->node, out);
	buf_text(out, ": ");
	put_text(map, i, out);
	buf_char(out, '\n');
}

static const char how_to_read[] =
	"kept is what scores above 0, unless it says why not. A score is the sum of some\n"
	"seventy answers about the block, the three heaviest in brackets, less the limit.\n"
	"  its box, its table   decided with what stands around it\n"
	"  frame                navigation, header, footer, aside, form or dialog\n"
	"  name of its box      such as footer, related, newsletter, share\n"
	"  comment              what readers wrote, below an article\n"
	"worth: prose for, links and fragments against; box: what its blocks weigh together\n";

void content_explain(
	const struct content_map *map, const struct content_hint *hint, struct buf *out)
{
	put_kind(map, hint, out);
	buf_addf(out, "limit: %+.2f, taken off all scores\n", map->limit / 100.0);
	put_candidate(map, "best element", map->best, out);
	put_candidate(map, "main", map->main, out);
	put_candidate(map, "article", map->article, out);
	for (size_t i = 0; i < map->n && !out->full; i++)
		put_block(map, i, out);
	buf_text(out, how_to_read);
}
