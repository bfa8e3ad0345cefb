/* SPDX-License-Identifier: Apache-2.0 */
/* Open hashing with chains; doubles when it is three quarters full. */
#include "base/map.h"
#include "base/digest.h"
#include "base/mem.h"

struct entry {
	struct entry *next;
	uint64_t hash;
	void *value;
	size_t n;
	char key[];
};
struct map {
	struct entry **slots;
	size_t n_slots, count, max;
};

struct map *map_new(size_t max_entries)
{
	struct map *m = MEM_NEW(struct map);
	m->max = max_entries;
	m->n_slots = 16;
	m->slots = mem_new(m->n_slots * sizeof(struct entry *));
	return m;
}

void map_free(struct map **m, void (*free_value)(void *))
{
	if (!*m)
		return;
	map_clear(*m, free_value);
	mem_free((*m)->slots);
	mem_free(*m);
	*m = NULL;
}

static struct entry **place(const struct map *m, struct str key, uint64_t hash)
{
	struct entry **at = &m->slots[hash & (m->n_slots - 1)];
	while (*at &&
		!((*at)->hash == hash && str_eq((struct str) { (*at)->key, (*at)->n }, key)))
		at = &(*at)->next;
	return at;
}

void *map_get(const struct map *m, struct str key)
{
	struct entry *e = *place(m, key, hash64(key));
	return e ? e->value : NULL;
}

static void grow(struct map *m)
{
	size_t n = m->n_slots * 2;
	struct entry **slots = mem_new(n * sizeof(struct entry *));
	for (size_t i = 0; i < m->n_slots; i++)
		while (m->slots[i]) {
			struct entry *e = m->slots[i];
			m->slots[i] = e->next;
			e->next = slots[e->hash & (n - 1)];
			slots[e->hash & (n - 1)] = e;
		}
	mem_free(m->slots);
	m->slots = slots;
	m->n_slots = n;
}

bool map_put(struct map *m, struct str key, void *value)
{
	uint64_t hash = hash64(key);
	struct entry **at = place(m, key, hash);
	if (*at) {
		(*at)->value = value;
		return true;
	}
	if (m->count >= m->max)
		return false;
	if (m->count >= m->n_slots / 4 * 3) {
		grow(m);
		at = place(m, key, hash);
	}
	struct entry *e = mem_raw(sizeof *e + key.n);
	*e = (struct entry) { .next = *at, .hash = hash, .value = value, .n = key.n };
	if (key.n)
		memcpy(e->key, key.p, key.n);
	*at = e;
	m->count++;
	return true;
}

static void *take(struct map *m, struct entry **at)
{
	struct entry *e = *at;
	void *value = e->value;
	*at = e->next;
	mem_free(e);
	m->count--;
	return value;
}

void *map_remove(struct map *m, struct str key)
{
	struct entry **at = place(m, key, hash64(key));
	return *at ? take(m, at) : NULL;
}

void map_clear(struct map *m, void (*free_value)(void *))
{
	for (size_t i = 0; i < m->n_slots; i++)
		while (m->slots[i]) {
			void *value = take(m, &m->slots[i]);
			if (free_value)
				free_value(value);
		}
}

size_t map_count(const struct map *m)
{
	return m->count;
}

void map_each(struct map *m, bool (*each)(void *arg, struct str key, void *value), void *arg)
{
	for (size_t i = 0; i < m->n_slots; i++)
		for (struct entry **at = &m->slots[i]; *at;) {
			struct entry *e = *at;
			if (each(arg, (struct str) { e->key, e->n }, e->value))
				at = &e->next;
			else
				(void)take(m, at);
		}
}
