/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CSS selectors (Selectors Level 4, the part that scrapers use), compiled once and
 * matched on the tree of a page in document order, each node once, in time linear in page times selector
 * whatever the combinators (how: selector_in.h).
 *
 * Known: type, universal, #id, .class, attributes with all operators and i/s, the four combinators,
 * lists, :is :where :not :has :root :scope :empty :first-child ... :nth-last-of-type, an+b of S,
 * :checked :disabled :enabled :required :optional :link :any-link :lang(), and of others
 * ::text, ::attr(name) (Scrapy), :contains("...") and :-soup-contains("...") (the text as it stands in the
 * page, scripts and styles aside). Form states are those of the HTML as sent. What stands in a template is
 * not seen. Namespaces, :has within :has, states that only a browser knows and unfinished selectors are refused.
 */
#ifndef PAGE_SELECTOR_H
#define PAGE_SELECTOR_H

#include "base/arena.h"
#include "base/err.h"
#include "page/dom.h"

enum {
	SELECTOR_BYTES = 4096, /* of its text */
	SELECTOR_PARTS = 256 /* compounds, those in parentheses too */
};

struct selector; /* constant once made: any thread may use it */
/* In the arena; NULL with ERR_SELECTOR: "position 7: expected a name after ".""; positions are characters
 * from 1. text: UTF-8. */
const struct selector *selector_compile(struct arena *a, struct str text, struct err *e);

/* Its pseudo-element: what is asked of the nodes found (for TAKE_ATTR those that have it). */
enum selector_take { TAKE_NODE, TAKE_TEXT, TAKE_ATTR };
enum selector_take selector_takes(const struct selector *s, struct str *attr);

/* Nodes below `root` (not root itself) that match, in document order, at most `most`; scope is
 * `root`. Returns how many. false in *whole: the step limit of this page ended the search early. */
size_t selector_find(const struct selector *s, const struct dom *d, nid root, nid *out,
	size_t most, struct arena *scratch, bool *whole);

#endif
