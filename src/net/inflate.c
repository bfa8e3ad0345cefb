/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gzip and deflate by libdeflate, which wants room for the whole output. The first guess is the
 * length in gzip's trailer (a hint: it lies at will, so it is capped by what DEFLATE can reach),
 * else four times the input; when it does not fit, the room grows and the member starts again.
 */
#include "net/inflate.h"
#include "base/mem.h"
#include "net/inflate_in.h"

#include <libdeflate.h>

enum { RATIO_MAX = 1032, FIRST_ROOM = 16384 };

bool body_packing(const char *content_encoding, enum packing *out, struct err *e)
{
	static const struct {
		const char *name;
		enum packing packing;
	} known[] = { { "gzip", PACKED_GZIP }, { "x-gzip", PACKED_GZIP },
		{ "deflate", PACKED_DEFLATE }, { "br", PACKED_BR }, { "zstd", PACKED_ZSTD },
		{ "identity", PACKED_NOT }, { "", PACKED_NOT } };
	struct str rest = str_of(content_encoding), item;
	*out = PACKED_NOT;
	while (str_cut(&rest, ',', &item)) {
		size_t i = 0;
		item = str_trim(item);
		while (i < sizeof known / sizeof known[0] &&
			!str_ieq(item, str_of(known[i].name)))
			i++;
		if (i == sizeof known / sizeof known[0])
			return err_set(
				e, ERR_FETCH, "the body has an unknown Content-Encoding");
		if (known[i].packing == PACKED_NOT)
			continue;
		if (*out != PACKED_NOT)
			return err_set(e, ERR_FETCH, "the body is packed more than once");
		*out = known[i].packing;
	}
	return true;
}

bool unpacked_grow(struct unpacked *out, size_t first)
{
	size_t cap = out->cap ? out->cap * 2 : first;
	if (out->cap >= out->max)
		return false;
	if (cap > out->max)
		cap = out->max;
	out->p = mem_grow(out->p, cap);
	out->cap = cap;
	return true;
}

bool unpack_damaged(const char *name, struct err *e)
{
	return err_set(e, ERR_FETCH, "the %s body is damaged or was cut short", name);
}

bool unpack_cut(const char *name, struct err *e)
{
	return err_set(e, ERR_FETCH, "the %s body was cut short", name);
}

bool unpack_too_large(const struct unpacked *out, struct err *e)
{
	return err_set(e, ERR_FETCH, "the page is too large: more than %zu bytes unpacked",
		out->max - 1);
}

typedef enum libdeflate_result member_fn(struct libdeflate_decompressor *, const void *, size_t,
	void *, size_t, size_t *, size_t *);

/* One member at the start of in; its length goes to *used. */
static bool member(member_fn *decode, struct libdeflate_decompressor *d, struct str in,
	size_t first, struct unpacked *out, size_t *used, struct err *e, const char *name)
{
	for (;;) {
		size_t made = 0;
		if (out->cap > out->len || out->cap == out->max) {
			char none;
			enum libdeflate_result rc =
				decode(d, in.p, in.n, out->p ? out->p + out->len : &none,
					out->cap - out->len, used, &made);
			if (rc == LIBDEFLATE_SUCCESS) {
				out->len += made;
				return true;
			}
			if (rc != LIBDEFLATE_INSUFFICIENT_SPACE)
				return unpack_damaged(name, e);
		}
		if (!unpacked_grow(out, first))
			return unpack_too_large(out, e);
	}
}

static size_t clamp_guess(uint64_t guess, size_t packed, size_t max)
{
	uint64_t reach = (uint64_t)packed * RATIO_MAX + 64;
	if (guess > reach)
		guess = reach;
	if (guess > max)
		guess = max;
	return guess ? (size_t)guess : 1;
}

/* Members follow each other (RFC 1952 section 2.2); what follows them and is none is ignored, as
 * browsers do. */
static bool unpack_gzip(
	struct libdeflate_decompressor *d, struct str in, struct unpacked *out, struct err *e)
{
	const unsigned char *p = (const unsigned char *)in.p;
	size_t used = 0, first = 0;
	if (in.n >= 18) /* ISIZE: the last four bytes */
		first = (size_t)p[in.n - 4] | (size_t)p[in.n - 3] << 8 |
			(size_t)p[in.n - 2] << 16 | (size_t)p[in.n - 1] << 24;
	first = clamp_guess((uint64_t)first + 1, in.n, out->max);
	do {
		if (!member(libdeflate_gzip_decompress_ex, d, in, first, out, &used, e, "gzip"))
			return false;
		in = (struct str) { in.p + used, in.n - used };
		p = (const unsigned char *)in.p;
	} while (in.n >= 2 && p[0] == 0x1f && p[1] == 0x8b);
	return true;
}

/* The name means zlib's format (RFC 9110 section 8.4.1.2); some servers send it bare. */
static bool unpack_deflate(
	struct libdeflate_decompressor *d, struct str in, struct unpacked *out, struct err *e)
{
	const unsigned char *p = (const unsigned char *)in.p;
	size_t used, first = clamp_guess((uint64_t)in.n * 4 + FIRST_ROOM, in.n, out->max);
	bool zlib = in.n >= 2 && (p[0] & 15) == 8 && ((unsigned)p[0] << 8 | p[1]) % 31 == 0;
	struct err ignored;
	if (zlib &&
		member(libdeflate_zlib_decompress_ex, d, in, first, out, &used, e, "deflate"))
		return true;
	if (zlib && out->cap == out->max) /* a large bare stream would be larger still */
		return false;
	if (member(libdeflate_deflate_decompress_ex, d, in, first, out, &used,
		    zlib ? &ignored : e, "deflate"))
		return true;
	return zlib ? unpack_damaged("deflate", e) : false;
}

static bool unpack(enum packing how, struct str in, struct unpacked *out, struct err *e)
{
	if (how == PACKED_BR)
		return unpack_br(in, out, e);
	if (how == PACKED_ZSTD)
		return unpack_zstd(in, out, e);
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	if (!d)
		return err_set(e, ERR_INTERNAL, "no memory to unpack");
	bool ok =
		how == PACKED_GZIP ? unpack_gzip(d, in, out, e) : unpack_deflate(d, in, out, e);
	libdeflate_free_decompressor(d);
	return ok;
}

bool body_decode(
	enum packing how, struct str in, size_t max_bytes, struct str *out, struct err *e)
{
	struct unpacked u = { .max = max_bytes + 1 };
	*out = (struct str) { NULL, 0 };
	if (!in.n)
		return true; /* an answer without a body may still name a coding */
	bool ok = unpack(how, in, &u, e);
	if (ok && u.len > max_bytes)
		ok = unpack_too_large(&u, e);
	if (!ok) {
		mem_free(u.p);
		return false;
	}
	*out = (struct str) { u.p, u.len };
	return true;
}
