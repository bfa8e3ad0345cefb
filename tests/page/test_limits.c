/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages made to hurt a tree builder. Each is built at n and at 2n; the nodes and the steps
 * beyond one look at each byte (dom_work) may at most double and a bit, and no byte may cost
 * more than a bounded number of steps. The last word of each page must still be in the tree,
 * and the tree must hold together.
 */
#include "lib/test.h"
#include "base/buf.h"
#include "base/mem.h"
#include "page/check_tree.h"
#include "page/dom.h"
#include "page/hostile.h"

#include <stdio.h>

static bool has_word(const struct dom *d, const char *word)
{
	for (nid id = dom_walk(d, 1, 1); id; id = dom_walk(d, id, 1))
		if (str_has(dom_text(d, id), str_of(word)))
			return true;
	return false;
}

struct cost {
	size_t bytes, nodes, work, own;
};

static struct cost read_page(const struct hostile *h, size_t n)
{
	struct buf page;
	struct arena *a = arena_new((size_t)256 << 20);
	buf_init(&page, 0);
	hostile_page(&page, h, n);
	const struct dom *d = dom_parse(a, buf_str(&page), NULL);
	struct cost cost = { page.len, dom_count(d), dom_work(d), 0 };
	const char *wrong = tree_fault(d, 512);
	if (wrong)
		test_fail(__FILE__, __LINE__, "%s: %s", h->name, wrong);
	if (!has_word(d, "last"))
		test_fail(__FILE__, __LINE__, "%s: the last word is lost", h->name);
	if ((dom_cuts(d) & h->cuts) != h->cuts)
		test_fail(__FILE__, __LINE__, "%s: cuts %u, want %u", h->name, dom_cuts(d),
			h->cuts);
	arena_free(&a);
	buf_release(&page);
	return cost;
}

static void linear(void)
{
	for (size_t i = 0; i < sizeof hostiles / sizeof hostiles[0]; i++) {
		const struct hostile *h = &hostiles[i];
		struct cost one = read_page(h, h->n), two = read_page(h, 2 * h->n);
		printf("# %-36s %8zu bytes: %6.2f nodes, %7.2f steps a byte\n", h->name,
			two.bytes, (double)two.nodes / (double)two.bytes,
			(double)two.work / (double)two.bytes);
		if (two.nodes > 2 * one.nodes + one.nodes / 5 + 2048)
			test_fail(__FILE__, __LINE__, "%s: %zu nodes, then %zu", h->name,
				one.nodes, two.nodes);
		if (two.work > 2 * one.work + one.work / 5 + 1000000)
			test_fail(__FILE__, __LINE__, "%s: %zu steps, then %zu", h->name,
				one.work, two.work);
		if (two.work > 600 * two.bytes)
			test_fail(__FILE__, __LINE__, "%s: %zu steps a byte", h->name,
				two.work / two.bytes);
	}
}

static bool stop_at_third(void *arg)
{
	return ++*(int *)arg == 3;
}

static const struct dom *read_with(
	struct arena *a, const char *each, size_t n, struct dom_limits l)
{
	struct buf page;
	buf_init(&page, 0);
	add_times(&page, each, n);
	char *copy = arena_raw(a, page.len);
	memcpy(copy, page.p, page.len);
	const struct dom *d = dom_parse(a, (struct str) { copy, page.len }, &l);
	buf_release(&page);
	return d;
}

static void own_limits(void)
{
	struct arena *a = arena_new(0);
	int asked = 0;
	struct str value;
	const struct dom *d = read_with(a, "<i>", 100, (struct dom_limits) { .max_depth = 20 });
	CHECK_INT(dom_cuts(d), CUT_DEPTH);
	CHECK_TRUE(tree_fault(d, 20) == NULL);
	d = read_with(a, "<br>", 1000, (struct dom_limits) { .max_nodes = 50 });
	CHECK_INT(dom_cuts(d), CUT_NODES);
	CHECK_TRUE(dom_count(d) < 60);
	d = read_with(a, "<p a=1 b=2 c=3>", 1, (struct dom_limits) { .max_attrs = 2 });
	CHECK_INT(dom_cuts(d), CUT_ATTRS);
	CHECK_INT(dom_attr_count(d, dom_first(d, dom_body(d))), 2);
	d = read_with(
		a, "<p title=12345 id=1234>", 1, (struct dom_limits) { .max_attr_bytes = 4 });
	CHECK_INT(dom_cuts(d), CUT_ATTRS);
	CHECK_TRUE(dom_attr(d, dom_first(d, dom_body(d)), ATTR_ID, &value));
	CHECK_TRUE(!dom_attr(d, dom_first(d, dom_body(d)), ATTR_TITLE, &value));
	d = read_with(a, "<br>", 100000,
		(struct dom_limits) { .stop = stop_at_third, .stop_arg = &asked });
	CHECK_INT(dom_cuts(d), CUT_TIME);
	CHECK_INT(asked, 3);
	CHECK_TRUE(dom_count(d) > 2 * 4096 && dom_count(d) < 4 * 4096);
	arena_free(&a);
}

static void nothing(void)
{
	static const struct str pages[] = { { NULL, 0 }, { "", 0 }, { "<", 1 }, { "</", 2 },
		{ "&", 1 }, { "\0", 1 }, { "\r", 1 }, { "<!", 2 }, { "<a", 2 }, { "<!--", 4 },
		{ "<a b='", 6 } };
	for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
		struct arena *a = arena_new(0);
		const struct dom *d = dom_parse(a, pages[i], NULL);
		CHECK_TRUE(dom_html(d) && dom_head(d) && dom_body(d));
		CHECK_TRUE(tree_fault(d, 512) == NULL);
		arena_free(&a);
	}
}

TEST_MAIN(TEST(linear), TEST(own_limits), TEST(nothing))
