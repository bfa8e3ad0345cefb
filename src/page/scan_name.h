/* SPDX-License-Identifier: Apache-2.0 */
/* Names and values of attributes as nearly all are, found in steps of 16 bytes. */
#ifndef PAGE_SCAN_NAME_H
#define PAGE_SCAN_NAME_H

#include "page/name.h"
#include "page/scan.h"

enum { SCAN_ROOM = 64 }; /* bytes that must be there to read where these functions begin */

/*
 * Reads a name up to white space, a control byte, `/`, `>` or `stop`: its key in small letters,
 * whether it has capitals. Returns its length, 16 when it has 16 bytes or more.
 */
static inline size_t scan_name(const char *p, char stop, struct name_key *key, bool *capitals)
{
#ifdef __SSE2__
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
	__m128i low = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(' ')), v);
	__m128i ends = _mm_or_si128(_mm_or_si128(low, _mm_cmpeq_epi8(v, _mm_set1_epi8('/'))),
		_mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('>')),
			_mm_cmpeq_epi8(v, _mm_set1_epi8(stop))));
	__m128i upper = _mm_and_si128(_mm_cmpgt_epi8(v, _mm_set1_epi8('A' - 1)),
		_mm_cmplt_epi8(v, _mm_set1_epi8('Z' + 1)));
	size_t n = (size_t)__builtin_ctz((unsigned)_mm_movemask_epi8(ends) | 1U << 16);
	*capitals = (unsigned)_mm_movemask_epi8(upper) & ((1U << n) - 1);
	v = _mm_or_si128(v, _mm_and_si128(upper, _mm_set1_epi8(0x20)));
	key->k0 = (uint64_t)_mm_cvtsi128_si64(v);
	key->k1 = (uint64_t)_mm_cvtsi128_si64(_mm_unpackhi_epi64(v, v));
	if (n < 8) {
		key->k0 &= (UINT64_C(1) << 8 * n) - 1;
		key->k1 = 0;
	} else if (n < 16) {
		key->k1 &= (UINT64_C(1) << 8 * (n - 8)) - 1;
	}
#else
	char bytes[sizeof *key] = { 0 };
	size_t n = 0;
	*capitals = false;
	for (; n < sizeof *key && (unsigned char)p[n] > ' ' && p[n] != '/' && p[n] != '>' &&
		p[n] != stop;
		n++) {
		bool capital = p[n] >= 'A' && p[n] <= 'Z';
		*capitals = *capitals || capital;
		bytes[n] = (char)(capital ? p[n] + 0x20 : p[n]);
	}
	memcpy(key, bytes, sizeof *key);
#endif
	return n;
}

/* The first n bytes at p as a key, 16 at most: two loads and two masks, so that what hangs on a
 * name is known soon after its end is.
 */
static inline struct name_key scan_key(const char *p, size_t n, uint64_t lower)
{
#define LOW(n) ((UINT64_C(1) << 8 * (n)) - 1)
#define ALL UINT64_MAX
	static const struct name_key keep[sizeof(struct name_key) + 1] = { { 0, 0 },
		{ LOW(1), 0 }, { LOW(2), 0 }, { LOW(3), 0 }, { LOW(4), 0 }, { LOW(5), 0 },
		{ LOW(6), 0 }, { LOW(7), 0 }, { ALL, 0 }, { ALL, LOW(1) }, { ALL, LOW(2) },
		{ ALL, LOW(3) }, { ALL, LOW(4) }, { ALL, LOW(5) }, { ALL, LOW(6) },
		{ ALL, LOW(7) }, { ALL, ALL } };
#undef LOW
#undef ALL
	struct name_key key;
	memcpy(&key, p, sizeof key);
	return (struct name_key) { (key.k0 | lower) & keep[n].k0,
		(key.k1 | lower) & keep[n].k1 };
}

/* A tag's name up to a byte below `0` or `>`, 16 bytes at most, in small letters: a key that the
 * table has is the name's beginning, for no other bytes become letters or digits.
 */
static inline size_t scan_tag(const char *p, struct name_key *key)
{
#ifdef __SSE2__
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
	__m128i ends = _mm_or_si128(_mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8('/')), v),
		_mm_cmpeq_epi8(v, _mm_set1_epi8('>')));
	size_t n = (size_t)__builtin_ctz((unsigned)_mm_movemask_epi8(ends) | 1U << 16);
#else
	size_t n = 0;
	while (n < sizeof *key && (unsigned char)p[n] > '/' && p[n] != '>')
		n++;
#endif
	*key = scan_key(p, n, UINT64_C(0x2020202020202020));
	return n;
}

/* The bytes up to `=`, 16 at most, as they are: a key that the table has is a whole name, for no
 * name there has capitals, white space or marks. Returns how many they are.
 */
static inline size_t scan_attr(const char *p, struct name_key *key)
{
#ifdef __SSE2__
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
	unsigned ends = (unsigned)_mm_movemask_epi8(scan_is(v, '='));
	size_t n = (size_t)__builtin_ctz(ends | 1U << 16);
#else
	size_t n = 0;
	while (n < sizeof *key && p[n] != '=')
		n++;
#endif
	*key = scan_key(p, n, 0);
	return n;
}

#ifdef __SSE2__
/* Which of 16 bytes end a value or have to be looked at; `"` and `&` differ in one bit. */
static inline uint64_t scan_stops(const char *p)
{
	const __m128i bit = _mm_set1_epi8('"' ^ '&'), amp = _mm_set1_epi8('&');
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
	return (unsigned)_mm_movemask_epi8(
		_mm_or_si128(_mm_cmpeq_epi8(_mm_or_si128(v, bit), amp),
			_mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8('\r')), v)));
}
#endif

/* The `"` that ends a value, or a byte before it that may have to be written otherwise (`&`,
 * NUL, CR; a tab or newline stops it for nothing), or end. The value begins `skip` bytes behind
 * p, at most 18, and SCAN_ROOM bytes stand behind p.
 */
static inline const char *scan_value(const char *p, size_t skip, const char *end)
{
#ifdef __SSE2__
	/* The first 64 bytes, in which seven values of eight end, do not wait for the name's end. */
	uint64_t stops = scan_stops(p) | scan_stops(p + 16) << 16 | scan_stops(p + 32) << 32 |
			 scan_stops(p + 48) << 48;
	stops >>= skip;
	if (stops)
		return p + skip + __builtin_ctzll(stops);
	for (p += 64; end - p >= 16; p += 16) {
		stops = scan_stops(p);
		if (stops)
			return p + __builtin_ctzll(stops);
	}
#else
	p += skip;
#endif
	while (p < end && *p != '"' && *p != '&' && (unsigned char)*p > '\r')
		p++;
	return p;
}

#endif
