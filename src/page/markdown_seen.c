/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of a page can be seen: hidden attributes, inline styles, and copies of formulas. Style sheets are not
 * read.
 */
#include "page/markdown_in.h"

bool md_has_class(const struct dom *d, nid id, struct str word)
{
	struct str all;
	if (!dom_attr(d, id, ATTR_CLASS, &all))
		return false;
	for (size_t i = 0; i + word.n <= all.n; i++)
		if ((i == 0 || scan_is_space(all.p[i - 1])) &&
			(i + word.n == all.n || scan_is_space(all.p[i + word.n])) &&
			memcmp(all.p + i, word.p, word.n) == 0)
			return true;
	return false;
}

/* "name : value" in a style attribute, blanks and case ignored. */
static bool style_says(struct str style, struct str name, struct str value)
{
	struct str part;
	while (str_cut(&style, ';', &part)) {
		size_t colon = str_find(part, ':');
		if (colon < part.n && str_ieq(str_trim((struct str) { part.p, colon }), name) &&
			str_istarts(str_trim((struct str) {
					    part.p + colon + 1, part.n - colon - 1 }),
				value))
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

bool md_hidden(const struct dom *d, nid id)
{
	struct str v;
	if (!(dom_attr_bits(d, id) & (attr_bit(ATTR_HIDDEN) | attr_bit(ATTR_ARIA_HIDDEN) |
					     attr_bit(ATTR_STYLE))))
		return false;
	if (dom_attr(d, id, ATTR_HIDDEN, &v) && !str_ieq(v, STR("until-found")))
		return true;
	if (dom_attr(d, id, ATTR_ARIA_HIDDEN, &v) && str_ieq(v, STR("true")) &&
		dom_tag(d, id) != TAG_P && !is_numbering(d, id))
		return true;
	if (!dom_attr(d, id, ATTR_STYLE, &v))
		return false;
	return style_says(v, STR("display"), STR("none")) ||
	       style_says(v, STR("visibility"), STR("hidden"));
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
