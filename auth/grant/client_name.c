/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of clients are text of strangers on a page where somebody decides: nothing in them may hide,
 * turn around or break lines (Unicode TR 36 section 2.10, CVE-2021-42574).
 */
#include "auth/grant/inner.h"
#include "base/check.h"

struct range {
	uint32_t first, last;
};
/* Controls, what orders text in two directions, line ends, and what is not seen. */
static const struct range hidden[] = { { 0, 0x1F }, { 0x7F, 0x9F }, { 0xAD, 0xAD },
	{ 0x61C, 0x61C }, { 0x180E, 0x180E }, { 0x200B, 0x200B }, { 0x200E, 0x200F },
	{ 0x2028, 0x202E }, { 0x2060, 0x206F }, { 0xFEFF, 0xFEFF }, { 0xFFF9, 0xFFFB },
	{ 0xE0000, 0xE007F } };

static bool is_hidden(uint32_t cp)
{
	for (size_t i = 0; i < COUNT_OF(hidden); i++)
		if (cp >= hidden[i].first && cp <= hidden[i].last)
			return true;
	return false;
}

/* Of valid UTF-8. */
static uint32_t code_point(struct str s, size_t *n)
{
	unsigned char c = (unsigned char)s.p[0];
	*n = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
	uint32_t cp = *n == 1 ? c : c & (0x7Fu >> *n);
	for (size_t i = 1; i < *n; i++)
		cp = cp << 6 | ((unsigned char)s.p[i] & 0x3Fu);
	return cp;
}

const char *client_name_clean(struct str name, struct arena *a)
{
	char *out = arena_raw(a, name.n + 1);
	size_t used = 0, n;
	for (; name.n; name.p += n, name.n -= n) {
		if (is_hidden(code_point(name, &n)))
			continue;
		memcpy(out + used, name.p, n);
		used += n;
	}
	return arena_text(a, str_trim((struct str) { out, used }));
}
