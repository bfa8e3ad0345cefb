/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a tree. Names of the tables are numbers in the nodes and come back from the tables
 * here; names outside them lie as slices of the HTML or of the dom's own bytes.
 */
#include "page/dom.h"
#include "page/dom_build.h"
#include "page/name.h"

const struct str tag_texts[TAG_COUNT] = {
#define TAG_ROW(id, name, flags) [TAG_##id] = STR_INIT(name),
#include "page/tag_table.h"
#undef TAG_ROW
};
const uint8_t tag_bits[TAG_COUNT] = {
#define TAG_ROW(id, name, flags) [TAG_##id] = (flags),
#include "page/tag_table.h"
#undef TAG_ROW
};
static const struct str attr_texts[ATTR_COUNT] = {
#define ATTR_ROW(id, name) [ATTR_##id] = STR_INIT(name),
#include "page/attr_table.h"
#undef ATTR_ROW
};

struct str attr_name(enum attr_id attr)
{
	return attr_texts[attr];
}

static unsigned find_name(const struct name_table *table, struct str name)
{
	if (name.n == 0 || name.n > sizeof(struct name_key))
		return 0;
	struct name_key key = name_key_of(name.p, name.n);
	return name_find(table, key, name_mix(table, key));
}

enum tag_id tag_find(struct str lower_name)
{
	return (enum tag_id)find_name(&tag_names, lower_name);
}

enum attr_id attr_find(struct str lower_name)
{
	return (enum attr_id)find_name(&attr_names, lower_name);
}

unsigned dom_cuts(const struct dom *d)
{
	return d->cuts;
}

bool dom_quirks(const struct dom *d)
{
	return d->quirks;
}

size_t dom_attrs(const struct dom *d)
{
	return d->attr_count;
}

size_t dom_work(const struct dom *d)
{
	return d->work;
}

size_t dom_count(const struct dom *d)
{
	return d->count;
}

nid dom_html(const struct dom *d)
{
	return d->html;
}

nid dom_head(const struct dom *d)
{
	return d->head;
}

nid dom_body(const struct dom *d)
{
	return d->body;
}

const nid *dom_list(const struct dom *d, enum dom_list which, size_t *count)
{
	*count = d->lists[which].n;
	return d->lists[which].ids;
}

struct str dom_name(const struct dom *d, nid id)
{
	const struct dom_node *node = &d->nodes[id];
	if (node->kind == DOM_DOCTYPE)
		return dom_slice(d, node->flags & NODE_OWN, node->off, node->len);
	if (node->kind != DOM_ELEMENT)
		return (struct str) { "", 0 };
	if (node->tag)
		return tag_texts[node->tag];
	const struct dom_word *word = &d->words[node->off];
	return dom_slice(d, word->own, word->off, word->len);
}

static struct str name_of(const struct dom *d, const struct dom_attr *attr)
{
	return attr->name < ATTR_COUNT ? attr_texts[attr->name] : dom_own_name(d, attr);
}

const struct dom_attr *dom_attr_find(const struct dom *d, nid id, enum attr_id attr)
{
	const struct dom_attr *at = d->attrs + d->nodes[id].attr,
			      *end = at + dom_attr_count(d, id);
	while (at < end && at->name != attr)
		at++;
	return at < end ? at : NULL;
}

bool dom_attr_named(const struct dom *d, nid id, struct str name, struct str *value)
{
	size_t n = dom_attr_count(d, id);
	const struct dom_attr *at = d->attrs + d->nodes[id].attr;
	for (size_t i = 0; i < n; i++) {
		if (str_eq(name_of(d, &at[i]), name)) {
			*value = dom_value_of(d, &at[i]);
			return true;
		}
	}
	return false;
}

void dom_attr_at(const struct dom *d, nid id, size_t i, struct str *name, struct str *value)
{
	const struct dom_attr *attr = d->attrs + d->nodes[id].attr + i;
	*name = name_of(d, attr);
	*value = dom_value_of(d, attr);
}
