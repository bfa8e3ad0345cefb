/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A selector (the first line) on a page (the rest): what is found is in document order, each once, elements
 * only, and the steps are bounded by page times selector. It is picked as well, as every type: an object.
 */
#include "base/check.h"
#include "base/json.h"
#include "page/pick.h"
#include "page/selector_in.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void check_order(const struct dom *d, const nid *found, size_t n)
{
	size_t next = 0;
	for (nid id = dom_walk(d, 1, 1); id && next < n; id = dom_walk(d, id, 1))
		next += id == found[next];
	CHECK(next == n);
	for (size_t i = 0; i < n; i++)
		CHECK(dom_kind(d, found[i]) == DOM_ELEMENT);
}

static void check_pick(struct arena *a, const struct dom *d, struct str selector)
{
	static const char *const types[] = { "text", "html", "markdown", "number", "url" };
	json_t *names = json_own(a, json_object());
	struct err e;
	struct buf to;
	bool cut;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		json_t *one = json_pack("{s:s%, s:b, s:s}", "css", selector.p, selector.n,
			"all", i % 2, "type", types[i]);
		if (!one)
			return; /* no UTF-8 */
		json_object_set_new(names, types[i], one);
		const struct pick *p = pick_compile(a, names, &e);
		if (!p) {
			json_object_del(names, types[i]);
			continue;
		}
		buf_init(&to, PICK_TAIL + 4096);
		const struct pick_opts how = { .base = STR("http://h.example/") };
		pick_write(p, d, &how, a, &to, &cut);
		CHECK(!to.full && to.len > 2 && to.p[to.len - 1] == '}');
		buf_release(&to);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena *a = arena_new((size_t)64 << 20);
	struct str html = { (const char *)bytes, n }, text = { NULL, 0 };
	struct err e;
	struct sel_work w;
	if (!n || !str_cut(&html, '\n', &text))
		text = html;
	const struct selector *s = selector_compile(a, text, &e);
	if (s) {
		const struct dom *d = dom_parse(a, html, NULL);
		nid *found = ARENA_ARRAY(a, nid, dom_count(d) + 1);
		sel_work_begin(&w, d, a, SIZE_MAX);
		size_t some = sel_find(&w, s, 1, found, dom_count(d));
		CHECK(!w.over);
		CHECK(w.steps <= (dom_count(d) + n / 32 + 16) * (text.n + 4) * 8);
		check_order(d, found, some);
		if (str_utf8_ok((struct str) { (const char *)bytes, n }))
			check_pick(a, d, text);
	} else {
		CHECK(e.code == ERR_SELECTOR && e.msg[0]);
	}
	arena_free(&a);
	return 0;
}
