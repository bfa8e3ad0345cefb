/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loop of the tree builder: a token, the rules that its place asks for, again while a rule
 * says so.
 */
#include "page/tree.h"

enum { MAX_INPUT = 256 << 20, TOKENS_PER_STOP = 4096 };

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

/* The current node is no HTML element: is the token to be read by the rules of foreign
 * content?
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

/* The newline behind <pre>, <listing> and <textarea> does not count. */
static bool skip_newline(struct tree *t, struct token *k)
{
	t->skip_newline = false;
	if (k->kind != TOKEN_TEXT || *span_bytes(t->m, k->text) != '\n')
		return false;
	k->text.off++;
	return --k->text.len == 0;
}

static bool must_stop(struct tree *t)
{
	const struct dom_limits *l = &t->m->limits;
	if (t->m->d.count >= l->max_nodes)
		t->m->d.cuts |= CUT_NODES;
	else if (++t->tokens % TOKENS_PER_STOP == 0 && l->stop && l->stop(l->stop_arg))
		t->m->d.cuts |= CUT_TIME;
	else
		return false;
	return true;
}

static void run(struct tree *t)
{
	struct token k = { .kind = TOKEN_EOF };
	do {
		if (must_stop(t)) {
			t->x.p = t->x.end;
			t->x.state = LEX_DATA;
		}
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

static struct tree *tree_new(struct arena *a, struct str html, const struct dom_limits *limits)
{
	bool cut = html.n > MAX_INPUT;
	if (cut)
		html.n = MAX_INPUT;
	if (!html.p)
		html = STR("");
	struct tree *t = ARENA_NEW(a, struct tree);
	t->m = maker_new(a, html, limits);
	t->m->d.cuts = cut ? CUT_SIZE : 0;
	lexer_init(&t->x, t->m, html);
	t->max_depth = t->m->limits.max_depth;
	t->open = ARENA_ARRAY(a, struct open, t->max_depth + OPEN_SLACK);
	t->counts = ARENA_ARRAY(a, uint32_t, TAG_COUNT);
	t->templates = ARENA_ARRAY(a, uint8_t, t->max_depth + OPEN_SLACK);
	t->frameset_ok = true;
	return t;
}

struct dom *dom_parse(struct arena *a, struct str html, const struct dom_limits *limits)
{
	struct tree *t = tree_new(a, html, limits);
	run(t);
	return &t->m->d;
}

/* The context element: never a part of the tree. */
static void set_context(struct tree *t, const char *context)
{
	struct str name = str_of(context);
	struct open *o = &t->context;
	if (str_starts(name, STR("svg ")))
		o->ns = NS_SVG;
	else if (str_starts(name, STR("math ")))
		o->ns = NS_MATHML;
	while (o->ns != NS_HTML && name.n && *name.p != ' ')
		name = (struct str) { name.p + 1, name.n - 1 };
	if (name.n && *name.p == ' ')
		name = (struct str) { name.p + 1, name.n - 1 };
	o->tag = (uint16_t)tag_find(name);
	if (o->ns == NS_SVG && str_ieq(name, STR("foreignObject")))
		o->tag = TAG_FOREIGNOBJECT;
	t->fragment = true;
}

static enum lexer_state context_state(enum tag_id tag)
{
	if (tag == TAG_TITLE || tag == TAG_TEXTAREA)
		return LEX_RCDATA;
	if (tag == TAG_SCRIPT)
		return LEX_SCRIPT;
	if (tag == TAG_PLAINTEXT)
		return LEX_PLAINTEXT;
	return tag_flags(tag) & TF_RAW ? LEX_RAWTEXT : LEX_DATA;
}

struct dom *dom_parse_fragment(
	struct arena *a, struct str html, const char *context, const struct dom_limits *limits)
{
	struct tree *t = tree_new(a, html, limits);
	set_context(t, context);
	enum tag_id tag = t->context.ns == NS_HTML ? (enum tag_id)t->context.tag : TAG_NONE;
	if (t->context.ns != NS_HTML)
		t->context.flags = tree_foreign_flags(
			(enum tag_id)t->context.tag, (enum dom_ns)t->context.ns);
	t->x.state = context_state(tag);
	nid root = tree_element(t, TAG_HTML, 0, NS_HTML);
	node_append(t->m, 1, root);
	tree_push(t, root);
	if (tag == TAG_TEMPLATE)
		t->templates[t->n_templates++] = MODE_IN_TEMPLATE;
	tree_reset_mode(t);
	if (tag == TAG_FORM)
		t->form =
			1; /* the context: no other may be opened, and it is not on the stack */
	run(t);
	node_unlink(t->m, root);
	node_move_children(t->m, root, 1);
	return &t->m->d;
}
