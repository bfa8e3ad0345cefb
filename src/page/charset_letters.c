/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The single-byte encodings told apart by letters. A table has the letters beyond ASCII of each language,
 * the frequent ones first (the first half counts most; letters stand twice to make it longer), and the encodings it
 * was written in. Each pair of language and encoding is scored by
 * one histogram of the page's high bytes: a letter of the language counts by its rank, a capital less (read in
 * the wrong Cyrillic encoding, a text changes its case), typographic signs little, anything else against it.
 *
 * First the bytes' neighbours tell the scripts apart: the letters that Latin lends from beyond ASCII stand among its
 * own, those of other scripts among themselves. Only languages of that script are scored.
 */
#include "base/check.h"
#include "page/charset_guess.h"
#include "page/scan.h"

enum {
	LOOKED_AT = 256 << 10,
	ENOUGH_BYTES = 3,
	ENOUGH_AGAINST = 5 /* bytes, to overrule a habit */,
	MOST_LETTERS = 64,
	MOST_CHARSETS = 6
};

/* Scores of one byte. A language that the page or its country names gets HINT for each. */
enum {
	COMMON = 100,
	RARE = 70,
	CAPITAL = 35,
	SIGN = 30,
	QUOTE = 60, /* « and », which elsewhere are letters */
	FOREIGN = -60,
	UNDEFINED = -200,
	HINT = 12,
	DEFAULT = 1, /* of what is likely where nothing is named */
	LEAST = 40,
	FINE = 100000
};

struct language {
	const char *lang, *letters;
	enum charset charsets[MOST_CHARSETS];
};
#define CYRILLIC                                                                               \
	CHARSET_WINDOWS_1251, CHARSET_KOI8_U, CHARSET_ISO_8859_5, CHARSET_IBM866,              \
		CHARSET_X_MAC_CYRILLIC
#define WEST CHARSET_WINDOWS_1252, CHARSET_MACINTOSH
#define EAST CHARSET_WINDOWS_1250, CHARSET_ISO_8859_2
static const struct language languages[] = {
	{ "fr", "éàèêçùôîâûëïœæÿ", { WEST } },
	{ "de", "üäöß", { WEST } },
	{ "es", "óíáéñúü¿¡ºª", { WEST } },
	{ "pt", "ãáçéíóêõàúâôü", { WEST } },
	{ "it", "èàùòìéèàùòìéîó", { WEST } },
	{ "ca", "óàèéíçúòï·ü", { WEST } },
	{ "nl", "ëéïüöèóáê", { WEST } },
	{ "sv", "äåöé", { WEST } },
	{ "da", "øåæéöü", { WEST } },
	{ "fi", "äöå", { WEST } },
	{ "is", "íáðéóþöæúý", { WEST } },
	{ "pl", "łąężśćóńź", { EAST } },
	{ "cs", "íáéýěřčžšůúóťďňôä", { EAST } },
	{ "hu", "áéöóőüíáéöóőüíúű", { EAST } },
	{ "hr", "čšžćđ", { EAST } },
	{ "ro", "ăîâşţéá", { EAST } },
	{ "ro", "ăîâșțéá", { CHARSET_ISO_8859_16 } },
	{ "ru", "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё", { CYRILLIC } },
	{ "uk", "оаніивретслкудмпзяьбгчхйїцєжшюфщґ", { CYRILLIC } },
	{ "bg", "аиоентрсвлкдпмзъбугячщйцжхшюфь", { CYRILLIC } },
	{ "sr", "аиоенрјстувкдмплзгбчшжцћљњхђфџ", { CYRILLIC } },
	{ "el", "αοιετνσηρςπκλμυάωόίέγδήθύώχφβξζψϊϋΐΰ",
		{ CHARSET_ISO_8859_7, CHARSET_WINDOWS_1253 } },
	{ "tr", "ıüşğöçİâîû", { CHARSET_WINDOWS_1254 } },
	{ "he", "יוהלאמרתבשנדקעפחטםגןכזצסךףץ", { CHARSET_WINDOWS_1255 } },
	{ "ar", "اليمنرتوبةدعفسهكقحجأشطصإخىضذزثئغءظؤآ،",
		{ CHARSET_WINDOWS_1256, CHARSET_ISO_8859_6 } },
	{ "fa", "اینردمتبوهسلشکزفعقخجگحپصآطچضذغظئژث،", { CHARSET_WINDOWS_1256 } },
	{ "lt", "ėšųžįąūčęė",
		{ CHARSET_WINDOWS_1257, CHARSET_ISO_8859_13, CHARSET_ISO_8859_4 } },
	{ "lv", "āīšēūņļžčģķ",
		{ CHARSET_WINDOWS_1257, CHARSET_ISO_8859_13, CHARSET_ISO_8859_4 } },
	{ "et", "äõüöšž", { CHARSET_WINDOWS_1257, CHARSET_ISO_8859_13 } },
	{ "vi", "\u0300\u0301\u0323đôưâêơăá\u0309àé\u0303íóúè", { CHARSET_WINDOWS_1258 } },
	{ "th", "านรก่อเ้งมัสยลวีดทตคิะาปบแหุขจไ็ชพโใูผ์ศณถซธำืึญฟภฉฐ", { CHARSET_WINDOWS_874 } },
};

