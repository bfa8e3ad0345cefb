/* SPDX-License-Identifier: Apache-2.0 */
/* Everything is kept equally long, so the list in the order of putting is that of ending, too. */
#include "scrape/shelf.h"
#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"

#include <pthread.h>

enum { TEXTS_MOST = 100000 };

struct kept {
	struct kept *next; /* younger */
	struct str id, text; /* text behind it in the same memory */
	int64_t until_ms;
};
struct shelf {
	pthread_mutex_t lock; /* of all below */
	struct map *by_id;
	struct kept *oldest, *youngest;
	size_t bytes, max_bytes;
};

struct shelf *shelf_new(size_t max_bytes)
{
	struct shelf *s = MEM_NEW(struct shelf);
	pthread_mutex_init(&s->lock, NULL);
	s->by_id = map_new(TEXTS_MOST);
	s->max_bytes = max_bytes;
	return s;
}

static size_t size_of(const struct kept *k)
{
	return sizeof *k + k->id.n + k->text.n;
}

static void drop_oldest(struct shelf *s)
{
	struct kept *k = s->oldest;
	s->oldest = k->next;
	if (!s->oldest)
		s->youngest = NULL;
	s->bytes -= size_of(k);
	if (map_get(s->by_id, k->id) == k)
		(void)map_remove(s->by_id, k->id);
	mem_free(k);
}

void shelf_free(struct shelf **s)
{
	if (!*s)
		return;
	while ((*s)->oldest)
		drop_oldest(*s);
	map_free(&(*s)->by_id, NULL);
	pthread_mutex_destroy(&(*s)->lock);
	mem_free(*s);
	*s = NULL;
}

static struct kept *kept_new(struct str id, struct str text, int64_t until_ms)
{
	struct kept *k = mem_new(sizeof *k + id.n + text.n);
	char *bytes = (char *)(k + 1);
	memcpy(bytes, id.p, id.n);
	memcpy(bytes + id.n, text.p, text.n);
	k->id = (struct str) { bytes, id.n };
	k->text = (struct str) { bytes + id.n, text.n };
	k->until_ms = until_ms;
	return k;
}

bool shelf_put(struct shelf *s, struct str id, struct str text, int64_t until_ms)
{
	if (text.n > s->max_bytes / 8)
		return false;
	struct kept *k = kept_new(id, text, until_ms);
	pthread_mutex_lock(&s->lock);
	int64_t now = now_ms();
	while (s->oldest &&
		(s->oldest->until_ms <= now || s->bytes + size_of(k) > s->max_bytes ||
			map_count(s->by_id) == TEXTS_MOST))
		drop_oldest(s);
	if (s->youngest)
		s->youngest->next = k;
	else
		s->oldest = k;
	s->youngest = k;
	s->bytes += size_of(k);
	bool ok = map_put(s->by_id, k->id, k);
	pthread_mutex_unlock(&s->lock);
	return ok;
}

bool shelf_get(struct shelf *s, struct str id, struct arena *a, struct str *text)
{
	pthread_mutex_lock(&s->lock);
	const struct kept *k = map_get(s->by_id, id);
	bool ok = k && k->until_ms > now_ms();
	if (ok)
		*text = (struct str) { arena_keep(a, k->text), k->text.n };
	pthread_mutex_unlock(&s->lock);
	return ok;
}
