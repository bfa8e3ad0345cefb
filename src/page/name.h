/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Element and attribute names to numbers: one multiplication and one comparison for a name of
 * up to 16 bytes held in two little-endian words, zero behind its end (tables by
 * script/gen/names.py).
 */
#ifndef PAGE_NAME_H
#define PAGE_NAME_H

#include <stdint.h>
#include <string.h>

struct name_key {
	uint64_t k0, k1;
};
struct name_table {
	uint64_t m0, m1;
	unsigned shift;
	const uint16_t *slots;
	const struct name_key *keys;
};

/* cased_attr_names: small letters to the number, from 1, of a name with capitals in
 * attr_table.h (16 bytes at most)
 */
extern const struct name_table tag_names, attr_names, cased_attr_names;

/* Of a name of at most 16 bytes. */
static inline struct name_key name_key_of(const char *name, size_t n)
{
	struct name_key key = { 0, 0 };
	memcpy(&key, name, n);
	return key;
}

static inline uint64_t name_mix(const struct name_table *t, struct name_key key)
{
	return (key.k0 * t->m0) ^ (key.k1 * t->m1);
}

/* The id of a lower-case name, 0 if the table has it not; mix is its name_mix. */
static inline unsigned name_find(const struct name_table *t, struct name_key key, uint64_t mix)
{
	unsigned id = t->slots[mix >> t->shift];
	return t->keys[id].k0 == key.k0 && t->keys[id].k1 == key.k1 ? id : 0;
}

#endif
