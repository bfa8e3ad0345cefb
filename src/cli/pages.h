/* SPDX-License-Identifier: Apache-2.0 */
/* The options on how a page is written, which scrape and convert share. */
#ifndef CLI_PAGES_H
#define CLI_PAGES_H

#include "cli/cli.h"
#include "scrape/scrape.h"

#define PAGE_OPTIONS(links, images, max_tokens, outline, section, structured)                  \
	[links] = { "links", "HOW", "inline (default), references or none" },                  \
	[images] = { "images", "HOW", "inline (default), alt (their texts) or none" },         \
	[max_tokens] = { "max-tokens", "N",                                                    \
		"cut the Markdown between blocks when a model would take more tokens" },       \
	[outline] = { "outline", NULL,                                                         \
		"print the headings, their anchors and what each section costs" },             \
	[section] = { "section", "NAME",                                                       \
		"only one part: #anchor, a heading, a path (Guide > Install) or "              \
		"css:SELECTOR" },                                                              \
	[structured] = { "structured", NULL,                                                   \
		"print the data that the page carries for machines, as JSON" }

struct page_values { /* as the person wrote them; NULL: left out */
	const char *links, *images, *max_tokens, *outline, *section, *structured;
};
/* 0, or the status to end with (the fault is told). max_tokens: 0 without a limit. */
int pages_read(const struct page_values *v, struct scrape_opts *o, int64_t *max_tokens);
/* The beginning of the Markdown that fits, with a last line that says so; all of it without a limit. */
struct str pages_cut(struct arena *a, struct str markdown, int64_t max_tokens);
/* One of the words; else the fault is told with all of them. NULL leaves *out alone. */
int pages_choice(const char *option, const char *value, const char *const *words, int *out);

#endif
