/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which encoding a page is in. The order is the standard's: byte order mark, Content-Type header,
 * a meta element near the top, a guess. One step is ours: text that holds enough well-formed UTF-8
 * and no error is UTF-8 whatever a legacy label says, because servers that add an old default
 * charset to modern pages are common and legacy text that happens to be UTF-8 is not.
 */
#include "page/charset.h"
#include "base/check.h"
#include "page/scan.h"

struct label {
	const char *text;
	enum charset id;
};
static const struct label labels[] = {
#define LABEL_ROW(text, id) { text, CHARSET_##id },
#include "page/charset_table.h"
#undef LABEL_ROW
};

enum {
	PRESCAN_BYTES = 1024,
	LATE_BYTES = 256 << 10,
	LONGEST_LABEL = 24,
	PROOF_FOR_SINGLE = 1,
	PROOF_FOR_DOUBLE = 12
};

enum charset charset_by_label(struct str label)
{
	char key[LONGEST_LABEL];
	size_t low = 0, high = COUNT_OF(labels);
	label = str_trim(label);
	if (label.n == 0 || label.n > sizeof key)
		return CHARSET_NONE;
	for (size_t i = 0; i < label.n; i++) {
		char c = label.p[i];
		key[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
	}
	while (low < high) {
		size_t mid = (low + high) / 2, n = strlen(labels[mid].text);
		int order = memcmp(key, labels[mid].text, n < label.n ? n : label.n);
		if (order == 0 && n == label.n)
			return labels[mid].id;
		if (order < 0 || (order == 0 && label.n < n))
			high = mid;
		else
			low = mid + 1;
	}
	return CHARSET_NONE;
}

const char *charset_name(enum charset c)
{
	static const char *const names[] = {
		"",
#define ENCODING_ROW(id, name, how) name,
#include "page/charset_table.h"
#undef ENCODING_ROW
	};
	return names[c];
}

/* Code points beyond ASCII in valid UTF-8, counted up to `enough`; 0 when the text is not valid. */
static size_t proof_of_utf8(struct str s, size_t enough)
{
	size_t count = 0;
	if (!str_utf8_ok(s))
		return 0;
	const char *end = s.p + s.n;
	for (const char *p = scan_ascii(s.p, end); p < end && count < enough;
		p = scan_ascii(p + 1, end))
		count += (unsigned char)*p >= 0xC2;
	return count;
}

static bool is_ascii(struct str s)
{
	return scan_ascii(s.p, s.p + s.n) == s.p + s.n;
}

/* A legacy label on text that proves itself to be UTF-8. In two-byte encodings short texts can be
 * both, so they ask for more proof. */
static enum charset corrected(struct str bytes, enum charset declared)
{
	size_t enough = PROOF_FOR_SINGLE;
	switch (declared) {
	case CHARSET_UTF_8:
	case CHARSET_UTF_16LE:
	case CHARSET_UTF_16BE:
	case CHARSET_ISO_2022_JP:
		return declared;
	case CHARSET_BIG5:
	case CHARSET_EUC_JP:
	case CHARSET_EUC_KR:
	case CHARSET_GBK:
	case CHARSET_GB18030:
	case CHARSET_SHIFT_JIS:
		enough = PROOF_FOR_DOUBLE;
		break;
	default:
		break;
	}
	return proof_of_utf8(bytes, enough) >= enough ? CHARSET_UTF_8 : declared;
}

/* UTF-16 without a mark: markup is ASCII, so every other byte near the top is NUL. */
static enum charset bare_utf16(struct str bytes)
{
	size_t n = bytes.n < 256 ? bytes.n & ~(size_t)1 : 256, zero[2] = { 0, 0 };
	for (size_t i = 0; i < n; i++)
		zero[i & 1] += bytes.p[i] == 0;
	if (n < 16)
		return CHARSET_NONE;
	if (zero[1] * 10 >= n / 2 * 7 && zero[0] * 10 < n / 2)
		return CHARSET_UTF_16LE;
	if (zero[0] * 10 >= n / 2 * 7 && zero[1] * 10 < n / 2)
		return CHARSET_UTF_16BE;
	return CHARSET_NONE;
}

enum charset charset_find(struct str bytes, const struct charset_hint *hint, size_t *bom)
{
	*bom = 0;
	if (str_starts(bytes, STR("\xEF\xBB\xBF"))) {
		*bom = 3;
		return CHARSET_UTF_8;
	}
	if (str_starts(bytes, STR("\xFE\xFF")) || str_starts(bytes, STR("\xFF\xFE"))) {
		*bom = 2;
		return bytes.p[0] == '\xFE' ? CHARSET_UTF_16BE : CHARSET_UTF_16LE;
	}
	enum charset found = charset_by_label(hint->http);
	if (found && found != CHARSET_REPLACEMENT)
		return corrected(bytes, found);
	found = bare_utf16(bytes);
	if (found)
		return found;
	found = charset_prescan(bytes, PRESCAN_BYTES);
	if (found && found != CHARSET_REPLACEMENT)
		return corrected(bytes, found);
	if (proof_of_utf8(bytes, 1))
		return CHARSET_UTF_8;
	found = charset_prescan(bytes, LATE_BYTES); /* where a browser would begin anew */
	if (found && found != CHARSET_REPLACEMENT)
		return found;
	return charset_guess(bytes, hint->url);
}

struct str to_utf8(
	struct arena *a, struct str bytes, const struct charset_hint *hint, const char **name)
{
	size_t bom;
	enum charset from = charset_find(bytes, hint, &bom);
	*name = charset_name(from);
	bytes = (struct str) { bytes.p + bom, bytes.n - bom };
	bool wide = from == CHARSET_UTF_8 || from == CHARSET_UTF_16LE ||
		    from == CHARSET_UTF_16BE || from == CHARSET_ISO_2022_JP;
	return !wide && is_ascii(bytes) ? bytes : charset_decode(a, bytes, from);
}
