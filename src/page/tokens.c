/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vocabulary's own splitter comes first, since it is a matter of character classes alone: a word takes
 * the one character before it along (a blank, "/", "("), case changes end it, three digits are a token,
 * so is a run of blanks, and marks stand in runs of their own. How many tokens a word then has depends on
 * the vocabulary; here it is estimated from what stands before it, its case, its length, its letters, and
 * how usual each three of them are behind one another, which tells prose from foreign words and from the noise
 * in addresses. Three letters that were met in no text are dear. Marks go by pairs. The tables of threes, pairs
 * and letters beyond the first 2,048 are by hash: who shares a place shares its cost.
 */
#include "page/tokens.h"

#include <stdbool.h>

enum kind { BLANK, LINE, LOWER, UPPER, DIGIT, MARK, LETTER };
enum lead { NO_LEAD, BLANK_LEAD, OTHER_LEAD = 11, LEADS };
enum shape { SMALL, CAPITAL, CAPITALS, MIXED, FOREIGN, SHAPES };
enum { WORD_LONG = 23, MARKS_LONG = 9, BLOCKS = 80 };
enum { THREE_BITS = 15, PAIR_BITS = 11, LETTER_BITS = 11, LETTERS = 2048 };

#include "page/tokens_table.h"

/* --- characters --- */

/* Blocks of Unicode that cost alike, rows of block_cost: 64 of 128 code points each up to U+2000, then these. */
enum {
	PUNCTUATION = 0x2000 >> 7,
	SYMBOLS, /* arrows, boxes, mathematics */
	OTHER_2C00,
	EAST_PUNCTUATION,
	KANA,
	HAN,
	OTHER_A000,
	HANGUL,
	PRIVATE_USE,
	ARABIC_FORMS,
	WIDTH_FORMS, /* half and full width */
	EMOJI,
	OTHER,
	BLOCKS_USED
};
_Static_assert(BLOCKS_USED <= (int)BLOCKS, "each block has its row");

static unsigned block_of(uint32_t c)
{
	static const struct {
		uint32_t before;
		uint8_t block;
	} ends[] = {
		{ 0x2070, PUNCTUATION },
		{ 0x2C00, SYMBOLS },
		{ 0x3000, OTHER_2C00 },
		{ 0x3040, EAST_PUNCTUATION },
		{ 0x3200, KANA },
		{ 0xA000, HAN },
		{ 0xAC00, OTHER_A000 },
		{ 0xD800, HANGUL },
		{ 0xF900, PRIVATE_USE },
		{ 0xFB00, HAN }, /* for compatibility */
		{ 0xFF00, ARABIC_FORMS },
		{ 0x10000, WIDTH_FORMS },
		{ 0x1F000, OTHER },
		{ 0x20000, EMOJI },
		{ 0x40000, HAN },
	};
	if (c < 0x2000)
		return c >> 7;
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
		if (c < ends[i].before)
			return ends[i].block;
	return OTHER;
}

static bool is_letter(uint32_t c, unsigned block)
{
	bool letters = block < PUNCTUATION || block == KANA || block == HAN ||
		       block == OTHER_A000 || block == HANGUL || block == ARABIC_FORMS ||
		       block == OTHER;
	return c >= 0xC0 && c != 0xD7 && c != 0xF7 && letters;
}

struct reader {
	const unsigned char *p, *end;
};
struct character {
	enum kind kind;
	unsigned bytes, block; /* block: not ASCII alone */
	uint32_t code; /* as block */
};

static struct character decode(const struct reader *r)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned c = r->p[0], n = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
	uint32_t cp = c & (0x7Fu >> n);
	if (c < 0xC2 || c > 0xF4 || (size_t)(r->end - r->p) < n)
		return (struct character) { MARK, 1, 1, c };
	for (unsigned i = 1; i < n; i++) {
		if ((r->p[i] & 0xC0) != 0x80)
			return (struct character) { MARK, 1, 1, c };
		cp = cp << 6 | (r->p[i] & 0x3F);
	}
	unsigned block = block_of(cp);
	bool letter = cp >= least[n] && is_letter(cp, block);
	return (struct character) { letter ? LETTER : MARK, n, block, cp };
}

