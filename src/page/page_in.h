/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the face of this floor (page.c): one page on its way, and the steps that have a file of their own. */
#ifndef PAGE_PAGE_IN_H
#define PAGE_PAGE_IN_H

#include "page/content.h"
#include "page/page.h"

struct page_reading {
	struct arena *arena;
	const struct dom *d;
	const struct url_base *base; /* NULL: links stay as they are */
	const struct page_opts *opts;
	struct str text; /* of the page, UTF-8 */
	bool noscript; /* what stands in noscript elements is the page */
};

/* page_write.c: Markdown of the parts, or of the whole page when main is NULL; in place of what out has of it */
void page_write(
	const struct page_reading *r, const struct content *main, struct page_result *out);
/* The same of the main content. url: of the page, as far as known. */
void page_write_main(const struct page_reading *r, const struct meta_hint *hint, struct str url,
	struct page_result *out);
size_t page_markdown_limit(const struct page_opts *opts, struct str text); /* bytes */

/* page_part.c: leaves of the Markdown the section that was asked for, and lists the headings if that was. false: there
 * is no such section. */
bool page_cut_part(const struct page_reading *r, struct page_result *out, struct err *e);

#endif
