/* SPDX-License-Identifier: Apache-2.0 */
/*
 * select_driver page.html < selectors: finds each line of standard input in the page.
 * First line out: the names of all elements in document order, as far as selectors see them. Then for each
 * selector the numbers of the elements found, from 0, or "! message" when it is refused.
 */
#include "base/buf.h"
#include "page/charset.h"
#include "page/selector.h"

#include <stdio.h>

static struct str read_all(struct arena *a, FILE *f)
{
	struct buf b;
	char part[65536];
	size_t n;
	buf_init(&b, (size_t)256 << 20);
	while ((n = fread(part, 1, sizeof part, f)) > 0)
		buf_add(&b, part, n);
	struct str s = { arena_keep(a, buf_str(&b)), b.len };
	buf_release(&b);
	return s;
}

int main(int argc, char **argv)
{
	struct arena *a = arena_new((size_t)1 << 30);
	FILE *page = argc > 1 ? fopen(argv[1], "rb") : NULL;
	struct charset_hint said = { { NULL, 0 }, { NULL, 0 } };
	const char *encoding;
	struct err e;
	if (!page)
		return 2;
	struct dom *d = dom_parse(a, to_utf8(a, read_all(a, page), &said, &encoding), NULL);
	size_t count = dom_count(d), number = 0;
	size_t *numbers = ARENA_ARRAY(a, size_t, count + 1);
	nid *found = ARENA_ARRAY(a, nid, count + 1);
	const struct selector *all = selector_compile(a, STR("*"), &e);
	bool whole;
	size_t n = selector_find(all, d, 1, found, count, a, &whole);
	for (size_t i = 0; i < n; i++) {
		numbers[found[i]] = number++;
		struct str name = dom_name(d, found[i]);
		printf("%.*s ", STR_ARG(name));
	}
	printf("\n");
	struct str line, text = read_all(a, stdin);
	while (text.n && str_cut(&text, '\n', &line)) {
		const struct selector *s = selector_compile(a, line, &e);
		if (!s) {
			printf("! %s\n", e.msg);
			continue;
		}
		n = selector_find(s, d, 1, found, count, a, &whole);
		for (size_t i = 0; i < n; i++)
			printf("%zu ", numbers[found[i]]);
		printf("%s\n", whole ? "" : "cut");
	}
	arena_free(&a);
	return 0;
}
