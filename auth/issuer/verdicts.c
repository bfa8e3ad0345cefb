/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/issuer/verdicts.h"
#include "base/clock.h"
#include "base/mem.h"

#include <pthread.h>

enum { WAYS = 8, SETS = VERDICTS_MAX / WAYS };

struct verdict_row {
	unsigned char key[SHA256_SIZE];
	int64_t until_ms; /* mono_ms; 0: free */
	struct str answer; /* our memory; p NULL: not active */
};
struct verdicts {
	pthread_mutex_t lock;
	struct verdict_row rows[SETS][WAYS];
};

struct verdicts *verdicts_new(void)
{
	struct verdicts *v = MEM_NEW(struct verdicts);
	pthread_mutex_init(&v->lock, NULL);
	return v;
}

static void row_clear(struct verdict_row *r)
{
	mem_free((void *)(uintptr_t)r->answer.p);
	*r = (struct verdict_row) { 0 };
}

void verdicts_free(struct verdicts **vp)
{
	struct verdicts *v = *vp;
	if (!v)
		return;
	for (size_t i = 0; i < SETS; i++)
		for (size_t j = 0; j < WAYS; j++)
			row_clear(&v->rows[i][j]);
	pthread_mutex_destroy(&v->lock);
	mem_free(v);
	*vp = NULL;
}

/* The key is a hash already, of something that its owner cannot choose freely enough to matter:
 * who fills a set of rows costs others no more than a question to the endpoint. */
static struct verdict_row *set_of(struct verdicts *v, const unsigned char *key)
{
	size_t n = (size_t)key[0] | (size_t)key[1] << 8;
	return v->rows[n % SETS];
}

bool verdicts_get(struct verdicts *v, const unsigned char key[SHA256_SIZE], struct arena *a,
	struct str *answer)
{
	bool found = false;
	int64_t now = mono_ms();
	*answer = (struct str) { NULL, 0 };
	pthread_mutex_lock(&v->lock);
	struct verdict_row *set = set_of(v, key);
	for (size_t i = 0; i < WAYS && !found; i++) {
		if (set[i].until_ms <= now || memcmp(set[i].key, key, SHA256_SIZE) != 0)
			continue;
		found = true;
		if (set[i].answer.p)
			*answer =
				(struct str) { arena_text(a, set[i].answer), set[i].answer.n };
	}
	pthread_mutex_unlock(&v->lock);
	return found;
}

/* Its own row, else the one that ends (or has ended) first. */
static struct verdict_row *row_for(struct verdict_row *set, const unsigned char *key)
{
	struct verdict_row *first = set;
	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].until_ms && memcmp(set[i].key, key, SHA256_SIZE) == 0)
			return &set[i];
		if (set[i].until_ms < first->until_ms)
			first = &set[i];
	}
	return first;
}

void verdicts_put(struct verdicts *v, const unsigned char key[SHA256_SIZE], struct str answer,
	int64_t life_ms)
{
	if (life_ms <= 0 || answer.n > VERDICT_BYTES)
		return;
	char *copy = NULL;
	if (answer.p) {
		copy = mem_raw(answer.n + 1);
		memcpy(copy, answer.p, answer.n);
	}
	pthread_mutex_lock(&v->lock);
	struct verdict_row *row = row_for(set_of(v, key), key);
	row_clear(row);
	memcpy(row->key, key, SHA256_SIZE);
	row->until_ms = mono_ms() + life_ms;
	row->answer = (struct str) { copy, answer.n };
	pthread_mutex_unlock(&v->lock);
}
