/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The encodings of East Asia told apart by their pairs of bytes. Each has regions where nearly all of
 * ordinary text lies (kana and the first level of kanji, hangul, the first level of hanzi), and in any other
 * encoding the same bytes leave that region or are no pairs at all: words of a single-byte script are of odd
 * length half the time, and then a lead byte stands before a space.
 */
#include "base/check.h"
#include "page/charset_guess.h"
#include "page/charset_multi.h"
#include "page/scan.h"

enum { LOOKED_AT = 64 << 10, ENOUGH_PAIRS = 4 };

struct region {
	unsigned char lead, lead_end, trail, trail_end;
};
static const struct east {
	enum charset id;
	charset_step *step;
	struct region common[6];
} easts[] = {
	{ CHARSET_SHIFT_JIS, charset_step_shift_jis,
		{ { 0x82, 0x82, 0x4F, 0xF1 }, { 0x83, 0x83, 0x40, 0x96 },
			{ 0x81, 0x81, 0x40, 0x7A }, { 0x88, 0x97, 0x40, 0xFC } } },
	{ CHARSET_EUC_JP, charset_step_euc_jp,
		{ { 0xA4, 0xA5, 0xA1, 0xF6 }, { 0xA1, 0xA1, 0xA1, 0xDC },
			{ 0xB0, 0xCF, 0xA1, 0xFE } } },
	{ CHARSET_EUC_KR, charset_step_euc_kr,
		{ { 0xB0, 0xC8, 0xA1, 0xFE }, { 0xA1, 0xA1, 0xA1, 0xC0 } } },
	{ CHARSET_BIG5, charset_step_big5,
		{ { 0xA4, 0xC6, 0x40, 0xFE }, { 0xA1, 0xA1, 0x40, 0x80 } } },
	{ CHARSET_GBK, charset_step_gb18030,
		{ { 0xB0, 0xD7, 0xA1, 0xFE }, { 0xA1, 0xA1, 0xA1, 0xC0 },
			{ 0xA3, 0xA3, 0xA1, 0xFE } } },
};

struct pairs {
	size_t all, common, bad, kana;
	size_t late; /* lead bytes past hangul */
	size_t in_word; /* with Latin letters before and behind */
};

static bool is_common(const struct east *e, const unsigned char *p)
{
	for (const struct region *r = e->common; r->lead; r++)
		if (p[0] >= r->lead && p[0] <= r->lead_end && p[1] >= r->trail &&
			p[1] <= r->trail_end)
			return true;
	return false;
}

static bool is_latin(unsigned char c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static struct pairs count(const struct east *e, const unsigned char *p, size_t n)
{
	struct pairs found = { 0 };
	const char *text = (const char *)p;
	for (size_t i = 0, taken; (i = (size_t)(scan_ascii(text + i, text + n) - text)) < n;
		i += taken) {
		uint32_t point;
		taken = e->step(p + i, n - i, &point);
		if (i + 4 >= n)
			break; /* a pair may be cut here */
		found.all++;
		found.bad += point == CHARSET_BAD || taken == 1;
		found.common += taken > 1 && is_common(e, p + i);
		found.kana += point > 0x3040 && point < 0x30FF;
		found.late += p[i] > 0xC8;
		found.in_word += i && is_latin(p[i - 1]) && is_latin(p[i + taken]);
	}
	return found;
}

/* Percent of the pairs that are where ordinary text is; 0: it is not this encoding. */
static size_t fit(const struct east *e, struct pairs found)
{
	if (found.all < ENOUGH_PAIRS || found.bad * 50 > found.all ||
		found.in_word * 4 > found.all)
		return 0;
	size_t percent = found.common * 100 / found.all;
	bool japanese = e->id == CHARSET_SHIFT_JIS || e->id == CHARSET_EUC_JP;
	if (japanese != (found.kana * 10 > found.all))
		return 0;
	/* hangul ends at C8; a third of Chinese text stands behind it */
	return e->id == CHARSET_GBK && found.late * 12 < found.all ? percent / 2 : percent;
}

enum charset charset_guess_pairs(struct str bytes)
{
	enum { LEAST_FIT = 70 };
	const unsigned char *p = (const unsigned char *)bytes.p;
	size_t n = bytes.n < LOOKED_AT ? bytes.n : LOOKED_AT, best = LEAST_FIT;
	enum charset found = CHARSET_NONE;
	struct str head = { bytes.p, n };
	if (str_has(head, STR("\x1B$B")) || str_has(head, STR("\x1B$@")))
		return CHARSET_ISO_2022_JP;
	for (size_t i = 0; i < COUNT_OF(easts); i++) {
		size_t percent = fit(&easts[i], count(&easts[i], p, n));
		if (percent > best) {
			best = percent;
			found = easts[i].id;
		}
	}
	return found;
}
