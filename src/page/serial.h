/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tree back to HTML, by the standard's fragment serialization (13.3, scripting off). The
 * result is UTF-8 and well nested; reading it again gives the same tree but for the few trees
 * that no HTML can say (a p in a p).
 */
#ifndef PAGE_SERIAL_H
#define PAGE_SERIAL_H

#include "base/buf.h"
#include "page/dom.h"

/* The node itself and all below it; of the document, all its children. Stops when the buffer
 * is full.
 */
void html_write(struct buf *out, const struct dom *d, nid root);
/* Only what is below it (innerHTML). */
void html_write_inside(struct buf *out, const struct dom *d, nid root);
/* Text with &, <, >, no-break space and (in_attr) the quote written as references. */
void html_write_escaped(struct buf *out, struct str text, bool in_attr);

#endif
