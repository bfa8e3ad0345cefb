/* SPDX-License-Identifier: Apache-2.0 */
/* url_parse and url_resolve_text behind a pipe: one JSON list [text] or [base, ref] a line in, one
 * JSON text a line out: the URL, or "!CODE". */
#include "base/mem.h"
#include "base/url.h"

#include <jansson.h>
#include <stdio.h>

static struct str at(const json_t *list, size_t i)
{
	const json_t *v = json_array_get(list, i);
	return (struct str) { json_string_value(v), json_string_length(v) };
}

static json_t *answer(const json_t *list, struct arena *a)
{
	struct err e = { 0 };
	struct url u;
	struct url_base base;
	struct buf out;
	if (json_array_size(list) == 1)
		return url_parse(at(list, 0), true, a, &u, &e)
			       ? json_string(u.text)
			       : json_sprintf("!%s", err_name(e.code));
	buf_init(&out, 0);
	url_base_init(&base, at(list, 0));
	bool ok = url_resolve_text(&base, at(list, 1), &out);
	json_t *text = ok ? json_stringn(out.p ? out.p : "", out.len) : json_string("!");
	buf_release(&out);
	return text;
}

int main(void)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	mem_init();
	while ((n = getline(&line, &room, stdin)) > 0) {
		struct arena *a = arena_new(0);
		json_t *list = json_loadb(line, (size_t)n, JSON_ALLOW_NUL, NULL);
		json_t *text = list ? answer(list, a) : json_string("!JSON");
		char *out = json_dumps(text, JSON_ENCODE_ANY);
		puts(out);
		mem_free(out);
		json_decref(text);
		json_decref(list);
		arena_free(&a);
	}
	free(line);
	return 0;
}
