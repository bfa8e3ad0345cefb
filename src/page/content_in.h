/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the search for the main content (content*.c): the page as a row of blocks. A block is a run of
 * text that a reader sees as lines of their own: it ends where an element begins or ends that starts a
 * new line. Blocks are numbered in document order, so all that an element holds is a range of them.
 */
#ifndef PAGE_CONTENT_IN_H
#define PAGE_CONTENT_IN_H

#include "page/content.h"

enum content_flag {
	CF_BLOCK = 1, /* starts a new line */
	CF_HIDDEN = 2, /* not seen by readers, or never written */
	CF_NAV = 4, /* what stands around the content, by element name or ARIA role: */
	CF_ASIDE = 8,
	CF_FOOTER = 16,
	CF_HEADER = 32, /* of the page; one inside of an article is none */
	CF_MAIN = 64, /* says of itself that it is the content */
	CF_ARTICLE = 128,
	CF_FORM = 256,
	CF_TABLE = 512,
	CF_LIST = 1024,
	CF_FIGURE = 2048,
	CF_DETAILS = 4096,
	CF_QUOTE = 8192,
	CF_DIALOG = 16384,
	CF_LINK = 32768,
	CF_FRAME = CF_NAV | CF_ASIDE | CF_FOOTER | CF_HEADER | CF_DIALOG
};

/* What class names and ids say; one bit each. content_names.c has the words. */
enum content_name {
#define NAME_ROW(id, word) NAME_##id,
#include "page/content_name_table.h"
#undef NAME_ROW
	NAME_COUNT
};

/* What a block's text begins with or holds; content_text.c has the phrases. */
enum content_cue {
	CUE_NONE,
	CUE_RELATED,
	CUE_SHARE,
	CUE_SIGN,
	CUE_COMMENTS,
	CUE_AUTHOR,
	CUE_AD,
	CUE_PHOTO,
	CUE_DATE,
	CUE_MORE,
	CUE_LEGAL,
	CUE_SHOP,
	CUE_REVIEW,
	CUE_QUESTION,
	CUE_COUNT
};

/* What decided about a block; content_explain.c has the words. */
enum content_why { WHY_SCORE, WHY_BOX, WHY_TABLE, WHY_FRAME, WHY_NAME, WHY_COMMENT, WHY_COUNT };

struct content_node {
	uint32_t from, to; /* blocks in it; exact for elements that start a new line */
	uint32_t flags; /* enum content_flag, of it and of all above it */
	uint32_t own_names; /* bits of enum content_name, */
	uint32_t near_names; /* of the two elements around it, */
	uint32_t any_names; /* of it and of all around it */
	uint32_t look; /* hash of its tag and classes */
	uint32_t
		group_key; /* of its look and those of the two around it: see struct content_group */
	float keep, drop; /* what it is worth to keep or to drop it, see content_judge.c */
	uint16_t depth;
	bool kept; /* what it is, where its blocks do not say otherwise */
};

struct content_block {
	nid node; /* the element whose lines they are */
	nid first; /* text node it begins with */
	uint32_t words;
	uint32_t links, capitals; /* of these, words in links; that begin with a capital */
	uint32_t long_words; /* of CONTENT_LONG bytes and more, */
	uint32_t in_title, in_about; /* of these, in the page's title; in its descriptions */
	uint32_t sentences, commas, digits, anchors; /* anchors: texts in links */
	uint32_t hash; /* of the text without blanks and case */
	uint8_t cue, section; /* enum content_cue: its own, of the heading above it */
	uint32_t heading; /* block of that heading, or its own number */
	nid card; /* the nearest element above that has others like it, or 0 */
	bool ends; /* like a sentence */
	bool price, date; /* has one */
	bool repeated; /* the text stood above */
	bool kept;
	uint8_t why; /* enum content_why */
	int16_t score; /* hundredths of a logit; above 0: kept, if its box has no other opinion */
};

/* Words and words in links of blocks 0 to i - 1: sums over any element in one step. */
struct content_sum {
	uint32_t words, links, prose; /* prose: words of long blocks with few links */
	uint32_t prices; /* short blocks with one */
	int32_t worth; /* prose for, links and fragments against */
};

/* Elements that look alike and stand in surroundings that do: cards, rows, comments, menu items. */
struct content_group {
	uint32_t key, count, words, links, prices; /* count 0: the place is free */
	uint32_t first; /* block that the first of them begins with */
};

struct content_map {
	const struct dom *d;
	struct content_node *at; /* by node number */
	uint32_t *block_of; /* by number of texts and what is among them: block + 1; 0: none */
	struct content_block *block;
	struct content_sum *sum; /* n + 1 */
	size_t n, room;
	struct content_groups {
		struct content_group *at; /* a hash table of mask + 1 places */
		uint32_t mask;
	} blocks, cards; /* by the look of blocks; of elements that hold several blocks */
	uint32_t most_cards; /* words of the group of cards that has most */
	nid body, main, article, h1, best; /* article: the largest one; 0: none */
	uint32_t h1_block; /* n: no h1 */
	enum content_kind kind;
	int16_t limit; /* hundredths; what is already taken off the scores of blocks */
};

static inline struct content_sum content_of(const struct content_map *m, nid id)
{
	const struct content_sum *a = &m->sum[m->at[id].from], *b = &m->sum[m->at[id].to];
	return (struct content_sum) { b->words - a->words, b->links - a->links,
		b->prose - a->prose, b->prices - a->prices, b->worth - a->worth };
}
static inline bool content_is_prose(const struct content_block *b)
{
	return b->words >= 10 && b->links * 5 < b->words * 2;
}

/* One walk over the tree: blocks, ranges, flags. */
void content_measure(
	struct arena *a, const struct dom *d, bool noscript, struct content_map *map);
/* A second walk: names and looks from above, groups, and the element that reads most like an article. */
void content_context(struct arena *a, struct content_map *map);
struct content_group *content_group_of(const struct content_groups *g, uint32_t key);

/* Settles what needs no weighing: why is set to what put a block out, else it stays WHY_SCORE. */
void content_rule_out(struct content_map *map);
/* A table with header cells that is not most of the page: it stays or goes as a whole. */
bool content_is_data(const struct content_map *map, nid id);
/* Decides about the rest. */
void content_judge(struct content_map *map);
/* Why, as text for people. */
void content_explain(
	const struct content_map *map, const struct content_hint *hint, struct buf *out);

/* Bits of the words in a class or id attribute. */
struct content_names;
struct content_names *content_names_new(struct arena *a);
uint32_t content_names_of(const struct content_names *names, struct str value);

#endif
