/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree builder's parts (HTML standard 13.2.6), for page/tree*.c only; its face is
 * dom_parse in dom.h.
 *
 * A mode's function gets a token and returns true when the token is to be processed again by
 * what is the mode then. Several return what another mode's function returned: "process it
 * using the rules for".
 */
#ifndef PAGE_TREE_H
#define PAGE_TREE_H

#include "page/token.h"
#include "page/tree_mode.h"

enum scope { SCOPE_PLAIN, SCOPE_LIST_ITEM, SCOPE_BUTTON, SCOPE_TABLE };
enum open_flag {
	OPEN_P = 1, /* a p is in button scope here */
	OPEN_BARRIER = 2, /* ends the plain scope */
	OPEN_TEXT_POINT = 4, /* a MathML text integration point */
	OPEN_HTML_POINT = 8 /* an HTML integration point */
};

struct open {
	nid id;
	uint16_t tag;
	uint8_t ns, flags;
};
struct formatting {
	nid id; /* 0: a marker */
	uint32_t tag, print; /* print: equal for equal attributes; 0: not worked out yet */
};
struct place {
	nid parent, before; /* before 0: at the end */
};

enum { MAX_FORMATTING = 256, OPEN_SLACK = 2 /* entries past the cap, for a moment */ };
struct tree {
	struct dom_maker *m;
	struct lexer x;
	enum mode mode, mode_before; /* before: to come back to from TEXT and IN_TABLE_TEXT */
	struct open *open; /* the stack; the current node is open[depth - 1] */
	size_t depth, max_depth;
	uint32_t *counts; /* of open HTML elements by tag; unknown names are not counted */
	struct formatting formatting[MAX_FORMATTING + 1]; /* one more for a newcomer */
	size_t n_formatting;
	uint8_t *templates; /* the stack of template insertion modes */
	size_t n_templates, clones, tokens;
	nid form, selected; /* selected: the first selectedcontent element */
	struct open context; /* fragment: the context element (id 0) */
	bool fragment, frameset_ok, foster, skip_newline, stopped;
	bool pending_roomy, pending_any;
	struct span pending; /* table text */
	uint32_t
		merge_attr[2]; /* where html's and body's attributes may grow, see tree_merge */
};
typedef bool mode_fn(struct tree *t, struct token *k);

/* tree_run.c */
void tree_run(struct tree *t); /* to the end of the page */
bool tree_process(struct tree *t, struct token *k, enum mode mode);
mode_fn mode_initial, mode_before_html, mode_before_head, mode_in_head, mode_in_head_noscript,
	mode_after_head, mode_in_body, mode_text, mode_in_table, mode_in_table_text,
	mode_in_caption, mode_in_column_group, mode_in_table_body, mode_in_row, mode_in_cell,
	mode_in_template, mode_after_body, mode_in_frameset, mode_after_frameset,
	mode_after_after_body, mode_after_after_frameset, tree_foreign, body_end_rule,
	body_start_tag;
extern const bool body_ends_more[TAG_COUNT];
void body_any_end_tag(struct tree *t, const struct token *k);

/* tree_stack.c */
/* Of SVG and MathML elements: the ends of a scope and integration points (annotation-xml
 * without its encoding).
 */
uint8_t tree_foreign_flags(enum tag_id tag, enum dom_ns ns);
void tree_push(struct tree *t, nid id);
void tree_pop_until(struct tree *t, enum tag_id tag); /* and that too */
void tree_pop_to(struct tree *t, size_t depth);
/* These three change the middle of the stack; call tree_rescope from the lowest index
 * changed after them.
 */
void tree_remove_open(struct tree *t, size_t index);
void tree_insert_open(struct tree *t, size_t index, nid id);
void tree_replace_open(struct tree *t, size_t index, nid id); /* by one of the same tag */
void tree_rescope(struct tree *t, size_t index);
size_t tree_find_open(const struct tree *t, nid id); /* its index, or t->depth */
bool tree_in_scope(const struct tree *t, enum tag_id tag, enum scope scope);
bool tree_heading_in_scope(const struct tree *t);
void tree_implied_ends_all(struct tree *t);
void tree_end_p(struct tree *t); /* one is in button scope */
void tree_reset_mode(struct tree *t);

/* tree_insert.c */
struct place tree_place(const struct tree *t, nid target);
void tree_put(struct tree *t, struct place at, nid id);
nid tree_insert(struct tree *t, const struct token *k);
nid tree_insert_tag(struct tree *t, enum tag_id tag); /* no attributes */
nid tree_insert_foreign(struct tree *t, const struct token *k, enum dom_ns ns);
void tree_open(struct tree *t, nid id); /* inserts and pushes */
nid tree_element(struct tree *t, enum tag_id tag, uint32_t word, enum dom_ns ns);
void tree_insert_spaces(struct tree *t, struct token *k); /* the white space of a text */
void tree_insert_text(struct tree *t, struct span text);
void tree_insert_comment(struct tree *t, const struct token *k, nid parent); /* 0: here */
void tree_insert_raw(struct tree *t, const struct token *k, enum lexer_state state);
void tree_merge(struct tree *t, const struct token *k, nid id); /* attributes that id lacks */
void tree_see_text(struct tree *t, struct span text); /* framesets end where text begins */
bool token_attr(
	const struct tree *t, const struct token *k, enum attr_id attr, struct str *value);
struct span tree_take_space(
	struct tree *t, struct token *k); /* leading white space off a text */
/* What the modes before the body do first: leading white space and comments go in, a doctype is
 * dropped. true: nothing of the token is left. */
bool tree_take_trivia(struct tree *t, struct token *k);

/* tree_format.c */
void format_reopen(struct tree *t); /* the entries at the end that are closed */
void format_push(struct tree *t, nid id);
void format_marker(struct tree *t);
void format_clear(struct tree *t); /* to the last marker */
void format_remove(struct tree *t, nid id);
void format_adopt(struct tree *t, const struct token *k);
nid format_find(const struct tree *t, enum tag_id tag); /* behind the last marker */

/* tree_head.c: base, link, meta, script, title and the like */
bool tree_is_head_tag(enum tag_id tag);

/* tree_after.c: one is open */
void tree_end_template(struct tree *t);

/* tree_table.c */
void table_clear_to(struct tree *t, enum tag_id a, enum tag_id b, enum tag_id c);
bool table_in_scope(const struct tree *t, enum tag_id tag);
bool table_is_part(
	enum tag_id tag); /* caption, col, colgroup, tbody, td, tfoot, th, thead, tr */

/* tree_select.c */
void tree_fill_selects(struct tree *t);

/* tree_foreign.c */
void tree_adjust_attrs(struct tree *t, const struct token *k, enum dom_ns ns);

#include "page/tree_inline.h"

#endif
