/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the Markdown writer (markdown*.c): its state. See markdown.c for how the parts work together.
 */
#ifndef PAGE_MARKDOWN_IN_H
#define PAGE_MARKDOWN_IN_H

#include "page/markdown.h"
#include "page/scan.h"
#include "page/unicode.h"

enum {
	MD_FRAMES = 1100,
	MD_MARKS = 48,
	MD_RECENT = 8,
	MD_NESTING = 32,
	MD_PREFIX = MD_NESTING * 12,
	MD_URL_MAX = 8192,
	MD_TITLE_MAX = 1000,
	MD_ALT_MAX = 2000
};

/* What an element is to the writer. */
enum md_kind {
	K_INLINE,
	K_BLOCK,
	K_SKIP,
	K_HEADING,
	K_LIST,
	K_ITEM,
	K_QUOTE,
	K_RULE,
	K_BREAK,
	K_PRE,
	K_CODE,
	K_STRONG,
	K_EM,
	K_DEL,
	K_LINK,
	K_IMAGE,
	K_TABLE,
	K_ROW,
	K_CELL,
	K_CAPTION,
	K_TERM,
	K_SAID,
	K_SCRIPT_UP,
	K_SCRIPT_DOWN,
	K_RUBY_TEXT,
	K_MATH,
	K_MEDIA,
	K_INPUT,
	K_FORM_TEXT,
	K_CAPTIONED,
	K_NOSCRIPT,
	K_SCRIPT
};

/* What leaving an element has to do. */
enum md_act {
	ACT_BLOCK,
	ACT_SPACE,
	ACT_HEADING,
	ACT_LIST,
	ACT_ITEM,
	ACT_QUOTE,
	ACT_MARK,
	ACT_LINK,
	ACT_CARD,
	ACT_TABLE,
	ACT_ROW,
	ACT_CELL,
	ACT_TERM,
	ACT_SAY
};

struct md_frame {
	nid node;
	enum md_act act;
	int64_t n; /* list: the next number; link, heading: 1 when a mark or flatness goes with it */
	char mark; /* list: '-', '*', '.' or ')' */
	bool loose; /* list: blank lines between items */
	bool reversed; /* list: counts down */
	size_t items; /* list: items so far */
	size_t at, prefix_n, low, bare_prefix; /* as they were before */
	int need;
	bool bare;
	const char *text; /* ACT_SAY: text to write at the end */
	struct md_table *table;
};

enum md_mark_kind { MARK_STRONG, MARK_EM, MARK_DEL, MARK_LINK, MARK_KINDS };
enum md_mark_state { MARK_WAITING, MARK_OPEN, MARK_DROPPED };
struct md_mark {
	enum md_mark_kind kind;
	enum md_mark_state state;
	char delim; /* '*', '_' or '~' */
	uint8_t len; /* of the delimiter */
	nid node; /* link: its element */
	size_t at; /* open: where the delimiter or bracket stands */
};
struct md_recent { /* emphasis that closed just before what comes next */
	enum md_mark_kind kind;
	char delim;
	uint8_t len;
	size_t open_at, close_at;
};

struct md {
	struct arena *arena;
	const struct dom *d;
	const struct markdown_opts *o;
	struct buf *out;
	size_t limit, steps;
	unsigned cuts;
	size_t text_bytes;
	bool stopped;

	/* lines */
	char prefix[MD_PREFIX];
	size_t prefix_n,
		low; /* low: the prefix that the blank line before the next block has */
	size_t nesting;
	int need; /* newlines before the next block */
	bool bare; /* a list marker was written, nothing behind it yet */
	size_t bare_prefix; /* how much of the prefix that line has */
	bool in_line, first_line;
	size_t line_at; /* where this line's text begins */
	size_t list_end; /* out->len when the last list ended, and its marker */
	char list_mark;

	/* inline */
	bool space; /* a blank is due before the next text */
	int breaks; /* so many br are due */
	int flat; /* inside a heading, a cell, a card: blocks are blanks */
	int cell; /* inside a cell: pipes are escaped, br is written as such */
	int in_link;
	int lead; /* level of the heading that the next line is, or this line is */
	bool tilde; /* an unescaped ~ stands in this block */
	struct md_mark marks[MD_MARKS];
	size_t n_marks, n_waiting;
	int active[MARK_KINDS];
	struct md_recent recent[MD_RECENT];
	size_t n_recent;
	nid card; /* a link around blocks: its address goes into the heading below */
	bool alt_counts; /* the link here has no text but its images' descriptions */
	size_t link_end; /* out->len after the last link */
	size_t code_end; /* out->len after the last code span, and its fence */
	size_t code_fence;

