/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes, any label, any address: the text is valid UTF-8, at most four times as long (and a little), and the
 * encoding has a name. The first byte says how much of what follows is the header's label.
 */
#include "base/check.h"
#include "page/charset.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	if (n == 0)
		return 0;
	size_t label = bytes[0] % 24 < n - 1 ? bytes[0] % 24 : n - 1;
	struct charset_hint hint = { { (const char *)bytes + 1, label },
		STR("https://example.co.jp/x") };
	struct str page = { (const char *)bytes + 1 + label, n - 1 - label };
	struct arena *a = arena_new((size_t)64 << 20);
	const char *name;
	if (bytes[0] & 0x80)
		hint.url = STR("");
	struct str text = to_utf8(a, page, &hint, &name);
	CHECK(str_utf8_ok(text));
	CHECK(text.n <= page.n * 4 + 16);
	CHECK(name[0]);
	for (int c = CHARSET_NONE + 1; bytes[0] % 8 == 1 && c < CHARSET_COUNT; c++)
		CHECK(str_utf8_ok(charset_decode(a, page, (enum charset)c)));
	arena_free(&a);
	return 0;
}
