/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One character at a time, by the decoders of the Encoding Standard: gb18030 (10.2.1), Big5 (11.1.1),
 * EUC-JP (12.1.1), ISO-2022-JP (12.2.1), Shift_JIS (12.3.1), EUC-KR (13.1.1). They share how they
 * end: a pair that is no character takes its second byte with it unless that is ASCII, which
 * may be the `<` of a tag.
 */
#include "page/charset_multi.h"

static bool in(unsigned char c, unsigned char low, unsigned char high)
{
	return c >= low && c <= high;
}

/* A pair whose code point is `found`, 0 if it has none. */
static size_t pair(const unsigned char *p, uint32_t found, uint32_t *point)
{
	*point = found ? found : CHARSET_BAD;
	return found || p[1] >= 0x80 ? 2 : 1;
}

static size_t bad(uint32_t *point, size_t taken)
{
	*point = CHARSET_BAD;
	return taken;
}

/* Four bytes: the code point of a pointer, 0 if it has none. */
static uint32_t gb18030_range(uint32_t pointer)
{
	const struct charset_range *r = charset_gb18030_ranges;
	size_t low = 0, high = CHARSET_RANGES;
	if (pointer >= 189000 && pointer <= 1237575)
		return 0x10000 + pointer - 189000;
	if (pointer >= r[CHARSET_RANGES - 1].pointer)
		return 0;
	while (high - low > 1) {
		size_t mid = (low + high) / 2;
		if (r[mid].pointer <= pointer)
			low = mid;
		else
			high = mid;
	}
	return r[low].point + (pointer - r[low].pointer);
}

/* p[1] is a digit: two bytes more make a character. What is none gives all but the first byte back. */
static size_t gb18030_four(const unsigned char *p, size_t n, uint32_t *point)
{
	if (n < 3)
		return bad(point, n);
	if (!in(p[2], 0x81, 0xFE))
		return bad(point, 1);
	if (n < 4)
		return bad(point, n);
	if (!in(p[3], '0', '9'))
		return bad(point, 1);
	uint32_t found = gb18030_range(
		(((p[0] - 0x81u) * 10 + p[1] - '0') * 126 + p[2] - 0x81u) * 10 + p[3] - '0');
	*point = found ? found : CHARSET_BAD;
	return 4;
}

size_t charset_step_gb18030(const unsigned char *p, size_t n, uint32_t *point)
{
	*point = p[0] == 0x80 ? 0x20AC : p[0];
	if (p[0] <= 0x80)
		return 1;
	if (p[0] == 0xFF || n < 2)
		return bad(point, 1);
	if (in(p[1], '0', '9'))
		return gb18030_four(p, n, point);
	uint32_t at = (p[0] - 0x81u) * 190 + p[1] - (p[1] < 0x7F ? 0x40u : 0x41u);
	bool valid = in(p[1], 0x40, 0x7E) || in(p[1], 0x80, 0xFE);
	return pair(p, valid ? charset_gb18030[at] : 0, point);
}

/* A letter with two marks has no code point of its own: two stand for one pointer. */
static uint32_t big5_marked(uint32_t pointer)
{
	switch (pointer) {
	case 1133:
		return 0xCA | 0x304u << CHARSET_MARK_SHIFT;
	case 1135:
		return 0xCA | 0x30Cu << CHARSET_MARK_SHIFT;
	case 1164:
		return 0xEA | 0x304u << CHARSET_MARK_SHIFT;
	case 1166:
		return 0xEA | 0x30Cu << CHARSET_MARK_SHIFT;
	default:
		return 0;
	}
}

size_t charset_step_big5(const unsigned char *p, size_t n, uint32_t *point)
{
	*point = p[0];
	if (p[0] < 0x80)
		return 1;
	if (!in(p[0], 0x81, 0xFE) || n < 2)
		return bad(point, 1);
	if (!in(p[1], 0x40, 0x7E) && !in(p[1], 0xA1, 0xFE))
		return pair(p, 0, point);
	uint32_t at = (p[0] - 0x81u) * 157 + p[1] - (p[1] < 0x7F ? 0x40u : 0x62u);
	uint32_t found = charset_big5[at];
	if (charset_big5_wide[at >> 3] >> (at & 7) & 1)
		found |= 0x20000;
	return pair(p, found ? found : big5_marked(at), point);
}

size_t charset_step_euc_kr(const unsigned char *p, size_t n, uint32_t *point)
{
	*point = p[0];
	if (p[0] < 0x80)
		return 1;
	if (!in(p[0], 0x81, 0xFE) || n < 2)
		return bad(point, 1);
	uint32_t at = (p[0] - 0x81u) * 190 + p[1] - 0x41u;
	return pair(p, in(p[1], 0x41, 0xFE) ? charset_euc_kr[at] : 0, point);
}

