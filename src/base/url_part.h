/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of url.h share: cutting a URL's text into its parts. Not for others. */
#ifndef BASE_URL_PART_H
#define BASE_URL_PART_H

#include "base/buf.h"

/* Offset of the first byte of `stops` in s from `from` on, or s.n. */
size_t url_until(struct str s, size_t from, const char *stops);
/* Length of the scheme that s starts with (without the colon), 0 if it starts with none. */
size_t url_scheme_length(struct str s);
/* Appends path to the path that starts at out->p[start] and ends with a slash, or is empty; dot
 * segments go, backslashes become slashes. */
void url_put_path(struct str path, size_t start, struct buf *out);

/* Appends the ASCII form of a label (lower case, UTF-8) of pictures, letters and digits. */
bool url_emoji_label(struct str label, struct buf *out);

#endif
