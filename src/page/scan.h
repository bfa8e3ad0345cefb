/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding the next byte that matters, 16 at a time where SSE2 is there (every x86-64), else
 * one at a time. Nothing is read at or behind `end`.
 */
#ifndef PAGE_SCAN_H
#define PAGE_SCAN_H

#include "base/str.h"
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#ifdef __SSE2__
static inline __m128i scan_is(__m128i v, int c)
{
	return _mm_cmpeq_epi8(v, _mm_set1_epi8((char)c));
}

static inline __m128i scan_any(__m128i a, __m128i b, __m128i c)
{
	return _mm_or_si128(a, _mm_or_si128(b, c));
}
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

/* The next of the words that white space parts, as class, rel and itemprop hold them, is taken off the list; false:
 * no more.
 */
static inline bool scan_word(struct str *list, struct str *word)
{
	size_t n = 0;
	while (list->n && scan_is_space(list->p[0]))
		*list = (struct str) { list->p + 1, list->n - 1 };
	while (n < list->n && !scan_is_space(list->p[n]))
		n++;
	*word = (struct str) { list->p, n };
	*list = (struct str) { list->p + n, list->n - n };
	return n > 0;
}

/* The first byte that is neither a blank nor a line feed nor a tab, or end. */
static inline const char *scan_indent(const char *p, const char *end)
{
	if (p == end || (unsigned char)*p > ' ')
		return p;
#ifdef __SSE2__
	for (; end - p >= 16; p += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i lines = scan_any(scan_is(v, '\t'), scan_is(v, '\n'), scan_is(v, ' '));
		unsigned others = ~(unsigned)_mm_movemask_epi8(lines) & 0xFFFF;
		if (others)
			return p + __builtin_ctz(others);
	}
#endif
	while (p < end && (*p == ' ' || *p == '\n' || *p == '\t'))
		p++;
	return p;
}

#ifdef __SSE2__
/* One bit for each of 16 bytes that is HTML white space. */
static inline unsigned scan_space_bits(__m128i v)
{
	const __m128i tab = _mm_set1_epi8('\t'), range = _mm_set1_epi8('\r' - '\t');
	__m128i from = _mm_sub_epi8(v, tab);
	__m128i breaks = _mm_andnot_si128(
		scan_is(v, '\v'), _mm_cmpeq_epi8(from, _mm_min_epu8(from, range)));
	return (unsigned)_mm_movemask_epi8(_mm_or_si128(breaks, scan_is(v, ' ')));
}
#endif

/* The first byte that is no HTML white space, or end. */
static inline const char *scan_space(const char *p, const char *end)
{
	if (p == end || !scan_is_space(*p))
		return p;
#ifdef __SSE2__
	/* Indentation: runs of 10 to 40 blanks stand between most tags. */
	for (; end - p >= 16; p += 16) {
		unsigned spaces =
			scan_space_bits(_mm_loadu_si128((const __m128i *)(const void *)p));
		if (spaces != 0xFFFF)
			return p + __builtin_ctz(~spaces);
	}
#endif
	while (p < end && scan_is_space(*p))
		p++;
	return p;
}

#endif
