/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Borrowed views of text: a pointer and a length, not ended by NUL. All outside bytes travel as
 * struct str; C string functions are never used on them.
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
	const char *p;
	size_t n;
};
struct strs {
	const char **v;
	size_t n;
};

#define STR(literal) ((struct str)STR_INIT(literal))
#define STR_INIT(literal) /* the same for the rows of tables */                                \
	{                                                                                      \
		(literal), sizeof(literal) - 1                                                 \
	}
#define STR_ARG(s) (int)(s).n, (s).p /* for "%.*s" */

static inline struct str str_of(const char *text)
{
	return (struct str) { text, text ? strlen(text) : 0 };
}

bool str_eq(struct str a, struct str b);
int str_order(struct str a, struct str b); /* by bytes, for sorting: below 0, 0, above 0 */
bool str_ieq(struct str a, struct str b); /* ASCII case ignored */
bool str_starts(struct str s, struct str prefix);
bool str_istarts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
struct str str_trim_ends(struct str s);
/* ASCII white space off both ends. Nearly always there is none, which is seen without a call. */
static inline struct str str_trim(struct str s)
{
	bool bare = s.n && (unsigned char)s.p[0] > ' ' && (unsigned char)s.p[s.n - 1] > ' ';
	return bare ? s : str_trim_ends(s);
}

/* Cuts s at the first `sep`: *head gets what is before it, s becomes what is after it.
 * Without `sep` *head is all of s and s becomes empty. false when s was empty (p == NULL) before. */
bool str_cut(struct str *s, char sep, struct str *head);

static inline char str_lower(char c) /* ASCII alone */
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}
static inline int str_hex(char c) /* 0 to 15; -1: no hexadecimal digit */
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = str_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Index of the first c, or s.n */
size_t str_find(struct str s, char c);
bool str_has(struct str s, struct str needle);
bool str_has_control(struct str s); /* an ASCII control character, DEL included */
/* Is word one of a comma-separated list? ASCII case and blanks around the commas are ignored. */
bool str_in_list(struct str list, struct str word);

/* Whole string as a decimal integer, no blanks, no overflow. */
bool str_to_int(struct str s, int64_t *out);

/* Strict UTF-8 (no overlong forms, no surrogates, nothing above U+10FFFF). */
bool str_utf8_ok(struct str s);
/* The beginning of valid UTF-8, at most max_bytes, cut between code points. */
struct str str_head(struct str s, size_t max_bytes);
/* Number of code points of valid UTF-8. */
size_t str_utf8_count(struct str s);
/* Writes one code point as UTF-8, returns its length (1 to 4). */
size_t str_utf8_put(char out[4], uint32_t cp);

#endif
