/* SPDX-License-Identifier: Apache-2.0 */
/* Reading text into blocks: what it looks like, and what of it the page says of itself. */
#ifndef PAGE_CONTENT_TEXT_H
#define PAGE_CONTENT_TEXT_H

#include "page/content_in.h"

/* What the page says of itself: the words of its title and of its descriptions, each as a set of bits
 * that words are hashed to. */
struct content_said {
	uint64_t title[1024], about[1024];
};
struct content_said *content_said_new(struct arena *a, const struct dom *d);
enum { CONTENT_LONG = 4 }; /* bytes: shorter words say little */
#define CONTENT_WORD_START 2166136261U
static inline uint32_t content_word_add(uint32_t hash, unsigned char c)
{
	return (hash ^ (c >= 'A' && c <= 'Z' ? c | 32U : c)) * 16777619U;
}
static inline bool content_word_in(const uint64_t *set, uint32_t hash)
{
	hash ^= hash >> 16;
	return set[hash >> 6 & 1023] >> (hash & 63) & 1;
}

/* Adds what a piece of text holds to its block. */
struct content_reader {
	const struct content_said *said;
	uint32_t word; /* hash of the word so far */
	uint32_t word_bytes;
	char head[48]; /* the beginning, ASCII in lower case, single blanks */
	uint8_t n;
	bool inside; /* a word goes on */
	char last; /* the last byte that is no blank */
	uint32_t after; /* bytes since a currency sign */
};
void content_text(
	struct content_block *b, struct content_reader *r, struct str text, bool in_link);
void content_text_end(struct content_block *b, const struct content_reader *r);

#endif
