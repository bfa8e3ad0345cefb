/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The small pieces of a selector: blanks, names, texts, escapes (CSS Syntax 3, sections 4.3.4 to 4.3.12)
 * and an+b (section 6). What the end of the text would close by itself in a style sheet is refused here:
 * a selector that is cut off is a mistake, not a wish.
 */
#include "page/selector_read.h"
#include "page/scan.h"

#include <stdarg.h>
#include <stdio.h>

bool sel_fail(struct sel_read *r, size_t at, const char *format, ...)
{
	char text[160];
	va_list args;
	if (r->bad)
		return false;
	r->bad = true;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	size_t before = str_utf8_count((struct str) { r->text.p, at });
	return err_set(r->err, ERR_SELECTOR, "position %zu: %s", before + 1, text);
}

int sel_peek(const struct sel_read *r, size_t ahead)
{
	size_t at = r->at + ahead;
	return at < r->text.n ? (unsigned char)r->text.p[at] : -1;
}

static bool is_blank(int c)
{
	return c >= 0 && scan_is_space((char)c);
}

static bool is_newline(int c)
{
	return c == '\n' || c == '\r' || c == '\f';
}

static bool is_digit(int c)
{
	return c >= '0' && c <= '9';
}

bool sel_comment(struct sel_read *r)
{
	size_t open = r->at;
	if (r->bad || sel_peek(r, 0) != '/' || sel_peek(r, 1) != '*')
		return false;
	for (r->at += 2; sel_peek(r, 0) != '*' || sel_peek(r, 1) != '/'; r->at++)
		if (sel_peek(r, 0) < 0)
			return sel_fail(r, open, "the comment is not closed");
	r->at += 2;
	return true;
}

bool sel_space(struct sel_read *r)
{
	bool blank = false;
	for (;;) {
		if (is_blank(sel_peek(r, 0))) {
			blank = true;
			r->at++;
		} else if (!sel_comment(r)) {
			return blank;
		}
	}
}

/* --- names --- */

static bool starts_name(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
}

static bool in_name(int c)
{
	return starts_name(c) || is_digit(c) || c == '-';
}

static bool escape_at(const struct sel_read *r, size_t ahead)
{
	int next = sel_peek(r, ahead + 1);
	return sel_peek(r, ahead) == '\\' && next >= 0 && !is_newline(next);
}

bool sel_name_here(const struct sel_read *r)
{
	size_t dash = sel_peek(r, 0) == '-';
	return starts_name(sel_peek(r, dash)) || escape_at(r, dash) ||
	       (dash && sel_peek(r, 1) == '-');
}

