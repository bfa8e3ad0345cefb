/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Members of the page's JSON-LD without reading it: the search for the content asks for two of them on every page,
 * which a parser would cost more than the rest of the search, and what is wrong with such scripts is seldom wrong
 * with a single member.
 */
#include "page/content_member.h"

enum { SCRIPTS = 20 };

static struct str behind(struct str s, size_t n)
{
	return (struct str) { s.p + n, s.n - n };
}

/* Up to the quote that ends a string. */
static size_t string_length(struct str s)
{
	size_t n = 0;
	while (n < s.n && s.p[n] != '"')
		n += s.p[n] == '\\' ? 2 : 1;
	return n < s.n ? n : s.n;
}

static bool open_next_script(struct content_members *m)
{
	size_t count;
	const nid *ids = dom_list(m->d, LIST_SCRIPT_DATA, &count);
	if (m->script >= count || m->script >= SCRIPTS)
		return false;
	nid text = dom_first(m->d, ids[m->script++]);
	m->rest = text ? dom_text(m->d, text) : STR("");
	return true;
}

/* The member's first string, or only the next place to look at. */
static bool read_value(struct str *rest, struct str *value)
{
	while (rest->n && strchr(" :[\n", rest->p[0]) && rest->p[0])
		*rest = behind(*rest, 1);
	if (!rest->n || rest->p[0] != '"')
		return false;
	*rest = behind(*rest, 1);
	*value = (struct str) { rest->p, string_length(*rest) };
	*rest = behind(*rest, value->n);
	return true;
}

bool content_member_next(struct content_members *m, struct str *value)
{
	do {
		const char *found;
		while (m->rest.n &&
			(found = memmem(m->rest.p, m->rest.n, m->key.p, m->key.n)) != NULL) {
			m->rest = behind(m->rest, (size_t)(found - m->rest.p) + m->key.n);
			if (read_value(&m->rest, value))
				return true;
		}
	} while (open_next_script(m));
	return false;
}
