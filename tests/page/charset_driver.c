/* SPDX-License-Identifier: Apache-2.0 */
/*
 * charset_driver < requests: a line `VERB BYTES LABEL`, then the bytes. Out: a line `BYTES NAME`, then text.
 * decode: the bytes as UTF-8, from the encoding of that label. name: no text, NAME is the label's
 * encoding. guess: like decode, from what charset_find finds for a page at the address LABEL.
 */
#include "base/mem.h"
#include "page/charset.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAX_LINE = 1024 };

static struct str answer(
	struct arena *a, char verb, struct str bytes, struct str word, const char **name)
{
	struct charset_hint hint = { { "", 0 }, word };
	enum charset c = charset_by_label(word);
	*name = charset_name(c);
	if (verb == 'd')
		return charset_decode(a, bytes, c);
	return verb == 'g' ? to_utf8(a, bytes, &hint, name) : STR("");
}

int main(void)
{
	char line[MAX_LINE];
	mem_init();
	while (fgets(line, sizeof line, stdin)) {
		struct arena *a = arena_new((size_t)1 << 30);
		char *at;
		const char *name;
		size_t n = strtoul(line + strcspn(line, " "), &at, 10);
		struct str word = { at + 1, strcspn(at + 1, "\n") };
		char *bytes = mem_raw(n);
		if (n && fread(bytes, 1, n, stdin) != n)
			return 2;
		struct str text = answer(a, *line, (struct str) { bytes, n }, word, &name);
		printf("%zu %s\n", text.n, name);
		if (text.n)
			fwrite(text.p, 1, text.n, stdout);
		fflush(stdout);
		mem_free(bytes);
		arena_free(&a);
	}
	return 0;
}
