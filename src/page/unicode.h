/* SPDX-License-Identifier: Apache-2.0 */
/* What a code point is to CommonMark's rules about emphasis (section 6.2), letters without case, and stepping through UTF-8. */
#ifndef PAGE_UNICODE_H
#define PAGE_UNICODE_H

#include "base/str.h"

/* UNI_SYMBOL: punctuation since CommonMark 0.31, a letter like any other before. */
enum uni { UNI_OTHER, UNI_SPACE, UNI_PUNCT, UNI_SYMBOL };
enum uni uni_class(uint32_t cp);

/* The small letter of a great one (Unicode, simple case folding); anything else as it is. */
uint32_t uni_fold(uint32_t cp);

/* The code point that valid UTF-8 begins with, or ends with; 0 when s is empty. */
uint32_t uni_first(struct str s);
uint32_t uni_last(struct str s);

static inline bool uni_is_alnum(unsigned char c)
{
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
}
static inline bool uni_is_punct(unsigned char c)
{
	return c > ' ' && c < 0x7F && !uni_is_alnum(c);
}

#endif
