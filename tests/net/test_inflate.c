/* SPDX-License-Identifier: Apache-2.0 */
#include "net/inflate.h"
#include "base/buf.h"
#include "base/mem.h"
#include "lib/test.h"

#include <libdeflate.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zstd.h>

/* "hello hello hello hello\n" by brotli */
static const unsigned char br_hello[] = { 0x1b, 0x17, 0x00, 0xf8, 0x8d, 0x94, 0x6e, 0xde, 0x44,
	0x55, 0x86, 0xd6, 0x0a, 0x20, 0x6c, 0x6f, 0x4a, 0x11, 0x79, 0xe2, 0x80, 0xae, 0x16 };
enum { BIG = 300000 };

static char *text_of(size_t n)
{
	char *p = mem_raw(n + 1);
	uint32_t seed = 7;
	for (size_t i = 0; i < n; i++) {
		seed = seed * 1664525 + 1013904223;
		p[i] = "etaoin shrdlu<p>"[seed >> 28];
	}
	return p;
}

typedef size_t pack_fn(struct libdeflate_compressor *, const void *, size_t, void *, size_t);

static struct str packed(pack_fn *pack, const char *p, size_t n)
{
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(6);
	size_t room = n + 1000;
	char *out = mem_raw(room);
	size_t len = pack(c, p, n, out, room);
	libdeflate_free_compressor(c);
	return (struct str) { out, len };
}

static struct str zstd(const char *p, size_t n)
{
	size_t room = ZSTD_compressBound(n);
	char *out = mem_raw(room);
	return (struct str) { out, ZSTD_compress(out, room, p, n, 3) };
}

static struct str joined(struct str a, struct str b)
{
	char *p = mem_raw(a.n + b.n + 1);
	memcpy(p, a.p, a.n);
	memcpy(p + a.n, b.p, b.n);
	return (struct str) { p, a.n + b.n };
}

static void good(enum packing how, struct str in, size_t max, const char *want, size_t n)
{
	struct err e = { 0 };
	struct str out;
	if (!body_decode(how, in, max, &out, &e)) {
		test_fail(__FILE__, __LINE__, "%s", e.msg);
		return;
	}
	CHECK_INT(out.n, n);
	CHECK_TRUE(out.n == n && (n == 0 || memcmp(out.p, want, n) == 0));
	mem_free((void *)out.p);
}

static void wrong(enum packing how, struct str in, size_t max, const char *words)
{
	struct err e = { 0 };
	struct str out;
	if (body_decode(how, in, max, &out, &e)) {
		test_fail(__FILE__, __LINE__, "taken: %zu bytes, wanted: %s", out.n, words);
		mem_free((void *)out.p);
	} else if (e.code != ERR_FETCH || !strstr(e.msg, words)) {
		test_fail(__FILE__, __LINE__, "%s, wanted: %s", e.msg, words);
	}
}

/* Every kind at the caps, with every cut of the input refused. */
static void each_kind(void)
{
	char *text = text_of(BIG);
	struct {
		enum packing how;
		struct str in;
	} kinds[] = {
		{ PACKED_GZIP, packed(libdeflate_gzip_compress, text, BIG) },
		{ PACKED_DEFLATE, packed(libdeflate_zlib_compress, text, BIG) },
		{ PACKED_DEFLATE, packed(libdeflate_deflate_compress, text, BIG) },
		{ PACKED_ZSTD, zstd(text, BIG) },
	};
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		struct str in = kinds[i].in;
		good(kinds[i].how, in, 1 << 20, text, BIG);
		good(kinds[i].how, in, BIG, text, BIG);
		wrong(kinds[i].how, in, BIG - 1, "more than 299999 bytes");
		wrong(kinds[i].how, in, 1, "more than 1 bytes");
		for (size_t cut = 1; cut < in.n; cut += in.n / 50 + 1)
			wrong(kinds[i].how, (struct str) { in.p, cut }, 1 << 20, "cut short");
		wrong(kinds[i].how, (struct str) { in.p, in.n - 1 }, 1 << 20, "cut short");
		wrong(kinds[i].how, (struct str) { in.p + 3, in.n - 3 }, 1 << 20, "damaged");
		good(kinds[i].how, (struct str) { in.p, 0 }, 10, "", 0);
		mem_free((void *)in.p);
	}
	mem_free(text);
}

static void brotli(void)
{
	struct str in = { (const char *)br_hello, sizeof br_hello };
	good(PACKED_BR, in, 24, "hello hello hello hello\n", 24);
	wrong(PACKED_BR, in, 23, "more than 23 bytes");
	for (size_t cut = 1; cut < in.n; cut++)
		wrong(PACKED_BR, (struct str) { in.p, cut }, 100, "cut short");
	wrong(PACKED_BR, STR("\xff\xff\xff\xff"), 100, "damaged");
}

