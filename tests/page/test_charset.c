/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/test.h"
#include "base/mem.h"
#include "page/charset.h"

#include <dirent.h>
#include <stdio.h>

static struct str decode(struct arena *a, struct str bytes, const char *label)
{
	return charset_decode(a, bytes, charset_by_label(str_of(label)));
}

static const struct {
	const char *label, *name;
} label_cases[] = { { "latin1", "windows-1252" }, { " ISO-8859-1\n", "windows-1252" },
	{ "utf8", "UTF-8" }, { "US-ASCII", "windows-1252" }, { "iso-8859-9", "windows-1254" },
	{ "tis-620", "windows-874" }, { "gb2312", "GBK" }, { "x-sjis", "Shift_JIS" },
	{ "ks_c_5601-1987", "EUC-KR" }, { "big5-hkscs", "Big5" }, { "unicode", "UTF-16LE" },
	{ "x-user-defined", "x-user-defined" }, { "iso-8859-8-i", "ISO-8859-8-I" },
	{ "csiso88598e", "ISO-8859-8" }, { "x-x-big5", "Big5" }, { "866", "IBM866" },
	{ "utf-7", "" }, { "", "" }, { "windows-1252x", "" }, { "utf", "" },
	{ "x-unicode20utf8-and-more-text", "" } };

static void labels(void)
{
	for (size_t i = 0; i < sizeof label_cases / sizeof label_cases[0]; i++)
		CHECK_TEXT(charset_name(charset_by_label(str_of(label_cases[i].label))),
			label_cases[i].name);
}

static const struct {
	const char *label, *bytes, *text;
} decode_cases[] = { { "windows-1252", "\x80\x81\x9F\xE9", "€\xC2\x81Ÿé" },
	{ "windows-1253", "\xAA\xC1", "\xEF\xBF\xBDΑ" },
	{ "windows-1255", "\xCA\xE0", "\xD6\xBAא" }, { "koi8-u", "\xAE\xBE\xC1", "ўЎа" },
	{ "koi8-r", "\xF0\xD2", "Пр" }, { "ibm866", "\x8F\xE0", "Пр" },
	{ "macintosh", "\xDB\xF0", "€\xEF\xA3\xBF" },
	{ "x-mac-cyrillic", "\xA2\xB6\xFF", "Ґґ€" }, { "iso-8859-8-i", "\xE0\xE1", "אב" },
	{ "x-user-defined", "a\x80\xFF", "a\xEF\x9E\x80\xEF\x9F\xBF" },
	{ "windows-874", "\xA1\x80", "ก€" },
	{ "shift_jis", "\x93\xFA\x96\x7B\x5C\x7E", "日本\\~" },
	{ "shift_jis", "\xB1\xB2", "ｱｲ" }, { "shift_jis", "\x87\x40\x81", "①\xEF\xBF\xBD" },
	{ "euc-jp", "\xC6\xFC\xCB\xDC\x8E\xB1", "日本ｱ" },
	{ "iso-2022-jp", "\x1B$BF|K\\\x1B(Bx", "日本x" },
	{ "gbk", "\xD6\xD0\xCE\xC4\x80", "中文€" },
	{ "gb18030", "\x81\x30\x81\x30", "\xC2\x80" }, { "big5", "\xA4\xA4\xA4\xE5", "中文" },
	{ "euc-kr", "\xC7\xD1\xB1\xDB", "한글" }, { "euc-kr", "\x8C\x63", "똠" },
	/* an illegal pair whose second byte is ASCII gives that byte back */
	{ "gbk",
		"\xFF"
		"a",
		"\xEF\xBF\xBD"
		"a" },
	{ "euc-jp", "\xA4<p>", "\xEF\xBF\xBD<p>" },
	/* maximal subparts: one U+FFFD for each (Unicode 15, table 3-8) */
	{ "utf-8", "\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41",
		"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"
		"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\x41" },
	{ "utf-8", "\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41",
		"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"
		"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\x41" },
	{ "utf-8", "\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41",
		"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\x41" },
	{ "utf-8", "\xF4\x91\x92\x93\xFF",
		"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD" } };

static void decoders(void)
{
	for (size_t i = 0; i < sizeof decode_cases / sizeof decode_cases[0]; i++) {
		struct arena *a = arena_new(0);
		CHECK_STR(decode(a, str_of(decode_cases[i].bytes), decode_cases[i].label),
			decode_cases[i].text);
		arena_free(&a);
	}
}

static void utf16(void)
{
	struct arena *a = arena_new(0);
	CHECK_STR(decode(a, (struct str) { "a\0\x3D\xD8\0\xDEz", 7 }, "utf-16le"),
		"a😀\xEF\xBF\xBD");
	CHECK_STR(decode(a, (struct str) { "\0a\xD8\x3D\xDE\0\xDC\0", 8 }, "utf-16be"),
		"a😀\xEF\xBF\xBD");
	CHECK_STR(decode(a, (struct str) { "\xD8\x3D\0a", 4 }, "utf-16be"), "\xEF\xBF\xBD"
									    "a");
	arena_free(&a);
}

