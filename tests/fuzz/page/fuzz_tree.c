/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes to a tree, as a page or (by the first byte) as the inside of some element: the
 * tree holds together, stays within its measure, can be written and read again. Bytes that are
 * no UTF-8 are fine for the builder itself.
 */
#include "base/buf.h"
#include "base/check.h"
#include "page/check_tree.h"
#include "page/serial.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const char *const contexts[] = { "div", "table", "tr", "td", "colgroup", "caption",
	"select", "template", "svg g", "svg foreignObject", "math mi", "math annotation-xml",
	"title", "script", "frameset", "html", "head" };

static void check(const struct dom *d, size_t n)
{
	CHECK(tree_fault(d, 512) == NULL);
	CHECK(dom_count(d) <= 64 * n + 8192);
	CHECK(dom_work(d) <= 2000 * n + 100000);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	if (n == 0)
		return 0;
	struct arena *a = arena_new((size_t)64 << 20);
	struct str html = { (const char *)bytes + 1, n - 1 };
	const struct dom *d =
		bytes[0] % 2 ? dom_parse(a, html, NULL)
			     : dom_parse_fragment(a, html,
				       contexts[bytes[0] / 2 % COUNT_OF(contexts)], NULL);
	check(d, n);
	struct buf out;
	buf_init(&out, 0);
	html_write(&out, d, 1);
	CHECK(!out.full);
	check(dom_parse(a, buf_str(&out), NULL), out.len + 1);
	buf_release(&out);
	arena_free(&a);
	return 0;
}
