/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTML to Markdown and back through md4c, many texts in one process. Standard input: frames "WORD MAX LENGTH\n" and
 * LENGTH bytes of HTML. A letter of WORD is an option: c CommonMark with tables, strikethrough and task lists, g
 * GitHub's dialect (bare addresses are links too); r links as references, l no links; a only the descriptions of
 * images, i no images; p the text is Markdown already. MAX: at most so many bytes of Markdown, 0: the default.
 * Standard output, for each: "LENGTH\n" and the Markdown, then "LENGTH\n" and its rendering.
 */
#include "base/buf.h"
#include "page/page.h"

#include <md4c-html.h>
#include <stdio.h>
#include <stdlib.h>

static void keep(const MD_CHAR *text, MD_SIZE n, void *to)
{
	buf_add(to, text, n);
}

static void put(struct str s)
{
	printf("%zu\n", s.n);
	if (s.n)
		fwrite(s.p, 1, s.n, stdout);
}

static struct page_opts read_options(const char *word, size_t max)
{
	return (struct page_opts) { .markdown = true,
		.links = strchr(word, 'r')   ? LINKS_REFERENCES
			 : strchr(word, 'l') ? LINKS_NONE
					     : LINKS_INLINE,
		.images = strchr(word, 'a')   ? IMAGES_ALT
			  : strchr(word, 'i') ? IMAGES_NONE
					      : IMAGES_INLINE,
		.max_markdown_bytes = max };
}

int main(void)
{
	enum { PLAIN = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS };
	struct arena *a = arena_new((size_t)1 << 30);
	char word[16];
	size_t max, n;
	while (scanf(" %15[a-z] %zu %zu", word, &max, &n) == 3 && getchar() == '\n') {
		char *text = arena_alloc(a, n + 1);
		struct page_opts o = read_options(word, max);
		struct page_result r = { .markdown = { text, n } };
		struct buf html;
		struct err e;
		if (fread(text, 1, n, stdin) != n)
			return 2;
		if (!strchr(word, 'p') && !page_work(a, r.markdown, &o, &r, &e))
			return 3;
		buf_init(&html, (size_t)1 << 28);
		if (md_html(r.markdown.p, (MD_SIZE)r.markdown.n, keep, &html,
			    strchr(word, 'g') ? MD_DIALECT_GITHUB : PLAIN, 0) != 0)
			return 4;
		put(r.markdown);
		put(buf_str(&html));
		buf_release(&html);
		arena_reset(a);
	}
	arena_free(&a);
	return 0;
}
