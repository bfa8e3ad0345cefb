/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Brotli and Zstandard straight into the growing output. Their windows are bounded by the formats
 * as used on the web: 16 MiB for Brotli (RFC 7932), 8 MiB for Zstandard (RFC 9659).
 */
#include "net/inflate_in.h"

#include <brotli/decode.h>
#include <zstd.h>

enum { ZSTD_WINDOW_LOG = 23, FIRST_ROOM = 16384 };

static size_t first_room(size_t packed, size_t max)
{
	size_t first = packed > max / 4 ? max : packed * 4;
	return first < FIRST_ROOM ? (max < FIRST_ROOM ? max : FIRST_ROOM) : first;
}

bool unpack_br(struct str in, struct unpacked *out, struct err *e)
{
	BrotliDecoderState *d = BrotliDecoderCreateInstance(NULL, NULL, NULL);
	BrotliDecoderResult rc = BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT;
	const uint8_t *next = (const uint8_t *)in.p;
	size_t left = in.n;
	bool ok = true;
	if (!d)
		return err_set(e, ERR_INTERNAL, "no memory to unpack");
	while (ok && rc == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT) {
		if (out->len == out->cap && !unpacked_grow(out, first_room(in.n, out->max))) {
			ok = unpack_too_large(out, e);
			break;
		}
		size_t room = out->cap - out->len;
		uint8_t *to = (uint8_t *)out->p + out->len;
		rc = BrotliDecoderDecompressStream(d, &left, &next, &room, &to, NULL);
		out->len = out->cap - room;
	}
	if (ok && rc == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT)
		ok = unpack_cut("br", e);
	else if (ok && rc != BROTLI_DECODER_RESULT_SUCCESS)
		ok = unpack_damaged("br", e);
	BrotliDecoderDestroyInstance(d);
	return ok;
}

/* Frames follow each other (RFC 8878 section 3). */
static bool frames(ZSTD_DCtx *d, struct str in, struct unpacked *out, struct err *e)
{
	ZSTD_inBuffer from = { in.p, in.n, 0 };
	size_t rc = 1; /* 0: a frame has ended and all of it was written */
	while (from.pos < from.size || rc) {
		if (out->len == out->cap && !unpacked_grow(out, first_room(in.n, out->max)))
			return unpack_too_large(out, e);
		ZSTD_outBuffer to = { out->p, out->cap, out->len };
		rc = ZSTD_decompressStream(d, &to, &from);
		out->len = to.pos;
		if (ZSTD_isError(rc))
			return unpack_damaged("zstd", e);
		if (rc && from.pos == from.size && out->len < out->cap)
			return unpack_cut("zstd", e);
	}
	return true;
}

bool unpack_zstd(struct str in, struct unpacked *out, struct err *e)
{
	ZSTD_DCtx *d = ZSTD_createDCtx();
	if (!d)
		return err_set(e, ERR_INTERNAL, "no memory to unpack");
	ZSTD_DCtx_setParameter(d, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG);
	bool ok = frames(d, in, out, e);
	ZSTD_freeDCtx(d);
	return ok;
}
