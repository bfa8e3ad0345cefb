/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data that a page carries for machines, as one JSON object, without guessing: each member is one
 * vocabulary, is there only when the page has something in it, and says what the page says.
 *
 *	openGraph, twitter	the card properties, prefix taken off; a property that the page has several
 *				times is an array, one of a part (image:width) with a place for each of its
 *				roots, null where it is not said. Addresses (url, image, ...) are absolute
 *	jsonLd			the objects of all scripts of JSON-LD in one list, arrays and @graph opened, else as
 *				they are; scripts over 1 MiB, nested deeper than 32 or beyond hope are left out
 *	microdata, rdfa		{"items":[{"type":[..],"id":"..","properties":{"name":[values]}}]}: a value is a
 *				string or an item; text has its white space collapsed and 10,000 bytes at most
 *	tables			of data, not of layout: [{"caption":"..","headers":["..",...],"rows":[[..],...]}],
 *				spans expanded, a cell 2,000 bytes at most; "cut": true on one that lost rows
 *	cut			true when a limit took something away
 */
#ifndef PAGE_STRUCTURED_H
#define PAGE_STRUCTURED_H

#include "base/buf.h"
#include "base/url.h"
#include "page/dom.h"

enum {
	STRUCTURED_BYTES = 1 << 20
}; /* of the object; a member that does not fit is left out whole */

/* In the arena, valid JSON and UTF-8; "{}" when there is nothing. base NULL: addresses stay as written.
 * max_tokens: what the object may cost a model (page/tokens.h); 0: no such limit. */
struct str structured_write(
	struct arena *a, const struct dom *d, const struct url_base *base, size_t max_tokens);

#endif
