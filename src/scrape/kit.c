/* SPDX-License-Identifier: Apache-2.0 */
#include "scrape/kit.h"
#include "base/mem.h"
#include "scrape/cache.h"

struct kit *kit_new(void *shared, int desk)
{
	const struct kit_shared *all = shared;
	struct kit *k = MEM_NEW(struct kit);
	if (all->suspects && desk < SUSPECT_PLACES)
		k->suspect = all->suspects + desk * SUSPECT_BYTES;
	if (k->suspect)
		dying_place(k->suspect);
	k->conf = all->conf;
	k->fetcher = all->fetcher;
	k->llm = all->llm;
	k->cache = all->cache;
	k->shelf = all->shelf;
	k->flights = all->flights;
	k->robots = all->robots;
	k->cache_db = all->cache ? cache_reader(all->cache) : NULL;
	k->page_arena = arena_new((size_t)all->conf->page_memory_bytes);
	return k;
}

void kit_free(struct kit *k)
{
	db_close(&k->cache_db);
	arena_free(&k->page_arena);
	dying_forget();
	if (k->packer)
		k->packer_free(&k->packer);
	mem_free(k);
}

void kit_suspect(const struct call *call)
{
	if (call->kit->suspect && call->suspect)
		memcpy(call->kit->suspect, call->suspect,
			strnlen(call->suspect, SUSPECT_DIED - 1));
}

void kit_clear(const struct kit *k)
{
	if (k->suspect)
		memset(k->suspect, 0, SUSPECT_BYTES);
}
