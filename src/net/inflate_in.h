/* SPDX-License-Identifier: Apache-2.0 */
/* What inflate.c and inflate_stream.c share. */
#ifndef NET_INFLATE_IN_H
#define NET_INFLATE_IN_H

#include "base/err.h"
#include "base/str.h"

struct unpacked { /* p grows up to max bytes: one more than may come out */
	char *p;
	size_t len, cap, max;
};
/* At least one byte more room, or false at the cap. Doubles; the first piece is `first` bytes. */
bool unpacked_grow(struct unpacked *out, size_t first);
bool unpack_damaged(const char *name, struct err *e);
bool unpack_cut(const char *name, struct err *e);
bool unpack_too_large(const struct unpacked *out, struct err *e);

bool unpack_br(struct str in, struct unpacked *out, struct err *e);
bool unpack_zstd(struct str in, struct unpacked *out, struct err *e);

#endif
