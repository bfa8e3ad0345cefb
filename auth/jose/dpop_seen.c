/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The proofs of the last DPOP_LIFE_S: a table by SHA-256(jti, jkt) and a queue in the order of
 * their ends, since all live equally long. Each call takes off what has ended.
 */
#include "auth/jose/inner.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/map.h"
#include "base/mem.h"

#include <pthread.h>

struct past { /* one proof */
	struct past *next;
	int64_t until_ms; /* mono_ms */
	unsigned char id[SHA256_SIZE];
};
struct dpop_seen {
	pthread_mutex_t lock;
	struct map *by_id;
	struct past *first, **end;
};

struct dpop_seen *dpop_seen_new(void)
{
	struct dpop_seen *s = MEM_NEW(struct dpop_seen);
	pthread_mutex_init(&s->lock, NULL);
	s->by_id = map_new(DPOP_REPLAYS_MAX);
	s->end = &s->first;
	return s;
}

static struct str id_of(const struct past *p)
{
	return hash_str(p->id);
}

static void drop_first(struct dpop_seen *s)
{
	struct past *gone = s->first;
	s->first = gone->next;
	if (!s->first)
		s->end = &s->first;
	map_remove(s->by_id, id_of(gone));
	mem_free(gone);
}

void dpop_seen_free(struct dpop_seen **s)
{
	if (!*s)
		return;
	while ((*s)->first)
		drop_first(*s);
	map_free(&(*s)->by_id, NULL);
	pthread_mutex_destroy(&(*s)->lock);
	mem_free(*s);
	*s = NULL;
}

static bool put(struct dpop_seen *s, struct past *p, const char **why)
{
	while (s->first && s->first->until_ms <= mono_ms())
		drop_first(s);
	*why = "the proof was used before";
	if (map_get(s->by_id, id_of(p)))
		return false;
	*why = "too many proofs are in use";
	p->until_ms = mono_ms() + (int64_t)DPOP_LIFE_S * 1000;
	if (!map_put(s->by_id, id_of(p), p))
		return false;
	*s->end = p;
	s->end = &p->next;
	return true;
}

bool proof_take(struct dpop_seen *s, const struct proof *p, const char **why)
{
	struct past *one = MEM_NEW(struct past);
	struct buf both;
	buf_init(&both, 0);
	buf_text(&both, p->jkt); /* of one length, so the border is certain */
	buf_text(&both, p->jti);
	sha256(buf_str(&both), one->id);
	buf_release(&both);
	pthread_mutex_lock(&s->lock);
	bool taken = put(s, one, why);
	pthread_mutex_unlock(&s->lock);
	if (!taken)
		mem_free(one);
	return taken;
}
