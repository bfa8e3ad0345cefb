/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_driver FILE...: how long reading pages takes without what is done with their trees:
 * finding the encoding, the check for UTF-8, the tree. One pass to warm up and the quickest of
 * five, in processor time of this thread, as one line of JSON (rss in KiB; page faults of a pass).
 * parse_driver --trees FILE...: the file and a checksum of everything its tree says, one line
 * for each: equal lines before and after a change mean equal trees.
 */
#include "base/buf.h"
#include "base/mem.h"
#include "page/charset.h"
#include "page/dom.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>

enum { ROUNDS = 5 };

static struct str read_page(struct arena *a, const char *path)
{
	struct buf b;
	char part[65536];
	size_t n;
	FILE *f = fopen(path, "rb");
	buf_init(&b, (size_t)256 << 20);
	while (f && (n = fread(part, 1, sizeof part, f)) > 0)
		buf_add(&b, part, n);
	if (f)
		fclose(f);
	else
		fprintf(stderr, "%s: cannot be read\n", path);
	struct str s = { arena_keep(a, buf_str(&b)), b.len };
	buf_release(&b);
	return s;
}

static struct str decoded(struct arena *a, struct str page)
{
	const struct charset_hint none = { { NULL, 0 }, { NULL, 0 } };
	const char *encoding;
	return to_utf8(a, page, &none, &encoding);
}

static double cpu_seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Seconds of one pass, with or without the trees. */
static double pass(struct arena *a, const struct str *pages, int n, bool trees)
{
	double began = cpu_seconds();
	for (int i = 0; i < n; i++) {
		arena_reset(a);
		struct str text = decoded(a, pages[i]);
		if (trees)
			dom_parse(a, text, NULL);
	}
	return cpu_seconds() - began;
}

static void mix(uint64_t *h, struct str s)
{
	*h = (*h ^ s.n) * UINT64_C(0x100000001B3);
	for (size_t i = 0; i < s.n; i++)
		*h = (*h ^ (unsigned char)s.p[i]) * UINT64_C(0x100000001B3);
}

static void mix_number(uint64_t *h, uint64_t n)
{
	mix(h, (struct str) { (const char *)&n, sizeof n });
}

static uint64_t checksum(const struct dom *d)
{
	uint64_t h = UINT64_C(0xCBF29CE484222325);
	struct str name, value;
	mix_number(&h, dom_cuts(d) * 2 + dom_quirks(d));
	mix_number(&h, dom_count(d) ^ (uint64_t)dom_html(d) << 32);
	mix_number(&h, dom_head(d) ^ (uint64_t)dom_body(d) << 32);
	for (nid id = dom_walk(d, 1, 1); id; id = dom_walk(d, id, 1)) {
		mix_number(&h, id ^ (uint64_t)dom_parent(d, id) << 32);
		mix_number(&h, dom_kind(d, id) * 4 + dom_ns(d, id));
		mix(&h, dom_name(d, id));
		mix(&h, dom_text(d, id));
		for (size_t i = 0; i < dom_attr_count(d, id); i++) {
			dom_attr_at(d, id, i, &name, &value);
			mix(&h, name);
			mix(&h, value);
		}
	}
	for (int list = 0; list < LIST_COUNT; list++) {
		size_t n;
		const nid *ids = dom_list(d, (enum dom_list)list, &n);
		mix(&h, (struct str) { (const char *)ids, n * sizeof *ids });
	}
	return h;
}

static void print_trees(struct arena *a, const struct str *pages, char **names, int n)
{
	for (int i = 0; i < n; i++) {
		arena_reset(a);
		printf("%016" PRIx64 " %s\n",
			checksum(dom_parse(a, decoded(a, pages[i]), NULL)), names[i]);
	}
}

static void print_speed(struct arena *a, const struct str *pages, int n)
{
	double decode = 1e9, all = 1e9, bytes = 0;
	struct rusage use, before;
	pass(a, pages, n, true);
	getrusage(RUSAGE_SELF, &before);
	for (int round = 0; round < ROUNDS; round++) {
		double t = pass(a, pages, n, true);
		all = t < all ? t : all;
		t = pass(a, pages, n, false);
		decode = t < decode ? t : decode;
	}
	for (int i = 0; i < n; i++)
		bytes += (double)pages[i].n;
	getrusage(RUSAGE_SELF, &use);
	printf("{\"seconds\": %.6f, \"decode_seconds\": %.6f, \"bytes\": %.0f, \"mb_per_s\": "
	       "%.1f, "
	       "\"rss\": %ld, \"faults\": %ld}\n",
		all, decode, bytes, bytes / all / 1e6, use.ru_maxrss,
		(use.ru_minflt - before.ru_minflt) / ROUNDS);
}

int main(int argc, char **argv)
{
	bool trees = argc > 1 && strcmp(argv[1], "--trees") == 0;
	char **names = argv + 1 + trees;
	int n = argc - 1 - trees;
	if (n < 1)
		return 2;
	mem_init();
	struct arena *kept = arena_new((size_t)1 << 30), *a = arena_new((size_t)1 << 30);
	struct str *pages = ARENA_ARRAY(kept, struct str, (size_t)n);
	for (int i = 0; i < n; i++)
		pages[i] = read_page(kept, names[i]);
	if (trees)
		print_trees(a, pages, names, n);
	else
		print_speed(a, pages, n);
	arena_free(&a);
	arena_free(&kept);
	return 0;
}
