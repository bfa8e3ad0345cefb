/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tokens_driver MAX page.html...: each page's Markdown, whole and then its main content, as
 *	text BYTES TOKENS\n and the Markdown,
 *	part BYTES BODY TOKENS\n and a part of at most MAX tokens, of whose bytes in the whole BODY is the number.
 * tokens_driver count: texts on standard input, each as BYTES\n and the text; the tokens of each on a line.
 */
#include "base/mem.h"
#include "page/fit.h"
#include "page/page.h"
#include "page/tokens.h"

#include <stdio.h>

static void print_parts(struct arena *a, struct str whole, size_t max)
{
	struct fit_part p = { .next = 0 };
	printf("text %zu %zu\n", whole.n, tokens_count(whole));
	fwrite(whole.p, 1, whole.n, stdout);
	for (size_t from = 0; from < whole.n; from = p.next) {
		fit_part(a, whole, from, max, &p);
		printf("part %zu %zu %zu\n", p.text.n, p.body.n, p.tokens);
		fwrite(p.text.p, 1, p.text.n, stdout);
	}
}

static bool print_page(const char *path, size_t max)
{
	FILE *f = fopen(path, "rb");
	struct buf in;
	char some[65536];
	buf_init(&in, (size_t)256 << 20);
	for (size_t n; f && (n = fread(some, 1, sizeof some, f)) > 0;)
		buf_add(&in, some, n);
	if (f)
		fclose(f);
	bool ok = f != NULL;
	for (int main = 0; main < 2 && ok; main++) {
		struct arena *a = arena_new((size_t)1 << 30);
		struct page_opts o = { .markdown = true, .only_main = main };
		struct page_result r;
		struct err e;
		ok = page_work(a, buf_str(&in), &o, &r, &e);
		if (ok)
			print_parts(a, r.markdown, max);
		arena_free(&a);
	}
	buf_release(&in);
	return ok;
}

static int count_texts(void)
{
	struct buf in;
	char some[65536];
	buf_init(&in, (size_t)256 << 20);
	for (size_t n; (n = fread(some, 1, sizeof some, stdin)) > 0;)
		buf_add(&in, some, n);
	struct str rest = buf_str(&in), line;
	int64_t n = 0;
	while (rest.n && str_cut(&rest, '\n', &line) && str_to_int(line, &n) && n >= 0 &&
		(size_t)n <= rest.n) {
		printf("%zu\n", tokens_count((struct str) { rest.p, (size_t)n }));
		rest = (struct str) { rest.p + n, rest.n - (size_t)n };
	}
	buf_release(&in);
	return rest.n ? 1 : 0;
}

int main(int argc, char **argv)
{
	int64_t max;
	if (argc == 2 && strcmp(argv[1], "count") == 0)
		return count_texts();
	if (argc < 3 || !str_to_int(str_of(argv[1]), &max))
		return 2;
	for (int i = 2; i < argc; i++)
		if (!print_page(argv[i], (size_t)max))
			return 1;
	return 0;
}
