/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SVG and MathML (13.2.6.5): their names get their capitals back, and HTML tags that can only
 * be a mistake there end them.
 */
#include "page/tree.h"
#include "base/check.h"
#include "page/name.h"

/* clang-format off */
static const bool breaks_out[TAG_COUNT] = {
	[TAG_B] = 1, [TAG_BIG] = 1, [TAG_BLOCKQUOTE] = 1, [TAG_BODY] = 1, [TAG_BR] = 1,
	[TAG_CENTER] = 1, [TAG_CODE] = 1, [TAG_DD] = 1, [TAG_DIV] = 1, [TAG_DL] = 1, [TAG_DT] = 1,
	[TAG_EM] = 1, [TAG_EMBED] = 1, [TAG_H1] = 1, [TAG_H2] = 1, [TAG_H3] = 1, [TAG_H4] = 1,
	[TAG_H5] = 1, [TAG_H6] = 1, [TAG_HEAD] = 1, [TAG_HR] = 1, [TAG_I] = 1, [TAG_IMG] = 1,
	[TAG_LI] = 1, [TAG_LISTING] = 1, [TAG_MENU] = 1, [TAG_META] = 1, [TAG_NOBR] = 1,
	[TAG_OL] = 1, [TAG_P] = 1, [TAG_PRE] = 1, [TAG_RUBY] = 1, [TAG_S] = 1, [TAG_SMALL] = 1,
	[TAG_SPAN] = 1, [TAG_STRONG] = 1, [TAG_STRIKE] = 1, [TAG_SUB] = 1, [TAG_SUP] = 1,
	[TAG_TABLE] = 1, [TAG_TT] = 1, [TAG_U] = 1, [TAG_UL] = 1, [TAG_VAR] = 1,
};
/* clang-format on */

static const uint16_t cased_attrs[] = {
#define ATTR_ROW(id, name)
#define ATTR_CASED(id, name) ATTR_##id,
#include "page/attr_table.h"
#undef ATTR_ROW
};

/* The capitals that an unknown attribute name has in SVG; 0: none. */
static uint16_t cased_attr(struct str name)
{
	if (name.n <= sizeof(struct name_key)) {
		struct name_key key = name_key_of(name.p, name.n);
		unsigned i =
			name_find(&cased_attr_names, key, name_mix(&cased_attr_names, key));
		return i ? cased_attrs[i - 1] : 0;
	}
	for (size_t i = 0; i < COUNT_OF(cased_attrs); i++)
		if (str_ieq(attr_name((enum attr_id)cased_attrs[i]), name))
			return cased_attrs[i];
	return 0;
}

void tree_adjust_attrs(struct tree *t, const struct token *k, enum dom_ns ns)
{
	for (uint32_t i = 0; i < k->attr_n; i++) {
		struct dom_attr *a = &t->m->d.attrs[k->attr + i];
		if (a->name < ATTR_COUNT)
			continue;
		struct str name = dom_own_name(&t->m->d, a);
		uint16_t cased = 0;
		if (name.n >= 4) /* the shortest is refX */
			cased = cased_attr(name);
		if (cased && (cased == ATTR_DEFINITIONURL) == (ns == NS_MATHML))
			a->name = cased;
	}
}

static bool is_breakout(const struct tree *t, const struct token *k)
{
	struct str value;
	if (k->kind == TOKEN_END)
		return k->tag == TAG_BR || k->tag == TAG_P;
	if (k->tag == TAG_FONT)
		return token_attr(t, k, ATTR_COLOR, &value) ||
		       token_attr(t, k, ATTR_FACE, &value) ||
		       token_attr(t, k, ATTR_SIZE, &value);
	return breaks_out[k->tag];
}

static bool break_out(struct tree *t, struct token *k)
{
	while (tree_top(t)->ns != NS_HTML &&
		!(tree_top(t)->flags & (OPEN_TEXT_POINT | OPEN_HTML_POINT)))
		tree_pop(t);
	return tree_process(t, k, t->mode);
}

static bool same_name(const struct tree *t, const struct open *o, const struct token *k)
{
	if (k->word == 0)
		return o->tag == k->tag;
	if (o->tag)
		return o->ns == NS_SVG && o->tag == t->m->words[k->word].svg;
	return t->m->d.nodes[o->id].off == k->word;
}

static bool foreign_end(struct tree *t, struct token *k)
{
	for (size_t i = t->depth; --i > 0;) {
		const struct open *o = &t->open[i];
		t->m->d.work++;
		if (o->ns == NS_HTML)
			return tree_process(t, k, t->mode);
		if (same_name(t, o, k)) {
			tree_pop_to(t, i);
			return false;
		}
	}
	return t->depth > 1 && tree_process(t, k, t->mode); /* the one at the bottom is html */
}

static void foreign_nul(struct tree *t, const struct token *k)
{
	size_t from = t->m->own_len;
	for (uint32_t i = 0; i < k->text.len; i++)
		own_put(t->m, "\xEF\xBF\xBD", 3);
	tree_insert_text(
		t, (struct span) { (uint32_t)from, (uint32_t)(t->m->own_len - from), true });
}

bool tree_foreign(struct tree *t, struct token *k)
{
	enum dom_ns ns = (enum dom_ns)tree_adjusted(t)->ns;
	switch (k->kind) {
	case TOKEN_NUL:
		foreign_nul(t, k);
		return false;
	case TOKEN_TEXT:
		tree_insert_text(t, k->text);
		tree_see_text(t, k->text);
		return false;
	case TOKEN_COMMENT:
		tree_insert_comment(t, k, 0);
		return false;
	case TOKEN_START:
		if (is_breakout(t, k))
			return break_out(t, k);
		tree_adjust_attrs(t, k, ns);
		tree_insert_foreign(t, k, ns);
		if (k->self_closing)
			tree_pop(t);
		return false;
	case TOKEN_END:
		return is_breakout(t, k) ? break_out(t, k) : foreign_end(t, k);
	default:
		return false;
	}
}
