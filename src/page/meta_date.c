/* SPDX-License-Identifier: Apache-2.0 */
#include "page/meta_date.h"
#include "base/check.h"

struct reader {
	struct str s;
	size_t at;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static int read_number(struct reader *r, size_t *digits)
{
	int n = 0;
	*digits = 0;
	while (r->at < r->s.n && is_digit(r->s.p[r->at]) && *digits < 5) {
		n = n * 10 + (r->s.p[r->at++] - '0');
		++*digits;
	}
	return n;
}

static struct str read_word(struct reader *r)
{
	size_t from = r->at;
	while (r->at < r->s.n && is_letter(r->s.p[r->at]))
		r->at++;
	return (struct str) { r->s.p + from, r->at - from };
}

static void skip_gap(struct reader *r)
{
	while (r->at < r->s.n &&
		(r->s.p[r->at] == ' ' || r->s.p[r->at] == ',' || r->s.p[r->at] == '.'))
		r->at++;
}

/* 1 to 12, or 0. Three letters are enough, more must be the rest of the name. */
static int month_of(struct str word)
{
	static const char *const months[] = { "january", "february", "march", "april", "may",
		"june", "july", "august", "september", "october", "november", "december" };
	for (size_t i = 0; i < COUNT_OF(months); i++)
		if (word.n >= 3 && str_istarts(str_of(months[i]), word))
			return (int)i + 1;
	return str_ieq(word, STR("sept")) ? 9 : 0;
}

static bool is_weekday(struct str word)
{
	static const char *const days[] = { "monday", "tuesday", "wednesday", "thursday",
		"friday", "saturday", "sunday" };
	for (size_t i = 0; i < COUNT_OF(days); i++)
		if (word.n >= 3 && str_istarts(str_of(days[i]), word))
			return true;
	return false;
}

static void skip_ordinal(struct reader *r)
{
	struct reader ahead = *r;
	struct str w = read_word(&ahead);
	if (str_ieq(w, STR("st")) || str_ieq(w, STR("nd")) || str_ieq(w, STR("rd")) ||
		str_ieq(w, STR("th")))
		*r = ahead;
}

/* "HH:MM[:SS]" with "GMT", "UTC", "Z" or "+hhmm" behind, as in mail and feeds. */
static size_t read_time(struct reader *r, char out[24])
{
	size_t d1, d2, d3 = 2;
	skip_gap(r);
	int h = read_number(r, &d1);
	if (d1 == 0 || r->at >= r->s.n || r->s.p[r->at++] != ':')
		return 0;
	int min = read_number(r, &d2), s = 0;
	if (r->at < r->s.n && r->s.p[r->at] == ':') {
		r->at++;
		s = read_number(r, &d3);
	}
	skip_gap(r);
	struct str zone = { r->s.p + r->at, r->s.n - r->at };
	if (d2 != 2 || d3 != 2 || h > 23 || min > 59 || s > 60)
		return 0;
	size_t n = (size_t)snprintf(out, 24, "T%02d:%02d:%02d", h % 100, min % 100, s % 100);
	if (str_ieq(zone, STR("gmt")) || str_ieq(zone, STR("utc")) || str_ieq(zone, STR("z")))
		return n + (size_t)snprintf(out + n, 24 - n, "Z");
	if (zone.n == 5 && (zone.p[0] == '+' || zone.p[0] == '-') && is_digit(zone.p[1]) &&
		is_digit(zone.p[4]))
		return n + (size_t)snprintf(out + n, 24 - n, "%.3s:%.2s", zone.p, zone.p + 3);
	return 0;
}

/* "05/29/2007" or "29.5.2007": only one of the two can be the month; p NULL: not so. */
static struct str numbers_only(struct arena *a, struct str text)
{
	struct reader r = { text, 0 };
	struct str none = { NULL, 0 };
	size_t n1, n2, n3;
	int first = read_number(&r, &n1);
	char mark = r.at < text.n ? text.p[r.at++] : ' ';
	int second = read_number(&r, &n2);
	if (!strchr("./-", mark) || !mark || r.at >= text.n || text.p[r.at++] != mark)
		return none;
	int year = read_number(&r, &n3);
	bool whole = r.at == text.n || text.p[r.at] == ' ' || text.p[r.at] == ',';
	if (!n1 || n1 > 2 || !n2 || n2 > 2 || n3 != 4 || !whole)
		return none;
	bool day_first = first > 12;
	int day = day_first ? first : second, month = day_first ? second : first;
	if ((!day_first && second <= 12 && first != second) || month < 1 || month > 12 ||
		day < 1 || day > 31)
		return none;
	return str_of(arena_printf(a, "%04d-%02d-%02d", year, month, day));
}

struct str meta_date(struct arena *a, struct str text)
{
	struct str plain = numbers_only(a, str_trim(text));
	if (plain.p)
		return plain;
	struct reader r = { str_trim(text), 0 };
	size_t digits = 0, len;
	char time[24] = "";
	int day = 0, month = 0, year = read_number(&r, &digits);
	if (digits == 4 && r.at < r.s.n && r.s.p[r.at] == '/') { /* "2019/1/22" */
		r.at++;
		month = read_number(&r, &digits);
		r.at += r.at < r.s.n;
		day = read_number(&r, &len);
		bool whole = r.at == r.s.n && digits && digits <= 2 && len && len <= 2;
		return whole && month <= 12 && day <= 31
			       ? str_of(arena_printf(a, "%04d-%02d-%02d", year, month, day))
			       : r.s;
	}
	if (digits == 4)
		return r.s;
	if (digits == 0) { /* "Tue, 19 Nov 2019" or "November 19, 2019" */
		struct str word = read_word(&r);
		if (is_weekday(word)) {
			skip_gap(&r);
			word = read_word(&r);
		}
		skip_gap(&r);
		month = month_of(word);
		if (word.n && !month)
			return r.s;
		day = read_number(&r, &digits);
	} else {
		day = year;
	}
	if (digits == 0 || digits > 2)
		return r.s;
	skip_ordinal(&r);
	skip_gap(&r);
	if (!month) {
		month = month_of(read_word(&r));
		skip_gap(&r);
	}
	year = read_number(&r, &len);
	if (!month || len != 4 || day < 1 || day > 31)
		return r.s;
	size_t n = read_time(&r, time);
	time[n] = 0;
	char *iso = arena_printf(a, "%04d-%02d-%02d%s", year, month, day, time);
	return str_of(iso);
}
