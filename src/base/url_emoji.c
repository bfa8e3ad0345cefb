/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Labels with pictures. IDNA 2008, which libidn2 holds to, has no symbols; browsers follow UTS 46,
 * which has, and such names are in use. Only blocks that UTS 46 leaves as they are count here, with
 * plain letters and digits around them: nothing can fold into something else. Punycode: RFC 3492.
 */
#include "base/url_host.h"
#include "base/url_part.h"

enum {
	BASE = 36,
	T_MIN = 1,
	T_MAX = 26,
	SKEW = 38,
	DAMP = 700,
	BIAS = 72,
	FIRST = 128,
	LABEL = 63
};

static const struct {
	uint32_t first, last;
} pictures[] = { { 0x2600, 0x27bf }, { 0x1f1e6, 0x1f1ff }, { 0x1f300, 0x1f64f },
	{ 0x1f680, 0x1f6d7 }, { 0x1f900, 0x1f9ff }, { 0x1fa70, 0x1fa74 },
	{ 0x1fa80, 0x1fa86 } };

static bool is_kept(uint32_t c)
{
	if (c < 0x80)
		return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
	for (size_t i = 0; i < sizeof pictures / sizeof pictures[0]; i++)
		if (c >= pictures[i].first && c <= pictures[i].last)
			return true;
	return false;
}

static uint32_t next_char(struct str *s)
{
	const unsigned char *p = (const unsigned char *)s->p;
	size_t n = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	uint32_t c = n == 1 ? p[0] : p[0] & (0xffu >> (n + 1));
	for (size_t i = 1; i < n; i++)
		c = c << 6 | (p[i] & 0x3f);
	*s = (struct str) { s->p + n, s->n - n };
	return c;
}

static uint32_t adapt(uint32_t delta, uint32_t points, bool first)
{
	uint32_t k = 0;
	delta = first ? delta / DAMP : delta / 2;
	delta += delta / points;
	for (; delta > (BASE - T_MIN) * T_MAX / 2; k += BASE)
		delta /= BASE - T_MIN;
	return k + (BASE - T_MIN + 1) * delta / (delta + SKEW);
}

static void put_number(uint32_t q, uint32_t bias, struct buf *out)
{
	for (uint32_t k = BASE;; k += BASE) {
		uint32_t t = k <= bias ? T_MIN : k >= bias + T_MAX ? T_MAX : k - bias;
		if (q < t)
			break;
		uint32_t digit = t + (q - t) % (BASE - t);
		buf_char(out, (char)(digit < 26 ? 'a' + digit : '0' + digit - 26));
		q = (q - t) / (BASE - t);
	}
	buf_char(out, (char)(q < 26 ? 'a' + q : '0' + q - 26));
}

/* RFC 3492 section 6.3; `low` of the n code points are ASCII. */
static void put_punycode(const uint32_t *c, uint32_t n, uint32_t low, struct buf *out)
{
	uint32_t at = FIRST, delta = 0, bias = BIAS;
	for (uint32_t done = low; done < n; delta++, at++) {
		uint32_t least = UINT32_MAX;
		for (uint32_t i = 0; i < n; i++)
			if (c[i] >= at && c[i] < least)
				least = c[i];
		delta += (least - at) * (done + 1); /* 63 code points: no overflow */
		at = least;
		for (uint32_t i = 0; i < n; i++) {
			delta += c[i] < at;
			if (c[i] != at)
				continue;
			put_number(delta, bias, out);
			bias = adapt(delta, done + 1, done == low);
			delta = 0;
			done++;
		}
	}
}

bool url_emoji_label(struct str label, struct buf *out)
{
	uint32_t c[LABEL], n = 0, low = 0;
	while (label.n) {
		uint32_t next = next_char(&label);
		if (next == 0xfe0f) /* "as a picture": ignored by UTS 46 */
			continue;
		if (n == LABEL || !is_kept(next))
			return false;
		c[n++] = next;
	}
	buf_text(out, "xn--");
	for (uint32_t i = 0; i < n; i++)
		if (c[i] < FIRST) {
			buf_char(out, (char)c[i]);
			low++;
		}
	if (low == n)
		return false;
	if (low)
		buf_char(out, '-');
	put_punycode(c, n, low, out);
	return true;
}
