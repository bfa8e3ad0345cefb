/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Three ways to write a date, tried in turn: the year first (ISO 8601 and its relatives), numbers only, and with the
 * month's name. Each fills a struct date or declines.
 */
#include "page/meta_date.h"
#include "base/check.h"
#include "page/meta_month.h"

struct reader {
	struct str s;
	size_t at;
};
struct date {
	int year, month, day;
	bool whole; /* nothing stands behind it but what may be a time */
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char peek(const struct reader *r)
{
	return r->at < r->s.n ? r->s.p[r->at] : 0;
}

static int read_number(struct reader *r, size_t *digits)
{
	enum { DIGITS = 9 };
	int n = 0;
	for (*digits = 0; is_digit(peek(r)) && *digits < DIGITS; ++*digits)
		n = n * 10 + (r->s.p[r->at++] - '0');
	return n;
}

static struct str read_word(struct reader *r)
{
	size_t from = r->at;
	while ((peek(r) | 32) >= 'a' && (peek(r) | 32) <= 'z')
		r->at++;
	while (r->at > from && (unsigned char)peek(r) >= 0x80) { /* a letter with an accent */
		r->at++;
		while (((peek(r) | 32) >= 'a' && (peek(r) | 32) <= 'z') ||
			(unsigned char)peek(r) >= 0x80)
			r->at++;
	}
	return (struct str) { r->s.p + from, r->at - from };
}

static void skip_gap(struct reader *r)
{
	while (peek(r) == ' ' || peek(r) == ',' || peek(r) == '.')
		r->at++;
}

static bool skip(struct reader *r, struct str what)
{
	bool there = str_istarts((struct str) { r->s.p + r->at, r->s.n - r->at }, what);
	r->at += there ? what.n : 0;
	return there;
}

/* One of the words, if it stands alone. */
static void skip_word(struct reader *r, const char *const *words, size_t n)
{
	struct reader ahead = *r;
	struct str w = read_word(&ahead);
	for (size_t i = 0; i < n; i++)
		if (str_ieq(w, str_of(words[i]))) {
			*r = ahead;
			skip_gap(r);
			return;
		}
}

static bool is_day(const struct date *d)
{
	static const int days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	return d->year >= 1000 && d->year <= 9999 && d->month >= 1 && d->month <= 12 &&
	       d->day >= 1 && d->day <= days[d->month - 1];
}

/* "2019-11-19", "2019/1/22", "2019.01.22", "20190122", and with the signs for year, month and day. */
static bool year_first(struct reader *r, struct date *d)
{
	static const char *const marks[][3] = { { "-", "-", "" }, { "/", "/", "" },
		{ ".", ".", "" },
		{ "\xE5\xB9\xB4", "\xE6\x9C\x88", "\xE6\x97\xA5" }, /* Chinese, Japanese */
		{ "\xEB\x85\x84 ", "\xEC\x9B\x94 ", "\xEC\x9D\xBC" } }; /* Korean */
	size_t digits;
	d->year = read_number(r, &digits);
	if (digits == 8) {
		*d = (struct date) { d->year / 10000, d->year / 100 % 100, d->year % 100,
			true };
		return is_day(d);
	}
	for (size_t i = 0; digits == 4 && i < COUNT_OF(marks); i++) {
		if (!skip(r, str_of(marks[i][0])))
			continue;
		d->month = read_number(r, &digits);
		if (digits > 2 || !skip(r, str_of(marks[i][1])))
			return false;
		d->day = read_number(r, &digits);
		return digits <= 2 && skip(r, str_of(marks[i][2])) && is_day(d);
	}
	return false;
}

/* "05/29/2007" or "29.5.2007": only one of the two can be the month. */
static bool year_last(struct reader *r, struct date *d)
{
	size_t n1, n2, n3;
	int first = read_number(r, &n1);
	char mark = peek(r);
	if (mark != '.' && mark != '/' && mark != '-')
		return false;
	r->at++;
	int second = read_number(r, &n2);
	if (peek(r) != mark)
		return false;
	r->at++;
	d->year = read_number(r, &n3);
	if (!n1 || n1 > 2 || !n2 || n2 > 2 || n3 != 4)
		return false;
	bool day_first = first > 12;
	d->day = day_first ? first : second;
	d->month = day_first ? second : first;
	return (day_first || second > 12 || first == second) && is_day(d);
}

/* "Tue, 19 Nov 2019", "November 19th, 2019", "1er mars 2020", "12 de octubre de 2019" */
static bool with_name(struct reader *r, struct date *d)
{
	static const char *const ordinals[] = { "st", "nd", "rd", "th", "er" }, *const of[] = {
		"de", "of", "del", "do"
	};
	struct reader ahead = *r;
	size_t digits, len;
	d->month = 0;
	struct str word = read_word(&ahead);
	if (meta_weekday(word) && !meta_month(word)) { /* "mar" begins both */
		skip_gap(&ahead);
		*r = ahead;
	}
	if (!is_digit(peek(r))) {
		d->month = meta_month(read_word(r));
		skip_gap(r);
		if (!d->month)
			return false;
	}
	d->day = read_number(r, &digits);
	skip_word(r, ordinals, COUNT_OF(ordinals));
	skip(r, STR("\xC2\xBA")); /* U+00BA */
	skip_gap(r);
	if (!d->month) {
		skip_word(r, of, COUNT_OF(of));
		d->month = meta_month(read_word(r));
		skip_gap(r);
		skip_word(r, of, COUNT_OF(of));
	}
	d->year = read_number(r, &len);
	return digits && digits <= 2 && len == 4 && is_day(d);
}

/* "+0100", "+01:00", "-05", "Z", "GMT" */
static size_t put_zone(char *out, size_t size, struct str zone)
{
	static const char *const utc[] = { "z", "gmt", "utc", "+0000", "+00:00" };
	for (size_t i = 0; i < COUNT_OF(utc); i++)
		if (str_ieq(zone, str_of(utc[i])))
			return (size_t)snprintf(out, size, "Z");
	bool sign = zone.n >= 3 && (zone.p[0] == '+' || zone.p[0] == '-'), ok = sign;
	size_t minutes = zone.n > 3 && zone.p[3] == ':' ? 4 : 3;
	for (size_t i = 1; i < zone.n; i++)
		ok &= is_digit(zone.p[i]) || (i == 3 && minutes == 4);
	if (!ok || (zone.n != 3 && zone.n != minutes + 2))
		return 0;
	return (size_t)snprintf(
		out, size, "%.3s:%.2s", zone.p, zone.n == 3 ? "00" : zone.p + minutes);
}

/* "09:49", "9:14:05.123 PM" with an offset behind; empty when it is none, or nothing one can be sure of. */
static void read_time(struct reader *r, char *out, size_t size)
{
	static const char *const before[] = { "t", "at", "um", "a" };
	size_t d1, d2, d3 = 2;
	int second = 0;
	out[0] = 0;
	skip_gap(r);
	skip_word(r, before, COUNT_OF(before));
	int hour = read_number(r, &d1);
	if (d1 == 0 || d1 > 2 || !skip(r, STR(":")))
		return;
	int minute = read_number(r, &d2);
	if (skip(r, STR(":")))
		second = read_number(r, &d3);
	if (peek(r) == '.') {
		r->at++;
		read_number(r, &d1);
	}
	skip_gap(r);
	bool pm = skip(r, STR("pm")) || skip(r, STR("p.m.")),
	     am = !pm && (skip(r, STR("am")) || skip(r, STR("a.m.")));
	if (pm || am)
		hour = hour > 12 ? 99 : hour % 12 + (pm ? 12 : 0);
	skip_gap(r);
	if (d2 != 2 || d3 != 2 || hour > 23 || minute > 59 || second > 60)
		return;
	size_t n = (size_t)snprintf(out, size, "T%02d:%02d:%02d", hour, minute, second);
	struct str zone = { r->s.p + r->at, r->s.n - r->at };
	put_zone(out + n, size - n, str_trim(zone));
}

bool meta_date_is_iso(struct str date)
{
	bool ok = date.n >= 10;
	for (size_t i = 0; ok && i < 10; i++)
		ok = i == 4 || i == 7 ? date.p[i] == '-' : is_digit(date.p[i]);
	return ok;
}

/* Date and time that need no change: seconds may have fractions, an offset has its colon. */
static bool is_whole_iso(struct str text)
{
	if (!meta_date_is_iso(text) || text.n < 16 || text.p[10] != 'T')
		return false;
	for (size_t i = 11; i < text.n; i++)
		if (!is_digit(text.p[i]) && !(text.p[i] && strchr(":.+-", text.p[i])) &&
			!(text.p[i] == 'Z' && i == text.n - 1))
			return false;
	char sign = text.p[text.n - 5];
	return sign != '+' && sign != '-';
}

struct str meta_date(struct arena *a, struct str text)
{
	static bool (*const ways[])(
		struct reader *, struct date *) = { year_first, year_last, with_name };
	text = str_trim(text);
	if (is_whole_iso(text))
		return text;
	for (size_t i = 0; i < COUNT_OF(ways); i++) {
		struct reader r = { text, 0 };
		struct date d = { 0 };
		char time[40] = "";
		if (!ways[i](&r, &d) || is_digit(peek(&r)))
			continue;
		if (peek(&r) && !strchr(" ,.Tt|(", peek(&r)))
			continue; /* "2019-11-19-the-name" */
		read_time(&r, time, sizeof time);
		return str_of(
			arena_printf(a, "%04d-%02d-%02d%s", d.year, d.month, d.day, time));
	}
	return text;
}
