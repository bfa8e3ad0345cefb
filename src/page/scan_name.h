/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the name of a tag or attribute in one step of 16 bytes. */
#ifndef PAGE_SCAN_NAME_H
#define PAGE_SCAN_NAME_H

#include "page/name.h"
#include "page/scan.h"

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
