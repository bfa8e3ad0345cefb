/* SPDX-License-Identifier: Apache-2.0 */
/* `scraped convert --bench`: pages converted in one thread from memory, and where their time went. */
#include "cli/convert_bench.h"
#include "base/clock.h"
#include "cli/cli.h"

#include <stdio.h>
#include <sys/resource.h>

/* One pass over all files; false: a page failed. */
static bool pass(struct arena *a, const struct buf *pages, int n, const struct page_opts *o)
{
	struct page_result r;
	struct err e;
	for (int i = 0; i < n; i++) {
		arena_reset(a);
		if (!page_work(a, buf_str(&pages[i]), o, &r, &e))
			return !cli_fail(EXIT_FAILED, "page %d: %s", i + 1, e.msg);
	}
	return true;
}

static void print_profile(const struct page_watch *w, size_t bytes)
{
	static const char *const names[PAGE_STAGES] = { [STAGE_DECODE] = "decode",
		[STAGE_PARSE] = "parse",
		[STAGE_META] = "meta",
		[STAGE_CONTENT] = "content",
		[STAGE_WRITE] = "write",
		[STAGE_WORDS] = "words",
		[STAGE_REST] = "rest" };
	double all = 0, size = (double)bytes;
	for (int i = 0; i < PAGE_STAGES; i++)
		all += (double)w->spent[i];
	printf("%-8s %9s %9s %6s\n", "stage", "CPU ms", "MB/s", "%");
	for (int i = 0; i < PAGE_STAGES; i++) {
		double ns = (double)w->spent[i];
		if (ns > 0)
			printf("%-8s %9.2f %9.0f %6.1f\n", names[i], ns / 1e6, size / ns * 1e3,
				ns / all * 100);
	}
	printf("%-8s %9.2f %9.0f %6.1f\n", "all", all / 1e6, size / all * 1e3, 100.0);
	printf("%zu nodes, %zu attributes: a node for %.1f bytes\n", w->nodes, w->attrs,
		w->nodes ? size / (double)w->nodes : 0);
}

int convert_bench(
	struct arena *a, const struct buf *pages, int n, struct page_opts *o, bool profile)
{
	struct page_watch watch = { .now = cpu_ns };
	size_t bytes = 0;
	for (int i = 0; i < n; i++)
		bytes += pages[i].len;
	if (!pass(a, pages, n, o))
		return EXIT_FAILED;
	o->watch = profile ? &watch : NULL;
	int64_t began = mono_us();
	if (!pass(a, pages, n, o))
		return EXIT_FAILED;
	double seconds = (double)(mono_us() - began) / 1e6;
	struct rusage use;
	getrusage(RUSAGE_SELF, &use);
	if (profile)
		print_profile(&watch, bytes);
	printf("{\"seconds\": %.6f, \"bytes\": %zu, \"rss\": %ld}\n", seconds, bytes,
		use.ru_maxrss);
	return 0;
}
