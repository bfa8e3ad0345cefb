/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of what shows no text of its own. Links and headings around an icon or a logo are called something for those
 * who cannot see: by a label (WAI-ARIA), a title, or what the drawing itself says (SVG 2, 5.9: the title element).
 */
#include "page/markdown_in.h"

enum {
	ICON_PARTS = 20
}; /* no icon has more; links that stand in each other look at the same nodes */

/* Its title, the label of one of its parts, or what is drawn in letters. */
bool md_icon_title(const struct dom *d, nid id, struct str *title)
{
	*title = (struct str) { "", 0 };
	for (nid c = dom_walk(d, id, id), n = 0; c && n < ICON_PARTS;
		c = dom_walk(d, c, id), n++) {
		nid up = dom_parent(d, c);
		bool svg = dom_ns(d, c) == NS_SVG;
		struct str s;
		if (svg && dom_tag(d, c) == TAG_TITLE && dom_first(d, c)) {
			*title = dom_text(d, dom_first(d, c));
			return !md_is_spacer(*title);
		}
		if (dom_kind(d, c) == DOM_ELEMENT && dom_attr(d, c, ATTR_ARIA_LABEL, &s) &&
			!md_is_spacer(s) && !md_hidden(d, c)) {
			*title = s;
			return true;
		}
		if (dom_kind(d, c) == DOM_TEXT && !title->n && dom_ns(d, up) == NS_SVG &&
			dom_tag(d, up) != TAG_STYLE && dom_tag(d, up) != TAG_SCRIPT &&
			!md_is_blank(d, c))
			*title = dom_text(d, c);
	}
	return title->n > 0;
}

bool md_name_of(const struct dom *d, nid id, struct str *name)
{
	return (dom_attr(d, id, ATTR_ARIA_LABEL, name) && !md_is_spacer(*name)) ||
	       (dom_attr(d, id, ATTR_TITLE, name) && !md_is_spacer(*name)) ||
	       md_icon_title(d, id, name);
}