/* The small letter, for the scripts above. */
static uint32_t lower(uint32_t c)
{
	if ((c >= 0xC0 && c <= 0xDE && c != 0xD7) || (c >= 0x391 && c <= 0x3AB) ||
		(c >= 0x410 && c <= 0x42F))
		return c + 32;
	if (c >= 0x400 && c <= 0x40F)
		return c + 80;
	if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E) || c == 0x1AF)
		return c + (c & 1);
	if ((c >= 0x100 && c <= 0x177 && c != 0x130 && c != 0x131) || c == 0x218 ||
		c == 0x21A || c == 0x1A0 || c == 0x490)
		return c | 1;
	if (c >= 0x388 && c <= 0x38A)
		return c + 37;
	return c == 0x386 ? 0x3AC : c == 0x38C ? 0x3CC : c == 0x38E || c == 0x38F ? c + 63 : c;
}

/* Quotes, dashes, spaces and the like, which stand in any text. */
static bool is_sign(uint32_t c)
{
	return (c >= 0x2010 && c <= 0x203A) || c == 0xA0 || c == 0xA7 || c == 0xA9 ||
	       c == 0xAB || c == 0xAD || c == 0xAE || c == 0xB0 || c == 0xB7 || c == 0xBB ||
	       c == 0x20AC || c == 0x2116 || c == 0x2122 || c == 0x200C || c == 0x200D;
}

struct letters {
	uint32_t points[MOST_LETTERS];
	size_t n;
};

static struct letters letters_of(const struct language *l)
{
	struct letters all = { .n = 0 };
	for (const unsigned char *p = (const unsigned char *)l->letters;
		*p && all.n < MOST_LETTERS;) {
		bool three = *p >= 0xE0;
		all.points[all.n++] =
			three ? (p[0] & 15u) << 12 | (p[1] & 63u) << 6 | (p[2] & 63u)
			      : (p[0] & 31u) << 6 | (p[1] & 63u);
		p += three ? 3 : 2;
	}
	return all;
}

static int worth(const struct letters *l, uint32_t c)
{
	for (uint32_t want = c, turn = 0; turn < 2; turn++, want = lower(c))
		for (size_t i = 0; i < l->n; i++)
			if (l->points[i] == want)
				return turn ? CAPITAL : i < l->n / 2 + l->n % 2 ? COMMON : RARE;
	if (c == 0xAB || c == 0xBB)
		return QUOTE;
	if (is_sign(c))
		return SIGN;
	return c == 0xFFFD || (c >= 0x80 && c < 0xA0) ? UNDEFINED : FOREIGN;
}

struct bytes_seen {
	uint32_t histogram[128]; /* of those beyond ASCII */
	size_t all, by_latin, by_own; /* in runs beside a letter of ASCII, else in words */
};

static bool is_latin_letter(char c)
{
	return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static struct bytes_seen look(struct str bytes)
{
	enum { WORD = 3 };
	struct bytes_seen seen = { .all = 0 };
	const char *text_end = bytes.p + (bytes.n < LOOKED_AT ? bytes.n : LOOKED_AT);
	for (const char *p = scan_ascii(bytes.p, text_end), *run; p < text_end;
		p = scan_ascii(p, text_end)) {
		for (run = p; p < text_end && (unsigned char)*p >= 0x80; p++)
			seen.histogram[(unsigned char)*p - 0x80]++;
		size_t n = (size_t)(p - run);
		bool latin = (run > bytes.p && is_latin_letter(run[-1])) ||
			     (p < text_end && is_latin_letter(*p));
		seen.all += n;
		seen.by_latin += latin ? n : 0;
		seen.by_own += !latin && n >= WORD ? n : 0;
	}
	return seen;
}

/* In fine parts, so that one letter in a long text still tells two encodings apart; where none does, the usual one of
 * the language is better by the smallest. */
static int64_t score(
	const struct letters *l, const uint16_t *points, const struct bytes_seen *seen)
{
	int64_t sum = 0;
	for (size_t i = 0; i < 128; i++)
		if (seen->histogram[i])
			sum += (int64_t)seen->histogram[i] * worth(l, points[i]);
	return sum * FINE / (int64_t)seen->all;
}

/* Could this language have bytes with such neighbours? Letters that are words ("à") have none. */
static bool in_script(const struct letters *l, const struct bytes_seen *seen)
{
	bool latin = l->points[0] < 0x370;
	return latin == (seen->by_latin >= seen->by_own);
}

enum charset charset_guess_letters(struct str bytes, struct str lang, enum charset usual)
{
	const struct bytes_seen seen = look(bytes);
	if (seen.all < (usual ? ENOUGH_AGAINST : ENOUGH_BYTES))
		return CHARSET_NONE;
	int64_t best = LEAST * FINE;
	enum charset found = CHARSET_NONE;
	for (size_t i = 0; i < COUNT_OF(languages); i++) {
		const struct letters letters = letters_of(&languages[i]);
		if (!in_script(&letters, &seen))
			continue;
		bool said = str_istarts(lang, str_of(languages[i].lang));
		for (const enum charset *c = languages[i].charsets; *c; c++) {
			int64_t got = score(&letters, charset_points(*c), &seen) +
				      (said ? HINT * FINE : 0) + (*c == usual) +
				      (*c == CHARSET_WINDOWS_1252 ? DEFAULT * FINE : 0);
			if (got > best) {
				best = got;
				found = *c;
			}
		}
	}
	return found;
}
