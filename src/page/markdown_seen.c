/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of a page can be seen: hidden attributes, inline styles, and copies of formulas. Style sheets are not
 * read.
 */
#include "page/markdown_in.h"

/* "name : value" is part of a style attribute, blanks and case ignored. */
static bool part_says(struct str part, struct str name, struct str value)
{
	size_t colon = str_find(part, ':');
	return colon < part.n && str_ieq(str_trim((struct str) { part.p, colon }), name) &&
	       str_istarts(str_trim((struct str) { part.p + colon + 1, part.n - colon - 1 }),
		       value);
}

/* Both names end in a "y" with a colon or blanks behind it, which few other styles have. Read 16 bytes at a time, as
 * far as they lie in the page: an element then costs 255 instructions here in place of 383. */
static bool may_hide(const struct dom *d, struct str style)
{
	const char *p = style.p, *end = p + style.n, *html = d->base[0];
	const char *safe = p >= html && end <= d->html_end ? d->html_end : end;
#ifdef __SSE2__
	for (; safe - p > 16 && p < end; p += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		unsigned hits = (unsigned)_mm_movemask_epi8(
			scan_is(_mm_or_si128(v, _mm_set1_epi8(0x20)), 'y'));
		for (; hits; hits &= hits - 1) {
			char next = p[__builtin_ctz(hits) + 1];
			if (next == ':' || scan_is_space(next))
				return true;
		}
	}
#else
	(void)safe;
#endif
	for (; p + 1 < end; p++)
		if ((*p | 0x20) == 'y' && (p[1] == ':' || scan_is_space(p[1])))
			return true;
	return false;
}

/* Only parts that begin like one of the two names are looked at: one in ten of all. */
static bool style_hides(struct str style)
{
	struct str part;
	while (str_cut(&style, ';', &part)) {
		while (part.n && scan_is_space(part.p[0]))
			part = (struct str) { part.p + 1, part.n - 1 };
		char first = part.n ? (char)(part.p[0] | 0x20) : 0;
		if ((first == 'd' && part_says(part, STR("display"), STR("none"))) ||
			(first == 'v' && part_says(part, STR("visibility"), STR("hidden"))))
			return true;
	}
	return false;
}

/* "1.2.": what screen readers are spared is still seen, and means something. */
static bool is_numbering(const struct dom *d, nid id)
{
	nid only = dom_first(d, id);
	struct str s = only && !dom_next(d, only) ? str_trim(dom_text(d, only)) : STR("");
	bool digits = false;
	for (size_t i = 0; i < s.n; i++) {
		digits |= s.p[i] >= '0' && s.p[i] <= '9';
		if (s.p[i] != '.' && (s.p[i] < '0' || s.p[i] > '9'))
			return false;
	}
	return digits && s.n <= 12;
}

bool md_hidden_by(const struct dom *d, nid id, uint64_t bits)
{
	struct str v;
	if (bits & attr_bit(ATTR_HIDDEN) && dom_attr(d, id, ATTR_HIDDEN, &v) &&
		!str_ieq(v, STR("until-found")))
		return true;
	if (bits & attr_bit(ATTR_ARIA_HIDDEN) && dom_attr(d, id, ATTR_ARIA_HIDDEN, &v) &&
		str_ieq(v, STR("true")) && dom_tag(d, id) != TAG_P && !is_numbering(d, id))
		return true;
	return bits & attr_bit(ATTR_STYLE) && dom_attr(d, id, ATTR_STYLE, &v) &&
	       may_hide(d, v) && style_hides(v);
}

/* What MathJax has drawn, when the script with the formula itself stands behind it. */
bool md_is_math_copy(const struct dom *d, nid id)
{
	struct str cls, type;
	if (!dom_attr(d, id, ATTR_CLASS, &cls) || !str_starts(cls, STR("MathJax")))
		return false;
	if (str_starts(cls, STR("MathJax_Preview")))
		return true;
	nid next = dom_next(d, id);
	for (int i = 0; next && i < 3; i++, next = dom_next(d, next))
		if (dom_html_tag(d, next) == TAG_SCRIPT &&
			dom_attr(d, next, ATTR_TYPE, &type) &&
			str_istarts(type, STR("math/tex")))
			return true;
	return false;
}

/* The next cell at or behind `id`, as far as *steps last; they are counted down. */
static nid cell_from(const struct dom *d, nid id, size_t *steps)
{
	while (id && *steps && !md_is_cell(d, id)) {
		id = dom_next(d, id);
		--*steps;
	}
	*steps -= *steps > 0;
	return *steps ? id : 0;
}

/* A row that a style hides below a first row that is shown and has as many cells is data that waits for a click ("show
 * all"), not a template or a message. Looks at the first row are short, as every folded row takes one. */
bool md_is_folded_row(const struct dom *d, nid row)
{
	enum { LEAD = 8, STEPS = 200, STYLE_MAX = 500 };
	struct str v = { "", 0 };
	size_t cells = 0, steps = STEPS;
	nid first = dom_first(d, dom_parent(d, row));
	if (dom_attr(d, row, ATTR_HIDDEN, &v) || dom_attr(d, row, ATTR_ARIA_HIDDEN, &v))
		return false;
	for (int i = 0; i < LEAD && first && dom_html_tag(d, first) != TAG_TR; i++)
		first = dom_next(d, first);
	if (!first || first == row || dom_html_tag(d, first) != TAG_TR)
		return false;
	dom_attr(d, first, ATTR_STYLE, &v);
	if (v.n > STYLE_MAX || md_hidden(d, first))
		return false;
	nid a = cell_from(d, dom_first(d, row), &steps);
	nid b = cell_from(d, dom_first(d, first), &steps);
	while (a && b) {
		cells++;
		a = cell_from(d, dom_next(d, a), &steps);
		b = cell_from(d, dom_next(d, b), &steps);
	}
	return !a && !b && steps && cells > 1;
}
