/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTML text to tokens (HTML standard 13.2.5), pulled one by one by the tree builder. Input is
 * UTF-8. Texts are spans; the attributes of a start tag stand in the dom's, attr_n from attr
 * on.
 */
#ifndef PAGE_TOKEN_H
#define PAGE_TOKEN_H

#include "page/dom_build.h"
#include "page/name.h"

enum token_kind {
	TOKEN_EOF,
	TOKEN_TEXT,
	TOKEN_NUL,
	TOKEN_START,
	TOKEN_END,
	TOKEN_COMMENT,
	TOKEN_DOCTYPE
};
/* What the tree builder asks for after a start tag. */
enum lexer_state { LEX_DATA, LEX_RCDATA, LEX_RAWTEXT, LEX_SCRIPT, LEX_PLAINTEXT, LEX_CDATA };

struct token {
	enum token_kind kind;
	enum tag_id tag;
	uint32_t word; /* the number of a name unknown to the tables, else 0 */
	bool self_closing;
	uint32_t attr, attr_n;
	struct span text; /* text and comment; NUL: len is their count; doctype: the name */
	struct doctype {
		bool has_name, has_public, has_system, force_quirks;
		struct span public_id, system_id;
	} doctype;
};

enum { SEEN_BITS = 11, SEEN_SIZE = 1 << SEEN_BITS };
struct lexer {
	struct dom_maker *m;
	const char *begin, *p, *end;
	enum lexer_state state;
	struct str
		raw_name; /* the element whose end tag ends RCDATA, RAWTEXT, SCRIPT; lower case */
	bool in_foreign; /* the adjusted current node is no HTML element: CDATA sections count */
	uint64_t seen_mask; /* attributes of this tag, by hash: duplicates */
	bool odd_class; /* this tag has a class, and maybe one that begins with M */
	uint32_t seen_round, *seen_rounds;
	uint16_t *seen;
};

void lexer_init(struct lexer *x, struct dom_maker *m, struct str html);
void lexer_next(struct lexer *x, struct token *t);

/* Parts of the tokenizer, each in its file. */
void lexer_text(struct lexer *x, struct token *t); /* up to markup or NUL */
void lexer_start_tag(struct lexer *x, struct token *t); /* p on `<` and a letter */
void lexer_end_tag(struct lexer *x, struct token *t); /* p on `</` and a letter */
/* p behind a tag's name: attributes into the dom's, counted in t. Returns where the tag's `>` or
 * `/>` stands, or end.
 */
const char *lexer_attrs(struct lexer *x, const char *p, struct token *t);
/* Any name: lowered and with NUL replaced. The key is 0 when it is too long for the tables. */
const char *lexer_long_name(
	struct lexer *x, const char *p, char stop, struct name_key *key, struct span *name);
void lexer_markup(struct lexer *x, struct token *t); /* p on `<!`, `<?` or `</` and no letter */
/* p in a CDATA section; t is untouched when nothing of it is left */
void lexer_cdata(struct lexer *x, struct token *t, const char *p);
void lexer_raw(struct lexer *x, struct token *t);
/* Bytes p..end as a span, with references read (if `refs`), CR made LF and NUL U+FFFD. */
struct span lexer_clean(
	struct lexer *x, const char *p, const char *end, bool refs, bool in_attr);

/* What a byte does in a name: ends it, or is written otherwise. */
enum { NAME_ENDS = 1, NAME_CHANGES = 2 };
extern const uint8_t lexer_name_class[256];
static inline bool lexer_name_ends(char c)
{
	return lexer_name_class[(unsigned char)c] & NAME_ENDS;
}

static inline bool lexer_is_letter(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static inline struct span lexer_span(const struct lexer *x, const char *p, const char *end)
{
	return (struct span) { (uint32_t)(p - x->begin), (uint32_t)(end - p), false, false };
}

#endif
