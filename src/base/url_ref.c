/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The links of a page: references resolved as text, by RFC 3986 section 5.2 with the leniencies a
 * browser shows (https://url.spec.whatwg.org). A page has thousands of them and none is fetched, so
 * nothing is judged, decoded or normalised beyond what makes the reference absolute; time is linear
 * in the reference, for `..` removes a byte at most once.
 */
#include "base/url.h"
#include "base/url_part.h"

#include <stdio.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

static bool is_blank(char c)
{
	return (unsigned char)c <= ' ';
}

static bool is_dropped(char c)
{
	return c == '\t' || c == '\n' || c == '\r';
}

static bool is_alpha(char c)
{
	return str_lower(c) >= 'a' && str_lower(c) <= 'z';
}

size_t url_scheme_length(struct str s)
{
	size_t i = 0;
	if (!s.n || !is_alpha(s.p[0]))
		return 0;
	while (i < s.n && (is_alpha(s.p[i]) || (s.p[i] >= '0' && s.p[i] <= '9') ||
				  s.p[i] == '+' || s.p[i] == '-' || s.p[i] == '.'))
		i++;
	return i < s.n && s.p[i] == ':' ? i : 0;
}

static bool is_web(struct str scheme)
{
	return str_ieq(scheme, STR("http")) || str_ieq(scheme, STR("https"));
}

size_t url_until(struct str s, size_t from, const char *stops)
{
	while (from < s.n && (!s.p[from] || !strchr(stops, s.p[from])))
		from++;
	return from;
}

/* What a byte can end or mean in a reference. A table, for references are read byte by byte: with
 * strchr for every byte, links cost a twelfth of a page's conversion. */
enum { QUERY = 1, FRAGMENT = 2, SLASH = 4, BACKSLASH = 8, NO_HOST = 16, DOT = 32 };
static const uint8_t marks[256] = { ['?'] = QUERY,
	['#'] = FRAGMENT,
	['/'] = SLASH,
	['\\'] = BACKSLASH,
	[0 ... ' '] = NO_HOST,
	['<'] = NO_HOST,
	['>'] = NO_HOST,
	['"'] = NO_HOST,
	['.'] = DOT,
	['%'] = DOT };

static unsigned mark_of(char c)
{
	return marks[(unsigned char)c];
}

static size_t until(struct str s, size_t from, unsigned stops)
{
	while (from < s.n && !(mark_of(s.p[from]) & stops))
		from++;
	return from;
}

void url_base_init(struct url_base *b, struct str base)
{
	*b = (struct url_base) { .text = base, .end = base.n };
	b->scheme = url_scheme_length(base);
	if (!is_web((struct str) { base.p, b->scheme }) || base.n < b->scheme + 4 ||
		memcmp(base.p + b->scheme, "://", 3) != 0)
		return;
	b->authority = url_until(base, b->scheme + 3, "/?#");
	b->path = url_until(base, b->authority, "?#");
	b->query = url_until(base, b->path, "#");
	b->folder = b->path;
	while (b->folder > b->authority && base.p[b->folder - 1] != '/')
		b->folder--;
	b->usable = b->authority > b->scheme + 3;
}

/* Appends an authority; the host in lower case (user info is kept as it is). */
static bool put_authority(struct str authority, struct buf *out)
{
	size_t host = 0;
	if (!authority.n)
		return false;
	for (size_t i = 0; i < authority.n; i++) {
		if (mark_of(authority.p[i]) & NO_HOST)
			return false;
		if (authority.p[i] == '@')
			host = i + 1;
	}
	size_t at = out->len;
	buf_add_str(out, authority);
	for (size_t i = at + host; i < out->len; i++)
		out->p[i] = str_lower(out->p[i]);
	return host < authority.n;
}

/* 1 for ".", 2 for "..", 0 for any other segment; dots may be written %2e. */
static int dots_of(struct str segment)
{
	int dots = 0;
	for (size_t i = 0; i < segment.n; dots++) {
		if (segment.p[i] == '.')
			i++;
		else if (segment.n - i >= 3 &&
			 str_ieq((struct str) { segment.p + i, 3 }, STR("%2e")))
			i += 3;
		else
			return 0;
		if (dots == 2)
			return 0;
	}
	return dots;
}

/* Where the folder above ends: before the slash that the path so far, from `start`, ends with. */
static size_t last_slash(const struct buf *out, size_t start)
{
	const char *slash = memrchr(out->p + start, '/', out->len - 1 - start);
	return slash ? (size_t)(slash - out->p) : start;
}

void url_put_path(struct str path, size_t start, struct buf *out)
{
	size_t from = 0;
	if (out->len == start)
		buf_char(out, '/');
	if (path.n && (path.p[0] == '/' || path.p[0] == '\\'))
		from = 1;
	while (from < path.n && !out->full) {
		size_t end = from;
		while (end < path.n && path.p[end] != '/' && path.p[end] != '\\')
			end++;
		struct str segment = { path.p + from, end - from };
		int dots = dots_of(segment);
		if (dots == 0)
			buf_add_str(out, segment);
		else if (dots == 2 && out->len > start + 1)
			out->len = last_slash(out, start) + 1;
		if (dots == 0 && end < path.n)
			buf_char(out, '/');
		from = end + 1;
	}
}

/* Has the path that ref begins with nothing to change: no backslash, no segment that begins like a dot?
 * `path` is where it ends. */
static bool is_plain(struct str ref, size_t *path)
{
	bool plain = true;
	size_t i = 0;
	for (;; i++) {
		i = until(ref, i, QUERY | FRAGMENT | BACKSLASH | DOT);
		if (i == ref.n || mark_of(ref.p[i]) & (QUERY | FRAGMENT))
			break;
		if (ref.p[i] == '\\' || i == 0 || ref.p[i - 1] == '/')
			plain = false;
	}
	*path = i;
	return plain;
}

/* What follows the authority in `ref` (path, query, fragment), as it is but for dot segments. */
static void put_rest(struct str ref, struct buf *out)
{
	size_t path, start = out->len;
	bool plain = is_plain(ref, &path);
	if (path && (!plain || ref.p[0] != '/'))
		url_put_path((struct str) { ref.p, path }, start, out);
	else
		path = 0;
	buf_add(out, ref.p + path, ref.n - path);
}

/* `ref` without its scheme and the slashes before the authority. */
static bool put_absolute(struct str scheme, struct str ref, struct buf *out)
{
	size_t from = 0;
	while (from < ref.n && (ref.p[from] == '/' || ref.p[from] == '\\'))
		from++;
	size_t end = until(ref, from, SLASH | BACKSLASH | QUERY | FRAGMENT), at = out->len;
	buf_add_str(out, scheme);
	for (; at < out->len; at++)
		out->p[at] = str_lower(out->p[at]);
	buf_add(out, "://", 3);
	if (!put_authority((struct str) { ref.p + from, end - from }, out))
		return false;
	put_rest((struct str) { ref.p + end, ref.n - end }, out);
	return true;
}

static bool is_slash(struct str s, size_t at)
{
	return at < s.n && (s.p[at] == '/' || s.p[at] == '\\');
}

static bool put_relative(const struct url_base *b, struct str ref, struct buf *out)
{
	if (!b->usable)
		return false;
	if (is_slash(ref, 0) && is_slash(ref, 1))
		return put_absolute((struct str) { b->text.p, b->scheme }, ref, out);
	size_t start = out->len + b->authority;
	if (is_slash(ref, 0)) {
		buf_add(out, b->text.p, b->authority);
		put_rest(ref, out);
	} else if (!ref.n || ref.p[0] == '#') {
		buf_add(out, b->text.p, b->query);
		buf_add_str(out, ref);
	} else if (ref.p[0] == '?') {
		buf_add(out, b->text.p, b->path);
		buf_add_str(out, ref);
	} else { /* to the base's last slash, then on from there */
		size_t path;
		buf_add(out, b->text.p, b->folder);
		if (!is_plain(ref, &path) || b->folder == b->authority)
			url_put_path((struct str) { ref.p, path }, start, out);
		else
			path = 0;
		buf_add(out, ref.p + path, ref.n - path);
	}
	return true;
}

static bool put_reference(const struct url_base *b, struct str ref, struct buf *out)
{
	size_t scheme_n = url_scheme_length(ref);
	if (!scheme_n)
		return put_relative(b, ref, out);
	struct str scheme = { ref.p, scheme_n };
	struct str rest = { ref.p + scheme_n + 1, ref.n - scheme_n - 1 };
	if (!is_web(scheme)) {
		buf_add_str(out, ref);
		return rest.n > 0;
	}
	bool full = is_slash(rest, 0) && is_slash(rest, 1);
	if (!full && b->usable && str_ieq(scheme, (struct str) { b->text.p, b->scheme }))
		return put_relative(b, rest, out);
	return put_absolute(scheme, rest, out);
}

/* Has resolving nothing to change in it? No blank, no backslash, no segment that begins like a dot. */
static bool is_clean(struct str s)
{
	size_t i = 0;
	bool slash = false;
#ifdef __SSE2__
	for (; s.n - i >= 16; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(s.p + i));
		__m128i odd = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\\')),
			_mm_cmpeq_epi8(v, _mm_min_epu8(v, _mm_set1_epi8(' '))));
		__m128i dot = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('.')),
			_mm_cmpeq_epi8(v, _mm_set1_epi8('%')));
		unsigned slashes =
			(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8('/')));
		unsigned dots = (unsigned)_mm_movemask_epi8(dot);
		if (_mm_movemask_epi8(odd) || (dots & (slashes << 1 | slash)))
			return false;
		slash = slashes >> 15;
	}