	struct md_frame frames[MD_FRAMES];
	size_t n_frames;
	struct buf url; /* scratch: the address resolved last */
	nid url_of; /* the link it belongs to, or 0 */
};

/* markdown.c */
bool md_enter(struct md *m, nid id); /* true: go into it */
void md_leave(struct md *m, nid id);
struct md_frame *md_push(struct md *m, nid id, enum md_act act); /* NULL: too deep */
bool md_hidden(const struct dom *d, nid id);
bool md_has_class(const struct dom *d, nid id, struct str word);
enum md_kind md_kind_of(const struct dom *d, nid id);

/* markdown_out.c: bytes, lines, blocks, marks */
static inline void md_put(struct md *m, const char *p, size_t n)
{
	struct buf *b = m->out;
	if (__builtin_expect(b->cap - b->len > n, 1)) {
		memcpy(b->p + b->len, p, n);
		b->len += n;
	} else {
		buf_add(b, p, n);
	}
}
static inline void md_char(struct md *m, char c)
{
	md_put(m, &c, 1);
}
static inline void md_say(struct md *m, const char *text)
{
	md_put(m, text, strlen(text));
}
static inline bool md_full(const struct md *m)
{
	return m->stopped || m->out->len >= m->limit;
}
void md_line(struct md *m); /* goes to the start of a new line, prefix written */
void md_block(struct md *m, int need); /* the block here ends; newlines before what comes */
void md_content(
	struct md *m, uint32_t next); /* before any inline content, which begins with next */
void md_push_prefix(struct md *m, const char *p, size_t n);
void md_pop_prefix(struct md *m, size_t to);
void md_insert(struct md *m, size_t at, char c);
void md_erase(struct md *m, size_t at, size_t n);

/* markdown_mark.c: emphasis and the brackets of links */
bool md_mark_push(struct md *m, enum md_mark_kind kind, nid node);
void md_mark_pop(struct md *m);
void md_marks_open(struct md *m, uint32_t next);
void md_marks_suspend(struct md *m); /* a block ends inside them */
void md_settle(struct md *m, uint32_t next);

/* markdown_text.c */
void md_text(struct md *m, struct str s);
void md_escaped(
	struct md *m, struct str s); /* no blanks at its ends, no look at what is around */
void md_line_check(struct md *m); /* escapes what would act at the start of the line */
bool md_is_spacer(struct str s); /* white space and U+00A0 only */

/* markdown_block.c */
bool md_block_enter(struct md *m, nid id, enum md_kind kind);
void md_block_leave(struct md *m, const struct md_frame *f);

/* markdown_code.c */
void md_pre(struct md *m, nid id);
void md_code(struct md *m, nid id);
void md_code_span(struct md *m, struct str text); /* white space collapses */
bool md_is_gutter(const struct dom *d, nid id);
void md_gather(const struct dom *d, nid from, nid until, struct buf *out);

/* markdown_link.c */
bool md_link_enter(struct md *m, nid id);
void md_link_leave(struct md *m, const struct md_frame *f);
void md_link_close(struct md *m, nid id, size_t text_at);
bool md_resolve(struct md *m, struct str ref); /* into m->url; false: nothing to link to */
void md_put_url(struct md *m, struct str url);
bool md_is_reference(const char *p, const char *end);
void md_put_title(struct md *m, nid id, size_t text_at);
void md_put_label(struct md *m, struct str text, size_t max); /* one line, brackets escaped */

/* markdown_image.c */
void md_image(struct md *m, nid id);
void md_media(struct md *m, nid id);

/* markdown_inline.c */
bool md_script(struct md *m, nid id, bool up);
bool md_math(struct md *m, nid id);
bool md_math_script(struct md *m, nid id);
void md_input(struct md *m, nid id);

/* markdown_table.c */
bool md_table_enter(struct md *m, nid id);
bool md_row_enter(struct md *m, nid id);
bool md_cell_enter(struct md *m, nid id);
void md_row_leave(struct md *m, const struct md_frame *f);
void md_cell_leave(struct md *m, const struct md_frame *f);

#endif
