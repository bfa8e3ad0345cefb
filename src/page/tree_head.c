/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the page's first byte to the body: doctype and quirks, html, head (13.2.6.4.1 to 6).
 * What is in none of these places implies the tags that are missing.
 */
#include "page/tree.h"
#include "base/check.h"
#include "page/quirks.h"

static void insert_doctype(struct tree *t, const struct token *k)
{
	struct dom_maker *m = t->m;
	const struct doctype *d = &k->doctype;
	nid id = node_make(m, DOM_DOCTYPE);
	struct dom_node *node = &m->d.nodes[id];
	node->off = k->text.off;
	node->len = k->text.len;
	node->flags = k->text.own ? NODE_OWN : 0;
	node->attr = m->d.attr_count;
	const struct span ids[2] = { d->public_id, d->system_id };
	const bool has[2] = { d->has_public, d->has_system };
	for (size_t i = 0; i < 2; i++) {
		if (!has[i])
			continue;
		*attr_room(m) = (struct dom_attr) { .value = ids[i].off,
			.value_len = ids[i].len,
			.name = i ? ATTR_SYSTEM : ATTR_PUBLIC,
			.flags = ids[i].own ? ATTR_VALUE_OWN : 0 };
		m->d.attr_count++;
		m->d.nodes[id].flags =
			(uint8_t)(m->d.nodes[id].flags + (1 << NODE_COUNT_SHIFT));
	}
	node_append(m, 1, id);
}

bool mode_initial(struct tree *t, struct token *k)
{
	if (k->kind == TOKEN_TEXT) {
		tree_take_space(t, k);
		if (k->text.len == 0)
			return false;
	}
	if (k->kind == TOKEN_COMMENT) {
		tree_insert_comment(t, k, 1);
		return false;
	}
	t->mode = MODE_BEFORE_HTML;
	if (k->kind != TOKEN_DOCTYPE) {
		t->m->d.quirks = true;
		return true;
	}
	const struct doctype *d = &k->doctype;
	struct str public_id = { span_bytes(t->m, d->public_id), d->public_id.len };
	struct str system_id = { span_bytes(t->m, d->system_id), d->system_id.len };
	struct str name = { span_bytes(t->m, k->text), k->text.len };
	t->m->d.quirks = d->force_quirks || !str_eq(name, STR("html")) ||
			 quirks_asked(public_id, d->has_system, system_id);
	insert_doctype(t, k);
	return false;
}

/* The only end tags that say something up to the head: they end what was never begun. */
static bool ends_early(enum tag_id tag)
{
	return tag == TAG_HEAD || tag == TAG_BODY || tag == TAG_HTML || tag == TAG_BR;
}

/* Before the head begins, where comments go to `parent` (0: here). true: nothing of the token is left. */
static bool drop_early(struct tree *t, struct token *k, nid parent)
{
	switch (k->kind) {
	case TOKEN_DOCTYPE:
		return true;
	case TOKEN_COMMENT:
		tree_insert_comment(t, k, parent);
		return true;
	case TOKEN_TEXT:
		tree_take_space(t, k);
		return k->text.len == 0;
	case TOKEN_END:
		return !ends_early(k->tag);
	default:
		return false;
	}
}

bool mode_before_html(struct tree *t, struct token *k)
{
	if (drop_early(t, k, 1))
		return false;
	bool given = token_is(k, TOKEN_START, TAG_HTML);
	nid id = tree_element(t, TAG_HTML, 0, NS_HTML);
	if (given) {
		t->m->d.nodes[id].attr = k->attr;
		t->m->d.nodes[id].len = k->attr_n;
	}
	node_append(t->m, 1, id);
	t->m->d.html = id;
	tree_push(t, id);
	t->mode = MODE_BEFORE_HEAD;
	return !given;
}

bool mode_before_head(struct tree *t, struct token *k)
{
	if (drop_early(t, k, 0))
		return false;
	if (token_is(k, TOKEN_START, TAG_HTML))
		return mode_in_body(t, k);
	t->mode = MODE_IN_HEAD;
	if (token_is(k, TOKEN_START, TAG_HEAD)) {
		t->m->d.head = tree_insert(t, k);
		return false;
	}
	t->m->d.head = tree_insert_tag(t, TAG_HEAD);
	return true;
}

static void open_template(struct tree *t, const struct token *k)
{
	tree_insert(t, k);
	format_marker(t);
	t->frameset_ok = false;
	t->mode = MODE_IN_TEMPLATE;
	CHECK(t->n_templates < t->max_depth + OPEN_SLACK);
	t->templates[t->n_templates++] = MODE_IN_TEMPLATE;
}

