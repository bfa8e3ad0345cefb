/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree_driver < pages: reads HTML after HTML and writes each as a tree, in the form of html5lib's
 * tests. In: a line `BYTES CONTEXT` (CONTEXT empty: a document; else the inside of that element, as
 * dom_parse_fragment takes it), then the bytes. Out: a line `BYTES`, then the tree; its first line
 * is `quirks` for a document in quirks mode, and a tree that does not hold together is a complaint.
 */
#include "check_tree.h"
#include "dump.h"
#include "base/mem.h"

#include <stdio.h>

enum { MAX_LINE = 128, MAX_DEPTH = 512 };

static void answer(const char *bytes, size_t n, const char *context, struct buf *out)
{
	struct arena *a = arena_new((size_t)1 << 30);
	struct str html = { bytes, n };
	const struct dom *d = *context ? dom_parse_fragment(a, html, context, NULL)
				       : dom_parse(a, html, NULL);
	const char *wrong = tree_fault(d, MAX_DEPTH);
	buf_clear(out);
	if (wrong)
		buf_text(out, wrong);
	if (!*context && dom_quirks(d))
		buf_text(out, "quirks\n");
	dump_tree(out, d);
	arena_free(&a);
}

int main(void)
{
	char line[MAX_LINE];
	struct buf out;
	mem_init();
	buf_init(&out, 0);
	while (fgets(line, sizeof line, stdin)) {
		char *context;
		size_t n = strtoul(line, &context, 10);
		context += *context == ' ';
		context[strcspn(context, "\n")] = 0;
		/* a block of its own, so that a sanitizer sees a step past its end */
		char *bytes = mem_raw(n);
		if (n && fread(bytes, 1, n, stdin) != n)
			return 2;
		answer(bytes, n, context, &out);
		mem_free(bytes);
		printf("%zu\n", out.len);
		if (out.len)
			fwrite(out.p, 1, out.len, stdout);
		fflush(stdout);
	}
	buf_release(&out);
	return 0;
}
