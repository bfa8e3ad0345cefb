/* SPDX-License-Identifier: Apache-2.0 */
/* Where a line that fits in no part is cut. */
#ifndef PAGE_FIT_LINE_H
#define PAGE_FIT_LINE_H

#include "base/str.h"

/* A good place behind `least` and not behind `fits`; 0: there is none. Linear in `fits`. */
size_t fit_line(struct str line, size_t least, size_t fits);

#endif
