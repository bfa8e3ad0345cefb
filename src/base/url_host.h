/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host of a URL: text as a caller wrote it to the one form that is judged, looked up and
 * printed. https://url.spec.whatwg.org/#host-parsing, less what could never be reached: empty
 * labels and names over the limits of DNS are refused.
 */
#ifndef BASE_URL_HOST_H
#define BASE_URL_HOST_H

#include "base/buf.h"
#include "base/err.h"

enum { URL_HOST_MAX = 254, URL_HOST_SIZE = 256 };

/* Appends the host's serialisation (IPv6 in brackets) to out. Names that are never public give
 * ERR_PRIVATE unless inside_ok; anything that is no host ERR_INVALID_URL. */
bool url_host_put(struct str raw, bool inside_ok, struct buf *out, bool *ip, struct err *e);

/* The IPv4 parser of the standard: 127.0.0.1, 0x7f.1, 2130706433, 0177.0.0.01 ... (host byte order) */
bool url_ipv4_parse(struct str host, uint32_t *address);
/* Whether a host must be read as IPv4 (and is no host when that fails): its last label is a number. */
bool url_ends_in_number(struct str host);
bool url_ipv6_parse(struct str text, unsigned char address[16]); /* without brackets; no zone */
void url_ipv6_put(
	const unsigned char address[16], struct buf *out); /* RFC 5952, with brackets */

#endif
