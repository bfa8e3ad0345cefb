/* SPDX-License-Identifier: Apache-2.0 */
/* A desk's own tools: what only it touches, and pointers to what all desks share. */
#ifndef SCRAPE_KIT_H
#define SCRAPE_KIT_H

#include "base/arena.h"
#include "base/call.h"
#include "base/conf.h"
#include "scrape/dying.h"

struct kit {
	const struct conf *conf; /* shared, constant */
	struct fetcher *fetcher; /* shared */
	struct llm *llm; /* shared; NULL: none configured */
	struct cache *cache; /* shared; NULL: off */
	struct shelf *shelf; /* shared; NULL: texts are kept in the cache alone */
	struct flights *flights; /* shared; NULL: every question fetches for itself */
	struct robots *robots; /* shared; NULL: none is asked */
	struct db *cache_db; /* own reading handle of the cache's file; NULL: off */
	struct arena *page_arena; /* own; reset before each page */
	char *suspect; /* own place in the file of suspects (job/runner.h); NULL: none */
	struct packer *packer; /* own (job/outcome.h); made by the first who needs it */
	void (*packer_free)(struct packer **p);
};
struct kit_shared {
	const struct conf *conf;
	struct fetcher *fetcher;
	struct llm *llm;
	struct cache *cache;
	struct shelf *shelf;
	struct flights *flights;
	struct robots *robots;
	char *suspects; /* places of SUSPECT_BYTES, one for each desk; NULL: none */
};
/* desks_start's callbacks, on the desk's thread; arg is the struct kit_shared. */
struct kit *kit_new(void *shared, int desk);
void kit_free(struct kit *k);
/* Around computing on what the web sent: on whose behalf (call->suspect) stands in the desk's place
 * meanwhile, which outlives the process. */
void kit_suspect(const struct call *call);
void kit_clear(const struct kit *k);

#endif
