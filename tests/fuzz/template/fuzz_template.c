/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any text as a template, over values that hold every special byte. The first line of the input is
 * the value of {{v}}, the rest the template. Properties: it ends, a page that fails leaves nothing
 * behind, and a byte that HTML gives a meaning comes into the page only from the template.
 */
#include "template/template.h"

#define MUST(cond) ((cond) ? (void)0 : __builtin_trap())

static size_t count(struct str s, char c)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == c;
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = { (const char *)data, size }, value = { "", 0 };
	struct err e = { 0 };
	struct buf b;
	if (size)
		(void)str_cut(&rest, '\n', &value);
	if (!str_utf8_ok(value) || (value.n && memchr(value.p, 0, value.n)))
		return 0;
	const struct template_file files[] = { { "page", rest.p ? rest.p : "", rest.n },
		{ "part", "({{v}})", 7 }, { NULL, NULL, 0 } };
	json_t *once = json_pack("{s:s%, s:b, s:b, s:{s:s%}}", "v", value.p, value.n, "yes", 1,
		"no", 0, "o", "v", value.p, value.n);
	MUST(once);
	buf_init(&b, 1 << 20);
	if (template_render(files, "page", once, &b, &e)) {
		static const char special[] = { '<', '>', '"', '\'' };
		for (size_t i = 0; i < sizeof special; i++)
			MUST(count(buf_str(&b), special[i]) <= count(rest, special[i]));
	} else {
		MUST(e.code == ERR_INTERNAL && b.len == 0);
	}
	buf_release(&b);
	json_decref(once);
	return 0;
}
