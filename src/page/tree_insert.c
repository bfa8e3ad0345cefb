/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Putting nodes into the tree (13.2.6.1), foster parenting included. An element that would
 * stand deeper than the cap closes the element it would stand in: so it becomes its sibling,
 * and no text is lost.
 */
#include "page/tree.h"
#include "base/mem.h"
#include "page/scan.h"

/* "The appropriate place for inserting a node" */
struct place tree_place(const struct tree *t, nid target)
{
	if (!t->foster)
		return (struct place) { target, 0 };
	const struct dom_node *node = &t->m->d.nodes[target];
	bool table_part =
		node->ns == NS_HTML &&
		(node->tag == TAG_TABLE || node->tag == TAG_TBODY || node->tag == TAG_TFOOT ||
			node->tag == TAG_THEAD || node->tag == TAG_TR);
	if (!table_part)
		return (struct place) { target, 0 };
	size_t i = t->depth - 1;
	while (i > 0 && !open_is(&t->open[i], TAG_TABLE) &&
		!open_is(&t->open[i], TAG_TEMPLATE)) {
		t->m->d.work++;
		i--;
	}
	if (i == 0 || open_is(&t->open[i], TAG_TEMPLATE))
		return (struct place) { t->open[i].id, 0 };
	nid parent = t->m->d.nodes[t->open[i].id].parent;
	if (parent)
		return (struct place) { parent, t->open[i].id };
	return (struct place) { t->open[i - 1].id, 0 };
}

void tree_put(struct tree *t, struct place at, nid id)
{
	if (at.before)
		node_insert_before(t->m, at.before, id);
	else
		node_append(t->m, at.parent, id);
}

static void remember(struct tree *t, nid id, enum dom_list which)
{
	struct dom_ids *list = &t->m->d.lists[which];
	if (t->counts[TAG_TEMPLATE])
		return;
	if (list->n == list->cap) {
		list->cap = list->cap * 2 + 16;
		list->ids = mem_grow(list->ids, list->cap * sizeof *list->ids);
	}
	list->ids[list->n++] = id;
}

static const bool is_listed[TAG_COUNT] = { [TAG_META] = 1,
	[TAG_LINK] = 1,
	[TAG_BASE] = 1,
	[TAG_TITLE] = 1,
	[TAG_NOSCRIPT] = 1,
	[TAG_SELECTEDCONTENT] = 1,
	[TAG_SCRIPT] = 1 };

__attribute__((noinline)) static void list_element(struct tree *t, nid id, enum tag_id tag)
{
	struct str type;
	switch (tag) {
	case TAG_META:
		remember(t, id, LIST_META);
		break;
	case TAG_LINK:
		remember(t, id, LIST_LINK);
		break;
	case TAG_BASE:
		remember(t, id, LIST_BASE);
		break;
	case TAG_TITLE:
		remember(t, id, LIST_TITLE);
		break;
	case TAG_NOSCRIPT:
		remember(t, id, LIST_NOSCRIPT);
		break;
	case TAG_SELECTEDCONTENT:
		t->selected = t->selected ? t->selected : id;
		break;
	case TAG_SCRIPT:
		if (dom_attr(&t->m->d, id, ATTR_TYPE, &type) &&
			(str_has(type, STR("json")) || str_has(type, STR("JSON"))))
			remember(t, id, LIST_SCRIPT_DATA);
		break;
	default:
		break;
	}
}

/* Keeps the stack below its cap. A template that goes takes its mode and its formatting
 * entries with it.
 */
static void keep_depth(struct tree *t)
{
	t->m->d.cuts |= CUT_DEPTH;
	bool template = tree_at(t, TAG_TEMPLATE);
	tree_pop(t);
	if (template && t->n_templates) {
		format_clear(t);
		t->n_templates--;
		tree_reset_mode(t);
	}
}

void tree_insert_spaces(struct tree *t, struct token *k)
{
	while (k->text.len) {
		tree_insert_text(t, tree_take_space(t, k));
		if (k->text.len) {
			k->text.off++;
			k->text.len--;
		}
	}
}

nid tree_element(struct tree *t, enum tag_id tag, uint32_t word, enum dom_ns ns)
{
	nid id = node_make(t->m, DOM_ELEMENT);
	struct dom_node *node = &t->m->d.nodes[id];
	node->tag = (uint16_t)tag;
	node->off = word;
	node->ns = ns & 15;
	return id;
}

void tree_open(struct tree *t, nid id)
{
	if (t->depth >= t->max_depth)
		keep_depth(t);
	if (t->foster)
		tree_put(t, tree_place(t, tree_top(t)->id), id);
	else
		node_append(t->m, tree_top(t)->id, id);
	tree_push(t, id);
}

