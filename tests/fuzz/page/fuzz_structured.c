/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Structured data of any page: one JSON object in its bounds, valid UTF-8 without NUL, nested no deeper than our own
 * readers go, the same twice.
 */
#include "base/check.h"
#include "base/json.h"
#include "page/page.h"
#include "page/structured.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct page_opts o = { .structured = true };
	struct page_result r, again;
	struct err e;
	struct str page = { (const char *)bytes, n };
	struct arena *a = arena_new((size_t)256 << 20);
	o.url = n % 2 ? STR("https://example.org/a/b?c#d") : STR("");
	CHECK(page_work(a, page, &o, &r, &e) && page_work(a, page, &o, &again, &e));
	CHECK(str_eq(r.structured, again.structured));
	CHECK(r.structured.n <= STRUCTURED_BYTES && str_utf8_ok(r.structured));
	CHECK(json_is_object(json_read(a, r.structured, &e)));
	arena_free(&a);
	return 0;
}
