/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Framing: where the head ends and what is body. The rules are those that keep two readers of one
 * connection (a proxy and us) from seeing different requests in it: a line ends with CR LF and
 * nothing else, a chunk size is plain hex, every part has a bound.
 */
#include "http/h1.h"
#include "http/h1_part.h"

enum { CHUNK_LINE = 256, CHUNK_EXTRA = 8192, BLANK_LINES = 2 };

enum h1_event h1_fail(struct h1 *h, enum err_code code, const char *why)
{
	h->state = H1_BROKEN;
	h->code = code;
	h->why = why;
	return H1_ERROR;
}

void h1_init(struct h1 *h, const struct h1_limits *limits)
{
	*h = (struct h1) { .limits = limits };
}

void h1_reset(struct h1 *h)
{
	h1_init(h, h->limits);
}

static void skip(struct str *in, size_t n)
{
	in->p += n;
	in->n -= n;
}

/* RFC 9112 section 2.2: empty lines before a request are skipped, but not for ever. */
static enum h1_event start(struct h1 *h, struct str *in)
{
	while (in->n && in->p[0] == '\r') {
		if (in->n < 2)
			return H1_MORE;
		if (in->p[1] != '\n')
			return h1_fail(h, ERR_INVALID_REQUEST, "a CR without LF");
		if (h->blank++ == BLANK_LINES)
			return h1_fail(
				h, ERR_INVALID_REQUEST, "empty lines instead of a request");
		skip(in, 2);
	}
	if (in->n)
		h->state = H1_IN_HEAD;
	return H1_MORE;
}

/* One byte of a line. 1: the line is complete, 0: go on, -1: refused. */
static int line_byte(struct h1 *h, unsigned char c)
{
	if (h->cr) {
		if (c != '\n') {
			h1_fail(h, ERR_INVALID_REQUEST, "a CR without LF");
			return -1;
		}
		h->cr = false;
		return 1;
	}
	if (c == '\r') {
		h->cr = true;
		return 0;
	}
	if ((c < 0x20 && c != '\t') || c == 0x7F) {
		h1_fail(h, ERR_INVALID_REQUEST,
			c == '\n' ? "a LF without CR" : "a control character in the header");
		return -1;
	}
	h->line++;
	return 0;
}

static enum h1_event head(struct h1 *h, struct str *in)
{
	for (; h->scanned < in->n; h->scanned++) {
		if (h->scanned >= h->limits->head_bytes)
			return h->lines ? h1_fail(h, ERR_HEADERS_TOO_LARGE,
						  "the header is larger than allowed")
					: h1_fail(h, ERR_URI_TOO_LONG,
						  "the request line is longer than allowed");
		unsigned char c = (unsigned char)in->p[h->scanned];
		if (h->lines == 0 && (c == '\t' || c >= 0x80))
			return h1_fail(h, ERR_INVALID_REQUEST,
				"the request line has bytes that must be percent-encoded");
		int done = line_byte(h, c);
		if (done < 0)
			return H1_ERROR;
		if (!done)
			continue;
		if (h->line == 0) {
			h->head = (struct str) { in->p, h->scanned + 1 };
			skip(in, h->scanned + 1);
			h->state = H1_HEAD_READ;
			h->scanned = 0;
			return H1_HEAD;
		}
		h->line = 0;
		if (h->lines++ > h->limits->lines)
			return h1_fail(h, ERR_HEADERS_TOO_LARGE, "too many header lines");
	}
	return H1_MORE;
}

/* The rest of the body or of the chunk. */
static enum h1_event data(struct h1 *h, struct str *in)
{
	size_t n = in->n < h->left ? in->n : h->left;
	if (h->left == 0) {
		h->state = h->chunked ? H1_CHUNK_END : H1_WHOLE;
		return h->chunked ? H1_MORE : H1_END;
	}
	if (n == 0)
		return H1_MORE;
	h->piece = (struct str) { in->p, n };
	h->left -= n;
	skip(in, n);
	return H1_PIECE;
}

