/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first number in a text that people wrote.
 *
 * Digits 0 to 9 with points and commas between them. Groups of three may be parted by a blank (plain,
 * no-break, thin) or an apostrophe. Where both a point and a comma stand, the last one is the decimal sign and the
 * other one parts groups. One kind more than once parts groups ("1.234.567"). One comma before exactly
 * three digits, with one to three digits and no lone 0 before it, parts a group ("1,234"); every other
 * single sign is the decimal sign ("1.234", "0,125", "12,5"). A minus (- or U+2212) counts before the
 * digits or before the currency sign in front of them, unless a letter or digit stands before it
 * ("A-5", "10-20").
 */
#include "page/pick_in.h"

enum { DIGITS_MOST = 30 };

static bool is_digit(struct str s, size_t i)
{
	return i < s.n && s.p[i] >= '0' && s.p[i] <= '9';
}

static size_t digits_at(struct str s, size_t i)
{
	size_t n = 0;
	while (is_digit(s, i + n))
		n++;
	return n;
}

static bool has_at(struct str s, size_t i, const char *bytes)
{
	size_t n = strlen(bytes);
	return i + n <= s.n && memcmp(s.p + i, bytes, n) == 0;
}

/* Bytes of what parts groups besides points and commas; 0: none. */
static size_t gap_at(struct str s, size_t i)
{
	static const char *const gaps[] = { " ", "'", "\xC2\xA0", "\xE2\x80\x89",
		"\xE2\x80\xAF", "\xE2\x80\x99" };
	for (size_t k = 0; k < sizeof gaps / sizeof *gaps; k++)
		if (has_at(s, i, gaps[k]))
			return strlen(gaps[k]);
	return 0;
}

struct number {
	size_t from, end; /* in the text */
	size_t points, commas, last; /* last: where the last point or comma stands */
	bool gaps; /* groups are parted by something else */
};

/* May the point or comma at the end belong to it? A second one parts groups or follows groups, else a date
 * or a version is read here, and its first two fields are enough. */
static bool goes_on(struct str s, const struct number *n)
{
	size_t after = digits_at(s, n->end + 1);
	if (n->points + n->commas == 0)
		return after > 0;
	if (n->end - n->last != 4 || (n->points && n->commas))
		return false;
	return s.p[n->last] == s.p[n->end] ? after == 3 : after > 0;
}

/* From the first digit: as far as it reads as one number. */
static struct number measure(struct str s, size_t from)
{
	struct number n = { .from = from, .end = from + digits_at(s, from) };
	for (;;) {
		char c = n.end < s.n ? s.p[n.end] : 0;
		size_t gap = gap_at(s, n.end), first = n.end - from;
		if ((c == '.' || c == ',') && goes_on(s, &n)) {
			n.points += c == '.';
			n.commas += c == ',';
			n.last = n.end;
			n.end += 1 + digits_at(s, n.end + 1);
		} else if (gap && n.points + n.commas == 0 && (n.gaps || first <= 3) &&
			   digits_at(s, n.end + gap) == 3) {
			n.gaps = true;
			n.end += gap + 3;
		} else {
			return n;
		}
	}
}

/* Where the decimal sign stands; the end when there is none. */
static size_t decimal_at(struct str s, const struct number *n)
{
	size_t before = n->last - n->from, after = n->end - n->last - 1;
	if (n->points + n->commas == 0)
		return n->end;
	if (n->points && n->commas)
		return n->last;
	if (n->points + n->commas > 1)
		return n->end;
	if (n->commas && after == 3 && before <= 3 && !n->gaps && s.p[n->from] != '0')
		return n->end;
	return n->last;
}

/* --- the sign --- */

static size_t back_over(struct str s, size_t at, const char *bytes)
{
	size_t n = strlen(bytes);
	return at >= n && memcmp(s.p + at - n, bytes, n) == 0 ? n : 0;
}

static size_t back_any(struct str s, size_t at, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t bytes = back_over(s, at, list[i]);
		if (bytes)
			return bytes;
	}
	return 0;
}

static bool is_negative(struct str s, size_t at)
{
	static const char *const money[] = { "$", "\xE2\x82\xAC", "\xC2\xA3", "\xC2\xA5",
		"\xE2\x82\xB9", "\xE2\x82\xBD", "\xE2\x82\xA9" };
	static const char *const minus[] = { "-", "\xE2\x88\x92" };
	static const char *const blank[] = { " ", "\xC2\xA0" };
	size_t start = at;
	at -= back_any(s, at, blank, 2);
	size_t sign = back_any(s, at, money, sizeof money / sizeof *money);
	at = sign ? at - sign : start;
	if (sign)
		at -= back_any(s, at, blank, 2);
	size_t n = back_any(s, at, minus, 2);
	if (!n)
		return false;
	unsigned char before = at > n ? (unsigned char)s.p[at - n - 1] : ' ';
	char low = str_lower((char)before);
	return !(low >= 'a' && low <= 'z') && !(before >= '0' && before <= '9') &&
	       (before < 0x80 || back_any(s, at - n, blank, 2) ||
		       back_any(s, at - n, money, 7));
}

/* --- out --- */

static bool write_number(
	struct str s, const struct number *n, size_t decimal, bool negative, struct buf *out)
{
	char text[DIGITS_MOST + 4];
	size_t len = 0;
	for (size_t i = n->from; i < decimal; i++) {
		if (!is_digit(s, i) || (s.p[i] == '0' && len == 0))
			continue;
		if (len == DIGITS_MOST)
			return false;
		text[len++] = s.p[i];
	}
	if (len == 0)
		text[len++] = '0';
	if (decimal < n->end) {
		text[len++] = '.';
		for (size_t i = decimal; i < n->end && len < DIGITS_MOST + 2; i++)
			if (is_digit(s, i))
				text[len++] = s.p[i];
		while (text[len - 1] == '0')
			len--; /* the point stops it */
		len -= text[len - 1] == '.';
	}
	if (negative && !(len == 1 && text[0] == '0'))
		buf_char(out, '-');
	buf_add(out, text, len);
	return true;
}

bool pick_number(struct str s, struct buf *out)
{
	size_t at = 0;
	while (at < s.n && !is_digit(s, at))
		at++;
	if (at == s.n)
		return false;
	struct number n = measure(s, at);
	size_t decimal = decimal_at(s, &n);
	if (at && s.p[at - 1] == '.' && n.points + n.commas == 0 && !n.gaps &&
		(at == 1 || s.p[at - 2] == ' ' || s.p[at - 2] == '-')) {
		n.from = decimal = at - 1; /* ".5" */
		at--;
	}
	return write_number(s, &n, decimal, is_negative(s, at), out);
}
