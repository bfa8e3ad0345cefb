/* SPDX-License-Identifier: Apache-2.0 */
/* JSON-LD as pages carry it, read with patience: for the metadata and for the structured data. */
#ifndef PAGE_LD_H
#define PAGE_LD_H

#include "base/json.h"
#include "page/dom.h"

enum {
	LD_BYTES = 1 << 20, /* of one script; a longer one is not read */
	LD_DEPTH = 32, /* of its brackets; a deeper one is not read */
	LD_SCRIPTS = 24, /* of a page */
	LD_VALUES = 500 /* one behind the other in one script */
};

/* The i-th of the page's scripts of JSON-LD, or p NULL when that one is something else or empty; *end: there
 * are no more. */
struct str ld_script(const struct dom *d, size_t i, bool *end);

/* The objects and arrays that stand in the script, as one array; NULL when there are none. The caller's
 * reference. Forgiven: commas that part nothing, comments and CDATA marks, raw control characters, escapes that
 * JSON does not have, halves of surrogate pairs, several values, numbers that JSON does not have (they become strings). What follows after a fault is lost. Strings
 * hold no NUL. */
json_t *ld_read(struct arena *a, struct str script);

#endif
