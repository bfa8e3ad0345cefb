/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Phantoms: marks that a reader of the Markdown (md4c) sees and the page does not have. What the page may become is
 * counted in its tree, hidden parts included, what the reader sees by his own events. Blocks may not be more than the
 * elements they come from; spans may be, for one element around several blocks or links becomes several, so they
 * only must not stand where no element of their kind is.
 */
#ifndef TESTS_PAGE_MARKS_H
#define TESTS_PAGE_MARKS_H

#include "base/check.h"
#include "page/dom.h"

#include <md4c.h>
#include <stdio.h>

enum mark {
	M_HEADING, /* blocks: counted */
	M_QUOTE,
	M_RULE,
	M_FENCE,
	M_TABLE,
	M_ITEM,
	M_NUMBERED,
	M_INDENTED, /* what the writer never writes: code by indentation, */
	M_HTML, /* HTML but <br>, <sup> and <sub> */
	M_EM, /* spans: there or not */
	M_STRONG,
	M_DEL,
	M_CODE,
	M_LINK,
	M_IMAGE,
	M_FORMULA, /* never seen: TeX may stand there */
	MARKS
};
enum { FIRST_SPAN = M_EM };
static const char *const mark_names[] = { "heading", "quote", "rule", "fence", "table", "item",
	"numbered list", "indented code", "HTML", "emphasis", "strong emphasis", "deletion",
	"code", "link", "image", "formula" };

static const struct {
	const char *tags; /* each between blanks */
	unsigned marks; /* what such an element may become, as bits */
} sources[] = {
	{ " h1 h2 h3 h4 h5 h6 ", 1u << M_HEADING },
	{ " blockquote ", 1u << M_QUOTE },
	{ " hr ", 1u << M_RULE },
	{ " pre listing xmp plaintext ", 1u << M_FENCE | 1u << M_CODE },
	{ " code kbd samp tt ", 1u << M_FENCE | 1u << M_CODE }, /* a listing by br */
	{ " table ", 1u << M_FENCE | 1u << M_CODE | 1u << M_TABLE }, /* with line numbers */
	{ " li ", 1u << M_ITEM },
	{ " ol ", 1u << M_NUMBERED },
	{ " em i cite dfn var ", 1u << M_EM },
	{ " strong b dt summary ", 1u << M_STRONG },
	{ " del s strike ", 1u << M_DEL },
	{ " a ", 1u << M_LINK },
	{ " iframe video audio embed frame ", 1u << M_LINK | 1u << M_IMAGE },
	{ " script ", 1u << M_FORMULA },
	{ " img ", 1u << M_FORMULA | 1u << M_LINK | 1u << M_IMAGE },
};

struct marks {
	size_t n[MARKS];
};

static inline struct marks marks_of_page(const struct dom *d)
{
	struct marks all = { 0 };
	for (nid id = 1; id; id = dom_walk(d, id, 1)) {
		char name[16];
		all.n[M_NUMBERED] += dom_html_tag(d, dom_parent(d, id)) == TAG_OL &&
				     dom_html_tag(d, id) != TAG_LI; /* parts the list */
		all.n[M_FORMULA] += dom_ns(d, id) == NS_MATHML && dom_tag(d, id) == TAG_MATH;
		struct str tag = tag_name(dom_html_tag(d, id));
		if (tag.n == 0 || tag.n > sizeof name - 3)
			continue;
		snprintf(name, sizeof name, " %.*s ", (int)tag.n, tag.p);
		for (size_t i = 0; i < COUNT_OF(sources); i++)
			for (int k = 0; strstr(sources[i].tags, name) && k < MARKS; k++)
				all.n[k] += sources[i].marks >> k & 1;
	}
	return all;
}

static inline int marks_block(MD_BLOCKTYPE type, void *detail, void *to)
{
	static const int8_t marks[] = { [MD_BLOCK_QUOTE] = 1 + M_QUOTE,
		[MD_BLOCK_LI] = 1 + M_ITEM,
		[MD_BLOCK_OL] = 1 + M_NUMBERED,
		[MD_BLOCK_HR] = 1 + M_RULE,
		[MD_BLOCK_H] = 1 + M_HEADING,
		[MD_BLOCK_HTML] = 1 + M_HTML,
		[MD_BLOCK_TABLE] = 1 + M_TABLE,
		[MD_BLOCK_TD] = 0 };
	struct marks *all = to;
	if (type == MD_BLOCK_CODE)
		all->n[((MD_BLOCK_CODE_DETAIL *)detail)->fence_char ? M_FENCE : M_INDENTED]++;
	else if (marks[type])
		all->n[marks[type] - 1]++;
	return 0;
}

static inline int marks_span(MD_SPANTYPE type, void *detail, void *to)
{
	static const int8_t marks[] = { [MD_SPAN_EM] = M_EM,
		[MD_SPAN_STRONG] = M_STRONG,
		[MD_SPAN_A] = M_LINK,
		[MD_SPAN_IMG] = M_IMAGE,
		[MD_SPAN_CODE] = M_CODE,
		[MD_SPAN_DEL] = M_DEL };
	(void)detail;
	((struct marks *)to)->n[marks[type]]++;
	return 0;
}

/* Raw HTML comes as whole tags inside of lines. */
static inline int marks_text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE n, void *to)
{
	static const char *const known[] = { "<br>", "<sup>", "</sup>", "<sub>", "</sub>" };
	struct str s = { text, n };
	bool ours = type != MD_TEXT_HTML;
	for (size_t i = 0; i < COUNT_OF(known) && !ours; i++)
		ours = str_eq(s, str_of(known[i]));
	((struct marks *)to)->n[M_HTML] += !ours;
	return 0;
}

static inline int marks_block_end(MD_BLOCKTYPE type, void *detail, void *to)
{
	(void)type;
	(void)detail;
	(void)to;
	return 0;
}
static inline int marks_span_end(MD_SPANTYPE type, void *detail, void *to)
{
	(void)type;
	(void)detail;
	(void)to;
	return 0;
}

/* flags: MD_FLAG_*; the bare addresses that some of them link are not told apart from links. */
static inline struct marks marks_of_markdown(struct str s, unsigned flags)
{
	struct marks all = { 0 };
	const MD_PARSER parser = { 0, flags, marks_block, marks_block_end, marks_span,
		marks_span_end, marks_text, NULL, NULL };
	CHECK(md_parse(s.p, (MD_SIZE)s.n, &parser, &all) == 0);
	return all;
}

/* The first kind below `end` that is seen without being there; MARKS: none is. */
static inline enum mark marks_phantom(
	const struct marks *page, const struct marks *seen, enum mark end)
{
	for (int k = 0; k < (int)end; k++)
		if (k < FIRST_SPAN ? seen->n[k] > page->n[k] : seen->n[k] && !page->n[k])
			return (enum mark)k;
	return MARKS;
}

#endif
