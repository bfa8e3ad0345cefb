/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The head as a table of fields, and what it says about the body. Everything that two readers
 * could understand differently is refused rather than repaired (RFC 9112 sections 6.3 and 11.2).
 */
#include "base/check.h"
#include "http/h1_part.h"

enum { METHOD_MAX = 32, LENGTH_DIGITS = 15 };

/* What the lines said, before it is judged together. */
struct seen {
	int length, transfer, host;
	bool close, keep_alive, expect, chunked;
};

static bool bad(struct h1 *h, const char *why)
{
	h1_fail(h, ERR_INVALID_REQUEST, why);
	return false;
}

static bool is_token_char(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c && c < 0x80 && memchr("!#$%&'*+-.^_`|~", c, 15));
}

bool h1_token(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_token_char((unsigned char)s.p[i]))
			return false;
	return s.n > 0;
}

static bool version(struct h1 *h, struct str v, struct h1_head *out)
{
	out->v11 = str_eq(v, STR("HTTP/1.1"));
	if (out->v11 || str_eq(v, STR("HTTP/1.0")))
		return true;
	if (v.n == 8 && str_starts(v, STR("HTTP/"))) {
		h1_fail(h, ERR_HTTP_VERSION, "only HTTP/1.1 and HTTP/1.0 are spoken here");
		return false;
	}
	return bad(h, "the request line is not: method target version");
}

static bool request_line(struct h1 *h, struct str line, struct h1_head *out)
{
	struct str rest = line;
	if (!str_cut(&rest, ' ', &out->method) || !str_cut(&rest, ' ', &out->target) || !rest.p)
		return bad(h, "the request line is not: method target version");
	if (!h1_token(out->method) || out->method.n > METHOD_MAX)
		return bad(h, "the method is not a token");
	if (out->target.n == 0)
		return bad(h, "the request line is not: method target version");
	if (!version(h, rest, out))
		return false;
	if (out->target.n > h->limits->target_bytes) {
		h1_fail(h, ERR_URI_TOO_LONG, "the request target is longer than allowed");
		return false;
	}
	return true;
}

static bool content_length(struct h1 *h, struct str v, struct seen *seen)
{
	if (seen->length++)
		return bad(h, "two Content-Length lines");
	if (v.n == 0 || v.n > LENGTH_DIGITS)
		return bad(h, "Content-Length is not 1 to 15 digits");
	size_t length = 0;
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] < '0' || v.p[i] > '9')
			return bad(h, "Content-Length is not 1 to 15 digits");
		length = length * 10 + (size_t)(v.p[i] - '0');
	}
	h->length = length;
	return true;
}

static void connection(struct str v, struct seen *seen)
{
	struct str part;
	while (str_cut(&v, ',', &part)) {
		part = str_trim(part);
		seen->close |= str_ieq(part, STR("close"));
		seen->keep_alive |= str_ieq(part, STR("keep-alive"));
	}
}

/* Fields that frame the message or steer the connection. */
static bool special(
	struct h1 *h, const struct http_header *f, struct seen *seen, struct h1_head *out)
{
	if (str_ieq(f->name, STR("content-length")))
		return content_length(h, f->value, seen);
	if (str_ieq(f->name, STR("transfer-encoding"))) {
		if (seen->transfer++ || !str_ieq(f->value, STR("chunked")))
			return bad(h, "the only transfer coding known here is chunked, once");
	} else if (str_ieq(f->name, STR("host"))) {
		if (seen->host++)
			return bad(h, "two Host lines");
		out->host = f->value;
	} else if (str_ieq(f->name, STR("connection"))) {
		connection(f->value, seen);
	} else if (str_ieq(f->name, STR("expect"))) {
		seen->expect |= str_ieq(f->value, STR("100-continue"));
	}
	return true;
}

static bool field_line(struct h1 *h, struct str line, struct http_header *f)
{
	size_t colon = str_find(line, ':');
	f->name = (struct str) { line.p, colon };
	if (line.p[0] == ' ' || line.p[0] == '\t')
		return bad(h, "a folded header line");
	if (colon == line.n || !h1_token(f->name))
		return bad(h, "a header line is not name: value");
	f->value = str_trim((struct str) { line.p + colon + 1, line.n - colon - 1 });
	return true;
}

static bool judge(struct h1 *h, const struct seen *seen, struct h1_head *out)
{
	if (seen->transfer && seen->length)
		return bad(h, "Transfer-Encoding together with Content-Length");
	if (seen->transfer && !out->v11)
		return bad(h, "Transfer-Encoding in HTTP/1.0");
	if (out->v11 && !seen->host)
		return bad(h, "HTTP/1.1 without Host");
	h->chunked = seen->transfer > 0;
	h->has_length = seen->length > 0;
	h->left = h->length;
	h->got = h->extra = 0;
	h->state = h->chunked ? H1_CHUNK_SIZE : H1_DATA;
	out->keep = !seen->close && (out->v11 || seen->keep_alive);
	out->expect = out->v11 && seen->expect && (h->chunked || h->length > 0);
	return true;
}

/* The next line without its CR LF. */
static struct str next_line(struct str *text)
{
	size_t n = str_find(*text, '\n');
	CHECK(n > 0 && n < text->n);
	struct str line = { text->p, n - 1 };
	text->p += n + 1;
	text->n -= n + 1;
	return line;
}

bool h1_head(struct h1 *h, struct str text, struct arena *a, struct h1_head *out)
{
	struct seen seen = { 0 };
	CHECK(h->state == H1_HEAD_READ);
	*out = (struct h1_head) { 0 };
	h->length = 0;
	if (!request_line(h, next_line(&text), out))
		return false;
	out->headers = ARENA_ARRAY(a, struct http_header, h->lines);
	for (struct str line = next_line(&text); line.n; line = next_line(&text)) {
		struct http_header *f = &out->headers[out->n++];
		CHECK(out->n < h->lines + 1u);
		if (!field_line(h, line, f) || !special(h, f, &seen, out))
			return false;
	}
	return judge(h, &seen, out);
}
