/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Character references (HTML standard 13.2.5.72 and following).
 */
#ifndef PAGE_ENTITY_H
#define PAGE_ENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct entity_row {
	const char *name, *text; /* without `;`; UTF-8 */
	uint8_t name_len, text_len;
	bool legacy; /* counts without its semicolon too */
};

/* entity_gen.c: row 0 is empty; slots are a hash of 1 << ENTITY_BITS numbers of rows */
enum { ENTITY_BITS = 13, ENTITY_NAME_MAX = 31, ENTITY_LEGACY_MAX = 6, ENTITY_TEXT_MAX = 6 };
extern const struct entity_row entity_rows[];
extern const uint16_t entity_slots[1 << ENTITY_BITS];

/* p stands on `&`. Returns how many bytes the reference takes and writes what it means (1 to
 * ENTITY_TEXT_MAX bytes); 0 when it is no reference and the `&` is text. */
size_t entity_read(const char *p, const char *end, bool in_attr, char *out, size_t *out_n);

#endif