nid tree_insert(struct tree *t, const struct token *k)
{
	if (t->depth >= t->max_depth)
		keep_depth(t);
	struct open *o = &t->open[t->depth];
	struct dom_maker *m = t->m;
	enum tag_id tag = k->tag;
	nid up = o[-1].id, id = m->d.count + 1;
	struct dom_node *node;
	if (t->foster) {
		node_make(m, DOM_ELEMENT);
		tree_put(t, tree_place(t, up), id);
		node = &m->d.nodes[id];
	} else {
		node = node_add(m, DOM_ELEMENT, up, m->d.nodes[up].first);
	}
	node->tag = (uint16_t)tag;
	node->off = k->word;
	node->attr = k->attr;
	node->len = k->attr_n;
	bool shown = !k->attr_n || !(t->x.odd_class || t->x.seen_mask & ATTR_HIDING);
	node->flags = (uint8_t)(NODE_OPEN | (shown ? NODE_SHOWN : 0));
	o->id = id;
	o->tag = (uint16_t)tag;
	o->ns = NS_HTML;
	o->flags = tree_html_flags(o - 1, tag);
	t->depth++;
	t->counts[tag]++;
	if (is_listed[tag])
		list_element(t, id, tag);
	return id;
}

nid tree_insert_tag(struct tree *t, enum tag_id tag)
{
	struct token k = { .kind = TOKEN_START, .tag = tag };
	return tree_insert(t, &k);
}

nid tree_insert_foreign(struct tree *t, const struct token *k, enum dom_ns ns)
{
	enum tag_id tag = k->tag;
	if (ns == NS_SVG && k->word)
		tag = (enum tag_id)t->m->words[k->word].svg;
	nid id = tree_element(t, tag, k->word, ns);
	t->m->d.nodes[id].attr = k->attr;
	t->m->d.nodes[id].len = k->attr_n;
	tree_open(t, id);
	return id;
}

void tree_insert_text(struct tree *t, struct span text)
{
	if (text.len == 0)
		return;
	struct place at = tree_place(t, tree_top(t)->id);
	if (at.parent != 1)
		text_insert(t->m, at.parent, at.before, text);
}

void tree_insert_comment(struct tree *t, const struct token *k, nid parent)
{
	nid id = node_make(t->m, DOM_COMMENT);
	struct dom_node *node = &t->m->d.nodes[id];
	node->off = k->text.off;
	node->len = k->text.len;
	node->flags = k->text.own ? NODE_OWN : 0;
	if (parent)
		node_append(t->m, parent, id);
	else
		tree_put(t, tree_place(t, tree_top(t)->id), id);
}

void tree_insert_raw(struct tree *t, const struct token *k, enum lexer_state state)
{
	struct str name = tag_name(k->tag);
	tree_insert(t, k);
	t->x.state = state;
	t->x.raw_name = name;
	t->mode_before = t->mode;
	t->mode = MODE_TEXT;
}

static bool has_attr(struct dom_maker *m, nid id, const struct dom_attr *attr)
{
	const struct dom_node *node = &m->d.nodes[id];
	const struct dom_attr *have = &m->d.attrs[node->attr];
	m->d.work += node->len;
	for (uint32_t i = 0; i < node->len; i++)
		if (have[i].name == attr->name && attr_same_name(m, &have[i], attr))
			return true;
	return false;
}

/* Repeated html and body tags: their attributes move once to a place with room for all there
 * may be.
 */
void tree_merge(struct tree *t, const struct token *k, nid id)
{
	struct dom_maker *m = t->m;
	size_t max = m->limits.max_attrs;
	uint32_t *room = &t->merge_attr[id == t->open[0].id ? 0 : 1];
	m->d.nodes[id].flags &= (uint8_t)~NODE_SHOWN; /* nobody has looked at them all */
	for (uint32_t i = 0; i < k->attr_n; i++) {
		struct dom_attr attr = m->d.attrs[k->attr + i];
		struct dom_node *node = &m->d.nodes[id];
		if (node->len >= max) {
			m->d.cuts |= CUT_ATTRS;
			return;
		}
		if (has_attr(m, id, &attr))
			continue;
		if (*room == 0) {
			*room = attr_reserve(m, max);
			memcpy(&m->d.attrs[*room], &m->d.attrs[node->attr],
				node->len * sizeof attr);
			node->attr = *room;
		}
		m->d.attrs[node->attr + node->len++] = attr;
	}
}

void tree_see_text(struct tree *t, struct span text)
{
	if (!t->frameset_ok || text.blank)
		return;
	const char *p = span_bytes(t->m, text), *end = p + text.len;
	t->frameset_ok = scan_space(p, end) == end;
}

bool token_attr(
	const struct tree *t, const struct token *k, enum attr_id attr, struct str *value)
{
	for (uint32_t i = 0; i < k->attr_n; i++) {
		const struct dom_attr *a = &t->m->d.attrs[k->attr + i];
		if (a->name == attr) {
			*value = dom_value_of(&t->m->d, a);
			return true;
		}
	}
	return false;
}

struct span tree_take_space(struct tree *t, struct token *k)
{
	const char *p = span_bytes(t->m, k->text);
	uint32_t n = (uint32_t)(scan_space(p, p + k->text.len) - p);
	struct span space = { k->text.off, n, k->text.own };
	k->text.off += n;
	k->text.len -= n;
	return space;
}

bool tree_take_trivia(struct tree *t, struct token *k)
{
	if (k->kind == TOKEN_TEXT) {
		tree_insert_text(t, tree_take_space(t, k));
		return k->text.len == 0;
	}
	if (k->kind == TOKEN_COMMENT)
		tree_insert_comment(t, k, 0);
	return k->kind == TOKEN_COMMENT || k->kind == TOKEN_DOCTYPE;
}