/* Every byte and pair through every encoding: the result is UTF-8, and no decoder stands still. */
static void all_pairs_are_utf8(void)
{
	for (int c = CHARSET_NONE + 1; c < CHARSET_COUNT; c++) {
		struct arena *a = arena_new(0);
		size_t n = 65536 * 2;
		char *bytes = arena_raw(a, n);
		for (size_t i = 0; i < 65536; i++) {
			bytes[2 * i] = (char)(i >> 8);
			bytes[2 * i + 1] = (char)i;
		}
		struct str text = charset_decode(a, (struct str) { bytes, n }, (enum charset)c);
		if (!str_utf8_ok(text) || text.n < 1000)
			test_fail(__FILE__, __LINE__, "%s gives %zu bytes",
				charset_name((enum charset)c), text.n);
		arena_free(&a);
	}
}

static const struct {
	const char *bytes, *http, *url, *name, *text;
} find_cases[] = {
	{ "\xEF\xBB\xBF"
	  "a\xC3\xA9",
		"latin1", "", "UTF-8", "aé" },
	{ "<meta charset=iso-8859-2>\xB1", "", "", "ISO-8859-2", "<meta charset=iso-8859-2>ą" },
	{ "<meta charset=iso-8859-2>\xE9", "windows-1251", "", "windows-1251",
		"<meta charset=iso-8859-2>й" },
	{ "<meta charset=utf-16>é", "", "", "UTF-8", "<meta charset=utf-16>é" },
	{ "é", "iso-8859-1", "", "UTF-8", "é" },
	{ "\xE9", "nonsense", "", "windows-1252", "é" },
	{ "<!-- <meta charset=koi8-r> -->\xE9", "", "", "windows-1252",
		"<!-- <meta charset=koi8-r> -->é" },
	{ "<?xml version='1.0' encoding = \"iso-8859-2\"?>\xEC\xB9", "", "", "ISO-8859-2",
		"<?xml version='1.0' encoding = \"iso-8859-2\"?>ěš" },
	{ "<?xml version='1.0' encoding='koi8-r'?><meta charset=iso-8859-2>\xB1", "", "",
		"ISO-8859-2",
		"<?xml version='1.0' encoding='koi8-r'?><meta charset=iso-8859-2>ą" },
	{ "<?xml encoding='utf-16'?>é", "", "", "UTF-8", "<?xml encoding='utf-16'?>é" },
	{ " <?xml encoding='koi8-r'?>\xE9", "", "", "windows-1252",
		" <?xml encoding='koi8-r'?>é" },
	{ "<?xml encoding='koi8-r?>'\xE9", "", "", "windows-1252",
		"<?xml encoding='koi8-r?>'é" },
	{ "<?xml encoding=", "", "", "windows-1252", "<?xml encoding=" },
	{ "<html lang=\"ru-RU\">\xEF\xF0", "", "", "windows-1251", "<html lang=\"ru-RU\">пр" },
	{ "\xEF\xF0", "", "https://example.gr/x", "ISO-8859-7", "οπ" },
	{ "\xB4\xC1\xBB\xFA\xA4\xC8\xA4\xAB\xA4\xCA\xA4\xCE", "", "", "EUC-JP",
		"漢字とかなの" },
	{ "\x8A\xBF\x8E\x9A\x82\xC6\x82\xA9\x82\xC8\x82\xCC", "", "", "Shift_JIS",
		"漢字とかなの" },
	{ "\xD6\xD0\xCE\xC4", "", "http://example.cn", "GBK", "中文" },
	{ "plain", "", "", "windows-1252", "plain" },
	/* Latin letters stand among ASCII: no Greek, no Thai, no Big5; ő before õ, « before ť */
	{ "Il file \xAB"
	  "elenco\xBB non \xE8 pi\xF9 qui, perch\xE9 \xE8 stato tolto",
		"", "", "windows-1252",
		"Il file «elenco» non è più qui, perché è stato tolto" },
	{ "Az \xFAj k\xF6nyvek: j\xF3 id\xF5k, h\xF5s\xF6k, erd\xF5k, n\xF5nek", "", "",
		"windows-1250", "Az új könyvek: jó idők, hősök, erdők, nőnek" },
	{ "Na\xB9"
	  "a \xB9ola, \xE8"
	  "e \xBE"
	  "eli\xB9, \xBE"
	  "e \xE8"
	  "aka; pi\xB9"
	  "e \xB9"
	  "e",
		"", "", "ISO-8859-2", "Naša šola, če želiš, že čaka; piše še" },
	{ "\xA2\xEB\xEB\xE7 \xEC\xDF\xE1 \xF6\xEF\xF1\xDC \xEA\xE1\xE9 \xF0\xDC\xEB\xE9", "",
		"", "windows-1253", "Άλλη μία φορά και πάλι" },
	{ "hyv\xE4\xE4 p\xE4iv\xE4\xE4 t\xE4n\xE4\xE4n, s\xE4\xE4 j\xE4\xE4", "", "",
		"windows-1252", "hyvää päivää tänään, sää jää" },
	{ "\xE0 \xE9 \xE0 \xE8 \xF2 \xE0", "", "", "windows-1252", "à é à è ò à" },
};

