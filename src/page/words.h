/* SPDX-License-Identifier: Apache-2.0 */
/* How long a text is to people. */
#ifndef PAGE_WORDS_H
#define PAGE_WORDS_H

#include "base/str.h"

/*
 * Words of UTF-8 text: runs of letters and digits, joined by single marks inside ("well-known",
 * "3.14", addresses); two ideographs or kana count as one word. Linear; the bytes need not be
 * well formed.
 */
size_t words_count(struct str s);

#endif