size_t charset_step_shift_jis(const unsigned char *p, size_t n, uint32_t *point)
{
	enum { EUDC_FIRST = 8836, EUDC_LAST = 10715, PRIVATE = 0xE000 };
	*point = in(p[0], 0xA1, 0xDF) ? 0xFF61u + p[0] - 0xA1 : p[0];
	if (p[0] <= 0x80 || in(p[0], 0xA1, 0xDF))
		return 1;
	if (p[0] == 0xA0 || p[0] > 0xFC || n < 2)
		return bad(point, 1);
	if (!in(p[1], 0x40, 0x7E) && !in(p[1], 0x80, 0xFC))
		return pair(p, 0, point);
	uint32_t at = (p[0] - (p[0] < 0xA0 ? 0x81u : 0xC1u)) * 188 + p[1] -
		      (p[1] < 0x7F ? 0x40u : 0x41u);
	if (at >= EUDC_FIRST && at <= EUDC_LAST)
		return pair(p, PRIVATE + at - EUDC_FIRST, point);
	uint32_t size = sizeof charset_jis0208 / sizeof charset_jis0208[0];
	return pair(p, at < size ? charset_jis0208[at] : 0, point);
}

size_t charset_step_euc_jp(const unsigned char *p, size_t n, uint32_t *point)
{
	*point = p[0];
	if (p[0] < 0x80)
		return 1;
	if ((p[0] != 0x8E && p[0] != 0x8F && !in(p[0], 0xA1, 0xFE)) || n < 2)
		return bad(point, 1);
	if (p[0] == 0x8E)
		return pair(p, in(p[1], 0xA1, 0xDF) ? 0xFF61u + p[1] - 0xA1 : 0, point);
	bool three = p[0] == 0x8F && in(p[1], 0xA1, 0xFE);
	if (three && n < 3)
		return bad(point, n);
	const unsigned char *q = p + three;
	bool valid = in(q[0], 0xA1, 0xFE) && in(q[1], 0xA1, 0xFE);
	uint32_t at = valid ? (q[0] - 0xA1u) * 94 + q[1] - 0xA1u : 0;
	return pair(q,
		       !valid  ? 0
		       : three ? charset_jis0212[at]
			       : charset_jis0208[at],
		       point) +
	       three;
}

/* What follows ESC: the mode it begins; false: it is no escape. */
static bool escape(const unsigned char *p, size_t n, struct charset_2022 *s)
{
	if (n < 3)
		return false;
	if (p[1] == '(' && (p[2] == 'B' || p[2] == 'J' || p[2] == 'I'))
		s->mode = p[2] == 'B' ? MODE_ASCII : p[2] == 'J' ? MODE_ROMAN : MODE_KATAKANA;
	else if (p[1] == '$' && (p[2] == '@' || p[2] == 'B'))
		s->mode = MODE_TWO;
	else
		return false;
	return true;
}

static size_t jis_pair(const unsigned char *p, size_t n, uint32_t *point)
{
	if (n < 2)
		return bad(point, 1);
	if (p[1] == 0x1B)
		return bad(point, 1); /* the escape counts */
	uint32_t found =
		in(p[1], 0x21, 0x7E) ? charset_jis0208[(p[0] - 0x21u) * 94 + p[1] - 0x21u] : 0;
	*point = found ? found : CHARSET_BAD;
	return 2;
}

size_t charset_step_2022(
	struct charset_2022 *s, const unsigned char *p, size_t n, uint32_t *point)
{
	if (p[0] == 0x1B) {
		bool twice = s->escaped;
		if (!escape(p, n, s)) {
			s->escaped = false;
			return bad(point, 1);
		}
		s->escaped =
			true; /* an escape behind an escape is an error (12.2.1, "escape") */
		*point = twice ? CHARSET_BAD : CHARSET_NO_POINT;
		return 3;
	}
	s->escaped = false;
	*point = p[0];
	switch (s->mode) {
	case MODE_TWO:
		return in(p[0], 0x21, 0x7E) ? jis_pair(p, n, point) : bad(point, 1);
	case MODE_KATAKANA:
		*point = in(p[0], 0x21, 0x5F) ? 0xFF61u + p[0] - 0x21 : CHARSET_BAD;
		return 1;
	case MODE_ROMAN:
		*point = p[0] == 0x5C ? 0xA5 : p[0] == 0x7E ? 0x203E : p[0];
		break;
	case MODE_ASCII:
		break;
	}
	if (p[0] >= 0x80 || p[0] == 0x0E || p[0] == 0x0F)
		*point = CHARSET_BAD;
	return 1;
}
