/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Request headers that mirror the body (2026-07-28 streamable-http, request metadata). Names are
 * compared without case by the HTTP reader, values with it.
 */
#ifndef PROTOCOL_HEADER_H
#define PROTOCOL_HEADER_H

#include "base/arena.h"

struct header {
	struct str value; /* of the first line of that name */
	size_t count; /* lines of that name */
};
struct headers {
	struct header version, method, name;
	struct header (*find)(const void *from, const char *name); /* any other; may be NULL */
	const void *from;
};

/* Printable ASCII, blanks and tabs only. */
bool header_plain(struct str value);
/* The value itself, or what =?base64?...?= wraps, which must be canonical base64 of valid UTF-8.
 * false: malformed, or not plain. */
bool header_decode(struct str value, struct arena *a, struct str *out);

enum accept { ACCEPT_NONE = 0, ACCEPT_JSON = 1, ACCEPT_SSE = 2, ACCEPT_BOTH = 3 };
/* What an Accept header admits; absent or empty is both. A range with q=0 does not count. */
enum accept header_accept(struct str value);
/* The media type is application/json; parameters are not looked at. */
bool header_is_json(struct str value);

#endif