static void members(void)
{
	struct str a = packed(libdeflate_gzip_compress, "one ", 4);
	struct str b = packed(libdeflate_gzip_compress, "two", 3);
	struct str both = joined(a, b), trailing = joined(a, STR("\0\0\0garbage"));
	struct str half = joined(a, (struct str) { b.p, b.n - 2 });
	struct str empty = packed(libdeflate_gzip_compress, "", 0);
	good(PACKED_GZIP, both, 7, "one two", 7);
	wrong(PACKED_GZIP, both, 6, "more than 6 bytes");
	good(PACKED_GZIP, trailing, 100, "one ", 4);
	wrong(PACKED_GZIP, half, 100, "cut short");
	good(PACKED_GZIP, empty, 100, "", 0);
	struct str za = zstd("one ", 4), zb = zstd("two", 3), zboth = joined(za, zb);
	good(PACKED_ZSTD, zboth, 7, "one two", 7);
	wrong(PACKED_ZSTD, (struct str) { zboth.p, zboth.n - 1 }, 7, "cut short");
	struct str all[] = { a, b, both, trailing, half, empty, za, zb, zboth };
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		mem_free((void *)all[i].p);
}

/* The length in the trailer is a guess: too small, too large, absurd. */
static void lying_trailer(void)
{
	char *text = text_of(BIG);
	struct str in = packed(libdeflate_gzip_compress, text, BIG), small;
	char *p = (char *)in.p;
	struct err e;
	struct str out;
	memset(p + in.n - 4, 0xff, 4);
	CHECK_TRUE(
		!body_decode(PACKED_GZIP, in, 1 << 20, &out, &e)); /* the length is checked */
	small = packed(libdeflate_gzip_compress, text, 10);
	struct str both = joined(in, small); /* the guess is 10 */
	memcpy((char *)both.p + in.n - 4, &(uint32_t) { BIG }, 4);
	struct str want = joined((struct str) { text, BIG }, (struct str) { text, 10 });
	good(PACKED_GZIP, both, 1 << 20, want.p, want.n);
	mem_free((void *)both.p);
	mem_free((void *)want.p);
	mem_free((void *)small.p);
	mem_free((void *)in.p);
	mem_free(text);
}

static size_t resident_kb(void)
{
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	return (size_t)u.ru_maxrss;
}

/* 1 GiB of zeros in 1 MB of gzip, and in 33 KB of zstd: it ends at the cap and so does memory. */
static void bombs(void)
{
	static char zeros[1 << 20];
	struct buf gz, zs;
	buf_init(&gz, 0);
	buf_init(&zs, 0);
	struct str piece = packed(libdeflate_gzip_compress, zeros, sizeof zeros);
	ZSTD_CCtx *c = ZSTD_createCCtx();
	for (int i = 0; i < 1024; i++) {
		buf_add_str(&gz, piece);
		ZSTD_inBuffer in = { zeros, sizeof zeros, 0 };
		ZSTD_outBuffer out = { buf_room(&zs, 1 << 18), 1 << 18, 0 };
		ZSTD_compressStream2(c, &out, &in, i == 1023 ? ZSTD_e_end : ZSTD_e_continue);
		zs.len += out.pos;
	}
	ZSTD_freeCCtx(c);
	size_t before = resident_kb();
	wrong(PACKED_GZIP, buf_str(&gz), 10 << 20, "more than 10485760 bytes");
	wrong(PACKED_ZSTD, buf_str(&zs), 10 << 20, "more than 10485760 bytes");
	size_t more = resident_kb() - before;
	if (more > 64 * 1024)
		test_fail(__FILE__, __LINE__, "%zu KB more", more);
	mem_free((void *)piece.p);
	buf_release(&gz);
	buf_release(&zs);
}

/* A window over 8 MiB is refused (RFC 9659). */
static void wide_window(void)
{
	char *text = text_of(BIG), *out = mem_raw(BIG);
	ZSTD_CCtx *c = ZSTD_createCCtx();
	ZSTD_CCtx_setParameter(c, ZSTD_c_windowLog, 24);
	ZSTD_CCtx_setParameter(c, ZSTD_c_contentSizeFlag, 0);
	ZSTD_inBuffer in = { text, BIG, 0 };
	ZSTD_outBuffer to = { out, BIG, 0 };
	ZSTD_compressStream2(c, &to, &in, ZSTD_e_flush);
	in.pos = 0;
	CHECK_INT(ZSTD_compressStream2(c, &to, &in, ZSTD_e_end), 0);
	wrong(PACKED_ZSTD, (struct str) { out, to.pos }, 1 << 20, "damaged");
	ZSTD_freeCCtx(c);
	mem_free(text);
	mem_free(out);
}

static void names(void)
{
	static const struct {
		const char *header;
		enum packing want;
	} rows[] = {
		{ NULL, PACKED_NOT },
		{ "", PACKED_NOT },
		{ "identity", PACKED_NOT },
		{ "gzip", PACKED_GZIP },
		{ " GZip ", PACKED_GZIP },
		{ "x-gzip", PACKED_GZIP },
		{ "identity, gzip", PACKED_GZIP },
		{ "deflate", PACKED_DEFLATE },
		{ "br", PACKED_BR },
		{ "zstd", PACKED_ZSTD },
	};
	static const char *const refused[] = { "gzip, gzip", "gzip,br", "br, identity, zstd",
		"compress", "gzip;q=1", "utf-8", "aes128gcm" };
	enum packing got;
	struct err e;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		CHECK_TRUE(body_packing(rows[i].header, &got, &e));
		CHECK_INT(got, rows[i].want);
	}
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		e.code = ERR_NONE;
		CHECK_TRUE(!body_packing(refused[i], &got, &e));
		CHECK_INT(e.code, ERR_FETCH);
	}
}

TEST_MAIN(TEST(each_kind), TEST(brotli), TEST(members), TEST(lying_trailer), TEST(bombs),
	TEST(wide_window), TEST(names))
