/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The caption of a figure. One that says what an image's description says, says it to more readers: then the image
 * needs none.
 */
#include "page/markdown_in.h"
#include "base/check.h"

bool md_affords(struct md *m, size_t bytes)
{
	enum { TIMES = 8, ROOM = 4096 };
	m->beside.read += bytes;
	return m->beside.read / TIMES <= (size_t)(m->d->html_end - m->d->base[0]) + ROOM;
}

/* The caption of a figure, its last or first child, when it is nothing but a text and can be seen. */
static struct str caption_of(struct md *m, nid figure)
{
	const struct dom *d = m->d;
	nid ends[] = { dom_last(d, figure), dom_first(d, figure) };
	for (size_t i = 0; i < COUNT_OF(ends); i++) {
		nid c = ends[i];
		struct str style = { "", 0 };
		if (c && dom_kind(d, c) == DOM_TEXT)
			c = i ? dom_next(d, c) : dom_prev(d, c);
		nid only = c && dom_html_tag(d, c) == TAG_FIGCAPTION ? dom_first(d, c) : 0;
		if (!only || dom_next(d, only) || dom_kind(d, only) != DOM_TEXT)
			continue;
		dom_attr(d, c, ATTR_STYLE, &style);
		if (md_affords(m, style.n + dom_text(d, only).n) && !md_hidden(d, c))
			return str_trim(dom_text(d, only));
	}
	return STR("");
}

bool md_caption_says(struct md *m, nid image, struct str alt)
{
	enum { LEVELS = 5 };
	const struct dom *d = m->d;
	nid figure = dom_parent(d, image);
	for (int i = 0; i < LEVELS && figure && dom_html_tag(d, figure) != TAG_FIGURE; i++)
		figure = dom_parent(d, figure);
	if (!figure || dom_html_tag(d, figure) != TAG_FIGURE)
		return false;
	if (m->beside.figure != figure)
		m->beside.caption = caption_of(m, figure);
	m->beside.figure = figure;
	return str_eq(m->beside.caption, alt);
}
