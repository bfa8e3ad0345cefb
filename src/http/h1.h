/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strict HTTP/1.1 requests (RFC 9112) out of bytes as they come. Knows no sockets and keeps no
 * bytes: the caller holds what was not consumed and offers it again with more behind it. What is
 * reported never depends on how the bytes were split, and no byte is looked at twice (the place
 * reached is remembered), so a sender of single bytes costs what any other costs.
 */
#ifndef HTTP_H1_H
#define HTTP_H1_H

#include "base/arena.h"
#include "base/err.h"
#include "http/http.h"

enum h1_event {
	H1_MORE, /* all that is usable is consumed */
	H1_HEAD, /* h->head is a whole head: h1_head reads it */
	H1_PIECE, /* h->piece is the next part of the body */
	H1_END, /* the request is whole; h1_reset before the next one */
	H1_ERROR, /* h->code and h->why; nothing more can be read from this connection */
};

struct h1_limits {
	size_t head_bytes; /* request line and header lines together: 431 (414 in the first line) */
	size_t lines; /* header lines: 431; also of trailers */
	size_t target_bytes; /* 414 */
	size_t body_bytes; /* chunked bodies: 413. A Content-Length is the caller's to judge */
};

struct h1 {
	const struct h1_limits *limits;
	struct str head, piece; /* views of the bytes offered last */
	const char *why; /* with H1_ERROR: static text */
	size_t scanned; /* bytes of the head or line already looked at */
	size_t line; /* bytes of the line that runs, without its CR */
	size_t left; /* of the body or of the chunk that runs */
	size_t got; /* body bytes announced by chunks so far */
	size_t extra; /* bytes of chunk extensions and trailers */
	size_t length; /* Content-Length (0 without one), set by h1_head */
	unsigned lines; /* complete lines of the head, request line included */
	enum err_code code;
	unsigned char state, blank;
	bool cr, chunked, has_length;
};

struct h1_head {
	struct str method, target;
	struct http_header *headers; /* arena */
	size_t n;
	struct str host; /* p NULL: none (HTTP/1.0) */
	bool v11, keep; /* keep: what the client wants */
	bool expect; /* waits for "100 Continue" before it sends the body */
};

void h1_init(struct h1 *h, const struct h1_limits *limits);
void h1_reset(struct h1 *h);
/* Moves *in past what was consumed. */
enum h1_event h1_next(struct h1 *h, struct str *in);
/* Reads `text`, the bytes of the H1_HEAD event at a place that stays. Views of *out point into it.
 * false: h->code and h->why. */
bool h1_head(struct h1 *h, struct str text, struct arena *a, struct h1_head *out);
bool h1_token(struct str s); /* RFC 9110 token, not empty */

#endif
