/* SPDX-License-Identifier: Apache-2.0 */
/* Single members of a page's JSON-LD, for the search for the main content. */
#ifndef PAGE_CONTENT_MEMBER_H
#define PAGE_CONTENT_MEMBER_H

#include "page/dom.h"

/* The next string that is the value of this member, looked for in the page's JSON scripts as text: a wrong one among
 * them does no harm. As it stands there, escapes and all. false: there is no other. */
struct content_members {
	const struct dom *d;
	struct str key; /* in its quotes */
	struct str rest; /* of the script that is being read */
	size_t script; /* the next one */
};
bool content_member_next(struct content_members *m, struct str *value);

#endif
