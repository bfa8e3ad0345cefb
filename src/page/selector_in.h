/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the selectors (selector_*.c): the program that a selector becomes and what one page's search
 * carries along.
 *
 * A list of selectors is a row of parts (compounds), each complex selector's from left to right, one bit
 * for each. The walk over the page carries, as bits, which parts the ancestors and the siblings before
 * fulfil with all that stands left of them; a part is looked at only where its left neighbour stands
 * rightly. So each part is tried at each element at most once, and nothing is ever tried again: time is
 * linear whatever the combinators. What a part asks of other elements than its own is found out by passes
 * before (slots): lists with combinators inside :is, :not and `of`, and everything that is handed down
 * (:lang) or looks ahead (:has, :contains).
 */
#ifndef PAGE_SELECTOR_IN_H
#define PAGE_SELECTOR_IN_H

#include "page/selector.h"

enum {
	SEL_WORDS = SELECTOR_PARTS / 64,
	SEL_SLOTS = 64, /* bits of struct sel_work's known */
	SEL_TESTS = 512, /* of one selector */
	SEL_DEPTH = 16, /* of parentheses */
	SEL_OF = 8 /* lists behind `of` */
};

/* How a part stands to its left neighbour; JOIN_FIRST: it has none. */
enum sel_join { JOIN_FIRST, JOIN_INSIDE, JOIN_CHILD, JOIN_NEXT, JOIN_LATER, JOIN_COUNT };

/* Cheap ones first: the tests of a part are made in this order. */
enum sel_kind {
	SEL_TAG,
	SEL_ROOT,
	SEL_SCOPE,
	SEL_SLOT,
	SEL_ID,
	SEL_CLASS,
	SEL_ATTR,
	SEL_FIRST,
	SEL_LAST,
	SEL_EMPTY,
	SEL_LINK,
	SEL_CHECKED,
	SEL_DISABLED,
	SEL_ENABLED,
	SEL_REQUIRED,
	SEL_OPTIONAL,
	SEL_LIST,
	SEL_NTH
};
enum sel_op { OP_THERE, OP_EQUAL, OP_WORD, OP_DASH, OP_STARTS, OP_ENDS, OP_HOLDS };
enum sel_case { CASE_BY_NAME, CASE_EXACT, CASE_IGNORED };
enum sel_order { ORDER_CHILD, ORDER_LAST_CHILD, ORDER_TYPE, ORDER_LAST_TYPE, ORDER_OF };

struct sel_test {
	uint8_t kind, op, how; /* enum sel_kind, sel_op, sel_case */
	uint8_t slot; /* SEL_SLOT: its bit; SEL_NTH: which order */
	bool negated, from_end, cased; /* cased: name has capitals */
	uint16_t id; /* tag_id or attr_id of lower */
	int32_t a, b; /* SEL_NTH */
	struct str name, lower, value;
	const struct sel_list *list; /* SEL_LIST; SEL_NTH: `of` */
};
struct sel_part {
	const struct sel_test *tests;
	size_t n;
	enum sel_join join;
};
struct sel_bits {
	uint64_t w[SEL_WORDS];
};
struct sel_list {
	struct sel_part *parts;
	size_t n, words; /* words: so many of each sel_bits are in use */
	bool plain; /* every selector in it is one part */
	struct sel_bits last, joined[JOIN_COUNT]; /* last: the right ends of selectors */
};

enum sel_slot_kind { SLOT_LIST, SLOT_HAS, SLOT_LANG, SLOT_BARRED, SLOT_CONTAINS };
struct sel_slot {
	enum sel_slot_kind kind;
	const struct sel_list *list;
	const struct str *texts; /* languages, or what is to be contained */
	size_t n_texts;
};
struct selector {
	struct sel_list list;
	struct sel_slot slots[SEL_SLOTS]; /* each asks only those before it */
	size_t n_slots, n_of;
	enum selector_take take;
	struct str attr;
};

/* Of one depth: which parts hold for what an element there is joined to. (:has reads the page backwards: then it is
 * what stands below and behind.) */
struct sel_frame {
	struct sel_bits far, near; /* an ancestor; the parent */
	struct sel_bits next, along; /* the sibling before; one of all before */
};
/* The search of one page: made once, used for any number of selectors. */
struct sel_work {
	const struct dom *d;
	struct arena *arena;
	size_t steps, most_steps; /* one for each test and each 32 bytes looked at */
	bool over; /* a limit ended the search: nothing found counts */
	bool ended; /* and all that would follow: time or memory are used up */
	size_t look_steps; /* when that is looked at again */
	bool (*stop)(void *); /* true: the time is over; may be NULL */
	void *stop_arg;
	nid scope;
	uint64_t *known; /* by node: bits of the slots */
	struct sel_frame *frames;
	size_t n_frames;
	uint32_t *order[ORDER_OF + SEL_OF]; /* by node; 0: not yet counted */
	uint32_t *types; /* counters, by type */
	char *text; /* of the page, and by node where its own begins and ends */
	uint32_t text_n, *text_at, *text_end;
	uint64_t *places; /* by byte of the text: a word begins there */
};

/* selector_test.c */
bool sel_part_fits(struct sel_work *w, const struct sel_part *part, nid id);
bool sel_list_fits(struct sel_work *w, const struct sel_list *plain, nid id);
bool sel_opens(const struct dom *d, nid id); /* has children that selectors see */
/* selector_order.c: the place of an element among its siblings from 1; 0: it is not counted */
uint32_t sel_order(struct sel_work *w, const struct sel_test *t, nid id);
/* selector_slot.c, selector_text.c: passes */
void sel_fill(struct sel_work *w, const struct selector *s, size_t slot);
void sel_fill_contains(struct sel_work *w, const struct sel_slot *slot, uint64_t bit);
void *sel_array(struct sel_work *w, size_t size); /* zeroed, one for each node */

/* selector_match.c */
void sel_work_begin(
	struct sel_work *w, const struct dom *d, struct arena *scratch, size_t most_steps);
struct sel_frame *sel_frame(struct sel_work *w, size_t depth);
nid sel_top(const struct dom *d, nid id); /* what holds all of the tree that id is in */
size_t sel_find(struct sel_work *w, const struct selector *s, nid root, nid *out, size_t most);
/* Has a limit been met? To be asked between pieces of work: w->over. */
bool sel_over(struct sel_work *w);
/* Runs over the elements below the top in document order; sink false: enough. */
typedef bool sel_sink_fn(void *arg, nid id);
void sel_run(
	struct sel_work *w, const struct sel_list *l, nid top, sel_sink_fn *sink, void *arg);

#endif
