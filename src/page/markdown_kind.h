/* SPDX-License-Identifier: Apache-2.0 */
/* What elements and texts are to the Markdown writer, and what leaving them asks for; for markdown*.c only. */
#ifndef PAGE_MARKDOWN_KIND_H
#define PAGE_MARKDOWN_KIND_H

#include "page/dom.h"

/* What an element is to the writer. */
enum md_kind {
	K_INLINE,
	K_BLOCK,
	K_SKIP,
	K_HEADING,
	K_LIST,
	K_ITEM,
	K_QUOTE,
	K_RULE,
	K_BREAK,
	K_PRE,
	K_CODE,
	K_STRONG,
	K_EM,
	K_DEL,
	K_LINK,
	K_IMAGE,
	K_TABLE,
	K_ROW,
	K_CELL,
	K_CAPTION,
	K_TERM,
	K_SAID,
	K_SCRIPT_UP,
	K_SCRIPT_DOWN,
	K_RUBY_TEXT,
	K_MATH,
	K_MEDIA,
	K_OBJECT,
	K_INPUT,
	K_FORM_TEXT,
	K_NOSCRIPT,
	K_SCRIPT
};

/* What leaving an element has to do. */
enum md_act {
	ACT_BLOCK,
	ACT_SPACE,
	ACT_HEADING,
	ACT_LIST,
	ACT_ITEM,
	ACT_QUOTE,
	ACT_MARK,
	ACT_LINK,
	ACT_CARD,
	ACT_TABLE,
	ACT_ROW,
	ACT_CELL,
	ACT_TERM,
	ACT_SAY
};

extern const uint8_t md_kinds[TAG_COUNT]; /* enum md_kind of HTML's elements */
static inline enum md_kind md_kind_of(const struct dom *d, nid id)
{
	if (dom_ns(d, id) == NS_HTML)
		return (enum md_kind)md_kinds[dom_tag(d, id)];
	return dom_ns(d, id) == NS_MATHML && dom_tag(d, id) == TAG_MATH ? K_MATH : K_SKIP;
}
static inline bool md_is_cell(const struct dom *d, nid id)
{
	return md_kind_of(d, id) == K_CELL;
}

/* White space and U+00A0 only: the first byte tells nearly always. */
bool md_is_all_space(struct str s); /* markdown_text.c */
static inline bool md_is_spacer(struct str s)
{
	unsigned char first = s.n ? (unsigned char)s.p[0] : ' ';
	return (first <= ' ' || first == 0xC2) && md_is_all_space(s);
}
/* The same of a text in the tree: nearly always the parser has seen it, and the page need not be read again. */
static inline bool md_is_blank(const struct dom *d, nid text)
{
	return d->nodes[text].flags & NODE_BLANK || md_is_spacer(dom_text(d, text));
}

#endif
