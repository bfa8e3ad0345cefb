/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the search for the main content (content*.c): what is known of each node. */
#ifndef PAGE_CONTENT_IN_H
#define PAGE_CONTENT_IN_H

#include "page/content.h"

enum content_flag {
	CF_BLOCK = 1, /* starts a new line */
	CF_HIDDEN = 2, /* not seen by readers */
	CF_FRAME = 4, /* navigation, asides, footers: by element name or ARIA role */
	CF_MAIN = 8, /* says of itself that it is the content */
	CF_GOOD = 16, /* holds a block of real text, itself or below */
	CF_HEADING = 32,
};

struct content_node {
	float score; /* of the whole subtree */
	uint32_t words,
		links; /* words below it, and those of them in links; frames are left out of both */
	uint32_t own, own_links; /* of the lines that are this block's own */
	uint8_t flags;
};

struct content_map {
	const struct dom *d;
	struct content_node *at; /* by node number */
	nid body, main; /* main: the element that says it is the main content, or 0 */
	uint32_t words, links; /* of the page outside of frames */
};

/* One walk over the tree fills the map. */
void content_measure(
	struct arena *a, const struct dom *d, bool noscript, struct content_map *map);
/* Words in a text as people count them, two unspaced characters as one. */
uint32_t content_words(struct str s);
bool content_class_has(const struct dom *d, nid id, const char *const *words, size_t n);

#endif
