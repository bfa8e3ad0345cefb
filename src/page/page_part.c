/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One section of a page in place of all of it (section.h): a slice of its Markdown, or elements that are written anew.
 */
#include "page/fit.h"
#include "page/page_in.h"

/* A slice of the Markdown, with the headings' places in it and the definitions of links that it uses. */
static void take_slice(const struct page_reading *r, const struct section_found *found,
	struct page_result *out)
{
	struct str all = out->markdown, definitions = fit_definitions(&all);
	size_t end = found->end < all.n ? found->end : all.n, kept = 0;
	struct str part = { all.p + found->at, end > found->at ? end - found->at : 0 };
	part = str_trim(part);
	struct buf *made = buf_in(r->arena, part.n + definitions.n * 2 + 64);
	buf_add_str(made, part);
	buf_text(made, part.n ? "\n" : "");
	fit_add_definitions(made, part, definitions);
	for (size_t i = 0; i < out->heads.n; i++) {
		struct markdown_head h = out->heads.v[i];
		if (h.at < found->at || h.at >= end)
			continue;
		h.at -= found->at;
		out->heads.v[kept++] = h;
	}
	out->heads.n = kept;
	out->markdown = buf_str(made);
}

static bool find_part(const struct page_reading *r, struct page_result *out,
	struct section_found *found, struct err *e)
{
	headings_read(r->arena, out->markdown, &out->heads, &out->headings);
	return section_find(r->arena, r->opts->section, r->d, &out->headings, found, e);
}

/* The part that was asked for in place of the whole. What the main content does not have, the page may. */
bool page_cut_part(const struct page_reading *r, struct page_result *out, struct err *e)
{
	struct section_found found;
	if (r->opts->section) {
		bool ok = find_part(r, out, &found, e);
		if (!ok && r->opts->only_main && !r->opts->is_text_markdown) {
			page_write(r, NULL, out);
			ok = find_part(r, out, &found, e);
		}
		if (!ok)
			return false;
		const struct content part = { found.nodes, found.n_nodes, NULL };
		if (found.how == SECTION_TEXT)
			take_slice(r, &found, out);
		else
			page_write(r, &part, out);
	}
	if (r->opts->outline)
		headings_read(r->arena, out->markdown, &out->heads, &out->headings);
	return true;
}
