/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The face of the tree builder: a page, or a fragment and its context, to a tree.
 */
#include "page/tree.h"

enum { MAX_INPUT = 256 << 20 };

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
	tree_run(t);
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
	tree_run(t);
	node_unlink(t->m, root);
	node_move_children(t->m, root, 1);
	return &t->m->d;
}