static inline enum kind ascii_kind(unsigned c)
{
	static const uint8_t kinds[128] = {
#define ROW8(k) k, k, k, k, k, k, k, k
		MARK, MARK, MARK, MARK, MARK, MARK, MARK, MARK, MARK, BLANK, LINE, BLANK, BLANK,
		LINE, MARK, MARK, ROW8(MARK), ROW8(MARK), BLANK, MARK, MARK, MARK, MARK, MARK,
		MARK, MARK, ROW8(MARK), ROW8(DIGIT), DIGIT, DIGIT, MARK, MARK, MARK, MARK, MARK,
		MARK, MARK, UPPER, UPPER, UPPER, UPPER, UPPER, UPPER, UPPER, ROW8(UPPER),
		ROW8(UPPER), UPPER, UPPER, UPPER, MARK, MARK, MARK, MARK, MARK, MARK, LOWER,
		LOWER, LOWER, LOWER, LOWER, LOWER, LOWER, ROW8(LOWER), ROW8(LOWER), LOWER,
		LOWER, LOWER, MARK, MARK, MARK, MARK, MARK
#undef ROW8
	};
	return kinds[c];
}

static inline struct character look(const struct reader *r)
{
	if (*r->p < 0x80)
		return (struct character) { ascii_kind(*r->p), 1, 0, *r->p };
	return decode(r);
}

static inline bool starts_word(enum kind k)
{
	return k == LOWER || k == UPPER || k == LETTER;
}

/* --- what the splitter makes of them --- */

/* One at least, and a margin for what is more: a word that is not known by heart. */
static uint64_t tokens_of(int cost)
{
	return cost < TOKEN_UNITS ? TOKEN_UNITS
				  : (uint64_t)(cost + (cost - TOKEN_UNITS) * 3 / 16);
}

static inline uint32_t mixed(uint32_t a, uint32_t b, uint32_t c)
{
	return ((a * 0x9E3779B1u + b) * 0x85EBCA6Bu + c) * 0xC2B2AE35u;
}

/* What a character that is not ASCII costs by itself. */
static int own_cost(const struct character *c)
{
	uint32_t at = c->code < LETTERS
			      ? c->code
			      : LETTERS + (c->code * 0x9E3779B1u >> (32 - LETTER_BITS));
	return block_cost[c->block] + letter_cost[at];
}

/* English contractions stay with their word: 's 't 'm 'd 'll 're 've. */
static void pass_contraction(struct reader *r)
{
	size_t left = (size_t)(r->end - r->p); /* the apostrophe first */
	unsigned a = left > 1 ? r->p[1] | 32u : 0, b = left > 2 ? r->p[2] | 32u : 0;
	if (a == 's' || a == 't' || a == 'm' || a == 'd')
		r->p += 2;
	else if ((a == 'l' && b == 'l') || ((a == 'r' || a == 'v') && b == 'e'))
		r->p += 3;
}

struct letters {
	unsigned small, capital, foreign;
	uint32_t last[2]; /* the last two letters, the newer first; 0: none */
	int cost;
};

static inline int three(uint32_t a, uint32_t b, uint32_t c)
{
	return three_cost[mixed(a, b, c) >> (32 - THREE_BITS)];
}

/* Nearly all that is read: letters from a to z. */
static inline void small_letters(struct reader *r, struct letters *w)
{
	const unsigned char *p = r->p, *end = r->end;
	uint32_t a = w->last[1], b = w->last[0];
	int cost = w->cost;
	for (; p < end && *p - 'a' + 0u < 26; p++) {
		cost += three(a, b, *p);
		a = b;
		b = *p;
	}
	w->small += (unsigned)(p - r->p);
	w->last[1] = a;
	w->last[0] = b;
	w->cost = cost;
	r->p = p;
}

/* Letters of scripts that need no blanks between words, which are many, go by two. */
enum { BY_TWO = 0x2E80 };

/* One letter of another kind; false: the word ends here. */
static bool other_letter(struct reader *r, struct letters *w)
{
	if (r->p == r->end)
		return false;
	struct character c = look(r);
	if (!starts_word(c.kind) || (c.kind == UPPER && w->small))
		return false;
	if (c.kind == UPPER) {
		w->capital++;
	} else {
		w->foreign++;
		w->cost += own_cost(&c);
	}
	w->cost += three(c.code < BY_TWO ? w->last[1] : 0, w->last[0], c.code);
	w->last[1] = w->last[0];
	w->last[0] = c.code;
	r->p += c.bytes;
	return true;
}

