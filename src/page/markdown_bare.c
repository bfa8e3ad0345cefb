/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bare addresses (GFM 6.9, the autolinks extension): readers that know it make links of them, which must not happen
 * inside a link's text. There a backslash keeps them apart, but for a text that is nothing else, which readers leave
 * alone.
 */
#include "page/markdown_in.h"

enum { FAR = 64 }; /* bytes behind an address: further on a word is a sentence without blanks */

static size_t bare_address(struct str s, size_t at, const char *safe);

/* Letters beyond ASCII do not, but where a sentence has no blanks at all emphasis matters more. */
static bool ends_it(const char *p)
{
	return (unsigned char)*p <= ' ' || (unsigned char)*p >= 0x80 || *p == '<' ||
	       *p == '`' || (*p == '\\' && uni_is_punct((unsigned char)p[1]));
}

/* The word that ends at `at` is an address in the text, or begins with one. */
static bool is_behind_bare(const struct md *m, size_t at)
{
	size_t from = at, start = m->link.end > m->line_at ? m->link.end : m->line_at;
	while (from > start && at - from < FAR && !ends_it(m->out->p + from - 1))
		from--;
	struct str word = { m->out->p + from, at - from };
	return bare_address(word, 0, m->out->p + m->out->cap) < word.n;
}

/* Such readers look into a link's address as well and go on behind it, up to white space of ASCII or a mark. */
bool md_is_behind_address(const struct md *m, size_t at)
{
	if (at > m->line_at && is_behind_bare(m, at))
		return true;
	if (!m->link.is_web || m->link.end > at || at <= m->line_at || at - m->link.end > FAR)
		return false;
	for (const char *p = m->out->p + m->link.end; p < m->out->p + at; p++)
		if (*p == '[' || ends_it(p))
			return false;
	return true;
}

/* Only the punctuation before the white space is not theirs: a delimiter that closes there is, unless that or another
 * mark comes at once. */
bool md_address_takes(const struct md *m, uint32_t next)
{
	struct str s = m->marks.ahead;
	size_t i = 0;
	bool link = next == '[' && s.n && s.p[0] != '[';
	if (next == ' ' || link || !s.n) /* no text: the end of the line, or a mark */
		return false;
	while (i < s.n && s.p[i] && strchr(".,:!?)", s.p[i]))
		i++;
	return i < s.n && !scan_is_space(s.p[i]);
}

/* The next colon, dot or sign of mail, or s.n. What stands before `safe` may be read: behind the text that is the rest
 * of the buffer, so that the short texts of links need no loop for their tails. */
static size_t next_sign(struct str s, size_t at, const char *safe)
{
#ifdef __SSE2__
	for (; at < s.n && safe - (s.p + at) >= 16; at += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(s.p + at));
		unsigned signs = (unsigned)_mm_movemask_epi8(
			scan_any(scan_is(v, ':'), scan_is(v, '.'), scan_is(v, '@')));
		if (signs) {
			at += (size_t)__builtin_ctz(signs);
			return at < s.n ? at : s.n;
		}
	}
#else
	(void)safe;
#endif
	while (at < s.n && s.p[at] != ':' && s.p[at] != '.' && s.p[at] != '@')
		at++;
	return at < s.n ? at : s.n;
}

/* May c stand before the sign of mail? */
static bool is_of_name(char c)
{
	return uni_is_alnum((unsigned char)c) || (c && strchr(".-_+", c));
}

/* The offset, at or behind `at`, of the character that makes an address: the colon of a scheme, the first dot behind
 * www, the sign of mail; s.n when there is none. */
static size_t bare_address(struct str s, size_t at, const char *safe)
{
	if (s.n < 3)
		return s.n;
	for (size_t i = next_sign(s, at ? at : 1, safe); i + 1 < s.n;
		i = next_sign(s, i + 1, safe)) {
		char before = s.p[i - 1] | 32;
		if (s.p[i] == ':' && (before == 'p' || before == 's') && i + 2 < s.n &&
			s.p[i + 1] == '/' && s.p[i + 2] == '/')
			return i;
		if (s.p[i] == '@' && is_of_name(s.p[i - 1]) && s.p[i + 1] > ' ')
			return i;
		if (s.p[i] == '.' && before == 'w' && i >= 3 && (s.p[i - 2] | 32) == 'w' &&
			(s.p[i - 3] | 32) == 'w')
			return i;
	}
	return s.n;
}

static bool is_one_address(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!uni_is_alnum((unsigned char)s.p[i]) &&
			(!s.p[i] || !strchr("/?#=%+,.:-@", s.p[i])))
			return false;
	return s.n && (uni_is_alnum((unsigned char)s.p[s.n - 1]) || s.p[s.n - 1] == '/');
}

void md_guard_addresses(struct md *m, size_t from)
{
	enum { WWW = 3 }; /* what stands before a sign may have come with an earlier text */
	struct buf *b = m->out, copy;
	size_t back = from - m->line_at < WWW ? from - m->line_at : WWW;
	struct str s = { b->p + from - back, b->len - from + back };
	const char *safe = b->p + b->cap;
	size_t at = bare_address(s, back, safe);
	if (at == s.n || (from && b->p[from - 1] == '[' &&
				 is_one_address((struct str) { s.p + back, s.n - back })))
		return;
	buf_init(&copy, 2 * s.n + 1);
	size_t angle = m->angle_at;
	for (; at < s.n; at = bare_address(s, 1, safe)) {
		m->angle_at += angle > (size_t)(s.p + at - b->p);
		buf_add(&copy, s.p, at);
		buf_char(&copy, '\\');
		buf_char(&copy, s.p[at]);
		s = (struct str) { s.p + at + 1, s.n - at - 1 };
	}
	buf_add_str(&copy, s);
	b->len = from - back;
	md_put(m, copy.p, copy.len);
	buf_release(&copy);
}
