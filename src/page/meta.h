/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a page says about itself: JSON-LD, Open Graph, article:*, Twitter cards, Dublin Core,
 * microdata, meta names, and what can be seen (title, h1, time), in this order of trust.
 */
#ifndef PAGE_META_H
#define PAGE_META_H

#include "base/url.h"
#include "page/dom.h"

/* NULL: not said. NUL-ended UTF-8 in the arena, one trimmed line of at most 2,000 bytes of the page. Addresses are
 * absolute where a base is known. Dates are ISO 8601 when they are unambiguous, else as the page writes them. */
struct page_meta {
	const char *title, *description, *language, *canonical, *author, *published, *modified,
		*site_name, *image, *favicon, *feed;
};

/* What helps to find the content. */
struct meta_hint {
	struct str body; /* the article's text that JSON-LD carries (articleBody), or empty */
	bool article; /* the page declares itself an article with a date of publication */
};

/* base NULL: addresses stay as written. hint may be NULL. */
void meta_read(struct arena *a, const struct dom *d, const struct url_base *base,
	struct page_meta *out, struct meta_hint *hint);

#endif
