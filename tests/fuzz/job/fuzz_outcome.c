/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as a kept result: refused, or a sound outcome that can be shown. The first byte says
 * what the bytes are: a whole body, or the texts of a result that must come back as it was.
 */
#include "base/check.h"
#include "job/outcome.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void show(const struct outcome *o)
{
	struct buf b;
	buf_init(&b, 0);
	fields_encode(outcome_view, o, &b);
	outcome_put_data(&b, o);
	buf_release(&b);
}

static bool same(struct str a, struct str b)
{
	return (a.p != NULL) == (b.p != NULL) && str_eq(a, b);
}

static void round_trip(struct arena *a, struct str text, bool cached)
{
	static struct packer *packer;
	struct outcome o;
	struct err e;
	struct buf b;
	if (!packer)
		packer = packer_new();
	size_t half = str_find(text, '\n');
	struct scrape_result r = { .url = "u",
		.cached = cached,
		.meta = { .title = arena_text(a, (struct str) { text.p, half }) },
		.markdown = text,
		.html = { text.p + half, text.n - half } };
	buf_init(&b, 0);
	outcome_pack(packer, &r, &b);
	struct result_row row = { .item = { .url = "u" }, .body = buf_str(&b) };
	bool ok = outcome_unpack(&row, a, &o, &e);
	CHECK(ok == str_utf8_ok(text));
	CHECK(!ok ||
		(o.cached == cached && same(o.markdown, r.markdown) && same(o.html, r.html) &&
			str_eq(str_of(o.title), str_of(r.meta.title))));
	buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct outcome o;
	struct err e;
	if (n == 0)
		return 0;
	struct arena *a = arena_new(0);
	struct str text = { (const char *)bytes + 1, n - 1 };
	struct result_row row = { .item = { .url = "u" }, .body = text };
	if (bytes[0] & 1)
		round_trip(a, text, bytes[0] & 2);
	else if (outcome_unpack(&row, a, &o, &e))
		show(&o);
	else
		CHECK(e.code == ERR_INTERNAL);
	arena_free(&a);
	return 0;
}
