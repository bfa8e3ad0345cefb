/* SPDX-License-Identifier: Apache-2.0 */
/*
 * URLs: parsed once by the WHATWG rules (https://url.spec.whatwg.org), kept as their serialisation,
 * never re-serialised for a second parser. Hosts are lower case, IDNA to ASCII (UTS 46), numeric
 * IPv4 forms folded to dotted decimal, IPv6 compressed in brackets.
 */
#ifndef BASE_URL_H
#define BASE_URL_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum { URL_MAX = 8192 };

struct url {
	const char *text; /* whole serialisation, NUL-ended, arena; fragment included */
	struct str scheme, host, path, query,
		fragment; /* views of text; host without brackets */
	int port; /* always set (80, 443, or the one given) */
	bool ip; /* host is an IPv4 or IPv6 literal */
};

/* For what callers send and redirects name: http and https only, no user info, no control
 * characters, blanks inside, backslashes or lone surrogates, port 1 to 65535, at most URL_MAX bytes.
 * ERR_SCHEME for another scheme, ERR_INVALID_URL for the rest. Names that are never public
 * (localhost, single labels, .local, .internal ...) give ERR_PRIVATE unless `inside_ok`. */
bool url_parse(
	struct str text, bool inside_ok, struct arena *a, struct url *out, struct err *e);
/* The same for a reference (a Location header) against the URL it came from. */
bool url_resolve(const struct url *base, struct str ref, bool inside_ok, struct arena *a,
	struct url *out, struct err *e);
bool url_same_origin(const struct url *a, const struct url *b); /* scheme, host, port */

/* Links of a page: resolved leniently and cheaply, never judged (nothing is fetched for them). */
struct url_base {
	struct str
		text; /* the base URL, query and fragment cut off where a reference needs that */
	size_t scheme, authority, path, query, end; /* offsets of the parts' ends in text */
	size_t folder; /* where the path's last segment begins */
	bool usable;
};
void url_base_init(struct url_base *b, struct str base);
/* Appends the absolute form of ref (RFC 3986 with the WHATWG leniencies: tabs and newlines
 * stripped, trimmed, backslash as slash in http(s), dot segments removed, path and query kept as
 * written). false: not resolvable (nothing was appended). mailto:, tel: and the like pass as is. */
bool url_resolve_text(const struct url_base *b, struct str ref, struct buf *out);

enum { URL_LOG_SIZE = 160 };
/* scheme://host/path without user info, query and fragment; cut, printable. */
const char *url_for_log(struct str url, char out[URL_LOG_SIZE]);

#endif
