/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of the guess (charset_guess.c): what the bytes themselves say.
 */
#ifndef PAGE_CHARSET_GUESS_H
#define PAGE_CHARSET_GUESS_H

#include "page/charset.h"

/* The upper half of a single-byte encoding (0xFFFD: undefined); NULL for the others. */
const uint16_t *charset_points(enum charset c);

/* Which of the encodings of East Asia the pairs of bytes look like, or CHARSET_NONE. */
enum charset charset_guess_pairs(struct str bytes);

/* Which single-byte encoding makes the bytes letters of one language; CHARSET_NONE: too few to tell or none
 * does. `lang` (as in <html lang>) and `usual` (what pages of that country are in) weigh in a little.
 */
enum charset charset_guess_letters(struct str bytes, struct str lang, enum charset usual);

#endif