/* Behind the backslash. */
static size_t read_escape(struct sel_read *r, char out[4])
{
	uint32_t cp = 0;
	size_t digits = 0;
	int c = sel_peek(r, 0);
	if (c < 0 || str_hex((char)c) < 0) {
		out[0] = (char)c;
		r->at++;
		return 1; /* the rest of a longer character is a name's bytes anyway */
	}
	for (; digits < 6 && (c = sel_peek(r, 0)) >= 0 && str_hex((char)c) >= 0; digits++) {
		cp = cp * 16 + (uint32_t)str_hex((char)c);
		r->at++;
	}
	if (sel_peek(r, 0) == '\r' && sel_peek(r, 1) == '\n')
		r->at += 2;
	else if (is_blank(sel_peek(r, 0)))
		r->at++;
	if (cp == 0 || cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
		cp = 0xFFFD;
	return str_utf8_put(out, cp);
}

/* Writes the name to `to`, or only goes behind it (NULL); returns its length. */
static size_t run_name(struct sel_read *r, char *to)
{
	char piece[4];
	size_t n = 0, more;
	for (;; n += more) {
		if (in_name(sel_peek(r, 0))) {
			piece[0] = r->text.p[r->at++];
			more = 1;
		} else if (escape_at(r, 0)) {
			r->at++;
			more = read_escape(r, piece);
		} else {
			return n;
		}
		if (to)
			memcpy(to + n, piece, more);
	}
}

bool sel_name(struct sel_read *r, struct str *out)
{
	size_t from = r->at;
	out->n = run_name(r, NULL);
	out->p = r->text.p + from;
	if (out->n == r->at - from && str_find((struct str) { out->p, out->n }, '\\') == out->n)
		return true;
	char *p = arena_raw(r->arena, out->n + 1);
	r->at = from;
	run_name(r, p);
	out->p = p;
	return true;
}

bool sel_string(struct sel_read *r, struct str *out)
{
	size_t open = r->at, n = 0;
	int quote = sel_peek(r, 0), c;
	size_t raw = 1;
	while ((c = sel_peek(r, raw)) >= 0 && c != quote)
		raw += c == '\\' ? 2 : 1;
	if (c < 0)
		return sel_fail(r, open, "the quoted text is not closed");
	char *p = arena_raw(r->arena, raw * 2 + 4);
	for (r->at++; (c = sel_peek(r, 0)) != quote;) {
		if (is_newline(c))
			return sel_fail(r, r->at, "a quoted text must not have a line break");
		r->at++;
		if (c != '\\') {
			p[n++] = (char)c;
		} else if (is_newline(sel_peek(r, 0))) {
			r->at += sel_peek(r, 0) == '\r' && sel_peek(r, 1) == '\n' ? 2 : 1;
		} else {
			n += read_escape(r, p + n);
		}
	}
	r->at++;
	*out = (struct str) { p, n };
	return true;
}

struct str sel_lower(struct arena *a, struct str s)
{
	char *p = arena_text(a, s);
	for (size_t i = 0; i < s.n; i++)
		p[i] = str_lower(p[i]);
	return (struct str) { p, s.n };
}

/* --- an+b --- */

static bool read_digits(struct sel_read *r, int32_t *out)
{
	enum { MOST = 1000000000 };
	int64_t n = 0;
	if (!is_digit(sel_peek(r, 0)))
		return false;
	for (; is_digit(sel_peek(r, 0)); r->at++)
		if (n < MOST)
			n = n * 10 + (sel_peek(r, 0) - '0');
	*out = (int32_t)(n < MOST ? n : MOST);
	return true;
}

static bool word_here(struct sel_read *r, const char *word)
{
	size_t n = strlen(word);
	struct str here = { r->text.p + r->at, n };
	if (r->at + n > r->text.n || !str_ieq(here, str_of(word)) || in_name(sel_peek(r, n)) ||
		escape_at(r, n))
		return false;
	r->at += n;
	return true;
}

/* Behind the n: nothing, or a sign and digits; blanks may stand on both sides of the sign. */
static bool read_offset(struct sel_read *r, struct sel_test *t)
{
	size_t end = r->at;
	sel_space(r);
	int sign = sel_peek(r, 0);
	if (sign != '+' && sign != '-') {
		r->at = end;
		return !in_name(sel_peek(r, 0)) && !escape_at(r, 0);
	}
	r->at++;
	sel_space(r);
	if (!read_digits(r, &t->b))
		return false;
	if (sign == '-')
		t->b = -t->b;
	return true;
}

static bool read_an_b(struct sel_read *r, struct sel_test *t)
{
	if (word_here(r, "odd")) {
		t->a = 2;
		t->b = 1;
		return true;
	}
	if (word_here(r, "even")) {
		t->a = 2;
		return true;
	}
	int sign = sel_peek(r, 0);
	r->at += sign == '+' || sign == '-';
	int32_t n = 1;
	bool digits = read_digits(r, &n);
	if (sign == '-')
		n = -n;
	if (sel_peek(r, 0) == 'n' || sel_peek(r, 0) == 'N') {
		r->at++;
		t->a = n;
		return read_offset(r, t);
	}
	t->b = n;
	return digits;
}

bool sel_nth(struct sel_read *r, struct sel_test *t)
{
	size_t from = r->at;
	if (!read_an_b(r, t) || in_name(sel_peek(r, 0)) || escape_at(r, 0))
		return sel_fail(r, from, "expected a number, odd, even or a step such as 2n+1");
	return !r->bad;
}
