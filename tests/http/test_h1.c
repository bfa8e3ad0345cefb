/* SPDX-License-Identifier: Apache-2.0 */
/* Requests and what the reader says about them: whole, byte by byte, and in random pieces. */
#include "lib/test.h"
#include "base/mem.h"
#include "http/h1.h"

#include <string.h>

enum { BODY_MAX = 1000 };
static const struct h1_limits limits = {
	.head_bytes = 400, .lines = 8, .target_bytes = 200, .body_bytes = BODY_MAX
};

struct row {
	const char *name, *in, *out;
};

/* out: "METHOD target [keep] [1.0] [expect] {name=value...} (body)" per request, then an error */
#define H "Host: a\r\n"
static const struct row rows[] = {
	{ "plain get", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / keep {Host=a} ();" },
	{ "http/1.0", "GET / HTTP/1.0\r\n\r\n", "GET / 1.0 {} ();" },
	{ "http/1.0 keep-alive", "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
		"GET / keep 1.0 {Connection=Keep-Alive} ();" },
	{ "connection close in a list", "GET / HTTP/1.1\r\n" H "Connection: te, CLOSE\r\n\r\n",
		"GET / {Host=a,Connection=te, CLOSE} ();" },
	{ "length", "POST /x HTTP/1.1\r\n" H "Content-Length: 5\r\n\r\nhello",
		"POST /x keep {Host=a,Content-Length=5} (hello);" },
	{ "length zero", "PUT /x HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n",
		"PUT /x keep {Host=a,Content-Length=0} ();" },
	{ "two in a row",
		"POST /a HTTP/1.1\r\n" H "Content-Length: 2\r\n\r\nhiGET /b HTTP/1.1\r\n" H
		"\r\n",
		"POST /a keep {Host=a,Content-Length=2} (hi);GET /b keep {Host=a} ();" },
	{ "chunked",
		"POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n"
		"5;x=y\r\nhello\r\n00A\r\n0123456789\r\n0\r\nT: a\r\n\r\nGET /b HTTP/1.1\r\n" H
		"\r\n",
		"POST / keep {Host=a,Transfer-Encoding=chunked} (hello0123456789);"
		"GET /b keep {Host=a} ();" },
	{ "empty chunked",
		"POST / HTTP/1.1\r\n" H "Transfer-Encoding: Chunked\r\n\r\n0\r\n\r\n",
		"POST / keep {Host=a,Transfer-Encoding=Chunked} ();" },
	{ "expect",
		"POST / HTTP/1.1\r\n" H "Expect: 100-Continue\r\nContent-Length: 1\r\n\r\nx",
		"POST / keep expect {Host=a,Expect=100-Continue,Content-Length=1} (x);" },
	{ "expect without body", "GET / HTTP/1.1\r\n" H "Expect: 100-continue\r\n\r\n",
		"GET / keep {Host=a,Expect=100-continue} ();" },
	{ "value trimmed", "GET / HTTP/1.1\r\n" H "A: \t x y \t\r\n\r\n",
		"GET / keep {Host=a,A=x y} ();" },
	{ "empty value, obs-text", "GET / HTTP/1.1\r\n" H "A:\r\nB: \xE9\r\n\r\n",
		"GET / keep {Host=a,A=,B=\xE9} ();" },
	{ "blank lines in front", "\r\n\r\nGET / HTTP/1.1\r\n" H "\r\n",
		"GET / keep {Host=a} ();" },
	{ "put- headers", "GET / HTTP/1.1\r\n" H "Put-X: 1\r\nPatch: 2\r\n\r\n",
		"GET / keep {Host=a,Put-X=1,Patch=2} ();" },
	{ "upgrade ignored", "GET / HTTP/1.1\r\n" H "Upgrade: h2c\r\n\r\n",
		"GET / keep {Host=a,Upgrade=h2c} ();" },

	{ "too many blank lines", "\r\n\r\n\r\nGET / HTTP/1.1\r\n" H "\r\n",
		"!INVALID_REQUEST" },
	{ "te and cl",
		"POST / HTTP/1.1\r\n" H
		"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
		"!INVALID_REQUEST" },
	{ "two lengths",
		"POST / HTTP/1.1\r\n" H "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
		"!INVALID_REQUEST" },
	{ "length list", "POST / HTTP/1.1\r\n" H "Content-Length: 5, 5\r\n\r\nhello",
		"!INVALID_REQUEST" },
	{ "length sign", "POST / HTTP/1.1\r\n" H "Content-Length: +5\r\n\r\nhello",
		"!INVALID_REQUEST" },
	{ "length minus", "POST / HTTP/1.1\r\n" H "Content-Length: -5\r\n\r\nhello",
		"!INVALID_REQUEST" },
	{ "length letters", "POST / HTTP/1.1\r\n" H "Content-Length: 5abc\r\n\r\nhello",
		"!INVALID_REQUEST" },
	{ "length empty", "POST / HTTP/1.1\r\n" H "Content-Length:\r\n\r\nhello",
		"!INVALID_REQUEST" },
	{ "length 16 digits",
		"POST / HTTP/1.1\r\n" H "Content-Length: 0000000000000005\r\n\r\nhello",
		"!INVALID_REQUEST" },
	{ "te gzip", "POST / HTTP/1.1\r\n" H "Transfer-Encoding: gzip, chunked\r\n\r\n",
		"!INVALID_REQUEST" },
	{ "te twice",
		"POST / HTTP/1.1\r\n" H
		"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"!INVALID_REQUEST" },
	{ "te xchunked", "POST / HTTP/1.1\r\n" H "Transfer-Encoding: xchunked\r\n\r\n",
		"!INVALID_REQUEST" },
	{ "te identity", "POST / HTTP/1.1\r\n" H "Transfer-Encoding: identity\r\n\r\n",
		"!INVALID_REQUEST" },
	{ "te vertical tab", "POST / HTTP/1.1\r\n" H "Transfer-Encoding: \vchunked\r\n\r\n",
		"!INVALID_REQUEST" },
	{ "te in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"!INVALID_REQUEST" },
	{ "blank before colon", "GET / HTTP/1.1\r\n" H "A : b\r\n\r\n", "!INVALID_REQUEST" },
	{ "folded", "GET / HTTP/1.1\r\n" H "A: b\r\n c\r\n\r\n", "!INVALID_REQUEST" },
	{ "first line folded", "GET / HTTP/1.1\r\n " H "\r\n", "!INVALID_REQUEST" },
	{ "bare lf", "GET / HTTP/1.1\nHost: a\r\n\r\n", "!INVALID_REQUEST" },
	{ "bare lf at the end", "GET / HTTP/1.1\r\n" H "\n", "!INVALID_REQUEST" },
	{ "bare cr", "GET / HTTP/1.1\r\n" H "A: b\rc\r\n\r\n", "!INVALID_REQUEST" },
	{ "no colon", "GET / HTTP/1.1\r\n" H "A\r\n\r\n", "!INVALID_REQUEST" },
	{ "empty name", "GET / HTTP/1.1\r\n" H ": b\r\n\r\n", "!INVALID_REQUEST" },
	{ "bad name", "GET / HTTP/1.1\r\n" H "A(b): c\r\n\r\n", "!INVALID_REQUEST" },
	{ "high name", "GET / HTTP/1.1\r\n" H "\xC3\xA9: c\r\n\r\n", "!INVALID_REQUEST" },
	{ "control in value", "GET / HTTP/1.1\r\n" H "A: \x01\r\n\r\n", "!INVALID_REQUEST" },
	{ "delete in value", "GET / HTTP/1.1\r\n" H "A: \x7F\r\n\r\n", "!INVALID_REQUEST" },
	{ "two hosts", "GET / HTTP/1.1\r\n" H "host: a\r\n\r\n", "!INVALID_REQUEST" },
	{ "no host", "GET / HTTP/1.1\r\n\r\n", "!INVALID_REQUEST" },
	{ "three words", "GET /a b HTTP/1.1\r\n" H "\r\n", "!INVALID_REQUEST" },
	{ "two blanks", "GET  / HTTP/1.1\r\n" H "\r\n", "!INVALID_REQUEST" },
	{ "tab in line", "GET\t/ HTTP/1.1\r\n" H "\r\n", "!INVALID_REQUEST" },
	{ "no version", "GET /\r\n\r\n", "!INVALID_REQUEST" },
	{ "no target", "GET  HTTP/1.1\r\n" H "\r\n", "!INVALID_REQUEST" },
	{ "high byte in target", "GET /\xC3\xA9 HTTP/1.1\r\n" H "\r\n", "!INVALID_REQUEST" },
	{ "bad method", "G@T / HTTP/1.1\r\n" H "\r\n", "!INVALID_REQUEST" },
	{ "tls hello", "\x16\x03\x01\x02", "!INVALID_REQUEST" },
	{ "http/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "!HTTP_VERSION" },
	{ "http/1.2", "GET / HTTP/1.2\r\n" H "\r\n", "!HTTP_VERSION" },
	{ "small http", "GET / http/1.1\r\n" H "\r\n", "!INVALID_REQUEST" },
	{ "junk version", "GET / HTTP/1.1x\r\n" H "\r\n", "!INVALID_REQUEST" },

#define C "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n"
#define C_OUT "POST / keep {Host=a,Transfer-Encoding=chunked} "
	{ "chunk size 0x", C "0x5\r\nhello\r\n0\r\n\r\n", C_OUT "!INVALID_REQUEST" },
	{ "chunk size sign", C "+5\r\nhello\r\n0\r\n\r\n", C_OUT "!INVALID_REQUEST" },
	{ "chunk size blank", C "5 \r\nhello\r\n0\r\n\r\n", C_OUT "!INVALID_REQUEST" },
	{ "chunk size empty", C "\r\nhello\r\n0\r\n\r\n", C_OUT "!INVALID_REQUEST" },
	{ "chunk size overflow", C "10000000000000005\r\nhello\r\n0\r\n\r\n",
		C_OUT "!INVALID_REQUEST" },
	{ "chunk size nine digits", C "000000005\r\nhello\r\n0\r\n\r\n",
		C_OUT "!INVALID_REQUEST" },
	{ "chunk too long", C "5\r\nhelloX\r\n0\r\n\r\n", C_OUT "(hello)!INVALID_REQUEST" },
	{ "chunk too short", C "6\r\nhello\r\n0\r\n\r\n", C_OUT "(hello\r)!INVALID_REQUEST" },
	{ "chunk bare lf", C "5\nhello\n0\n\n", C_OUT "!INVALID_REQUEST" },
	{ "chunk over limit", C "3E9\r\n", C_OUT "!PAYLOAD_TOO_LARGE" },
	{ "chunk sum over limit", C "1\r\nx\r\n3E8\r\n", C_OUT "(x)!PAYLOAD_TOO_LARGE" },
	{ "trailer not a field", C "0\r\nnothing\r\n\r\n", C_OUT "!INVALID_REQUEST" },
	{ "trailer folded", C "0\r\nA: b\r\n c: d\r\n\r\n", C_OUT "!INVALID_REQUEST" },
	{ "trailer cannot frame",
		C "0\r\nContent-Length: 9\r\n\r\nGET /b HTTP/1.1\r\n" H "\r\n",
		C_OUT "();GET /b keep {Host=a} ();" },
	{ "trailers many", C "0\r\nA:\r\nA:\r\nA:\r\nA:\r\nA:\r\nA:\r\nA:\r\nA:\r\nA:\r\n\r\n",
		C_OUT "!HEADERS_TOO_LARGE" },
};

struct run {
	struct h1 h;
	struct buf out, body;
	struct arena *arena;
	bool over, in_body;
};

static void print_head(struct run *r, const struct h1_head *head)
{
	struct buf *b = &r->out;
	buf_addf(b, "%.*s %.*s%s%s%s {", STR_ARG(head->method), STR_ARG(head->target),
		head->keep ? " keep" : "", head->v11 ? "" : " 1.0",
		head->expect ? " expect" : "");
	for (size_t i = 0; i < head->n; i++)
		buf_addf(b, "%s%.*s=%.*s", i ? "," : "", STR_ARG(head->headers[i].name),
			STR_ARG(head->headers[i].value));
	buf_text(b, "} ");
}

static void failed(struct run *r)
{
	if (r->in_body && r->body.len)
		buf_addf(&r->out, "(%.*s)", (int)r->body.len, r->body.p);
	buf_addf(&r->out, "!%s", err_name(r->h.code));
	if (!r->h.why || !*r->h.why)
		test_fail(__FILE__, __LINE__, "an error without a reason");
	r->over = true;
}

static void offer(struct run *r, struct str *in)
{
	while (!r->over) {
		struct h1_head head;
		switch (h1_next(&r->h, in)) {
		case H1_MORE:
			return;
		case H1_HEAD: {
			struct str copy = { arena_text(r->arena, r->h.head), r->h.head.n };
			if (h1_head(&r->h, copy, r->arena, &head)) {
				print_head(r, &head);
				r->in_body = true;
			} else {
				failed(r);
			}
			break;
		}
		case H1_PIECE:
			buf_add_str(&r->body, r->h.piece);
			break;
		case H1_END:
			buf_addf(&r->out, "(%.*s);", (int)r->body.len,
				r->body.len ? r->body.p : "");
			buf_clear(&r->body);
			r->in_body = false;
			h1_reset(&r->h);
			break;
		case H1_ERROR:
			failed(r);
			break;
		}
	}
}

/* Feeds `in` in pieces that next() measures; each piece is a copy of its exact size. */
static char *run(struct str in, size_t (*next)(void))
{
	struct run r = { .arena = arena_new(0) };
	char *held = NULL;
	size_t held_n = 0;
	buf_init(&r.out, 0);
	buf_init(&r.body, 0);
	h1_init(&r.h, &limits);
	for (size_t at = 0, n; at < in.n && !r.over; at += n) {
		n = next();
		n = n < in.n - at ? n : in.n - at;
		char *joined = mem_raw(held_n + n);
		if (held_n)
			memcpy(joined, held, held_n);
		memcpy(joined + held_n, in.p + at, n);
		mem_free(held);
		held = joined;
		struct str rest = { held, held_n + n };
		offer(&r, &rest);
		joined = mem_raw(rest.n + 1);
		memcpy(joined, rest.p, rest.n);
		mem_free(held);
		held = joined;
		held_n = rest.n;
	}
	mem_free(held);
	buf_release(&r.body);
	arena_free(&r.arena);
	return buf_take(&r.out, NULL);
}

static size_t whole(void)
{
	return SIZE_MAX / 2;
}
static size_t one(void)
{
	return 1;
}
static unsigned seed;
static size_t some(void)
{
	seed = seed * 1103515245u + 12345u;
	return 1 + (seed >> 16) % 9;
}

static void check(const char *name, struct str in, const char *want)
{
	size_t (*const ways[])(void) = { whole, one, some, some, some };
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
		seed = (unsigned)i * 7919;
		char *got = run(in, ways[i]);
		if (strcmp(got, want) != 0)
			test_fail(__FILE__, __LINE__, "%s, way %zu\n#  got: %s\n# want: %s",
				name, i, got, want);
		mem_free(got);
	}
}

static void requests(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		check(rows[i].name, str_of(rows[i].in), rows[i].out);
}

static void nul_bytes(void)
{
	check("nul in name", STR("GET / HTTP/1.1\r\n" H "A\0: b\r\n\r\n"), "!INVALID_REQUEST");
	check("nul in value", STR("GET / HTTP/1.1\r\n" H "A: \0\r\n\r\n"), "!INVALID_REQUEST");
	check("nul in target", STR("GET /\0 HTTP/1.1\r\n" H "\r\n"), "!INVALID_REQUEST");
}

/* A request whose target, one header, or number of headers is given. */
static void sized(
	const char *name, size_t target, size_t value, size_t lines, const char *error)
{
	struct buf b;
	char want[64];
	buf_init(&b, 0);
	buf_text(&b, "GET /");
	for (size_t i = 1; i < target; i++)
		buf_char(&b, 'a');
	buf_text(&b, " HTTP/1.1\r\nHost: ");
	for (size_t i = 0; i < value; i++)
		buf_char(&b, 'v');
	for (size_t i = 1; i < lines; i++)
		buf_text(&b, "\r\nA:");
	buf_text(&b, "\r\n\r\n");
	snprintf(want, sizeof want, "!%s", error ? error : "");
	if (error) {
		check(name, buf_str(&b), want);
	} else {
		char *got = run(buf_str(&b), one);
		if (!strstr(got, "keep {") || got[strlen(got) - 1] != ';')
			test_fail(__FILE__, __LINE__, "%s: got %s", name, got);
		mem_free(got);
	}
	buf_release(&b);
}

static void limits_hold(void)
{
	/* head_bytes 400 = "GET " target " HTTP/1.1\r\nHost: " value "\r\n\r\n" */
	sized("target at its limit", 200, 1, 1, NULL);
	sized("target over its limit", 201, 1, 1, "URI_TOO_LONG");
	sized("endless request line", 500, 1, 1, "URI_TOO_LONG");
	sized("head at its limit", 1, 400 - 4 - 1 - 17 - 4, 1, NULL);
	sized("head over its limit", 1, 400 - 4 - 1 - 17 - 3, 1, "HEADERS_TOO_LARGE");
	sized("lines at their limit", 1, 1, 8, NULL);
	sized("lines over their limit", 1, 1, 9, "HEADERS_TOO_LARGE");
}

static void extensions_are_bounded(void)
{
	struct buf b;
	buf_init(&b, 0);
	buf_text(&b, C "1;");
	for (int i = 0; i < 300; i++)
		buf_char(&b, 'e');
	buf_text(&b, "\r\nx\r\n0\r\n\r\n");
	check("a long extension", buf_str(&b), C_OUT "!INVALID_REQUEST");
	buf_clear(&b);
	buf_text(&b, C);
	for (int i = 0; i < 200; i++)
		buf_text(&b,
			"1;"
			"eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee\r\nx\r\n");
	char *got = run(buf_str(&b), some);
	CHECK_TRUE(strstr(got, "!INVALID_REQUEST") != NULL);
	mem_free(got);
	buf_release(&b);
}

/* Nothing is looked at twice: a head of n single bytes is n steps, not n * n / 2. */
static void single_bytes_are_cheap(void)
{
	struct h1_limits wide = { 1 << 16, 100, 1 << 16, 10 };
	struct h1 h;
	static char head[1 << 16];
	memset(head, 'a', sizeof head);
	memcpy(head, "GET /", 5);
	h1_init(&h, &wide);
	for (size_t n = 1; n < sizeof head; n++) {
		struct str in = { head, n };
		CHECK_INT(h1_next(&h, &in), H1_MORE);
		if (h.scanned != n) {
			test_fail(__FILE__, __LINE__, "scanned %zu of %zu", h.scanned, n);
			return;
		}
	}
}

TEST_MAIN(TEST(requests), TEST(nul_bytes), TEST(limits_hold), TEST(extensions_are_bounded),
	TEST(single_bytes_are_cheap))
