/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Field tables. One table says everything about a structure that crosses the border: name, type,
 * range, default, meaning, and where it sits in the C struct. From it come decoding (JSON in,
 * defaults filled, every range checked), encoding (struct out as JSON) and JSON Schema.
 * Tables end with a row whose name is NULL.
 *
 * C type at `at`, by field type:
 *	F_STR const char * (NUL-ended, arena)   F_TEXT struct str        F_INT int64_t
 *	F_NUM double                            F_BOOL bool              F_CHOICE int (index)
 *	F_STRS struct strs                      F_JSON json_t *          F_TIME int64_t epoch ms
 *	F_OBJ the sub struct inline             F_LIST struct field_list (out only)
 *	F_FIXED nothing: `text` is the JSON     F_CALC nothing: `calc` writes the JSON
 */
#ifndef BASE_FIELD_H
#define BASE_FIELD_H

#include "base/json.h"

enum field_type {
	F_STR,
	F_TEXT,
	F_INT,
	F_NUM,
	F_BOOL,
	F_CHOICE,
	F_STRS,
	F_JSON,
	F_TIME,
	F_OBJ,
	F_LIST,
	F_FIXED,
	F_CALC
};
enum field_flags {
	F_REQ = 1, /* in: must be there; out: listed in the schema's `required` */
	F_OMIT = 2, /* out: left out when NULL, empty or zero, instead of null */
	F_HIDDEN = 4, /* accepted, but not in the schema */
	F_EMPTY_OK = 8, /* in: "" is the same as absent (F_STR: NULL) */
};

struct field_list {
	const void *items;
	size_t count;
};
/* Writes the JSON value of this field for `self` (the struct); false: leave the member out. */
typedef bool calc_fn(struct buf *b, const void *self);

struct field {
	const char *name;
	enum field_type type;
	unsigned flags;
	size_t at;
	double min, max; /* numbers: the range; F_STR: code points; F_STRS: count */
	double scale; /* in: multiplied on the way in (0 = 1); out: divided */
	const char *const *choices; /* NULL-ended words */
	const struct field *sub; /* F_OBJ, F_LIST */
	size_t stride; /* F_LIST: bytes of one item */
	const char *text; /* default as JSON (in), or the fixed JSON (F_FIXED) */
	const char *about;
	calc_fn *calc;
	const char
		*schema; /* F_JSON, F_CALC, F_FIXED: JSON Schema of the value (default: {}) */
};

/* Names of members that no row knows are handed to this, path included ("config.foo"). */
typedef void unknown_fn(void *arg, const char *path);
struct field_unknown {
	unknown_fn *tell; /* NULL: ignored silently */
	void *arg;
};

/* Fills `into` (zeroed by the caller) from a JSON object. false: ERR_INVALID_REQUEST naming the
 * member's path, what was wrong and what is accepted. null counts as absent. Text is checked for
 * NUL; numbers must be of the right kind: "3", 3.5 for an integer, true for 1 are refused (3.0 is an
 * integer, as in JSON Schema). */
bool fields_decode(const struct field *table, const json_t *object, void *into, struct arena *a,
	struct field_unknown unknown, struct err *e);
/* Writes {"name":value,...}; fields_encode_members writes without the braces, for merging. */
void fields_encode(const struct field *table, const void *from, struct buf *b);
void fields_encode_members(const struct field *table, const void *from, struct buf *b);
/* The value of one row alone, without its name: for answers that are a bare array. Not F_CALC. */
void field_encode_value(const struct field *row, const void *from, struct buf *b);
void field_schema(const struct field *row, bool for_input, struct buf *b);
/* JSON Schema (2020-12 subset: flat, no $ref, no combinators at the root). */
void fields_schema(const struct field *table, bool for_input, struct buf *b);

#endif
