/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Titles of links and images: the text in quotes behind the address (CommonMark 6.3), which readers show beside the
 * pointer. Only what the text or the address does not say anyway is worth its tokens.
 */
#include "page/markdown_in.h"

/* White space, and what may need a backslash in a title. */
static const bool title_stops[256] = { [' '] = true,
	['\t'] = true,
	['\n'] = true,
	['\f'] = true,
	['\r'] = true,
	['"'] = true,
	['\''] = true,
	['`'] = true,
	['*'] = true,
	['_'] = true,
	['~'] = true,
	['<'] = true,
	['|'] = true,
	['&'] = true,
	['\\'] = true };

/* Some readers pair delimiters of emphasis with such in titles. */
static bool acts_in_title(const struct md *m, struct str title, const char *p)
{
	const char *end = title.p + title.n;
	switch (*p) {
	case '_':
		return p == title.p || p + 1 == end || !uni_is_alnum((unsigned char)p[-1]) ||
		       !uni_is_alnum((unsigned char)p[1]);
	case '*':
	case '~':
	case '`':
	case '<':
		return true;
	case '|':
		return m->cell;
	case '&':
		return md_is_reference(p, end);
	case '\\':
		return p + 1 == end || uni_is_punct((unsigned char)p[1]);
	default:
		return false;
	}
}

/* In the quotes that need no backslash, on one line. */
static void put_title(struct md *m, struct str title)
{
	char quote = str_find(title, '"') == title.n	? '"'
		     : str_find(title, '\'') == title.n ? '\''
							: '"';
	md_char(m, ' ');
	md_char(m, quote);
	const char *p = title.p, *end = p + title.n;
	while (p < end) {
		const char *run = p;
		while (p < end && !title_stops[(unsigned char)*p])
			p++;
		md_put(m, run, (size_t)(p - run));
		if (p == end)
			break;
		if (scan_is_space(*p)) {
			md_char(m, ' ');
			p = scan_space(p, end);
			continue;
		}
		if (*p == quote || acts_in_title(m, title, p))
			md_char(m, '\\');
		md_char(m, *p++);
	}
	md_char(m, quote);
}

/* The last part of the address says the same as the title: "/wiki/Flat_file", "Flat file". */
static bool ends_in(struct str url, struct str title)
{
	if (url.n <= title.n || !strchr("/#:=?", url.p[url.n - title.n - 1]))
		return false;
	for (size_t i = 0; i < title.n; i++) {
		char c = url.p[url.n - title.n + i];
		if (c != title.p[i] &&
			(title.p[i] != ' ' || (c != '_' && c != '-' && c != '+')))
			return false;
	}
	return true;
}

static bool is_short(struct str title)
{
	return title.n && title.n <= MD_TITLE_MAX;
}

void md_image_title(struct md *m, struct str title, struct str alt, size_t url_at)
{
	struct str url = { m->out->p + url_at, m->out->len - url_at };
	title = str_trim(title);
	if (is_short(title) && !str_eq(title, alt) && !str_has(url, title))
		put_title(m, title);
}

void md_link_title(struct md *m, struct str title, size_t text_at, size_t text_end)
{
	struct str text = { m->out->p + text_at, text_end - text_at };
	title = str_trim(title);
	if (is_short(title) && !str_ieq(text, title) && !str_has(text, title) &&
		!ends_in(m->address.text, title))
		put_title(m, title);
}
