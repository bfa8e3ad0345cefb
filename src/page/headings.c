/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Headings are read out of the Markdown, so that text that came as Markdown has them, too. The writer's notes
 * lend each its element, found by place: both lists are in the order of the text.
 */
#include "page/outline.h"
#include "page/section.h"
#include "page/tokens.h"

enum { LEVELS = 6, WRAPPERS = 3, LOOK = 50 };

/* --- anchors --- */

static bool own_anchor(const struct dom *d, nid id, struct str *anchor)
{
	bool named = dom_html_tag(d, id) == TAG_A;
	return (dom_attr(d, id, ATTR_ID, anchor) && anchor->n) ||
	       (named && dom_attr(d, id, ATTR_NAME, anchor) && anchor->n);
}

static bool is_blank(const struct dom *d, nid id)
{
	return dom_kind(d, id) == DOM_COMMENT ||
	       (dom_kind(d, id) == DOM_TEXT && str_trim(dom_text(d, id)).n == 0);
}

/* <a id="x"></a> right before the heading. */
static bool anchor_before(const struct dom *d, nid id, struct str *anchor)
{
	nid before = dom_prev(d, id);
	for (int i = 0; before && is_blank(d, before) && i < LOOK; i++)
		before = dom_prev(d, before);
	if (before && dom_html_tag(d, before) == TAG_P && dom_first(d, before) &&
		!dom_next(d, dom_first(d, before)))
		before = dom_first(d, before);
	nid inside = before ? dom_first(d, before) : 0;
	return before && dom_kind(d, before) == DOM_ELEMENT &&
	       (!inside || is_blank(d, inside)) && own_anchor(d, before, anchor);
}

static bool is_first(const struct dom *d, nid id)
{
	nid before = dom_prev(d, id);
	for (int i = 0; before && is_blank(d, before) && i < LOOK; i++)
		before = dom_prev(d, before);
	return !before;
}

static bool anchor_of(const struct dom *d, nid heading, struct str *anchor)
{
	int looks = 0;
	if (own_anchor(d, heading, anchor))
		return true;
	for (nid c = dom_walk(d, heading, heading); c && looks++ < LOOK;
		c = dom_walk(d, c, heading))
		if (dom_kind(d, c) == DOM_ELEMENT && own_anchor(d, c, anchor))
			return true;
	if (anchor_before(d, heading, anchor))
		return true;
	nid id = heading;
	for (int i = 0; i < WRAPPERS && is_first(d, id); i++) {
		id = dom_parent(d, id);
		if (!id || dom_kind(d, id) != DOM_ELEMENT || id == dom_body(d))
			break;
		if (own_anchor(d, id, anchor) || anchor_before(d, id, anchor))
			return true;
	}
	return false;
}

/* --- the list --- */

static void lend_anchors(
	const struct markdown_heads *heads, struct str text, struct headings *out)
{
	size_t k = 0;
	for (size_t i = 0; i < out->n && heads->d; i++) {
		struct heading *h = &out->v[i];
		size_t line = h->at;
		while (line < text.n && text.p[line] != '\n')
			line++;
		while (k < heads->n && heads->v[k].at < h->at)
			k++;
		if (k < heads->n && heads->v[k].at <= line &&
			!anchor_of(heads->d, heads->v[k].node, &h->anchor))
			h->anchor = (struct str) { NULL, 0 };
	}
}

/* Where each part ends, what stands above it, what it costs: the stack holds the headings that are open. */
static void measure(struct str text, struct headings *out)
{
	size_t open[LEVELS + 1] = { 0 };
	uint64_t before = 0;
	for (size_t i = 0; i <= out->n; i++) {
		size_t at = i < out->n ? out->v[i].at : text.n;
		int level = i < out->n ? out->v[i].level : 1;
		size_t from = i ? out->v[i - 1].at : 0;
		before += tokens_units((struct str) { text.p + from, at - from });
		for (int l = level; l <= LEVELS; l++) {
			if (!open[l])
				continue;
			struct heading *h = &out->v[open[l] - 1];
			h->end = at;
			h->tokens =
				(size_t)((before - h->tokens + TOKEN_UNITS - 1) / TOKEN_UNITS);
			open[l] = 0;
		}
		if (i == out->n)
			break;
		for (int l = level - 1; l > 0 && !out->v[i].up; l--)
			out->v[i].up = open[l];
		out->v[i].tokens = (size_t)before; /* until its end is known */
		open[level] = i + 1;
	}
}

void headings_read(struct arena *a, struct str markdown, const struct markdown_heads *heads,
	struct headings *out)
{
	struct outline read;
	outline_read(a, markdown, &read);
	*out = (struct headings) { ARENA_ARRAY(a, struct heading, read.n + 1), read.n };
	for (size_t i = 0; i < read.n; i++)
		out->v[i] = (struct heading) { .level = read.headings[i].level,
			.text = read.headings[i].text,
			.at = read.headings[i].at };
	if (heads)
		lend_anchors(heads, markdown, out);
	measure(markdown, out);
}
