/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many tokens a text costs a language model, estimated in one pass without the model's vocabulary (that
 * of o200k_base has 200,000 entries). Made to err upwards: pages in 200 languages, code and noise are not
 * counted more than 5 % short; the middle one is counted 7 % long (docs/decisions.md has the figures).
 */
#ifndef PAGE_TOKENS_H
#define PAGE_TOKENS_H

#include "base/str.h"

/* Any bytes; what is no UTF-8 counts as marks. Linear. */
size_t tokens_count(struct str text);

/* The same in fractions of a token, for sums of pieces. Pieces cut before a line with text add up to the whole; each
 * other cut, as within a run of blank lines, adds up to a token. */
enum { TOKEN_UNITS = 64 };
uint64_t tokens_units(struct str text);

#endif
