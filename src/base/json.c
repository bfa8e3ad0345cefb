/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jansson parses recursively, so nesting is counted before it sees the text. Writing goes in runs:
 * the next byte that needs an escape is looked for 16 at a time, what lies before it is copied.
 */
#include "base/json.h"
#include "base/check.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static bool depth_ok(struct str text)
{
	int depth = 0;
	bool in_string = false;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (in_string) {
			if (c == '\\')
				i++;
			else if (c == '"')
				in_string = false;
		} else if (c == '"') {
			in_string = true;
		} else if (c == '{' || c == '[') {
			if (++depth > JSON_DEPTH)
				return false;
		} else if (c == '}' || c == ']') {
			depth--;
		}
	}
	return true;
}

static void drop(void *j)
{
	json_decref(j);
}

json_t *json_own(struct arena *a, json_t *j)
{
	arena_defer(a, drop, j);
	return j;
}

json_t *json_read(struct arena *a, struct str text, struct err *e)
{
	json_error_t why;
	if (!depth_ok(text)) {
		err_set(e, ERR_INVALID_REQUEST, "the JSON is nested deeper than %d levels",
			JSON_DEPTH);
		return NULL;
	}
	json_t *j = json_loadb(
		text.n ? text.p : "", text.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
	if (!j) {
		err_set(e, ERR_INVALID_REQUEST, "not valid JSON at byte %d: %s", why.position,
			why.text);
		return NULL;
	}
	return json_own(a, j);
}

/* Bytes from p that need no escape. */
static size_t plain_run(const char *p, size_t n)
{
	size_t i = 0;
#ifdef __SSE2__
	const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'),
		      low = _mm_set1_epi8(0x1F);
	for (; i + 16 <= n; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
		__m128i hit = _mm_or_si128(
			_mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, slash)),
			_mm_cmpeq_epi8(_mm_min_epu8(v, low), v));
		int mask = _mm_movemask_epi8(hit);
		if (mask)
			return i + (size_t)__builtin_ctz((unsigned)mask);
	}
#endif
	while (i < n && p[i] != '"' && p[i] != '\\' && (unsigned char)p[i] > 0x1F)
		i++;
	return i;
}

static void put_escape(struct buf *b, char c)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *hit = c ? strchr(from, c) : NULL;
	if (hit) {
		char two[2] = { '\\', to[hit - from] };
		buf_add(b, two, 2);
	} else {
		buf_addf(b, "\\u%04x", (unsigned char)c);
	}
}

void json_put_str(struct buf *b, struct str s)
{
	buf_char(b, '"');
	for (size_t i = 0; i < s.n;) {
		size_t run = plain_run(s.p + i, s.n - i);
		buf_add(b, s.p + i, run);
		i += run;
		if (i < s.n)
			put_escape(b, s.p[i++]);
	}
	buf_char(b, '"');
}

void json_put_text(struct buf *b, const char *text)
{
	if (text)
		json_put_str(b, str_of(text));
	else
		buf_add(b, "null", 4);
}

void json_put_real(struct buf *b, double v)
{
	char text[40];
	int digits = 15;
	do
		snprintf(text, sizeof text, "%.*g", digits, v);
	while (digits++ < 17 && strtod(text, NULL) != v);
	buf_text(b, text);
	if (!strpbrk(text, ".e"))
		buf_text(b, ".0"); /* it stays what it was */
}

struct dump {
	struct buf *b;
	bool quoted;
};

/* jansson gives a number, a quote mark and what stands between two of them in one piece each. Of a number it writes 17
 * digits, or with fewer another one: 19.99 became 19.989999999999998. */
static int dump_into(const char *bytes, size_t n, void *to)
{
	struct dump *d = to;
	struct str piece = { bytes, n };
	if (str_eq(piece, STR("\"")))
		d->quoted = !d->quoted;
	char text[40] = ""; /* what stands behind the piece may be digits, too */
	bool real = n && n < sizeof text &&
		    (*bytes == '-' || (*bytes >= '0' && *bytes <= '9')) &&
		    (str_find(piece, '.') < n || str_find(piece, 'e') < n);
	if (real && !d->quoted)
		json_put_real(d->b, strtod(memcpy(text, bytes, n), NULL));
	else
		buf_add(d->b, bytes, n);
	return d->b->full ? -1 : 0;
}

void json_put_value(struct buf *b, const json_t *j)
{
	struct dump d = { .b = b };
	if (j)
		(void)json_dump_callback(j, dump_into, &d, JSON_COMPACT | JSON_ENCODE_ANY);
	else
		buf_add(b, "null", 4);
}

char *json_print(struct arena *a, const json_t *j)
{
	struct buf b;
	buf_init(&b, 0);
	json_put_value(&b, j);
	char *text = arena_text(a, buf_str(&b));
	buf_release(&b);
	return text;
}

void json_comma(struct buf *b)
{
	if (b->len && b->p[b->len - 1] != '{' && b->p[b->len - 1] != '[' &&
		b->p[b->len - 1] != ':' && b->p[b->len - 1] != ',')
		buf_char(b, ',');
}

void json_key(struct buf *b, const char *name)
{
	json_comma(b);
	json_put_str(b, str_of(name));
	buf_char(b, ':');
}
