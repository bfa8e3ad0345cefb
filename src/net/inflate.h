/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bodies unpacked in one go, on a desk: the whole packed body is there, so libdeflate can be used,
 * which costs a fraction of a stream. The output is capped hard, the ratio is free; a bomb ends at
 * the cap and takes little more memory than that. A body that ends early is an error, always.
 */
#ifndef NET_INFLATE_H
#define NET_INFLATE_H

#include "base/err.h"
#include "base/str.h"

enum packing { PACKED_NOT, PACKED_GZIP, PACKED_DEFLATE, PACKED_BR, PACKED_ZSTD };

/* Reads a Content-Encoding header (RFC 9110 section 8.4; NULL: none). ERR_FETCH for more than one
 * layer and for what we never asked for. */
bool body_packing(const char *content_encoding, enum packing *out, struct err *e);
/* Decodes `in` to memory that the caller frees with mem_free; *out->p is NULL when it is empty.
 * ERR_FETCH: damaged, cut short, or larger than max_bytes. `how` is not PACKED_NOT. */
bool body_decode(
	enum packing how, struct str in, size_t max_bytes, struct str *out, struct err *e);

#endif