static void close_template(struct tree *t)
{
	if (!t->counts[TAG_TEMPLATE])
		return;
	tree_implied_ends_all(t);
	tree_end_template(t);
}

/* What a start tag means in the head; false: it does not belong there. */
static bool head_start(struct tree *t, struct token *k)
{
	switch (k->tag) {
	case TAG_BASE:
	case TAG_BASEFONT:
	case TAG_BGSOUND:
	case TAG_LINK:
	case TAG_META:
		tree_insert(t, k);
		tree_pop(t);
		return true;
	case TAG_TITLE:
		tree_insert_raw(t, k, LEX_RCDATA);
		return true;
	case TAG_NOFRAMES:
	case TAG_STYLE:
		tree_insert_raw(t, k, LEX_RAWTEXT);
		return true;
	case TAG_SCRIPT:
		tree_insert_raw(t, k, LEX_SCRIPT);
		return true;
	case TAG_NOSCRIPT:
		tree_insert(t, k);
		t->mode = MODE_IN_HEAD_NOSCRIPT;
		return true;
	case TAG_TEMPLATE:
		open_template(t, k);
		return true;
	case TAG_HEAD:
		return true;
	default:
		return false;
	}
}

bool mode_in_head(struct tree *t, struct token *k)
{
	if (tree_take_trivia(t, k))
		return false;
	switch (k->kind) {
	case TOKEN_START:
		if (k->tag == TAG_HTML)
			return mode_in_body(t, k);
		if (head_start(t, k))
			return false;
		break;
	case TOKEN_END:
		if (k->tag == TAG_TEMPLATE) {
			close_template(t);
			return false;
		}
		if (!ends_early(k->tag))
			return false;
		break;
	default:
		break;
	}
	tree_pop(t);
	t->mode = MODE_AFTER_HEAD;
	return !token_is(k, TOKEN_END, TAG_HEAD);
}

bool mode_in_head_noscript(struct tree *t, struct token *k)
{
	if (tree_take_trivia(t, k))
		return false;
	if (k->kind == TOKEN_START) {
		switch (k->tag) {
		case TAG_HTML:
			return mode_in_body(t, k);
		case TAG_BASEFONT:
		case TAG_BGSOUND:
		case TAG_LINK:
		case TAG_META:
		case TAG_NOFRAMES:
		case TAG_STYLE:
			return mode_in_head(t, k);
		case TAG_HEAD:
		case TAG_NOSCRIPT:
			return false;
		default:
			break;
		}
	}
	if (k->kind == TOKEN_END && k->tag != TAG_NOSCRIPT && k->tag != TAG_BR)
		return false;
	tree_pop(t);
	t->mode = MODE_IN_HEAD;
	return !token_is(k, TOKEN_END, TAG_NOSCRIPT);
}

/* An element of the head that comes after it goes into it. */
static void back_into_head(struct tree *t, struct token *k)
{
	tree_push(t, t->m->d.head);
	mode_in_head(t, k);
	size_t i = tree_find_open(t, t->m->d.head);
	if (i < t->depth) {
		tree_remove_open(t, i);
		tree_rescope(t, i);
	}
}

bool tree_is_head_tag(enum tag_id tag)
{
	return tag == TAG_BASE || tag == TAG_BASEFONT || tag == TAG_BGSOUND ||
	       tag == TAG_LINK || tag == TAG_META || tag == TAG_NOFRAMES || tag == TAG_SCRIPT ||
	       tag == TAG_STYLE || tag == TAG_TEMPLATE || tag == TAG_TITLE;
}

bool mode_after_head(struct tree *t, struct token *k)
{
	if (tree_take_trivia(t, k))
		return false;
	switch (k->kind) {
	case TOKEN_START:
		if (k->tag == TAG_HTML)
			return mode_in_body(t, k);
		if (k->tag == TAG_HEAD)
			return false;
		if (tree_is_head_tag(k->tag)) {
			back_into_head(t, k);
			return false;
		}
		break;
	case TOKEN_END:
		if (k->tag == TAG_TEMPLATE)
			return mode_in_head(t, k);
		if (k->tag != TAG_BODY && k->tag != TAG_HTML && k->tag != TAG_BR)
			return false;
		break;
	default:
		break;
	}
	if (token_is(k, TOKEN_START, TAG_FRAMESET)) {
		t->m->d.body = tree_insert(t, k);
		t->mode = MODE_IN_FRAMESET;
		return false;
	}
	bool given = token_is(k, TOKEN_START, TAG_BODY);
	t->m->d.body = given ? tree_insert(t, k) : tree_insert_tag(t, TAG_BODY);
	t->mode = MODE_IN_BODY;
	if (given)
		t->frameset_ok = false;
	return !given;
}
