/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data that a page carries for machines, as one JSON object, without guessing: each member is one
 * vocabulary, is there only when the page has something in it, and says what the page says.
 *
 *	openGraph, twitter	the card properties, prefix taken off; a property that the page has several
 *				times is an array. Addresses (url, image, ...) are absolute where a base is known
 */
#ifndef PAGE_STRUCTURED_H
#define PAGE_STRUCTURED_H

#include "base/buf.h"
#include "base/url.h"
#include "page/dom.h"

enum {
	STRUCTURED_BYTES = 1 << 20
}; /* of the object; a member that does not fit is left out whole */

/* In the arena, valid JSON and UTF-8; "{}" when there is nothing. base NULL: addresses stay as written. */
struct str structured_write(struct arena *a, const struct dom *d, const struct url_base *base);

#endif
