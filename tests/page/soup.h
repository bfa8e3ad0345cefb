/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words that a reader sees: of a page, as its tree has them, and of Markdown, as md4c reads it. Both without white
 * space and unseen characters, raised and lowered figures as plain ones. Where the two differ a word was lost, said
 * twice, or a mark of Markdown was left standing as text.
 */
#ifndef TESTS_PAGE_SOUP_H
#define TESTS_PAGE_SOUP_H

#include "page/markdown_kind.h"
#include "page/marks.h"
#include "page/unicode.h"

/* What other characters are written for figures of <sup> and <sub>, and what nobody sees. */
static const struct {
	const char *shown, *plain;
} soup_same[] = { { "⁰", "0" }, { "¹", "1" }, { "²", "2" }, { "³", "3" }, { "⁴", "4" },
	{ "⁵", "5" }, { "⁶", "6" }, { "⁷", "7" }, { "⁸", "8" }, { "⁹", "9" }, { "₀", "0" },
	{ "₁", "1" }, { "₂", "2" }, { "₃", "3" }, { "₄", "4" }, { "₅", "5" }, { "₆", "6" },
	{ "₇", "7" }, { "₈", "8" }, { "₉", "9" }, { "⁺", "+" }, { "⁻", "-" }, { "⁼", "=" },
	{ "⁽", "(" }, { "⁾", ")" }, { "ⁿ", "n" }, { "ⁱ", "i" }, { "₊", "+" }, { "₋", "-" },
	{ "₌", "=" }, { "₍", "(" }, { "₎", ")" }, { "ₙ", "n" }, { "ᵢ", "i" },
	{ "\xC2\xA0", "" }, { "\xE3\x80\x80", "" }, { "\xE2\x80\x8B", "" },
	{ "\xC2\xAD", "" } };

static inline void soup_words(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n;) {
		unsigned char c = (unsigned char)s.p[i];
		size_t k = COUNT_OF(soup_same);
		if (c >= 0xC2)
			for (k = 0; k < COUNT_OF(soup_same); k++)
				if (str_starts((struct str) { s.p + i, s.n - i },
					    str_of(soup_same[k].shown)))
					break;
		if (k < COUNT_OF(soup_same)) {
			buf_text(out, soup_same[k].plain);
			i += strlen(soup_same[k].shown);
			continue;
		}
		if (c ==
			'|') /* md4c shows the backslash that GFM wants before it in code of cells */
			while (out->len && out->p[out->len - 1] == '\\')
				out->len--;
		if (c > ' ')
			buf_char(out, (char)c);
		i++;
	}
}

/* Inside of code all elements are alike. */
static inline bool soup_in_code(const struct dom *d, nid id)
{
	for (id = dom_parent(d, id); id; id = dom_parent(d, id)) {
		enum md_kind kind =
			dom_kind(d, id) == DOM_ELEMENT ? md_kind_of(d, id) : K_BLOCK;
		if (kind == K_PRE || kind == K_CODE)
			return true;
	}
	return false;
}

/* What an element adds to its text, before and behind it. */
static inline void soup_says(const struct dom *d, nid id, bool end, struct buf *out)
{
	enum md_kind kind = md_kind_of(d, id);
	struct str alt;
	if (soup_in_code(d, id))
		return;
	if (kind == K_SAID)
		buf_char(out, '"');
	else if (kind == K_RUBY_TEXT)
		buf_char(out, end ? ')' : '(');
	else if (kind == K_IMAGE && !end && dom_attr(d, id, ATTR_ALT, &alt))
		soup_words(out, alt);
}

static inline bool soup_is_shown(const struct dom *d, nid id)
{
	enum md_kind kind = md_kind_of(d, id);
	enum tag_id tag = dom_html_tag(d, id);
	if ((tag == TAG_RP || tag == TAG_BUTTON) && soup_in_code(d, id))
		return tag == TAG_RP;
	return kind != K_SKIP && kind != K_NOSCRIPT && kind != K_SCRIPT && kind != K_MEDIA;
}

static inline void soup_of_page(const struct dom *d, struct buf *out)
{
	for (nid id = 1; id;) {
		bool element = dom_kind(d, id) == DOM_ELEMENT;
		bool into = !element || soup_is_shown(d, id);
		if (dom_kind(d, id) == DOM_TEXT)
			soup_words(out, dom_text(d, id));
		else if (element && into)
			soup_says(d, id, false, out);
		if (into && dom_first(d, id)) {
			id = dom_first(d, id);
			continue;
		}
		if (element && into)
			soup_says(d, id, true, out);
		while (id && !dom_next(d, id)) {
			id = dom_parent(d, id);
			if (id && dom_kind(d, id) == DOM_ELEMENT)
				soup_says(d, id, true, out);
		}
		id = id ? dom_next(d, id) : 0;
	}
}

static inline int soup_on_block(MD_BLOCKTYPE type, void *detail, void *to)
{
	(void)type, (void)detail, (void)to;
	return 0;
}
static inline int soup_on_span(MD_SPANTYPE type, void *detail, void *to)
{
	(void)type, (void)detail, (void)to;
	return 0;
}
static inline int soup_on_text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE n, void *to)
{
	if (type != MD_TEXT_HTML && type != MD_TEXT_BR && type != MD_TEXT_SOFTBR)
		soup_words(to, (struct str) { text, n });
	return 0;
}

static inline void soup_of_markdown(struct str s, unsigned flags, struct buf *out)
{
	const MD_PARSER parser = { 0, flags, soup_on_block, soup_on_block, soup_on_span,
		soup_on_span, soup_on_text, NULL, NULL };
	CHECK(md_parse(s.p, (MD_SIZE)s.n, &parser, out) == 0);
}

#endif