#endif
	for (; i < s.n; i++) {
		if (is_blank(s.p[i]) || s.p[i] == '\\' || (slash && mark_of(s.p[i]) & DOT))
			return false;
		slash = s.p[i] == '/';
	}
	return true;
}

/* The two forms that nearly all references have, written at once: "/path" and "https://host/path". */
static bool put_usual(const struct url_base *b, struct str ref, struct buf *out)
{
	if (!is_clean(ref))
		return false;
	if (b->usable && ref.n > 1 && ref.p[0] == '/' && ref.p[1] != '/') {
		buf_add(out, b->text.p, b->authority);
		buf_add_str(out, ref);
		return true;
	}
	size_t from = str_starts(ref, STR("https://"))	? 8
		      : str_starts(ref, STR("http://")) ? 7
							: 0;
	size_t at = from;
	while (at < ref.n && !(mark_of(ref.p[at]) & (SLASH | QUERY | FRAGMENT))) {
		bool upper = ref.p[at] >= 'A' && ref.p[at] <= 'Z';
		if (upper || ref.p[at] == '@' || mark_of(ref.p[at]) & NO_HOST)
			return false;
		at++;
	}
	if (!from || at == from)
		return false;
	buf_add_str(out, ref);
	return true;
}

bool url_resolve_text(const struct url_base *b, struct str ref, struct buf *out)
{
	struct buf plain;
	size_t before = out->len;
	if (put_usual(b, ref, out) && !out->full)
		return true;
	out->len = before;
	while (ref.n && is_blank(ref.p[0]))
		ref = (struct str) { ref.p + 1, ref.n - 1 };
	while (ref.n && is_blank(ref.p[ref.n - 1]))
		ref.n--;
	bool dirty = str_find(ref, '\t') < ref.n || str_find(ref, '\n') < ref.n ||
		     str_find(ref, '\r') < ref.n;
	buf_init(&plain, ref.n + 1);
	if (dirty) {
		for (size_t i = 0; i < ref.n; i++)
			if (!is_dropped(ref.p[i]))
				buf_char(&plain, ref.p[i]);
		ref = buf_str(&plain);
	}
	bool ok = put_reference(b, ref, out) && !out->full;
	if (!ok)
		out->len = before;
	buf_release(&plain);
	return ok;
}

const char *url_for_log(struct str url, char out[URL_LOG_SIZE])
{
	size_t scheme = url_scheme_length(url), n = 0, from = 0;
	if (scheme && url.n >= scheme + 3 && memcmp(url.p + scheme, "://", 3) == 0) {
		size_t end = url_until(url, scheme + 3, "/\\?#");
		from = scheme + 3;
		for (size_t i = from; i < end; i++)
			if (url.p[i] == '@')
				from = i + 1;
		n = (size_t)snprintf(
			out, URL_LOG_SIZE, "%.*s://", scheme > 20 ? 20 : (int)scheme, url.p);
	}
	size_t end = url_until(url, from, "?#");
	for (size_t i = from; i < end && n < URL_LOG_SIZE - 1; i++) {
		unsigned char c = (unsigned char)url.p[i];
		out[n++] = c > ' ' && c < 0x7f && c != '"' ? (char)c : '?';
	}
	out[n] = 0;
	return out;
}
