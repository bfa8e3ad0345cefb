/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every tree-construction case of html5lib's tests that does not need scripts, one line per
 * file. A case that fails is named by its file and the line of its #data; those of `allowed`
 * may fail, with a reason.
 */
#include "lib/test.h"
#include "base/mem.h"
#include "page/dump.h"

#include <dirent.h>
#include <stdio.h>

struct tree_case {
	struct str data, want, context;
	bool fragment, script;
	size_t line;
};
struct score {
	size_t ok, failed, skipped;
};

/* Takes the lines up to the next one that begins with `mark` off s, with the mark's own
 * line.
 */
static bool cut_at(struct str *s, const char *mark, struct str *head)
{
	struct str want = str_of(mark);
	for (size_t i = 0; i + want.n <= s->n; i++) {
		bool begins = i == 0 || s->p[i - 1] == '\n';
		if (!begins || memcmp(s->p + i, mark, want.n) != 0)
			continue;
		*head = (struct str) { s->p, i };
		*s = (struct str) { s->p + i + want.n, s->n - i - want.n };
		return true;
	}
	return false;
}

static struct str drop_newline(struct str s)
{
	if (s.n && s.p[s.n - 1] == '\n')
		s.n--;
	return s;
}

/* The next case of a file; false at its end. */
static bool next_case(struct str *file, const char *begin, struct tree_case *c)
{
	struct str head, body, between;
	*c = (struct tree_case) { 0 };
	if (!cut_at(file, "#data\n", &head))
		return false;
	c->line = 1;
	for (const char *p = begin; p < file->p; p++)
		c->line += *p == '\n';
	body = *file;
	struct str rest = *file;
	if (cut_at(&rest, "#data\n", &head)) {
		body = head;
		file->n -= (size_t)(head.p + head.n - file->p);
		file->p = head.p + head.n;
	} else {
		*file = (struct str) { file->p + file->n, 0 };
	}
	if (!cut_at(&body, "#errors\n", &head))
		return false;
	c->data = drop_newline(head);
	struct str search = body, name;
	if (cut_at(&search, "#document-fragment\n", &between)) {
		c->fragment = true;
		c->script = str_has(between, STR("#script-on"));
		str_cut(&search, '\n', &name);
		c->context = name;
		body = search;
	}
	if (!cut_at(&body, "#document\n", &between))
		return false;
	c->script = c->script || str_has(between, STR("#script-on"));
	c->want = drop_newline(drop_newline(body));
	return true;
}

static bool run_case(const struct tree_case *c, struct buf *got)
{
	struct arena *a = arena_new(0);
	/* at the end of a block of its own, so that a sanitizer sees a step past it */
	char *data = mem_raw(c->data.n);
	memcpy(data, c->data.p, c->data.n);
	struct str html = { data, c->data.n };
	const struct dom *d =
		c->fragment ? dom_parse_fragment(a, html, arena_text(a, c->context), NULL)
			    : dom_parse(a, html, NULL);
	buf_clear(got);
	dump_tree(got, d);
	arena_free(&a);
	mem_free(data);
	return str_eq(drop_newline(buf_str(got)), c->want);
}

static void run_file(const char *folder, const char *name, bool loud, struct score *all)
{
	char path[4096];
	size_t len;
	snprintf(path, sizeof path, "%s/%s", folder, name);
	char *bytes = test_read_file(path, &len);
	struct str file = { bytes, len };
	struct tree_case c;
	struct score score = { 0 };
	struct buf got;
	buf_init(&got, 0);
	while (next_case(&file, bytes, &c)) {
		if (c.script) {
			score.skipped++;
		} else if (run_case(&c, &got)) {
			score.ok++;
		} else {
			score.failed++;
			printf("# %s:%zu: %.*s\n", name, c.line,
				(int)(c.data.n < 70 ? c.data.n : 70), c.data.p);
			if (loud)
				printf("want:\n%.*s\ngot:\n%.*s\n", STR_ARG(c.want),
					(int)got.len, got.p);
		}
	}
	buf_release(&got);
	mem_free(bytes);
	printf("%s - page_test_tree.%s (%zu cases, %zu need scripts)\n",
		score.failed ? "not ok" : "ok", name, score.ok + score.failed, score.skipped);
	all->ok += score.ok;
	all->failed += score.failed;
	all->skipped += score.skipped;
}

int main(int argc, char **argv)
{
	char folder[2048];
	struct score all = { 0 };
	mem_init();
	if (!test_corpus()) {
		printf("ok - page_test_tree # SKIP no corpus beside the clone\n");
		return 0;
	}
	snprintf(folder, sizeof folder, "%s/html5lib/tree-construction", test_corpus());
	struct dirent **names;
	int n = scandir(folder, &names, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		if (strstr(names[i]->d_name, ".dat") &&
			(argc < 2 || strstr(names[i]->d_name, argv[1])))
			run_file(folder, names[i]->d_name, argc > 2, &all);
		free(names[i]);
	}
	free(names);
	printf("# %zu of %zu trees, %zu need scripts\n", all.ok, all.ok + all.failed,
		all.skipped);
	if (all.ok == 0)
		printf("not ok - page_test_tree (no cases in %s)\n", folder);
	return all.failed > 0 || all.ok == 0;
}
