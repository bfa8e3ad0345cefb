/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A page as a tree, read by the WHATWG HTML standard (section 13.2, scripting off). Nodes are
 * numbers: 0 is none, 1 is the document. Numbers and the order of nodes stay as long as the
 * arena given to dom_parse; so does every struct str handed out. Text and attribute values are
 * slices of the HTML given to dom_parse (it must outlive the dom) or, when they held
 * references, CR or NUL, of a buffer of our own.
 *
 * Parsing never fails and never recurses. What a limit took away is said by dom_cuts(): past
 * max_depth elements become siblings; past max_nodes or the time budget the rest of the page
 * is lost; past max_attrs or max_attr_bytes the attribute is lost. Time and memory are linear
 * in the input.
 *
 * A template's content stands as its plain children. An element's tag id says nothing of its
 * namespace: an SVG title is TAG_TITLE too, so ask dom_ns() or dom_html_tag().
 */
#ifndef PAGE_DOM_H
#define PAGE_DOM_H

#include "base/arena.h"

/* The one typedef: a bare uint32_t would hide which of many numbers names a node. */
typedef uint32_t nid;

enum dom_kind { DOM_DOCUMENT = 1, DOM_DOCTYPE, DOM_ELEMENT, DOM_TEXT, DOM_COMMENT };
enum dom_ns { NS_HTML, NS_SVG, NS_MATHML };
enum dom_cut { CUT_DEPTH = 1, CUT_NODES = 2, CUT_ATTRS = 4, CUT_SIZE = 8, CUT_TIME = 16 };
/* SCRIPT_DATA: scripts whose type names JSON */
enum dom_list {
	LIST_META,
	LIST_LINK,
	LIST_SCRIPT_DATA,
	LIST_BASE,
	LIST_TITLE,
	LIST_NOSCRIPT,
	LIST_COUNT
};
enum tag_flag {
	TF_SPECIAL = 1, /* the standard's categories: special, */
	TF_SCOPE = 2, /* ending a scope, */
	TF_VOID = 4, /* void (and the obsolete names that are written like it), */
	TF_FORMATTING = 8, /* formatting, */
	TF_IMPLIED = 16, /* with an end tag that others imply */
	TF_RAW = 32, /* content that is raw text */
	TF_HEADING = 64, /* h1 to h6 */
	TF_TABLE = 128 /* tbody, td, tfoot, th, thead, tr */
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

/* 0 (or no limits at all) means the default. */
struct dom_limits {
	size_t max_depth; /* 512 open elements */
	size_t max_attrs; /* 1000 of one tag */
	size_t max_nodes; /* 1,000,000; attributes in all: twice that */
	size_t max_attr_bytes; /* 1 MiB of a name or value */
	/* Asked every 4096 tokens; true ends the parse (CUT_TIME). May be NULL. */
	bool (*stop)(void *);
	void *stop_arg;
};

/* Reads at most 256 MiB of UTF-8; the rest is cut (CUT_SIZE). */
struct dom *dom_parse(struct arena *a, struct str html, const struct dom_limits *limits);
/* Reads it as the inner HTML of `context` ("div", "svg path", "math mi"): node 1's children. */
struct dom *dom_parse_fragment(
	struct arena *a, struct str html, const char *context, const struct dom_limits *limits);

unsigned dom_cuts(const struct dom *d); /* enum dom_cut bits */
bool dom_quirks(const struct dom *d);
/* Nodes ever made, among them some that stand nowhere; ids are 1..count: the size of side
 * arrays.
 */
size_t dom_count(const struct dom *d);
size_t dom_attrs(const struct dom *d); /* attributes of all of them */
/* Steps that reading the page took beyond one look at each byte: what tests hold against its
 * length.
 */
size_t dom_work(const struct dom *d);
/* 0 if there is none; the body may be a frameset. */
nid dom_html(const struct dom *d);
nid dom_head(const struct dom *d);
nid dom_body(const struct dom *d);
/* HTML elements outside templates, in the order they were met. */
const nid *dom_list(const struct dom *d, enum dom_list which, size_t *count);

struct str dom_name(const struct dom *d, nid id); /* of an element or doctype; else empty */
/* Any name, exact case. */
bool dom_attr_named(const struct dom *d, nid id, struct str name, struct str *value);
void dom_attr_at(const struct dom *d, nid id, size_t i, struct str *name, struct str *value);

struct str attr_name(enum attr_id attr);
/* 0: the tables have it not. */
enum tag_id tag_find(struct str lower_name);
enum attr_id attr_find(struct str lower_name);
extern const struct str tag_texts[TAG_COUNT];
extern const uint8_t tag_bits[TAG_COUNT];
static inline struct str tag_name(enum tag_id tag)
{
	return tag_texts[tag];
}
static inline unsigned tag_flags(enum tag_id tag)
{
	return tag_bits[tag];
}

/* dom_kind, dom_tag, dom_ns, dom_html_tag, dom_parent, dom_first, dom_last, dom_next,
 * dom_prev: O(1); in dom_walk.h: dom_walk, dom_walk_past, dom_text, dom_attr, dom_attr_count,
 * dom_attr_bits
 */
#include "page/dom_node.h"
#include "page/dom_walk.h"

#endif
