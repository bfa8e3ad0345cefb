/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "Prescan a byte stream to determine its encoding" (HTML Standard 13.2.3.2), word for word: a
 * small tokenizer that knows comments, tags and attributes and looks at meta elements only.
 */
#include "page/charset.h"
#include "page/scan.h"

struct scan {
	const unsigned char *p;
	size_t n, at;
};
struct pair {
	struct str name, value; /* as written: compare without case */
};

static bool is_letter(unsigned char c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static void skip_blank(struct scan *s)
{
	while (s->at < s->n && scan_is_space((char)s->p[s->at]))
		s->at++;
}

static struct str piece(const struct scan *s, size_t from)
{
	return (struct str) { (const char *)s->p + from, s->at - from };
}

static void read_value(struct scan *s, struct str *value)
{
	unsigned char quote = s->p[s->at];
	if (quote == '"' || quote == '\'') {
		size_t from = ++s->at;
		while (s->at < s->n && s->p[s->at] != quote)
			s->at++;
		*value = s->at < s->n ? piece(s, from) : (struct str) { 0 };
		s->at++;
		return;
	}
	size_t from = s->at;
	while (s->at < s->n && !scan_is_space((char)s->p[s->at]) && s->p[s->at] != '>')
		s->at++;
	*value = s->at < s->n ? piece(s, from) : (struct str) { 0 };
}

/* "Get an attribute". false at the end of the tag (or of the bytes). */
static bool read_pair(struct scan *s, struct pair *out)
{
	*out = (struct pair) { 0 };
	while (s->at < s->n && (scan_is_space((char)s->p[s->at]) || s->p[s->at] == '/'))
		s->at++;
	if (s->at >= s->n || s->p[s->at] == '>')
		return false;
	size_t from = s->at;
	while (s->at < s->n) {
		unsigned char c = s->p[s->at];
		if ((c == '=' && s->at > from) || scan_is_space((char)c) || c == '/' ||
			c == '>')
			break;
		s->at++;
	}
	out->name = piece(s, from);
	skip_blank(s);
	if (s->at >= s->n || s->p[s->at] != '=')
		return s->at < s->n;
	s->at++;
	skip_blank(s);
	if (s->at < s->n && s->p[s->at] != '>')
		read_value(s, &out->value);
	return s->at <= s->n;
}

/* "Extracting a character encoding from a meta element": what follows charset= in content. */
static enum charset content_charset(struct str v)
{
	for (;;) {
		size_t i = 0;
		while (i + 7 <= v.n &&
			!str_istarts((struct str) { v.p + i, v.n - i }, STR("charset")))
			i++;
		if (i + 7 > v.n)
			return CHARSET_NONE;
		v = (struct str) { v.p + i + 7, v.n - i - 7 };
		struct str rest = str_trim(v);
		if (!rest.n || rest.p[0] != '=')
			continue;
		rest = str_trim((struct str) { rest.p + 1, rest.n - 1 });
		if (rest.n && (rest.p[0] == '"' || rest.p[0] == '\'')) {
			struct str inside = { rest.p + 1, rest.n - 1 };
			size_t end = str_find(inside, rest.p[0]);
			if (end == inside.n)
				return CHARSET_NONE;
			return charset_by_label((struct str) { inside.p, end });
		}
		size_t end = 0;
		while (end < rest.n && !scan_is_space(rest.p[end]) && rest.p[end] != ';')
			end++;
		return charset_by_label((struct str) { rest.p, end });
	}
}

static enum charset read_meta(struct scan *s)
{
	struct pair pair;
	bool got_pragma = false, seen_equiv = false, seen_content = false, seen_charset = false;
	int need_pragma = -1;
	enum charset found = CHARSET_NONE;
	while (read_pair(s, &pair)) {
		if (str_ieq(pair.name, STR("http-equiv")) && !seen_equiv) {
			seen_equiv = true;
			got_pragma |= str_ieq(pair.value, STR("content-type"));
		} else if (str_ieq(pair.name, STR("content")) && !seen_content) {
			seen_content = true;
			enum charset c = content_charset(pair.value);
			if (c && !found) {
				found = c;
				need_pragma = 1;
			}
		} else if (str_ieq(pair.name, STR("charset")) && !seen_charset) {
			seen_charset = true;
			found = charset_by_label(pair.value);
			need_pragma = 0;
		}
	}
	if (need_pragma < 0 || (need_pragma == 1 && !got_pragma))
		return CHARSET_NONE;
	if (found == CHARSET_UTF_16LE || found == CHARSET_UTF_16BE)
		return CHARSET_UTF_8;
	return found == CHARSET_X_USER_DEFINED ? CHARSET_WINDOWS_1252 : found;
}

static void skip_to(struct scan *s, const char *mark, size_t from)
{
	struct str rest = { (const char *)s->p + from, from < s->n ? s->n - from : 0 };
	const char *hit = rest.n ? memmem(rest.p, rest.n, mark, strlen(mark)) : NULL;
	s->at = hit ? (size_t)(hit - (const char *)s->p) + strlen(mark) : s->n;
}

/* "Get an XML encoding": what <?xml encoding="..."?> at the very start says. */
static enum charset xml_encoding(struct str s)
{
	static const char name[] = "encoding";
	if (!str_starts(s, STR("<?xml")))
		return CHARSET_NONE;
	s.n = str_find(s, '>');
	const char *at = memmem(s.p, s.n, name, sizeof name - 1), *end = s.p + s.n;
	if (!at)
		return CHARSET_NONE;
	for (at += sizeof name - 1; at < end && (unsigned char)*at <= ' ';)
		at++;
	if (at == end || *at++ != '=')
		return CHARSET_NONE;
	while (at < end && (unsigned char)*at <= ' ')
		at++;
	if (at == end || (*at != '"' && *at != '\''))
		return CHARSET_NONE;
	struct str inside = { at + 1, (size_t)(end - at) - 1 };
	size_t n = str_find(inside, *at);
	enum charset found =
		n < inside.n ? charset_by_label((struct str) { inside.p, n }) : CHARSET_NONE;
	bool wide = found == CHARSET_UTF_16LE || found == CHARSET_UTF_16BE;
	return wide ? CHARSET_UTF_8 : found;
}

enum charset charset_prescan(struct str bytes, size_t max)
{
	struct scan s = { (const unsigned char *)bytes.p, bytes.n < max ? bytes.n : max, 0 };
	while (s.at < s.n) {
		struct str rest = { (const char *)s.p + s.at, s.n - s.at };
		if (rest.p[0] != '<') {
			s.at += str_find(rest, '<');
		} else if (rest.n < 2) {
			s.at++;
		} else if (str_starts(rest, STR("<!--"))) {
			skip_to(&s, "-->", s.at + 2);
		} else if (str_istarts(rest, STR("<meta")) && rest.n > 5 &&
			   (scan_is_space(rest.p[5]) || rest.p[5] == '/')) {
			s.at += 6;
			enum charset found = read_meta(&s);
			if (found)
				return found;
			s.at++;
		} else if (is_letter((unsigned char)rest.p[1]) ||
			   (rest.n > 2 && rest.p[1] == '/' &&
				   is_letter((unsigned char)rest.p[2]))) {
			struct pair pair;
			while (s.at < s.n && !scan_is_space((char)s.p[s.at]) &&
				s.p[s.at] != '>')
				s.at++;
			while (read_pair(&s, &pair))
				;
			s.at++;
		} else if (rest.p[1] == '!' || rest.p[1] == '/' || rest.p[1] == '?') {
			skip_to(&s, ">", s.at);
		} else {
			s.at++;
		}
	}
	return xml_encoding((struct str) { bytes.p, s.n });
}
