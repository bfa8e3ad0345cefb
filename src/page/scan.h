/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding the next byte that matters, 16 at a time where SSE2 is there (every x86-64), else
 * one at a time. Nothing is read at or behind `end`.
 */
#ifndef PAGE_SCAN_H
#define PAGE_SCAN_H

#include "page/name.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* The first byte that is a, b, CR or NUL, or end. */
static inline const char *scan_two(const char *p, const char *end, char a, char b)
{
#ifdef __SSE2__
	const __m128i va = _mm_set1_epi8(a), vb = _mm_set1_epi8(b);
	const __m128i cr = _mm_set1_epi8('\r'), zero = _mm_setzero_si128();
	for (; end - p >= 16; p += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i hit =
			_mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, va), _mm_cmpeq_epi8(v, vb)),
				_mm_or_si128(_mm_cmpeq_epi8(v, cr), _mm_cmpeq_epi8(v, zero)));
		int mask = _mm_movemask_epi8(hit);
		if (mask)
			return p + __builtin_ctz((unsigned)mask);
	}
#endif
	while (p < end && *p != a && *p != b && *p != '\r' && *p != 0)
		p++;
	return p;
}

/* The first byte that is not ASCII, or end. */
static inline const char *scan_ascii(const char *p, const char *end)
{
#ifdef __SSE2__
	for (; end - p >= 16; p += 16) {
		int mask = _mm_movemask_epi8(_mm_loadu_si128((const __m128i *)(const void *)p));
		if (mask)
			return p + __builtin_ctz((unsigned)mask);
	}
#endif
	while (p < end && (unsigned char)*p < 0x80)
		p++;
	return p;
}

static inline bool scan_is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\f' || c == '\r';
}

/* The first byte that is no HTML white space, or end. */
static inline const char *scan_space(const char *p, const char *end)
{
	while (p < end && scan_is_space(*p))
		p++;
	return p;
}

/*
 * Reads a name of at most 15 bytes, ended within the next 16 by white space, `/`, `>` or (if
 * not 0) `stop`: its lower-case key, and whether it has capitals. Returns its length; 0 when
 * the name is longer, is empty, holds control bytes, or stands too near the end: then it must
 * be read byte by byte.
 */
static inline size_t scan_name(
	const char *p, const char *end, char stop, struct name_key *key, bool *capitals)
{
#ifdef __SSE2__
	if (end - p < 16)
		return 0;
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
	__m128i low = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(' ')), v);
	__m128i ends = _mm_or_si128(_mm_or_si128(low, _mm_cmpeq_epi8(v, _mm_set1_epi8('/'))),
		_mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('>')),
			_mm_cmpeq_epi8(v, _mm_set1_epi8(stop))));
	unsigned mask = (unsigned)_mm_movemask_epi8(ends);
	if (mask == 0)
		return 0;
	unsigned n = (unsigned)__builtin_ctz(mask);
	if ((unsigned char)p[n] < ' ' && !scan_is_space(p[n]))
		return 0;
	__m128i upper = _mm_and_si128(_mm_cmpgt_epi8(v, _mm_set1_epi8('A' - 1)),
		_mm_cmplt_epi8(v, _mm_set1_epi8('Z' + 1)));
	*capitals = ((unsigned)_mm_movemask_epi8(upper) & ((1U << n) - 1)) != 0;
	if (*capitals)
		v = _mm_add_epi8(v, _mm_and_si128(upper, _mm_set1_epi8(0x20)));
	uint64_t low8 = (uint64_t)_mm_cvtsi128_si64(v);
	if (n <= 8) {
		key->k0 = n ? low8 & (~UINT64_C(0) >> (64 - 8 * n)) : 0;
		key->k1 = 0;
	} else {
		uint64_t high8 = (uint64_t)_mm_cvtsi128_si64(_mm_unpackhi_epi64(v, v));
		key->k0 = low8;
		key->k1 = high8 & (~UINT64_C(0) >> (128 - 8 * n));
	}
	return n;
#else
	(void)p, (void)end, (void)stop, (void)key, (void)capitals;
	return 0;
#endif
}

#endif
