/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The longest name wins (13.2.5.73). Names hold only letters and digits, so the longest candidate is the
 * run of them: with a semicolon behind it, it is looked up whole; else only the 106 legacy
 * names (at most six bytes) can match, and those may be a prefix of the run.
 */
#include "page/entity.h"
#include "base/str.h"

/* What 0x80 to 0x9F mean in a numeric reference; 0: the number itself (13.2.5.80). */
static const uint16_t c1_meaning[32] = { 0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020,
	0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0, 0, 0x2018, 0x2019, 0x201C,
	0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E,
	0x0178 };

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static int digit_value(char c, unsigned base)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	char low = (char)(c | 0x20);
	return base == 16 && low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

static size_t read_number(const char *p, const char *end, char *out, size_t *out_n)
{
	const char *q = p + 2;
	unsigned base = 10;
	if (q < end && (*q | 0x20) == 'x') {
		base = 16;
		q++;
	}
	const char *first = q;
	uint32_t cp = 0;
	for (int v; q < end && (v = digit_value(*q, base)) >= 0; q++)
		if (cp <= 0x10FFFF)
			cp = cp * base + (uint32_t)v;
	if (q == first)
		return 0;
	if (q < end && *q == ';')
		q++;
	if (cp >= 0x80 && cp <= 0x9F && c1_meaning[cp - 0x80])
		cp = c1_meaning[cp - 0x80];
	if (cp == 0 || cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
		cp = 0xFFFD;
	*out_n = str_utf8_put(out, cp);
	return (size_t)(q - p);
}

static const struct entity_row *find(const char *name, size_t n)
{
	uint32_t h = 0x811C9DC5;
	for (size_t i = 0; i < n; i++)
		h = (h ^ (uint8_t)name[i]) * 0x01000193;
	for (uint32_t at = h ^ (h >> 16);; at++) {
		const struct entity_row *row =
			&entity_rows[entity_slots[at & ((1 << ENTITY_BITS) - 1)]];
		if (row->name_len == 0)
			return NULL;
		if (row->name_len == n && memcmp(row->name, name, n) == 0)
			return row;
	}
}

static const struct entity_row *find_legacy(const char *name, size_t *n)
{
	for (size_t len = *n < ENTITY_LEGACY_MAX ? *n : ENTITY_LEGACY_MAX; len >= 2; len--) {
		const struct entity_row *row = find(name, len);
		if (row && row->legacy) {
			*n = len;
			return row;
		}
	}
	return NULL;
}

size_t entity_read(const char *p, const char *end, bool in_attr, char *out, size_t *out_n)
{
	const char *name = p + 1;
	if (name == end)
		return 0;
	*out_n = 1;
	if (end - name >= 5 &&
		memcmp(name, "quot;", 5) == 0) { /* two thirds of all references */
		*out = '"';
		return 6;
	}
	if (end - name >= 4 && memcmp(name, "amp;", 4) == 0) {
		*out = '&';
		return 5;
	}
	if (*name == '#')
		return read_number(p, end, out, out_n);
	size_t n = 0, room = (size_t)(end - name);
	while (n < room && n <= ENTITY_NAME_MAX && is_alnum(name[n]))
		n++;
	const struct entity_row *row = NULL;
	size_t taken = 0;
	if (n < room && name[n] == ';' && n <= ENTITY_NAME_MAX && n > 0) {
		row = find(name, n);
		taken = n + 1;
	}
	if (!row) {
		row = find_legacy(name, &n);
		taken = n;
		if (!row || (in_attr && n < room && (name[n] == '=' || is_alnum(name[n]))))
			return 0;
	}
	memcpy(out, row->text, row->text_len);
	*out_n = row->text_len;
	return taken + 1;
}
