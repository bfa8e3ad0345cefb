/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs of text, for markdown_text.c and the walk in markdown.c only: which bytes need a look, and moving along all others 16 at a
 * time. Most texts are shorter than that. They are read in one piece all the same, for behind them the
 * page goes on: `safe` is where the bytes end that may be read.
 */
#ifndef PAGE_MARKDOWN_RUN_H
#define PAGE_MARKDOWN_RUN_H

#include "page/markdown_in.h"

enum { PLAIN, BLANK, ACTS, MAYBE_UNSEEN };
static const uint8_t classes[256] = {
	['\t'] = BLANK,
	['\n'] = BLANK,
	['\f'] = BLANK,
	['\r'] = BLANK,
	[' '] = BLANK,
	['\\'] = ACTS,
	['`'] = ACTS,
	['*'] = ACTS,
	['_'] = ACTS,
	['['] = ACTS,
	[']'] = ACTS,
	['('] = ACTS,
	['<'] = ACTS,
	['&'] = ACTS,
	['~'] = ACTS,
	['|'] = ACTS,
	[0xC2] = MAYBE_UNSEEN,
	[0xE2] = MAYBE_UNSEEN,
	[0xEF] = MAYBE_UNSEEN,
};

/* Does the run go on with p? A single blank between words is of it. */
static inline bool is_plain(const char *p, const char *end)
{
	uint8_t class = classes[(unsigned char)*p];
	return class == PLAIN ||
	       (*p == ' ' && p + 1 < end && classes[(unsigned char)p[1]] != BLANK);
}

/* The first byte that is no white space, or end. A text begins with some as often as not. */
static inline const char *past_blanks(const char *p, const char *end, const char *safe)
{
#ifdef __SSE2__
	for (; safe - p >= 16 && p < end; p += 16) {
		unsigned blanks =
			scan_space_bits(_mm_loadu_si128((const __m128i *)(const void *)p));
		if (blanks != 0xFFFF) {
			p += __builtin_ctz(~blanks);
			return p < end ? p : end;
		}
	}
	if (p >= end)
		return end;
#else
	(void)safe;
#endif
	while (p < end && classes[(unsigned char)*p] == BLANK)
		p++;
	return p;
}

/* The same for places where white space is rare. */
static inline const char *past_space(const char *p, const char *end, const char *safe)
{
	return p == end || classes[(unsigned char)*p] != BLANK ? p : past_blanks(p, end, safe);
}

#ifdef __SSE2__
/* One bit for each of 16 bytes that is not of the class PLAIN, single blanks between words left out; those
 * of two-byte lines (^ } B) that it takes along in sparing comparisons do no harm. */
static inline unsigned stops_of(__m128i v, unsigned end)
{
	__m128i low = _mm_or_si128(v, _mm_set1_epi8(0x20));
	/* two bytes that differ in one bit take one comparison, even at the price of a third */
	__m128i stop = _mm_or_si128(scan_is(low, '|'), scan_is(low, '~')); /* \ | ^ ~ */
	stop = scan_any(stop, scan_is(low, 0xE2), scan_is(v, 0xEF)); /* C2 E2 */
	stop = scan_any(stop, scan_is(_mm_or_si128(v, _mm_set1_epi8(2)), '*'), /* ( * */
		scan_is(_mm_and_si128(v, _mm_set1_epi8(~4)), '[')); /* [ _ */
	stop = scan_any(stop, scan_is(v, ']'), scan_is(v, '`'));
	stop = scan_any(stop, scan_is(v, '&'), scan_is(v, '<'));
	__m128i control = _mm_cmpeq_epi8(v, _mm_min_epu8(v, _mm_set1_epi8(0x1F)));
	unsigned breaks = (unsigned)_mm_movemask_epi8(control) | end;
	unsigned blanks = (unsigned)_mm_movemask_epi8(scan_is(v, ' '));
	return (unsigned)_mm_movemask_epi8(stop) | breaks |
	       (blanks & (breaks >> 1 | blanks >> 1));
}
#endif

/* Copies bytes of the class PLAIN and single blanks between them, 16 at a time and what stands behind them
 * along with them: there is room (md_escaped), and what is read must only end before `safe`. Stops early
 * where it cannot tell, and before a blank. */
static inline const char *copy_plain(
	struct buf *b, const char *p, const char *end, const char *safe)
{
	char *to = b->p + b->len;
#ifdef __SSE2__
	while (safe - p > 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		size_t left = (size_t)(end - p);
		unsigned stops = stops_of(v, left < 16 ? 1u << left : 0);
		if ((unsigned char)p[16] <= ' ' || left == 16)
			stops |= (unsigned)(p[15] == ' ') << 15;
		_mm_storeu_si128((__m128i *)(void *)to, v);
		size_t n = stops ? (size_t)__builtin_ctz(stops) : 16;
		p += n;
		to += n;
		if (n < 16 || left == 16)
			break;
	}
#else
	(void)safe;
#endif
	while (p < end && is_plain(p, end))
		*to++ = *p++;
	b->len = (size_t)(to - b->p);
	return p;
}

#endif
