/* SPDX-License-Identifier: Apache-2.0 */
/*
 * application/x-www-form-urlencoded, strictly: what is not percent-encoded UTF-8 is refused, not
 * guessed at, and a parameter that comes twice can be told (OAuth 2.1 section 4: an error).
 */
#ifndef HTTP_FORM_H
#define HTTP_FORM_H

#include "http/http.h"

enum { FORM_FIELDS = 64, FORM_BYTES = 64 * 1024 };

struct form {
	struct form_field {
		struct str name, value; /* decoded; the arena's */
	} fields[FORM_FIELDS];
	size_t n;
};
/* ERR_INVALID_REQUEST: bad escape, NUL, bad UTF-8, more than FORM_FIELDS fields or FORM_BYTES. */
bool form_parse(struct str text, struct arena *a, struct form *out, struct err *e);
/* The body of a POST: ERR_MEDIA_TYPE unless that is its declared type and it is not packed. */
bool form_of_body(struct http_req *r, struct form *out, struct err *e);
/* The value; p NULL: absent. "" counts as absent (OAuth 2.1 section 4). */
struct str form_get(const struct form *f, const char *name);
/* The name of a parameter that comes more than once, `but` (NULL: none) aside; p NULL: none. */
struct str form_repeated(const struct form *f, const char *but);

#endif
