/* SPDX-License-Identifier: Apache-2.0 */
/* Sorted tables of ranges (script/gen/unicode_class.py, unicode_fold.py), searched by halves; ASCII is decided without them. */
#include "page/unicode.h"
#include "base/check.h"

struct range {
	uint32_t first, last;
};
static const struct range puncts[] = {
#define PUNCT_ROW(first, last) { first, last },
#include "page/unicode_table.h"
#undef PUNCT_ROW
};
static const struct range symbols[] = {
#define SYMBOL_ROW(first, last) { first, last },
#include "page/unicode_table.h"
#undef SYMBOL_ROW
};

static bool within(const struct range *ranges, size_t n, uint32_t cp)
{
	size_t low = 0;
	while (low < n) {
		size_t mid = (low + n) / 2;
		if (cp > ranges[mid].last)
			low = mid + 1;
		else if (cp < ranges[mid].first)
			n = mid;
		else
			return true;
	}
	return false;
}

enum uni uni_class(uint32_t cp)
{
	if (cp < 0x80) {
		if (cp <= ' ')
			return UNI_SPACE;
		return uni_is_punct((unsigned char)cp) ? UNI_PUNCT : UNI_OTHER;
	}
	if (cp == 0xA0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200A) || cp == 0x202F ||
		cp == 0x205F || cp == 0x3000)
		return UNI_SPACE;
	if (within(puncts, COUNT_OF(puncts), cp))
		return UNI_PUNCT;
	return within(symbols, COUNT_OF(symbols), cp) ? UNI_SYMBOL : UNI_OTHER;
}

uint32_t uni_fold(uint32_t cp)
{
	static const struct fold {
		uint32_t first, last, step;
		int32_t more;
	} folds[] = {
#define FOLD_ROW(first, last, step, more) { first, last, step, more },
#include "page/unicode_fold_table.h"
#undef FOLD_ROW
	};
	size_t low = 0, high = COUNT_OF(folds);
	if (cp < 0x80)
		return (unsigned char)str_lower((char)cp);
	while (low < high) {
		size_t mid = (low + high) / 2;
		const struct fold *f = &folds[mid];
		if (cp > f->last)
			low = mid + 1;
		else if (cp < f->first)
			high = mid;
		else
			return (cp - f->first) % f->step ? cp
							 : (uint32_t)((int32_t)cp + f->more);
	}
	return cp;
}

uint32_t uni_first(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	if (s.n == 0)
		return 0;
	if (p[0] < 0xC2 || s.n < 2)
		return p[0];
	if (p[0] < 0xE0)
		return (uint32_t)(p[0] & 0x1F) << 6 | (p[1] & 0x3F);
	if (p[0] < 0xF0 && s.n >= 3)
		return (uint32_t)(p[0] & 0x0F) << 12 | (uint32_t)(p[1] & 0x3F) << 6 |
		       (p[2] & 0x3F);
	if (s.n >= 4)
		return (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3F) << 12 |
		       (uint32_t)(p[2] & 0x3F) << 6 | (p[3] & 0x3F);
	return p[0];
}

uint32_t uni_last(struct str s)
{
	size_t at = s.n;
	if (at == 0)
		return 0;
	do
		at--;
	while (at && s.n - at < 4 && ((unsigned char)s.p[at] & 0xC0) == 0x80);
	return uni_first((struct str) { s.p + at, s.n - at });
}
