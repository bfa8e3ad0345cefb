/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the search for the main content sees of pages, for script/gen/content.mjs. Standard input: lines
 * of a file's name, a tab, the page's address. Standard output: a line "#", name, answers about the page;
 * then a line for each block: certainly out or not, words, answers, the boxes around it from the inside
 * out ("t" behind tables of data, "~" for elements among them that start no line), its text; all separated
 * by tabs. Answers are hexadecimal digits.
 */
#include "base/buf.h"
#include "page/content_feature.h"
#include "page/content_kind.h"
#include "page/meta.h"

#include <stdio.h>

static void print_answers(const uint8_t *f, size_t n)
{
	for (size_t i = 0; i < n; i++)
		printf("%x", f[i]);
}

static void print_text(const struct content_map *map, size_t block)
{
	const struct dom *d = map->d;
	for (nid id = map->block[block].first; id; id = dom_walk(d, id, map->body)) {
		if (dom_kind(d, id) != DOM_TEXT || map->block_of[id] == 0)
			continue;
		if (map->block_of[id] != block + 1)
			return;
		struct str s = dom_text(d, id);
		for (size_t i = 0; i < s.n; i++)
			putchar((unsigned char)s.p[i] < ' ' ? ' ' : s.p[i]);
		putchar(' ');
	}
}

static void print_block(const struct content_map *map, size_t i)
{
	const struct content_block *b = &map->block[i];
	uint8_t f[F_COUNT];
	content_features(map, i, f);
	printf("%d\t%u\t", b->why != WHY_SCORE, b->words);
	print_answers(f, F_COUNT);
	putchar('\t');
	for (nid id = b->node; id && id != map->body; id = dom_parent(map->d, id)) {
		if (map->at[id].flags & CF_BLOCK)
			printf("%u%s,", id, content_is_data(map, id) ? "t" : "");
		else
			printf("~,");
	}
	putchar('\t');
	print_text(map, i);
	putchar('\n');
}

static void print_page(const char *name, struct str url, struct str html)
{
	struct arena *a = arena_new(((size_t)64 << 20) + html.n * 32);
	struct dom *d = dom_parse(a, html, NULL);
	struct content_map map;
	struct page_meta meta;
	struct meta_hint says;
	uint8_t e[E_COUNT];
	meta_read(a, d, NULL, &meta, &says);
	const struct content_hint hint = { url, says.article };
	content_measure(a, d, content_needs_noscript(d), &map);
	content_context(a, &map);
	content_rule_out(&map);
	content_evidence(&map, &hint, e);
	printf("#\t%s\t", name);
	print_answers(e, E_COUNT);
	putchar('\n');
	for (size_t i = 0; i < map.n; i++)
		print_block(&map, i);
	arena_free(&a);
}

int main(void)
{
	char line[8192];
	struct buf html;
	buf_init(&html, (size_t)64 << 20);
	while (fgets(line, sizeof line, stdin)) {
		struct str rest = str_trim(str_of(line)), name;
		str_cut(&rest, '\t', &name);
		line[name.n] = 0;
		FILE *f = fopen(line, "rb");
		buf_clear(&html);
		for (size_t n = 1; f && n;) {
			char *to = buf_room(&html, 65536);
			n = to ? fread(to, 1, 65536, f) : 0;
			html.len += n;
		}
		if (f)
			fclose(f);
		print_page(line, rest, buf_str(&html));
	}
	buf_release(&html);
	return 0;
}
