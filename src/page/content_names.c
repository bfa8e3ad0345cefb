/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Class names and ids read as words: split at what is no letter and at capitals inside ("relatedPosts").
 * The first eight letters of a word, in lower case, are one number; a small table of such numbers says
 * which groups the word belongs to. Prefixes of four letters and more count too: they are found under
 * a word's first letters cut to that length.
 */
#include "base/check.h"
#include "page/content_in.h"

enum { SLOTS = 1024, SHORTEST_PREFIX = 4 };

struct content_names {
	struct {
		uint64_t word;
		uint32_t bits;
	} slot[SLOTS];
};

static const char *const groups[NAME_COUNT] = {
#define NAME_ROW(id, words) words,
#include "page/content_name_table.h"
#undef NAME_ROW
};

static size_t place_of(const struct content_names *t, uint64_t word)
{
	size_t i = (size_t)((word * UINT64_C(0x9E3779B97F4A7C15)) >> 54);
	while (t->slot[i].word && t->slot[i].word != word)
		i = (i + 1) % SLOTS;
	return i;
}

struct content_names *content_names_new(struct arena *a)
{
	struct content_names *t = ARENA_NEW(a, struct content_names);
	for (size_t g = 0; g < NAME_COUNT; g++) {
		uint64_t word = 0;
		for (const char *p = groups[g];; p++) {
			if (*p && *p != ' ') {
				word = word << 8 | (unsigned char)*p;
				continue;
			}
			size_t i = place_of(t, word);
			t->slot[i].word = word;
			t->slot[i].bits |= UINT32_C(1) << g;
			word = 0;
			if (!*p)
				break;
		}
	}
	return t;
}

static uint32_t bits_of(const struct content_names *t, uint64_t word, unsigned n)
{
	uint32_t bits = t->slot[place_of(t, word)].bits;
	for (; n > SHORTEST_PREFIX && !bits; n--) {
		word >>= 8;
		bits = t->slot[place_of(t, word)].bits;
	}
	return bits;
}

uint32_t content_names_of(const struct content_names *t, struct str value)
{
	uint32_t bits = 0;
	uint64_t word = 0;
	unsigned n = 0;
	for (size_t i = 0; i <= value.n; i++) {
		unsigned char c = i < value.n ? (unsigned char)value.p[i] : ' ';
		bool big = c >= 'A' && c <= 'Z', letter = big || (c >= 'a' && c <= 'z');
		bool camel = big && i && value.p[i - 1] >= 'a' && value.p[i - 1] <= 'z';
		if (n && (!letter || camel)) {
			bits |= bits_of(t, word, n);
			word = n = 0;
		}
		if (letter && n < 8) {
			word = word << 8 | (c | 32);
			n++;
		}
	}
	return bits;
}
