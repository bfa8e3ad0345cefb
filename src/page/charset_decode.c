/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The decoders. Single-byte encodings are tables of 128 code points (two passes: measure, write);
 * UTF-16 and broken UTF-8 are done here by the standard's rules; the multi-byte encodings of East
 * Asia go character by character through the steps of charset_multi.c. The C library's iconv would
 * not do: its tables are older than the standard's, and it loads them from files while it runs.
 */
#include "page/charset.h"
#include "base/buf.h"
#include "base/check.h"
#include "page/charset_guess.h"
#include "page/charset_multi.h"
#include "page/scan.h"

enum how {
	HOW_NONE,
	HOW_UTF8,
	HOW_UTF16LE,
	HOW_UTF16BE,
	HOW_SINGLE,
	HOW_BIG5,
	HOW_EUC_JP,
	HOW_EUC_KR,
	HOW_GB18030,
	HOW_SHIFT_JIS,
	HOW_ISO_2022_JP,
	HOW_USER,
	HOW_REPLACEMENT
};

static const enum how hows[] = {
	HOW_NONE,
#define ENCODING_ROW(id, name, how) HOW_##how,
#include "page/charset_table.h"
#undef ENCODING_ROW
};

static charset_step *const steps[] = {
	[HOW_BIG5] = charset_step_big5,
	[HOW_EUC_JP] = charset_step_euc_jp,
	[HOW_EUC_KR] = charset_step_euc_kr,
	[HOW_GB18030] = charset_step_gb18030,
	[HOW_SHIFT_JIS] = charset_step_shift_jis,
};

static const struct single {
	enum charset id;
	uint16_t points[128];
} singles[] = {
#define SINGLE_ROW(id, ...) { CHARSET_##id, { __VA_ARGS__ } },
#include "page/charset_single_table.h"
#undef SINGLE_ROW
};

#define REPLACEMENT "\xEF\xBF\xBD"

static size_t point_size(uint16_t point)
{
	return point < 0x80 ? 1 : point < 0x800 ? 2 : 3;
}

static struct str decode_single(struct arena *a, struct str bytes, const uint16_t *points)
{
	size_t size = 0;
	for (size_t i = 0; i < bytes.n; i++) {
		unsigned char c = (unsigned char)bytes.p[i];
		size += c < 0x80 ? 1 : point_size(points[c - 0x80]);
	}
	char *out = arena_raw(a, size + 1), *to = out;
	for (size_t i = 0; i < bytes.n; i++) {
		unsigned char c = (unsigned char)bytes.p[i];
		char four[4];
		if (c < 0x80) {
			*to++ = (char)c;
			continue;
		}
		size_t n = str_utf8_put(four, points[c - 0x80]);
		memcpy(to, four, n);
		to += n;
	}
	return (struct str) { out, size };
}

static struct str decode_user(struct arena *a, struct str bytes)
{
	uint16_t points[128];
	for (unsigned i = 0; i < 128; i++)
		points[i] = (uint16_t)(0xF780 + i);
	return decode_single(a, bytes, points);
}

/* How long the well-formed start of a sequence at p is (at least 1), *ok when it is complete: the
 * "maximal subpart" of Unicode 15, table 3-7, which one U+FFFD stands for. */
static size_t subpart(const unsigned char *p, size_t n, bool *ok)
{
	unsigned char c = p[0], low = 0x80, high = 0xBF;
	size_t want = c < 0x80		       ? 1
		      : c >= 0xC2 && c <= 0xDF ? 2
		      : c >= 0xE0 && c <= 0xEF ? 3
		      : c >= 0xF0 && c <= 0xF4 ? 4
					       : 0;
	low = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : low;
	high = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : high;
	size_t have = 1;
	while (have < want && have < n && p[have] >= low && p[have] <= high) {
		low = 0x80;
		high = 0xBF;
		have++;
	}
	*ok = want && have == want;
	return have;
}

static struct str decode_utf8(struct arena *a, struct str bytes)
{
	if (str_utf8_ok(bytes))
		return bytes;
	const unsigned char *p = (const unsigned char *)bytes.p;
	size_t size = 0;
	bool ok;
	for (size_t i = 0; i < bytes.n;) {
		size_t n = subpart(p + i, bytes.n - i, &ok);
		size += ok ? n : 3;
		i += n;
	}
	char *out = arena_raw(a, size + 1), *to = out;
	for (size_t i = 0; i < bytes.n;) {
		size_t n = subpart(p + i, bytes.n - i, &ok);
		memcpy(to, ok ? bytes.p + i : REPLACEMENT, ok ? n : 3);
		to += ok ? n : 3;
		i += n;
	}
	return (struct str) { out, size };
}

