/* SPDX-License-Identifier: Apache-2.0 */
/* Where a line that fits in no part is cut, and which links such a cut goes through. */
#ifndef PAGE_FIT_LINE_H
#define PAGE_FIT_LINE_H

#include "base/str.h"

/* A good place behind `least` and not behind `fits`; 0: there is none. Linear in `fits`. */
size_t fit_line(struct str line, size_t least, size_t fits);

enum { FIT_LINKS = 2 /* an image in a link; what is nested deeper is no link of CommonMark */ };
/* A link or image of a line, places in the line: "[" or "![" begins at `start`, its text at `text`, what closes it and
 * has the address at `mid`. */
struct fit_link {
	size_t start, text, mid, end;
};
/* Those that `at` lies within, the outer first; their number. Nothing before `least` is looked at. Linear in the
 * line up to the end of the outer one. */
size_t fit_links(struct str line, size_t least, size_t at, struct fit_link out[FIT_LINKS]);

#endif
