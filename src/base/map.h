/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bounded map from text to a pointer. Keys are copied; values are the caller's. Not locked.
 * Seeded hashing: outside keys cannot pile up in one place.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/str.h"

struct map;
struct map *map_new(size_t max_entries);
void map_free(struct map **m, void (*free_value)(void *)); /* free_value may be NULL */
void *map_get(const struct map *m, struct str key); /* NULL: not there */
/* false: full and the key is new. Replaces (and does not free) an old value. */
bool map_put(struct map *m, struct str key, void *value);
void *map_remove(struct map *m, struct str key); /* the value, or NULL */
void map_clear(struct map *m, void (*free_value)(void *)); /* empty again, ready for use */
size_t map_count(const struct map *m);
/* Calls each(arg, key, value); entries for which it returns false are removed. */
void map_each(struct map *m, bool (*each)(void *arg, struct str key, void *value), void *arg);

#endif