static uint64_t word(struct reader *r, unsigned lead, int cost)
{
	struct letters w = { .cost = cost };
	do
		small_letters(r, &w);
	while (other_letter(r, &w));
	w.cost += three(w.last[1], w.last[0], 0);
	if (r->p < r->end && *r->p == '\'')
		pass_contraction(r);
	enum shape shape = w.foreign	    ? FOREIGN
			   : !w.capital	    ? SMALL
			   : !w.small	    ? CAPITALS
			   : w.capital == 1 ? CAPITAL
					    : MIXED;
	static const uint8_t rows[SHAPES] = { [CAPITALS] = 1, [MIXED] = 1, [FOREIGN] = 2 };
	unsigned length = w.small + w.capital + w.foreign;
	w.cost += lead_cost[lead][shape];
	w.cost += length_cost[rows[shape]][length < WORD_LONG ? length : WORD_LONG];
	return tokens_of(w.cost);
}

static uint64_t marks(struct reader *r, bool blank)
{
	unsigned length = 0;
	uint32_t before = blank ? ' ' : 0;
	int cost = blank ? BLANK_COST : 0;
	bool line = false;
	for (struct character c; r->p < r->end && (c = look(r)).kind == MARK; r->p += c.bytes) {
		if (*r->p >= 0x80)
			cost += own_cost(&c);
		cost += pair_cost[mixed(0, before, c.code) >> (32 - PAIR_BITS)];
		before = c.code;
		length++;
	}
	for (; r->p < r->end && (*r->p == '\n' || *r->p == '\r'); r->p++)
		line = true;
	return tokens_of(cost + marks_cost[line][length < MARKS_LONG ? length : MARKS_LONG]);
}

static uint64_t digits(struct reader *r)
{
	const unsigned char *from = r->p;
	while (r->p < r->end && *r->p >= '0' && *r->p <= '9')
		r->p++;
	return (uint64_t)(r->p - from + 2) / 3 * TOKEN_UNITS;
}

/* Line ends with all blanks before and between them are a token; so are the blanks behind them, but for the
 * last, which goes with what follows. */
static uint64_t blanks(struct reader *r)
{
	const unsigned char *from = r->p, *line = NULL;
	uint64_t units = 0;
	if (*from == ' ' && r->end - from > 1 &&
		starts_word(look(&(struct reader) { from + 1, r->end }).kind)) {
		r->p++;
		return word(r, BLANK_LEAD, 0);
	}
	for (; r->p < r->end; r->p++) {
		enum kind k = *r->p < 0x80 ? ascii_kind(*r->p) : MARK;
		if (k != BLANK && k != LINE)
			break;
		line = k == LINE ? r->p : line;
	}
	if (line) {
		units += TOKEN_UNITS;
		from = line + 1;
	}
	if (r->p == from)
		return units;
	if (r->p == r->end)
		return units + TOKEN_UNITS;
	units += r->p - from > 1 ? TOKEN_UNITS : 0;
	enum kind next = look(r).kind;
	if (starts_word(next))
		return units + word(r, BLANK_LEAD, 0);
	if (next == MARK && r->p[-1] == ' ')
		return units + marks(r, true);
	return units + TOKEN_UNITS;
}

/* A mark, which goes with a word that follows at once. The words of addresses are names more often than those of
 * texts are, and many of a page are alike: a margin of their own keeps pages of nothing but links from being counted short. */
static uint64_t mark_or_word(struct reader *r, struct character c)
{
	static const char leads[] = "/_-.([*\"'"; /* from BLANK_LEAD + 1 on */
	struct reader next = { r->p + c.bytes, r->end };
	if (next.p == next.end || !starts_word(look(&next).kind))
		return marks(r, false);
	const char *found = *r->p < 0x80 && *r->p ? strchr(leads, *r->p) : NULL;
	unsigned lead = found ? (unsigned)(found - leads) + BLANK_LEAD + 1 : OTHER_LEAD;
	int cost = *r->p < 0x80 ? 0 : own_cost(&c);
	unsigned margin = lead == BLANK_LEAD + 1 || *r->p == '-' ? TOKEN_UNITS / 8 : 0;
	*r = next;
	return word(r, lead, cost) + margin;
}

uint64_t tokens_units(struct str text)
{
	uint64_t units = 0;
	if (!text.n)
		return 0; /* and p may be NULL */
	struct reader r = { (const unsigned char *)text.p,
		(const unsigned char *)text.p + text.n };
	while (r.p < r.end) {
		struct character c = look(&r);
		if (starts_word(c.kind))
			units += word(&r, NO_LEAD, 0);
		else if (c.kind == DIGIT)
			units += digits(&r);
		else if (c.kind == MARK)
			units += mark_or_word(&r, c);
		else
			units += blanks(&r);
	}
	return units;
}

size_t tokens_count(struct str text)
{
	return (size_t)((tokens_units(text) + TOKEN_UNITS - 1) / TOKEN_UNITS);
}
