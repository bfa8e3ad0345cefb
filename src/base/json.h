/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON in through jansson with our rules, JSON out straight into a buf.
 * In: strict UTF-8, nesting at most 64 (counted before parsing), no duplicate keys, no trailing
 * bytes, no NUL in strings. Out: shortest escapes, valid UTF-8 assumed (it is checked on entry).
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#include <jansson.h>

enum { JSON_DEPTH = 64 };

/* The value, owned by the arena; NULL with ERR_INVALID_REQUEST and the place of the fault. */
json_t *json_read(struct arena *a, struct str text, struct err *e);
/* Ties a new reference to the arena and returns it. */
json_t *json_own(struct arena *a, json_t *j);
/* The text of a string; p NULL: j is NULL or something else. */
static inline struct str json_str(const json_t *j)
{
	return (struct str) { json_string_value(j), json_string_length(j) };
}
char *json_print(struct arena *a, const json_t *j); /* compact, ended by NUL; the arena's */
void json_put_str(struct buf *b, struct str s); /* "quoted and escaped" */
void json_put_text(struct buf *b, const char *text); /* NULL gives null */
void json_put_value(struct buf *b, const json_t *j); /* compact; NULL gives null */
void json_put_real(struct buf *b, double v); /* finite; the fewest digits that read back as v */

/* Comma handling for hand-laid objects and arrays: writes "," unless the last byte opens something. */
void json_comma(struct buf *b);
void json_key(struct buf *b, const char *name); /* comma if needed, then "name": */

#endif
