/* SPDX-License-Identifier: Apache-2.0 */
/* HTML to Markdown without network or server: the page floor by itself. */
#include "cli/cli.h"
#include "base/mem.h"
#include "cli/convert_bench.h"
#include "cli/pages.h"
#include "cli/put.h"
#include "page/page.h"
#include "page/tokens.h"
#include "scrape/view.h"

#include <errno.h>
#include <stdio.h>

enum { URL = PAGE_PARTS, EXPLAIN, BENCH, PROFILE };
static const struct cli_option options[] = {
	PAGE_OPTIONS,
	[URL] = { "url", "URL",
		"where the page came from: makes its links absolute (without it they stay as "
		"they are)" },
	[EXPLAIN] = { "explain", NULL,
		"with --only-main: instead of Markdown say what was kept and why" },
	[BENCH] = { "bench", NULL,
		"convert every FILE twice and print the second pass's time as JSON" },
	[PROFILE] = { "profile", NULL, "with --bench: print what each stage took, too" },
	{ NULL },
};
enum { INPUT_MAX = 256 << 20 };

static bool read_all(FILE *f, struct buf *in)
{
	size_t n;
	do {
		char *to = buf_room(in, 65536);
		if (!to)
			return false;
		n = fread(to, 1, 65536, f);
		in->len += n;
	} while (n);
	return !ferror(f);
}

static bool read_file(const char *path, struct buf *in)
{
	FILE *f = path ? fopen(path, "rb") : stdin;
	buf_init(in, INPUT_MAX);
	bool ok = f && read_all(f, in);
	if (!ok)
		cli_fail(EXIT_FAILED, "%s: %s", path ? path : "standard input",
			in->full ? "larger than 256 MiB" : strerror(errno));
	if (f && path)
		fclose(f);
	return ok;
}

static struct page_opts opts_of(const char *const *values)
{
	return (struct page_opts) { .url = str_of(values[URL] ? values[URL] : ""),
		.markdown = true,
		.only_main = values[PAGE_ONLY_MAIN] != NULL,
		.explain = values[EXPLAIN] != NULL };
}

/* The options that need a look first; 0, or the status to end with. */
static int read_options(
	const char *const *values, struct arena *a, struct page_opts *o, int64_t *max_tokens)
{
	struct scrape_opts read = { 0 };
	struct err e;
	int code = pages_read(values, &read, max_tokens);
	if (code)
		return code;
	o->links = (enum page_links)read.links;
	o->images = (enum page_images)read.images;
	o->outline = read.outline;
	o->structured = read.structured;
	o->max_structured_tokens = (size_t)*max_tokens; /* nothing is printed besides */
	if (read.section && !(o->section = section_compile(a, str_of(read.section), &e)))
		return cli_fail(EXIT_USAGE, "%s", e.msg);
	return 0;
}

static void print(const struct page_result *r, const struct page_opts *o, struct arena *a,
	int64_t max_tokens)
{
	struct buf b;
	if (o->explain) {
		put_page(stdout, r->explained);
	} else if (o->structured) {
		put_page(stdout, r->structured);
		fputc('\n', stdout);
		pages_say_cut(r->structured, max_tokens);
	} else if (o->outline) {
		const struct scrape_result shown = { .outline = r->headings,
			.tokens = (int64_t)tokens_count(r->markdown) };
		buf_init(&b, 0);
		scrape_put_outline(&shown, &b);
		put_page(stdout, buf_str(&b));
		buf_release(&b);
	} else {
		struct scrape_result shown = { .markdown = r->markdown };
		pages_cut(a, &shown, max_tokens);
		put_page(stdout, shown.markdown);
	}
}

/* The largest tree and text that an input of this size can make, with room to spare. */
static struct arena *page_arena(size_t input)
{
	return arena_new(((size_t)64 << 20) + input * 16);
}

static int convert_one(const char *path, const char *const *values)
{
	struct page_opts o = opts_of(values);
	struct page_result r;
	struct buf in, words;
	struct err e;
	int64_t max_tokens;
	struct arena *opts_arena = arena_new(0);
	int code = read_options(values, opts_arena, &o, &max_tokens);
	if (code || !read_file(path, &in)) {
		arena_free(&opts_arena);
		return code ? code : EXIT_FAILED;
	}
	struct arena *a = page_arena(in.len);
	if (!page_work(a, buf_str(&in), &o, &r, &e)) {
		code = cli_fail(EXIT_FAILED, "%s", e.msg);
	} else {
		print(&r, &o, a, max_tokens);
		buf_init(&words, 0);
		page_cuts_text(r.cuts, &words);
		if (r.cuts)
			cli_fail(0, "the page was cut: %.*s", STR_ARG(buf_str(&words)));
		buf_release(&words);
	}
	if (fflush(stdout) != 0)
		code = cli_fail(EXIT_FAILED, "standard output: %s", strerror(errno));
	arena_free(&a);
	arena_free(&opts_arena);
	buf_release(&in);
	return code;
}

static int bench(struct cli *cli, const char *const *values)
{
	struct page_opts o = opts_of(values);
	struct buf *pages = ARENA_ARRAY(cli->arena, struct buf, (size_t)cli->n_args);
	size_t largest = 0;
	for (int i = 0; i < cli->n_args; i++) {
		if (!read_file(cli->args[i], &pages[i]))
			return EXIT_FAILED;
		largest = pages[i].len > largest ? pages[i].len : largest;
	}
	struct arena *a = page_arena(largest);
	int code = convert_bench(a, pages, cli->n_args, &o, values[PROFILE] != NULL);
	arena_free(&a);
	for (int i = 0; i < cli->n_args; i++)
		buf_release(&pages[i]);
	return code;
}

static int run(struct cli *cli, const char *const *values)
{
	if (values[EXPLAIN] && !values[PAGE_ONLY_MAIN])
		return cli_fail(EXIT_USAGE, "--explain needs --only-main");
	if (values[EXPLAIN] && (values[PAGE_OUTLINE] || values[PAGE_STRUCTURED]))
		return cli_fail(EXIT_USAGE, "one of --explain, --outline and --structured");
	if (values[BENCH])
		return cli->n_args ? bench(cli, values)
				   : cli_fail(EXIT_USAGE, "--bench needs at least one FILE");
	if (values[PROFILE])
		return cli_fail(EXIT_USAGE, "--profile goes with --bench");
	if (cli->n_args > 1)
		return cli_fail(EXIT_USAGE, "one FILE at a time (several only with --bench)");
	return convert_one(cli->n_args ? cli->args[0] : NULL, values);
}

const struct command cmd_convert = {
	.name = "convert",
	.arguments = "[FILE]",
	.about = "Convert HTML from FILE or standard input to Markdown on standard output",
	.max_args = 1 << 20,
	.options = options,
	.run = run,
};