static void order_of_sources(void)
{
	for (size_t i = 0; i < sizeof find_cases / sizeof find_cases[0]; i++) {
		struct arena *a = arena_new(0);
		struct charset_hint hint = { str_of(find_cases[i].http),
			str_of(find_cases[i].url) };
		const char *name;
		CHECK_STR(to_utf8(a, str_of(find_cases[i].bytes), &hint, &name),
			find_cases[i].text);
		CHECK_TEXT(name, find_cases[i].name);
		arena_free(&a);
	}
}

static void utf16_without_a_mark(void)
{
	static const char html[] = "<\0h\0t\0m\0l\0>\0<\0b\0o\0d\0y\0>\0h\0i\0";
	struct arena *a = arena_new(0);
	struct charset_hint hint = { { "", 0 }, { "", 0 } };
	const char *name;
	CHECK_STR(to_utf8(a, (struct str) { html, sizeof html - 1 }, &hint, &name),
		"<html><body>hi");
	CHECK_TEXT(name, "UTF-16LE");
	arena_free(&a);
}

static void valid_utf8_is_not_copied(void)
{
	struct arena *a = arena_new(0);
	struct charset_hint hint = { STR("utf-8"), { "", 0 } };
	struct str bytes = STR("na\xC3\xAFve");
	const char *name;
	CHECK_TRUE(to_utf8(a, bytes, &hint, &name).p == bytes.p);
	arena_free(&a);
}

/* "#data\n...\n#encoding\nNAME\n\n" */
static void run_dat(const char *path, size_t *ok, size_t *all)
{
	size_t n;
	char *text = test_read_file(path, &n);
	struct str rest = { text, n };
	for (;;) {
		const char *data = memmem(rest.p, rest.n, "#data\n", 6);
		const char *mark = data ? memmem(data, rest.n - (size_t)(data - rest.p),
						  "\n#encoding\n", 11)
					: NULL;
		if (!mark)
			break;
		struct str html = { data + 6, mark > data + 6 ? (size_t)(mark - data) - 6 : 0 };
		struct str want = { mark + 11, rest.n - (size_t)(mark + 11 - rest.p) };
		size_t line = str_find(want, '\n');
		rest = (struct str) { want.p + line, want.n - line };
		want.n = line;
		struct charset_hint hint = { { "", 0 }, { "", 0 } };
		size_t bom;
		enum charset got = charset_find(html, &hint, &bom);
		/* one page of the suite was saved in another encoding than it declares */
		bool proven =
			got == CHARSET_UTF_8 && str_has(html, STR("\xE6\x97\xA5\xE6\x9C\xAC"));
		bool same = got == charset_by_label(want) || proven;
		++*all;
		*ok += same;
		if (!same)
			test_fail(__FILE__, __LINE__, "%s: want %.*s, got %s for\n%.*s", path,
				STR_ARG(want), charset_name(got),
				(int)(html.n < 300 ? html.n : 300), html.p);
	}
	mem_free(text);
}

static void html5lib_encoding_tests(void)
{
	char path[4096];
	size_t ok = 0, all = 0;
	if (!test_corpus()) {
		test_skip("no corpus");
		return;
	}
	snprintf(path, sizeof path, "%s/html5lib/encoding", test_corpus());
	DIR *dir = opendir(path);
	for (struct dirent *e; dir && (e = readdir(dir));) {
		size_t n = strlen(e->d_name);
		if (n < 4 || strcmp(e->d_name + n - 4, ".dat") != 0)
			continue;
		snprintf(
			path, sizeof path, "%s/html5lib/encoding/%s", test_corpus(), e->d_name);
		run_dat(path, &ok, &all);
	}
	if (dir)
		closedir(dir);
	CHECK_TRUE(all > 50);
	printf("# %zu of %zu\n", ok, all);
}

TEST_MAIN(TEST(labels), TEST(decoders), TEST(utf16), TEST(all_pairs_are_utf8),
	TEST(order_of_sources), TEST(utf16_without_a_mark), TEST(valid_utf8_is_not_copied),
	TEST(html5lib_encoding_tests))
