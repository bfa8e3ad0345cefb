/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a page without a declaration is probably written in. The encodings of East Asia show
 * themselves by their pairs of bytes (charset_pairs.c), others by the letters that they make of the
 * page's bytes (charset_letters.c); where these say nothing the language that the page names (<html lang>) and
 * the country of its host decide, and windows-1252 is what remains: the default of browsers.
 */
#include "page/charset_guess.h"
#include "base/check.h"

enum { LANG_BYTES = 2048 };

struct habit {
	const char *word; /* language subtag, or top-level domain with its dot */
	enum charset id;
};
static const struct habit habits[] = {
	{ "ja", CHARSET_SHIFT_JIS },
	{ ".jp", CHARSET_SHIFT_JIS },
	{ "zh-tw", CHARSET_BIG5 },
	{ "zh-hk", CHARSET_BIG5 },
	{ "zh-hant", CHARSET_BIG5 },
	{ ".tw", CHARSET_BIG5 },
	{ ".hk", CHARSET_BIG5 },
	{ "zh", CHARSET_GBK },
	{ ".cn", CHARSET_GBK },
	{ "ko", CHARSET_EUC_KR },
	{ ".kr", CHARSET_EUC_KR },
	{ "ru", CHARSET_WINDOWS_1251 },
	{ "bg", CHARSET_WINDOWS_1251 },
	{ "uk", CHARSET_WINDOWS_1251 },
	{ "be", CHARSET_WINDOWS_1251 },
	{ "sr", CHARSET_WINDOWS_1251 },
	{ "mk", CHARSET_WINDOWS_1251 },
	{ ".ru", CHARSET_WINDOWS_1251 },
	{ ".bg", CHARSET_WINDOWS_1251 },
	{ ".ua", CHARSET_WINDOWS_1251 },
	{ "pl", CHARSET_ISO_8859_2 },
	{ "hu", CHARSET_ISO_8859_2 },
	{ "cs", CHARSET_WINDOWS_1250 },
	{ "sk", CHARSET_WINDOWS_1250 },
	{ "sl", CHARSET_ISO_8859_2 },
	{ "hr", CHARSET_WINDOWS_1250 },
	{ "ro", CHARSET_WINDOWS_1250 },
	{ ".pl", CHARSET_ISO_8859_2 },
	{ ".hu", CHARSET_ISO_8859_2 },
	{ ".cz", CHARSET_WINDOWS_1250 },
	{ ".sk", CHARSET_WINDOWS_1250 },
	{ "el", CHARSET_ISO_8859_7 },
	{ ".gr", CHARSET_ISO_8859_7 },
	{ "tr", CHARSET_WINDOWS_1254 },
	{ ".tr", CHARSET_WINDOWS_1254 },
	{ "he", CHARSET_WINDOWS_1255 },
	{ ".il", CHARSET_WINDOWS_1255 },
	{ "ar", CHARSET_WINDOWS_1256 },
	{ "fa", CHARSET_WINDOWS_1256 },
	{ ".ir", CHARSET_WINDOWS_1256 },
	{ "lt", CHARSET_WINDOWS_1257 },
	{ "lv", CHARSET_WINDOWS_1257 },
	{ "et", CHARSET_WINDOWS_1257 },
	{ "vi", CHARSET_WINDOWS_1258 },
	{ ".vn", CHARSET_WINDOWS_1258 },
	{ "th", CHARSET_WINDOWS_874 },
	{ ".th", CHARSET_WINDOWS_874 },
};

/* The value of lang on the html element, as written. */
static struct str page_language(struct str bytes)
{
	struct str head = { bytes.p, bytes.n < LANG_BYTES ? bytes.n : LANG_BYTES };
	size_t i = 0;
	while (i + 5 < head.n &&
		!str_istarts((struct str) { head.p + i, head.n - i }, STR("<html")))
		i++;
	struct str tag = { head.p + i, str_find((struct str) { head.p + i, head.n - i }, '>') };
	for (size_t k = 1; k + 5 < tag.n; k++) {
		if (!str_istarts((struct str) { tag.p + k, tag.n - k }, STR("lang=")))
			continue;
		size_t from = k + 5 + (tag.p[k + 5] == '"' || tag.p[k + 5] == '\''), to = from;
		while (to < tag.n && tag.p[to] != '"' && tag.p[to] != '\'' && tag.p[to] != ' ')
			to++;
		return (struct str) { tag.p + from, to - from };
	}
	return (struct str) { "", 0 };
}

static struct str host_of(struct str url)
{
	const char *hit = url.n ? memmem(url.p, url.n, "://", 3) : NULL;
	if (!hit)
		return (struct str) { "", 0 };
	struct str rest = { hit + 3, url.n - (size_t)(hit + 3 - url.p) };
	size_t n = 0;
	while (n < rest.n && rest.p[n] != '/' && rest.p[n] != ':' && rest.p[n] != '?')
		n++;
	return (struct str) { rest.p, n };
}

/* What the language that the page names, or else its country, was usually written in; CHARSET_NONE:
 * nothing is known of it.
 */
static enum charset usual_charset(struct str lang, struct str host)
{
	for (size_t i = 0; i < COUNT_OF(habits); i++) {
		struct str word = str_of(habits[i].word);
		bool domain = word.p[0] == '.';
		if (domain ? str_ends(host, word)
			   : str_istarts(lang, word) &&
					(lang.n == word.n || lang.p[word.n] == '-'))
			return habits[i].id;
	}
	return CHARSET_NONE;
}

enum charset charset_guess(struct str bytes, struct str url)
{
	struct str lang = page_language(bytes);
	enum charset usual = usual_charset(lang, host_of(url)),
		     found = charset_guess_pairs(bytes);
	if (!found)
		found = charset_guess_letters(bytes, lang, usual);
	if (!found)
		found = usual;
	return found ? found : CHARSET_WINDOWS_1252;
}
