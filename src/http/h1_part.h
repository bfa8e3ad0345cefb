/* SPDX-License-Identifier: Apache-2.0 */
/* What h1.c and h1_head.c share. */
#ifndef HTTP_H1_PART_H
#define HTTP_H1_PART_H

#include "http/h1.h"

enum h1_state {
	H1_START,
	H1_IN_HEAD,
	H1_HEAD_READ, /* h1_head is due */
	H1_DATA,
	H1_CHUNK_SIZE,
	H1_CHUNK_END,
	H1_TRAILER,
	H1_WHOLE,
	H1_BROKEN,
};
/* Returns H1_ERROR. */
enum h1_event h1_fail(struct h1 *h, enum err_code code, const char *why);

#endif