/* A line of the chunked coding of at most `max` bytes. 1: *line is it, 0: more, -1: refused. */
static int take_line(struct h1 *h, struct str *in, size_t max, struct str *line)
{
	for (; h->scanned < in->n; h->scanned++) {
		if (h->line > max) {
			h1_fail(h, ERR_INVALID_REQUEST,
				"a line of the chunked body is too long");
			return -1;
		}
		int done = line_byte(h, (unsigned char)in->p[h->scanned]);
		if (done < 0)
			return -1;
		if (done) {
			*line = (struct str) { in->p, h->line };
			skip(in, h->scanned + 1);
			h->scanned = h->line = 0;
			return 1;
		}
	}
	return 0;
}

static enum h1_event chunk_size(struct h1 *h, struct str *in)
{
	struct str line;
	int got = take_line(h, in, CHUNK_LINE, &line);
	if (got <= 0)
		return got ? H1_ERROR : H1_MORE;
	size_t size = 0, i = 0;
	for (; i < line.n && str_hex(line.p[i]) >= 0; i++)
		size = size << 4 | (size_t)str_hex(line.p[i]);
	if (i == 0 || i > 8 || (i < line.n && line.p[i] != ';'))
		return h1_fail(h, ERR_INVALID_REQUEST, "the size of a chunk is not plain hex");
	h->extra += line.n - i;
	if (h->extra > CHUNK_EXTRA)
		return h1_fail(h, ERR_INVALID_REQUEST, "too many chunk extensions");
	if (size > h->limits->body_bytes - h->got)
		return h1_fail(h, ERR_TOO_LARGE, "the body is larger than allowed");
	h->got += size;
	h->left = size;
	h->lines = 0;
	h->state = size ? H1_DATA : H1_TRAILER;
	return H1_MORE;
}

static enum h1_event chunk_end(struct h1 *h, struct str *in)
{
	struct str line;
	int got = take_line(h, in, 0, &line);
	if (got < 0)
		h->why = "a chunk is longer than its size says";
	if (got > 0)
		h->state = H1_CHUNK_SIZE;
	return got < 0 ? H1_ERROR : H1_MORE;
}

/* Trailers are checked and dropped: nothing here may change what the head said. */
static enum h1_event trailer(struct h1 *h, struct str *in)
{
	struct str line;
	int got = take_line(h, in, h->limits->head_bytes, &line);
	if (got <= 0)
		return got ? H1_ERROR : H1_MORE;
	if (line.n == 0) {
		h->state = H1_WHOLE;
		return H1_END;
	}
	size_t colon = str_find(line, ':');
	if (colon == line.n || !h1_token((struct str) { line.p, colon }))
		return h1_fail(h, ERR_INVALID_REQUEST, "a trailer line is not name: value");
	h->extra += line.n;
	if (++h->lines > h->limits->lines || h->extra > h->limits->head_bytes)
		return h1_fail(
			h, ERR_HEADERS_TOO_LARGE, "the trailers are larger than allowed");
	return H1_MORE;
}

static enum h1_event step(struct h1 *h, struct str *in)
{
	switch (h->state) {
	case H1_START:
		return start(h, in);
	case H1_IN_HEAD:
		return head(h, in);
	case H1_DATA:
		return data(h, in);
	case H1_CHUNK_SIZE:
		return chunk_size(h, in);
	case H1_CHUNK_END:
		return chunk_end(h, in);
	case H1_TRAILER:
		return trailer(h, in);
	case H1_BROKEN:
		return H1_ERROR;
	default: /* waiting for h1_head or h1_reset */
		return H1_MORE;
	}
}

enum h1_event h1_next(struct h1 *h, struct str *in)
{
	for (;;) {
		unsigned char before = h->state;
		size_t left = in->n;
		enum h1_event event = step(h, in);
		if (event != H1_MORE || (h->state == before && in->n == left))
			return event;
	}
}
