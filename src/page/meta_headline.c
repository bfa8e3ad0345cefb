/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which headline a page shows. What it declares as its title is often worded for search engines or for cards, while
 * people know the page by its h1. So an h1 takes the place of the declared title when most of its words stand in
 * what is declared, which logos, section names and other pages' headlines do not do.
 */
#include "page/meta_in.h"
#include "page/unicode.h"

enum { WORDS_MAX = 60, HEADLINE_MAX = 250 };

struct words {
	struct str v[WORDS_MAX];
	size_t n;
};

static bool in_word(char c)
{
	return uni_is_alnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

static void add_words(struct words *w, struct str s)
{
	for (size_t i = 0; i < s.n && w->n < WORDS_MAX;) {
		size_t from = i;
		while (i < s.n && in_word(s.p[i]))
			i++;
		if (i > from)
			w->v[w->n++] = (struct str) { s.p + from, i - from };
		else
			i++;
	}
}

static bool has_word(const struct words *w, struct str word)
{
	for (size_t i = 0; i < w->n; i++)
		if (str_ieq(w->v[i], word))
			return true;
	return false;
}

/* Of a hundred words of h1, how many are declared? One word alone says nothing, unless what is declared begins with
 * it and a mark: "Setup: how to begin". */
static size_t declared_share(const struct words *declared, struct str title, struct str h1)
{
	struct words own = { .n = 0 };
	size_t shared = 0;
	add_words(&own, h1);
	for (size_t i = 0; i < own.n; i++)
		shared += has_word(declared, own.v[i]);
	bool begins = title.n > h1.n && str_istarts(title, h1) && title.p[h1.n] == ':';
	if (own.n < 2)
		return begins ? 100 : 0;
	return shared < 2 ? 0 : shared * 100 / own.n;
}

struct str meta_headline(const struct meta *m, struct str title)
{
	enum { MOST = 60 };
	struct words declared = { .n = 0 };
	size_t best = MOST - 1;
	struct str found = title;
	add_words(&declared, title);
	add_words(&declared, meta_without_site(m, m->title));
	for (size_t i = 0; i < m->n_h1; i++) {
		struct str h1 = meta_without_anchor(m->h1[i]);
		if (meta_same_letters(h1, title))
			return title;
		size_t share = h1.n > HEADLINE_MAX || meta_is_site(m, h1)
				       ? 0
				       : declared_share(&declared, title, h1);
		if (share > best) {
			best = share;
			found = h1;
		}
	}
	return found;
}