static struct str decode_utf16(struct arena *a, struct str bytes, bool big)
{
	const unsigned char *p = (const unsigned char *)bytes.p;
	char *out = arena_raw(a, bytes.n / 2 * 3 + 4), *to = out;
	size_t i = 0;
	for (; i + 1 < bytes.n; i += 2) {
		uint32_t unit = big ? (uint32_t)(p[i] << 8 | p[i + 1])
				    : (uint32_t)(p[i + 1] << 8 | p[i]);
		if (unit >= 0xD800 && unit <= 0xDFFF) {
			uint32_t low = 0;
			if (i + 3 < bytes.n)
				low = big ? (uint32_t)(p[i + 2] << 8 | p[i + 3])
					  : (uint32_t)(p[i + 3] << 8 | p[i + 2]);
			if (unit <= 0xDBFF && low >= 0xDC00 && low <= 0xDFFF) {
				unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
				i += 2;
			} else {
				/* a half with half a unit behind it is one error */
				i += unit <= 0xDBFF && i + 3 == bytes.n;
				unit = 0xFFFD;
			}
		}
		char four[4];
		size_t n = str_utf8_put(four, unit);
		memcpy(to, four, n);
		to += n;
	}
	if (i < bytes.n) {
		memcpy(to, REPLACEMENT, 3);
		to += 3;
	}
	return (struct str) { out, (size_t)(to - out) };
}

static char *put_point(char *to, uint32_t point)
{
	char four[4];
	uint32_t first = point & ((1u << CHARSET_MARK_SHIFT) - 1),
		 mark = point >> CHARSET_MARK_SHIFT;
	size_t n = str_utf8_put(four, first);
	memcpy(to, four, n);
	return mark ? put_point(to + n, mark) : to + n;
}

/* Room for what n bytes may become: each at most one character of three bytes, and pairs or fours
 * at most one of four.
 */
static char *room_for(struct buf *out, size_t n)
{
	buf_init(out, 3 * n + 8);
	return buf_room(out, 3 * n + 8);
}

static struct str keep(struct arena *a, struct buf *out, const char *begin, const char *end)
{
	out->len = (size_t)(end - begin);
	struct str kept = { arena_text(a, buf_str(out)), out->len };
	buf_release(out);
	return kept;
}

static struct str decode_steps(struct arena *a, struct str bytes, charset_step *step)
{
	struct buf out;
	char *begin = room_for(&out, bytes.n), *to = begin;
	const char *p = bytes.p, *end = p + bytes.n;
	while (p < end) {
		const char *plain = scan_ascii(p, end);
		memcpy(to, p, (size_t)(plain - p));
		to += plain - p;
		p = plain;
		if (p == end)
			break;
		uint32_t point;
		p += step((const unsigned char *)p, (size_t)(end - p), &point);
		to = put_point(to, point);
	}
	return keep(a, &out, begin, to);
}

static struct str decode_2022(struct arena *a, struct str bytes)
{
	struct buf out;
	char *begin = room_for(&out, bytes.n), *to = begin;
	struct charset_2022 state = { 0 };
	for (size_t i = 0; i < bytes.n;) {
		uint32_t point;
		i += charset_step_2022(
			&state, (const unsigned char *)bytes.p + i, bytes.n - i, &point);
		if (point != CHARSET_NO_POINT)
			to = put_point(to, point);
	}
	return keep(a, &out, begin, to);
}

const uint16_t *charset_points(enum charset c)
{
	for (size_t i = 0; i < COUNT_OF(singles); i++)
		if (singles[i].id == c)
			return singles[i].points;
	return NULL;
}

struct str charset_decode(struct arena *a, struct str bytes, enum charset from)
{
	if (bytes.n == 0)
		return bytes;
	enum how how = hows[from];
	switch (how) {
	case HOW_UTF16LE:
		return decode_utf16(a, bytes, false);
	case HOW_UTF16BE:
		return decode_utf16(a, bytes, true);
	case HOW_BIG5:
	case HOW_EUC_JP:
	case HOW_EUC_KR:
	case HOW_GB18030:
	case HOW_SHIFT_JIS:
		return decode_steps(a, bytes, steps[how]);
	case HOW_ISO_2022_JP:
		return decode_2022(a, bytes);
	case HOW_USER:
		return decode_user(a, bytes);
	case HOW_SINGLE:
		if (from == CHARSET_ISO_8859_8_I)
			from = CHARSET_ISO_8859_8;
		return decode_single(a, bytes, charset_points(from));
	default:
		break;
	}
	return decode_utf8(a, bytes);
}
