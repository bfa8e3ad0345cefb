/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loop of the tree builder: a token, the rules that its place asks for, again while a rule
 * says so.
 */
#include "page/tree.h"
#include "page/scan_name.h"

enum { TOKENS_PER_STOP = 4096 };

static mode_fn *const modes[MODE_COUNT] = {
	[MODE_INITIAL] = mode_initial,
	[MODE_BEFORE_HTML] = mode_before_html,
	[MODE_BEFORE_HEAD] = mode_before_head,
	[MODE_IN_HEAD] = mode_in_head,
	[MODE_IN_HEAD_NOSCRIPT] = mode_in_head_noscript,
	[MODE_AFTER_HEAD] = mode_after_head,
	[MODE_IN_BODY] = mode_in_body,
	[MODE_TEXT] = mode_text,
	[MODE_IN_TABLE] = mode_in_table,
	[MODE_IN_TABLE_TEXT] = mode_in_table_text,
	[MODE_IN_CAPTION] = mode_in_caption,
	[MODE_IN_COLUMN_GROUP] = mode_in_column_group,
	[MODE_IN_TABLE_BODY] = mode_in_table_body,
	[MODE_IN_ROW] = mode_in_row,
	[MODE_IN_CELL] = mode_in_cell,
	[MODE_IN_TEMPLATE] = mode_in_template,
	[MODE_AFTER_BODY] = mode_after_body,
	[MODE_IN_FRAMESET] = mode_in_frameset,
	[MODE_AFTER_FRAMESET] = mode_after_frameset,
	[MODE_AFTER_AFTER_BODY] = mode_after_after_body,
	[MODE_AFTER_AFTER_FRAMESET] = mode_after_after_frameset,
};

bool tree_process(struct tree *t, struct token *k, enum mode mode)
{
	return modes[mode](t, k);
}

/* The current node is no HTML element: is the token to be read by the rules of foreign content (13.2.6, the
 * "tree construction dispatcher")?
 */
static bool is_foreign(const struct open *o, const struct token *k)
{
	bool text = k->kind == TOKEN_TEXT || k->kind == TOKEN_NUL,
	     start = k->kind == TOKEN_START;
	if (k->kind == TOKEN_EOF)
		return false;
	if (o->flags & OPEN_TEXT_POINT)
		return !(text || (start && k->tag != TAG_MGLYPH && k->tag != TAG_MALIGNMARK));
	if (o->ns == NS_MATHML && o->tag == TAG_ANNOTATION_XML && start && k->tag == TAG_SVG)
		return false;
	return !((o->flags & OPEN_HTML_POINT) && (text || start));
}

__attribute__((noinline)) static void handle(struct tree *t, struct token *k)
{
	bool again = true;
	while (again) {
		const struct open *o = t->depth ? tree_adjusted(t) : NULL;
		if (o && o->ns != NS_HTML && is_foreign(o, k))
			again = tree_foreign(t, k);
		else
			again = modes[t->mode](t, k);
	}
}

/* The newline behind <pre>, <listing> and <textarea> does not count (13.2.6.4.7). */
static bool skip_newline(struct tree *t, struct token *k)
{
	t->skip_newline = false;
	if (k->kind != TOKEN_TEXT || *span_bytes(t->m, k->text) != '\n')
		return false;
	k->text.off++;
	return --k->text.len == 0;
}

/* Before each token: is this the end? Then the lexer's too. */
static inline bool must_stop(struct tree *t)
{
	const struct dom_limits *l = &t->m->limits;
	if (t->m->d.count >= l->max_nodes)
		t->m->d.cuts |= CUT_NODES;
	else if (++t->tokens % TOKENS_PER_STOP == 0 && l->stop && l->stop(l->stop_arg))
		t->m->d.cuts |= CUT_TIME;
	else
		return false;
	t->x.p = t->x.end;
	t->x.state = LEX_DATA;
	return true;
}

/* Can all that stands here be read by the rules of the body, but for what goes to raw text? */
static inline bool in_plain_body(const struct tree *t)
{
	return (t->mode == MODE_IN_BODY || t->mode == MODE_IN_CELL) && t->x.state == LEX_DATA &&
	       !t->skip_newline && tree_top(t)->ns == NS_HTML;
}

/* Is there a tag at p, more than two bytes before the end? */
static inline bool is_tag(const char *p)
{
	return *p == '<' && lexer_is_letter(p[1 + (p[1] == '/')]);
}

/* Text up to markup. White space before a tag, two texts of three, needs nothing of what other text does. */
static inline void read_text(struct lexer *x, struct token *k)
{
	const char *p = scan_indent(x->p, x->end);
	if (p == x->p || x->end - p < 3 || !is_tag(p)) {
		lexer_text(x, k);
		return;
	}
	k->kind = TOKEN_TEXT;
	k->text = lexer_span(x, x->p, p);
	k->text.blank = true;
	x->p = p;
}

/* 99 end tags of 100 are the current node's, in small letters and with nothing behind the name: that is seen
 * without finding the name in its table. p on `</` and a letter.
 */
static inline void read_end_tag(struct tree *t, struct token *k, const char *p)
{
	struct lexer *x = &t->x;
	enum tag_id tag = (enum tag_id)tree_top(t)->tag;
	size_t n = tag_name(tag).n;
	struct name_key own = tag_names.keys[tag];
	if (x->end - p >= SCAN_ROOM && p[2 + n] == '>') {
		struct name_key name = scan_key(p + 2, n, 0);
		if (name.k0 == own.k0 && name.k1 == own.k1) {
			k->kind = TOKEN_END;
			k->tag = tag;
			k->word = 0;
			k->self_closing = false;
			k->attr_n = 0;
			x->p = p + 3 + n;
			return;
		}
	}
	lexer_end_tag(x, k);
}

/*
 * Text and tags in the body by the shortest way, which nearly all tokens of nearly all pages go:
 * what the first bytes say of the token is not asked again (a tenth of the time). Returns before
 * anything else.
 */
static void run_body(struct tree *t, struct token *k)
{
	struct lexer *x = &t->x;
	while (in_plain_body(t)) {
		const char *p = x->p;
		if (x->end - p < 3 || *p == 0)
			return;
		if (*p != '<') {
			if (must_stop(t))
				return;
			read_text(x, k);
			body_text(t, &k->text);
			p = x->p;
			if (x->end - p < 3)
				return;
		}
		bool again, ends = p[1] == '/';
		if (!is_tag(p) || must_stop(t))
			return;
		if (ends)
			read_end_tag(t, k, p);
		else
			lexer_start_tag(x, k);
		if (k->kind == TOKEN_EOF)
			return;
		if (t->mode == MODE_IN_CELL)
			again = mode_in_cell(t, k);
		else
			again = ends ? body_end_tag(t, k) : body_start_tag(t, k);
		if (again)
			handle(t, k);
	}
}

void tree_run(struct tree *t)
{
	struct token k = { .kind = TOKEN_EOF };
	do {
		if (!t->fragment && t->depth)
			run_body(t, &k);
		must_stop(t);
		bool foreign = t->depth && tree_adjusted(t)->ns != NS_HTML;
		t->x.in_foreign = foreign;
		lexer_next(&t->x, &k);
		if (t->skip_newline && skip_newline(t, &k))
			continue;
		if (foreign || modes[t->mode](t, &k))
			handle(t, &k);
	} while (k.kind != TOKEN_EOF);
	tree_fill_selects(t);
}
