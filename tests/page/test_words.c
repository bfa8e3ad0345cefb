/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/test.h"
#include "page/words.h"

#include <stdio.h>

enum { LONGEST = 300, ROUNDS = 20000 };

/* The same rule, byte by byte. */
static size_t plainly(struct str s)
{
	size_t words = 0, unspaced = 0;
	bool inside = false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool letter = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
			      (c >= 'a' && c <= 'z') || (c >= 0xC3 && c <= 0xE1) ||
			      (c >= 0xEA && c <= 0xED) || (c >= 0xF0 && c <= 0xF4);
		bool keeps = (c >= 0x80 && c <= 0xBF) || (c && strchr("'-_./:", c));
		words += letter && !inside;
		unspaced += c >= 0xE3 && c <= 0xE9;
		inside = letter || (keeps && inside);
	}
	return words + (unspaced + 1) / 2;
}

static void words_of_all_kinds(void)
{
	static const struct {
		const char *text;
		size_t words;
	} cases[] = { { "", 0 }, { "one", 1 }, { "a b", 2 }, { "well-known it's 3.14", 3 },
		{ "-- . /", 0 }, { "https://example.org/a/b?c", 2 }, { "\xC3\xA9t\xC3\xA9", 1 },
		{ "\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E", 2 },
		{ "a\xE6\x97\xA5"
		  "b",
			3 } };
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		CHECK_INT(words_count(str_of(cases[i].text)), cases[i].words);
}

/* Words that run over the ends of steps, and every byte at every place of one. */
static void steps_join(void)
{
	static const char sparse[] =
		"aZ9 .-'_/:@[`{\n\x80\xBF\xC2\xC3\xDF\xE1\xE2\xE3\xE9\xEA\xED"
		"\xEE\xEF\xF0\xF4\xF5\xFF";
	char text[LONGEST];
	uint32_t seed = 1;
	for (int round = 0; round < ROUNDS; round++) {
		size_t kinds = round % 3 == 0 ? 256 : round % 3 == 1 ? 5 : sizeof sparse - 1;
		size_t n = (seed >> 8) % LONGEST;
		for (size_t i = 0; i < n; i++) {
			seed = seed * 1664525u + 1013904223u;
			size_t pick = (seed >> 16) % kinds;
			text[i] = kinds == 256 ? (char)pick : sparse[pick];
		}
		struct str s = { text, n };
		if (words_count(s) != plainly(s)) {
			CHECK_INT(words_count(s), plainly(s));
			return;
		}
		seed = seed * 1664525u + 1013904223u;
	}
}

TEST_MAIN(TEST(words_of_all_kinds), TEST(steps_join))
