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

#ifdef __SSE2__
/* The first n of 16 bytes as a key. */
static inline struct name_key scan_key(__m128i v, size_t n)
{
	static const uint8_t keep[32] = { [0 ... 15] = 0xFF };
	v = _mm_and_si128(v, _mm_loadu_si128((const __m128i *)(const void *)(keep + 16 - n)));
	return (struct name_key) { (uint64_t)_mm_cvtsi128_si64(v),
		(uint64_t)_mm_cvtsi128_si64(_mm_unpackhi_epi64(v, v)) };
}
#endif

/* The bytes up to `=`, 16 at most, as they are: a key that the table has is a whole name, for no
 * name there has capitals, white space or marks. Returns how many they are.
 */
static inline size_t scan_attr(const char *p, struct name_key *key)
{
#ifdef __SSE2__
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
	unsigned ends = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8('=')));
	size_t n = (size_t)__builtin_ctz(ends | 1U << 16);
	*key = scan_key(v, n);
#else
	char bytes[sizeof *key] = { 0 };
	size_t n = 0;
	for (; n < sizeof *key && p[n] != '='; n++)
		bytes[n] = p[n];
	memcpy(key, bytes, sizeof *key);
#endif
	return n;
}

/* A tag's name up to a byte below `0` or `>`, 16 bytes at most, in small letters: a key that the
 * table has is the name's beginning, for other bytes do not become letters and digits.
 */
static inline size_t scan_tag(const char *p, struct name_key *key)
{
#ifdef __SSE2__
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
	__m128i ends = _mm_or_si128(_mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8('/')), v),
		_mm_cmpeq_epi8(v, _mm_set1_epi8('>')));
	size_t n = (size_t)__builtin_ctz((unsigned)_mm_movemask_epi8(ends) | 1U << 16);
	*key = scan_key(_mm_or_si128(v, _mm_set1_epi8(0x20)), n);
#else
	char bytes[sizeof *key] = { 0 };
	size_t n = 0;
	for (; n < sizeof *key && (unsigned char)p[n] > '/' && p[n] != '>'; n++)
		bytes[n] = (char)(p[n] | 0x20);
	memcpy(key, bytes, sizeof *key);
#endif
	return n;
}

/* Up to the `"` that ends a value or to a byte before it that may have to be written otherwise
 * (`&`, NUL, CR; a tab or newline stops it for nothing), or end. SCAN_ROOM / 2 bytes must be there.
 */
static inline const char *scan_value(const char *p, const char *end)
{
#ifdef __SSE2__
	/* 32 at a time: three values of four end within them, so that the branch is foreseen.
	 * `"` and `&` differ in one bit. */
	const __m128i bit = _mm_set1_epi8('"' ^ '&'), amp = _mm_set1_epi8('&');
	const __m128i cr = _mm_set1_epi8('\r');
	do {
		__m128i v0 = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i v1 = _mm_loadu_si128((const __m128i *)(const void *)(p + 16));
		__m128i hit0 = _mm_or_si128(_mm_cmpeq_epi8(_mm_or_si128(v0, bit), amp),
			_mm_cmpeq_epi8(_mm_min_epu8(v0, cr), v0));
		__m128i hit1 = _mm_or_si128(_mm_cmpeq_epi8(_mm_or_si128(v1, bit), amp),
			_mm_cmpeq_epi8(_mm_min_epu8(v1, cr), v1));
		unsigned hits = (unsigned)_mm_movemask_epi8(hit0) |
				(unsigned)_mm_movemask_epi8(hit1) << 16;
		if (hits)
			return p + __builtin_ctz(hits);
		p += 32;
	} while (end - p >= 32);
#endif
	while (p < end && *p != '"' && *p != '&' && (unsigned char)*p > '\r')
		p++;
	return p;
}

#endif
