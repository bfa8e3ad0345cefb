/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes of a page to UTF-8, by the WHATWG Encoding Standard and the sniffing rules of the HTML
 * Standard (13.2.3.2). Encodings are those of charset_table.h.
 */
#ifndef PAGE_CHARSET_H
#define PAGE_CHARSET_H

#include "base/arena.h"

enum charset {
	CHARSET_NONE,
#define ENCODING_ROW(id, name, how) CHARSET_##id,
#include "page/charset_table.h"
#undef ENCODING_ROW
	CHARSET_COUNT
};

struct charset_hint {
	struct str http; /* charset of the Content-Type header, or empty */
	struct str url; /* the page's address: its country weighs in when nothing else helps */
};

/* The encoding a label names ("latin1" is windows-1252), blanks and case ignored; or CHARSET_NONE. */
enum charset charset_by_label(struct str label);
const char *charset_name(enum charset c); /* as the standard writes it: "Shift_JIS" */

/* The encoding that the first max bytes declare in a meta element, or CHARSET_NONE. */
enum charset charset_prescan(struct str bytes, size_t max);
/* The likely encoding of text that declares none and is not UTF-8. Never CHARSET_NONE. */
enum charset charset_guess(struct str bytes, struct str url);
/* All the rules in order. *bom gets the length of the byte order mark to leave out. */
enum charset charset_find(struct str bytes, const struct charset_hint *hint, size_t *bom);

/* Decodes; what is not valid becomes U+FFFD. Bytes that need no change are answered in place,
 * anything else is made in the arena. NUL stays (the tokenizer replaces it). */
struct str charset_decode(struct arena *a, struct str bytes, enum charset from);

/* charset_find and charset_decode in one; *name gets the encoding's name. */
struct str to_utf8(
	struct arena *a, struct str bytes, const struct charset_hint *hint, const char **name);

#endif
