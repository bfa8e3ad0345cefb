/* SPDX-License-Identifier: Apache-2.0 */
/* The options on how a page is written, which commands share. */
#ifndef CLI_PAGES_H
#define CLI_PAGES_H

#include "cli/cli.h"
#include "scrape/scrape.h"

/* The first places in a command's list of options: how a page is written, ... */
enum {
	PAGE_ONLY_MAIN,
	PAGE_LINKS,
	PAGE_IMAGES,
	PAGE_STRUCTURED,
	PAGE_WRITTEN, /* here commands go on that work on many pages, */
	PAGE_MAX_TOKENS = PAGE_WRITTEN,
	PAGE_OUTLINE,
	PAGE_SECTION,
	PAGE_PARTS /* and here those that print one */
};
#define PAGE_WRITTEN_OPTIONS(structured)                                                       \
	[PAGE_ONLY_MAIN] = { "only-main", NULL,                                                \
		"only the main content, without navigation and the like" },                    \
	[PAGE_LINKS] = { "links", "HOW", "inline (default), references or none" },             \
	[PAGE_IMAGES] = { "images", "HOW", "inline (default), alt (their texts) or none" },    \
	[PAGE_STRUCTURED] = { "structured", NULL, structured }
#define PAGE_OPTIONS                                                                           \
	PAGE_WRITTEN_OPTIONS("print the data that the page carries for machines, as JSON"),    \
		[PAGE_MAX_TOKENS] = { "max-tokens", "N",                                       \
			"cut the page between blocks when a model would take more tokens "     \
			"(200 to 1000000)" },                                                  \
		[PAGE_OUTLINE] = { "outline", NULL,                                            \
			"print the headings, their anchors and what each section costs" },     \
		[PAGE_SECTION] = { "section", "NAME",                                          \
			"only one part: #anchor, a heading, a path (Guide > Install) or "      \
			"css:SELECTOR" }

/* The values of a command whose options begin with the first of these: 0, or the status to end with (the
 * fault is told). */
int pages_written(const char *const *values, struct scrape_opts *o);
/* The values of a command whose options begin with all of these: 0, or the status to end with (the fault is told).
 * max_tokens: 0 without a limit. */
int pages_read(const char *const *values, struct scrape_opts *o, int64_t *max_tokens);
/* Leaves of Markdown and HTML the beginning that fits beside what is structured, with a last line that says so; all
 * without a limit. */
void pages_cut(struct arena *a, struct scrape_result *r, int64_t max_tokens);
/* Says on standard error that max_tokens may have left something out of the structured data. */
void pages_say_cut(struct str structured, int64_t max_tokens);
/* One of the words; else the fault is told with all of them. NULL leaves *out alone. */
int pages_choice(const char *option, const char *value, const char *const *words, int *out);

#endif
