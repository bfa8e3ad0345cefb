/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where is what the reader came for? Six steps, each one walk over the tree or the blocks:
 *
 * 1. Measure (content_measure.c, content_text.c, content_said.c): the page becomes a row of blocks of
 *    text, each with its words, links, sentences, prices, dates, words of the title and the description. What is hidden is out for good.
 * 2. Context (content_context.c, content_names.c): what do the boxes around a block say of it, by element,
 *    role and class names, and how many boxes look like them? Where is the headline, and which element
 *    reads most like an article?
 * 3. Certain (content_certain.c): navigation, asides, footers, dialogs and comments below a text go.
 * 4. Kind (content_kind.c): an article, documentation, a service, a forum, a collection of goods, a list,
 *    a product? A comment is content in a forum and none below an article.
 * 5. Judge (content_feature.c, content_gen.c, content_judge.c): some seventy answers about each block
 *    are weighed by tables that were learnt from pages with known content (script/gen/content.mjs), the
 *    page as a whole says how much is enough, and boxes keep their blocks together.
 * 6. Here: what was not kept is marked for the writer, down to single texts.
 *
 * No rule knows a site or the class name of one. Time and memory are linear in the page.
 */
#include "page/content.h"
#include "base/check.h"
#include "page/content_in.h"
#include "page/content_kind.h"

/* Bytes of text below root, counted up to `enough`; those in a noscript below it are not root's. */
static size_t text_below(const struct dom *d, nid root, size_t enough)
{
	size_t bytes = 0;
	for (nid id = dom_walk(d, root, root); id && bytes < enough;) {
		enum tag_id tag = dom_html_tag(d, id);
		bool past = tag == TAG_SCRIPT || tag == TAG_STYLE || tag == TAG_TEMPLATE ||
			    tag == TAG_NOSCRIPT;
		if (dom_kind(d, id) == DOM_TEXT)
			bytes += str_trim(dom_text(d, id)).n;
		id = past ? dom_walk_past(d, id, root) : dom_walk(d, id, root);
	}
	return bytes;
}

bool content_needs_noscript(const struct dom *d)
{
	enum { ENOUGH_OUTSIDE = 400, ENOUGH_INSIDE = 200 };
	size_t inside = 0, n = 0;
	const nid *ids = dom_list(d, LIST_NOSCRIPT, &n);
	for (size_t i = 0; i < n; i++)
		inside += text_below(d, ids[i], SIZE_MAX);
	if (inside <= ENOUGH_INSIDE) /* most pages */
		return false;
	size_t outside = text_below(d, dom_body(d) ? dom_body(d) : 1, ENOUGH_OUTSIDE);
	return outside < ENOUGH_OUTSIDE && inside > 3 * outside;
}

/* A picture stays where its caption goes. */
static bool has_picture(const struct dom *d, nid figure)
{
	enum { LOOKS = 30 };
	int looks = 0;
	for (nid id = dom_walk(d, figure, figure); id && looks < LOOKS;
		id = dom_walk(d, id, figure), looks++)
		if (dom_html_tag(d, id) == TAG_IMG)
			return true;
	return false;
}

/* Of an element that starts a new line: is anything of it kept? Kept blocks are counted beforehand. */
static bool goes(const struct content_map *map, const uint32_t *kept, nid id)
{
	const struct content_node *n = &map->at[id];
	const struct dom *d = map->d;
	if (n->flags & CF_HIDDEN)
		return true;
	if (!(n->flags & CF_BLOCK) && n->to == n->from)
		return map->block_of[id] ? !map->block[map->block_of[id] - 1].kept
					 : !map->at[dom_parent(d, id)].kept;
	if (n->to == n->from)
		return !n->kept;
	if (!(n->flags & CF_BLOCK) || kept[n->to] != kept[n->from])
		return false;
	return dom_html_tag(d, id) != TAG_FIGURE || !map->at[dom_parent(d, id)].kept ||
	       !has_picture(d, id);
}

static void mark(struct arena *a, const struct content_map *map, uint8_t *skip)
{
	const struct dom *d = map->d;
	uint32_t *kept = ARENA_ARRAY(a, uint32_t, map->n + 1);
	for (size_t i = 0; i < map->n; i++)
		kept[i + 1] = kept[i] + map->block[i].kept;
	for (nid id = dom_walk(d, map->body, map->body); id;) {
		if (dom_kind(d, id) == DOM_TEXT)
			skip[id] = map->block_of[id] && !map->block[map->block_of[id] - 1].kept;
		else if (dom_kind(d, id) == DOM_ELEMENT)
			skip[id] = goes(map, kept, id);
		id = skip[id] ? dom_walk_past(d, id, map->body) : dom_walk(d, id, map->body);
	}
}

static void whole_body(struct arena *a, const struct content_map *map, struct content *out)
{
	nid *part = ARENA_ARRAY(a, nid, 1);
	*part = map->body;
	*out = (struct content) { part, 1, arena_alloc(a, dom_count(map->d) + 1) };
}

void content_whole(struct arena *a, const struct dom *d, bool noscript, struct content *out)
{
	struct content_map map;
	content_measure(a, d, noscript, &map);
	whole_body(a, &map, out);
	for (nid id = 1; id <= dom_count(d); id++)
		out->skip[id] = (map.at[id].flags & (CF_FRAME | CF_HIDDEN)) != 0;
}

void content_find(struct arena *a, const struct dom *d, const struct content_hint *hint,
	bool noscript, struct buf *explain, struct content *out)
{
	struct content_map map;
	uint8_t evidence[E_COUNT];
	int points[KIND_COUNT];
	*out = (struct content) { 0 };
	if (!arena_fits(a, dom_count(d) * (sizeof *map.at + sizeof *map.block_of)))
		return;
	content_measure(a, d, noscript, &map);
	if (arena_over(a)) /* nothing will be made of it */
		return;
	content_context(a, &map);
	content_rule_out(&map);
	content_evidence(&map, hint, evidence);
	map.kind = content_kind_of(evidence, points);
	content_judge(&map);
	whole_body(a, &map, out);
	mark(a, &map, out->skip);
	if (explain && !arena_over(a))
		content_explain(&map, hint, explain);
}
