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

/* Up to the `"` that ends a value, or end. *odd: bytes before it may have to be written
 * otherwise (`&`, NUL, CR; a tab or newline says so for nothing).
 */
static inline const char *scan_value(const char *p, const char *end, bool *odd)
{
	unsigned met = 0;
#ifdef __SSE2__
	/* 32 at a time: three values of four end within them, so that the branch is foreseen. */
	const __m128i quote = _mm_set1_epi8('"'), amp = _mm_set1_epi8('&');
	const __m128i cr = _mm_set1_epi8('\r');
	do {
		__m128i v0 = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i v1 = _mm_loadu_si128((const __m128i *)(const void *)(p + 16));
		__m128i odd0 = _mm_or_si128(
			_mm_cmpeq_epi8(v0, amp), _mm_cmpeq_epi8(v0, _mm_min_epu8(v0, cr)));
		__m128i odd1 = _mm_or_si128(
			_mm_cmpeq_epi8(v1, amp), _mm_cmpeq_epi8(v1, _mm_min_epu8(v1, cr)));
		unsigned quotes = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v0, quote)) |
				  (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v1, quote)) << 16;
		unsigned odds = (unsigned)_mm_movemask_epi8(odd0) |
				(unsigned)_mm_movemask_epi8(odd1) << 16;
		if (quotes) {
			*odd = met | (odds & (quotes ^ (quotes - 1)));
			return p + __builtin_ctz(quotes);
		}
		met |= odds;
		p += 32;
	} while (end - p >= 32);
#endif
	for (; p < end && *p != '"'; p++)
		met |= *p == '&' || (unsigned char)*p <= '\r';
	*odd = met;
	return p;
}

#endif
