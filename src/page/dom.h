/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A page as a tree, read by the WHATWG HTML standard (section 13.2, scripting off). Nodes are numbers:
 * 0 is none, 1 is the document. Numbers and the order of nodes stay as long as the arena given to
 * dom_parse; so does every struct str handed out. Text and attribute values are slices of the HTML given to
 * dom_parse (it must outlive the dom) or, when they held references, CR or NUL, of a buffer of our own.
 *
 * Parsing never fails and never recurses. What a limit took away is said by dom_cuts(): past max_depth
 * elements become siblings; past max_nodes or the time budget the rest of the page is lost; past
 * max_attrs or max_attr_bytes the attribute is lost. Time and memory are linear in the input.
 *
 * A template's content stands as its plain children. An element's tag id says nothing of its namespace:
 * an SVG title is TAG_TITLE too, so ask dom_ns() or dom_html_tag().
 */
#ifndef PAGE_DOM_H
#define PAGE_DOM_H

#include "base/arena.h"

typedef uint32_t
	nid; /* the one typedef: a bare uint32_t would hide which of many numbers names a node */

enum dom_kind { DOM_DOCUMENT = 1, DOM_DOCTYPE, DOM_ELEMENT, DOM_TEXT, DOM_COMMENT };
enum dom_ns { NS_HTML, NS_SVG, NS_MATHML };
enum dom_cut { CUT_DEPTH = 1, CUT_NODES = 2, CUT_ATTRS = 4, CUT_SIZE = 8, CUT_TIME = 16 };
enum dom_list {
	LIST_META,
	LIST_LINK,
	LIST_SCRIPT_DATA /* script with a JSON type */,
	LIST_BASE,
	LIST_TITLE,
	LIST_COUNT
};
enum tag_flag {
	TF_SPECIAL = 1,
	TF_SCOPE = 2,
	TF_VOID = 4,
	TF_FORMATTING = 8,
	TF_IMPLIED = 16,
	TF_RAW = 32,
	TF_HEADING = 64,
	TF_TABLE = 128
};

enum tag_id {
	TAG_NONE,
#define TAG_ROW(id, name, flags) TAG_##id,
#include "page/tag_table.h"
#undef TAG_ROW
	TAG_COUNT
};
enum attr_id {
	ATTR_NONE,
#define ATTR_ROW(id, name) ATTR_##id,
#include "page/attr_table.h"
#undef ATTR_ROW
	ATTR_COUNT
};

struct dom_limits {
	size_t max_depth; /* 512, open elements */
	size_t max_attrs; /* 1000, of one tag */
	size_t max_nodes; /* 1,000,000 (attributes in all: twice that) */
	size_t max_attr_bytes; /* 1 MiB, name or value */
	bool (*stop)(
		void *); /* asked every 4096 tokens; true ends the parse (CUT_TIME); may be NULL */
	void *stop_arg;
};

/* Reads valid UTF-8 (at most 1 GiB; the rest is cut with CUT_SIZE). limits NULL or 0 in it: the defaults. */
struct dom *dom_parse(struct arena *a, struct str html, const struct dom_limits *limits);
/* Reads it as the inner HTML of `context` ("div", "svg path", "math mi"); the nodes read are node 1's children. */
struct dom *dom_parse_fragment(
	struct arena *a, struct str html, const char *context, const struct dom_limits *limits);

unsigned dom_cuts(const struct dom *d); /* enum dom_cut bits */
bool dom_quirks(const struct dom *d);
/* Steps that reading the page took beyond one look at each byte: what tests hold against a page's length. */
size_t dom_work(const struct dom *d);
size_t dom_count(
	const struct dom *d); /* nodes ever made; ids are 1..count: the size of side arrays */
nid dom_html(const struct dom *d); /* these three: 0 if there is none */
nid dom_head(const struct dom *d);
nid dom_body(const struct dom *d); /* body or frameset */
const nid *dom_list(const struct dom *d, enum dom_list which,
	size_t *count); /* document order, HTML only, not in templates */

struct str dom_name(const struct dom *d, nid id); /* element or doctype name; else empty */
struct str dom_text(const struct dom *d, nid id); /* bytes of a text or comment; else empty */
bool dom_attr(const struct dom *d, nid id, enum attr_id attr,
	struct str *value); /* false: absent; *value may be empty */
bool dom_attr_named(const struct dom *d, nid id, struct str name,
	struct str *value); /* any name, exact case */
size_t dom_attr_count(
	const struct dom *d, nid id); /* a doctype has two: public and system id, if given */
void dom_attr_at(const struct dom *d, nid id, size_t i, struct str *name, struct str *value);

/* The next node in document order below root (which is itself excluded), 0 at the end. Begin with id = root. */
nid dom_walk(const struct dom *d, nid id, nid root);
nid dom_walk_past(
	const struct dom *d, nid id, nid root); /* the same, passing by id's children */

struct str tag_name(enum tag_id tag);
struct str attr_name(enum attr_id attr);
enum tag_id tag_find(struct str lower_name); /* TAG_NONE: none of the table */
enum attr_id attr_find(struct str lower_name);
extern const uint8_t tag_bits[TAG_COUNT];
static inline unsigned tag_flags(enum tag_id tag)
{
	return tag_bits[tag];
}

#include "page/dom_node.h" /* dom_kind, dom_tag, dom_ns, dom_parent, dom_first, dom_last, dom_next, dom_prev: inline, O(1) */

#endif
