/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the time of pages goes, for `scraped convert --bench --profile`. This floor reads no clock: the
 * caller brings one. Without a watch a page pays for one comparison a stage.
 */
#ifndef PAGE_WATCH_H
#define PAGE_WATCH_H

#include <stddef.h>
#include <stdint.h>

enum page_stage {
	STAGE_DECODE, /* bytes to UTF-8 */
	STAGE_PARSE, /* UTF-8 to a tree */
	STAGE_META,
	STAGE_CONTENT, /* the search for the main content */
	STAGE_WRITE, /* tree to Markdown */
	STAGE_WORDS, /* words counted, shells seen */
	STAGE_REST, /* what the others leave: HTML handed on, data picked */
	PAGE_STAGES
};

/* Set now, the rest 0; sums over all pages that are read with it. */
struct page_watch {
	int64_t (*now)(void); /* nanoseconds of any clock that does not jump */
	int64_t began, spent[PAGE_STAGES];
	size_t nodes, attrs;
};

static inline void watch_start(struct page_watch *w)
{
	if (w)
		w->began = w->now();
}

/* The time since the last call was this stage's. */
static inline void watch_stage(struct page_watch *w, enum page_stage stage)
{
	if (w) {
		int64_t now = w->now();
		w->spent[stage] += now - w->began;
		w->began = now;
	}
}

#endif
