/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Microdata (HTML standard, section 5): each element with itemscope is an item; its properties are the elements
 * with itemprop below it that no other item takes, and those below the elements that its itemref names.
 *
 * Every node is looked at once for the nearest item around it, so without itemref that is one walk. Parts that
 * itemref shares among items are walked again for each, which the steps of struct items bound.
 */
#include "page/structured_item.h"
#include "page/structured_refs.h"
#include "page/scan.h"

enum {
	LOST = ITEMS_MAX + 1 /* in place of the number of an item past the limit */
};

struct micro {
	const struct dom *d;
	struct items all;
	uint32_t *item_of; /* by node: its item, 0: none */
	struct refs *refs; /* NULL: the page has no itemref */
	uint32_t at;
};

static bool has(const struct dom *d, nid id, enum attr_id attr)
{
	struct str v;
	return dom_ns(d, id) == NS_HTML && dom_attr_bits(d, id) & attr_bit(attr) &&
	       dom_attr(d, id, attr, &v);
}

static nid next_of(const struct dom *d, nid id, nid root, bool past)
{
	return past || dom_html_tag(d, id) == TAG_TEMPLATE ? dom_walk_past(d, id, root)
							   : dom_walk(d, id, root);
}

/* Section 5.2.4, values. Beyond it, `content` counts on every element, as schema.org's examples have it. */
static struct item_value value_of(struct micro *m, nid id)
{
	static const struct {
		enum tag_id tag;
		enum attr_id attr;
		bool address;
	} rows[] = { { TAG_META, ATTR_CONTENT, false }, { TAG_AUDIO, ATTR_SRC, true },
		{ TAG_EMBED, ATTR_SRC, true }, { TAG_IFRAME, ATTR_SRC, true },
		{ TAG_IMG, ATTR_SRC, true }, { TAG_SOURCE, ATTR_SRC, true },
		{ TAG_TRACK, ATTR_SRC, true }, { TAG_VIDEO, ATTR_SRC, true },
		{ TAG_A, ATTR_HREF, true }, { TAG_AREA, ATTR_HREF, true },
		{ TAG_LINK, ATTR_HREF, true }, { TAG_OBJECT, ATTR_DATA, true },
		{ TAG_DATA, ATTR_VALUE, false }, { TAG_METER, ATTR_VALUE, false },
		{ TAG_TIME, ATTR_DATETIME, false } };
	const struct dom *d = m->d;
	struct item_value v = { 0 };
	enum tag_id tag = dom_html_tag(d, id);
	v.item = m->item_of[id];
	if (v.item)
		return v;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].tag == tag && dom_attr(d, id, rows[i].attr, &v.text)) {
			items_spend(&m->all, v.text.n);
			v.text = str_head(str_trim(v.text), ITEM_TEXT);
			v.address = rows[i].address && v.text.n;
			return v;
		}
	if (dom_attr(d, id, ATTR_CONTENT, &v.text)) {
		items_spend(&m->all, v.text.n);
		v.text = str_head(str_trim(v.text), ITEM_TEXT);
	} else {
		v.text = structured_text(m->all.s, id, ITEM_TEXT, false, &m->all.steps);
	}
	return v;
}

/* The properties among `id` and what follows it below root. */
static void crawl(struct micro *m, uint32_t item, nid id, nid root)
{
	const struct dom *d = m->d;
	while (id && m->all.steps && !m->all.full) {
		struct str names, left, name;
		bool past = m->refs && !refs_visit(m->refs, id, item);
		m->all.steps--;
		if (!past && m->item_of[id] != LOST && has(d, id, ATTR_ITEMPROP)) {
			dom_attr(d, id, ATTR_ITEMPROP, &names);
			items_spend(&m->all, names.n);
			left = names;
			uint32_t at = m->refs ? refs_place(m->refs, id) : ++m->at;
			/* without a name nobody would count what the value takes */
			if (scan_word(&left, &name))
				items_property(&m->all, item, names, at, value_of(m, id));
		}
		id = next_of(d, id, root, past || m->item_of[id]);
	}
	*m->all.s->cut |= m->all.steps == 0;
}

static void find_properties(struct micro *m, nid id)
{
	const struct dom *d = m->d;
	struct str names = { "", 0 }, word;
	uint32_t item = m->item_of[id];
	if (m->refs)
		refs_visit(m->refs, id, item);
	if (dom_html_tag(d, id) != TAG_TEMPLATE)
		crawl(m, item, dom_first(d, id), id);
	if (m->refs)
		dom_attr(d, id, ATTR_ITEMREF, &names);
	for (size_t i = 0; i < ITEM_NAMES && scan_word(&names, &word); i++) {
		nid other = refs_find(m->refs, word);
		if (other)
			crawl(m, item, other, other);
	}
}

/* Numbers the items; says whether any has an itemref. */
static bool find_items(struct micro *m)
{
	const struct dom *d = m->d;
	bool refs = false;
	for (nid id = next_of(d, 1, 1, false); id; id = next_of(d, id, 1, false)) {
		struct str types = { "", 0 }, name = { "", 0 };
		if (!has(d, id, ATTR_ITEMSCOPE))
			continue;
		if (!m->item_of)
			m->item_of = ARENA_ARRAY(m->all.s->arena, uint32_t, dom_count(d) + 1);
		dom_attr(d, id, ATTR_ITEMTYPE, &types);
		dom_attr(d, id, ATTR_ITEMID, &name);
		uint32_t item =
			items_add(&m->all, types, str_trim(name), !has(d, id, ATTR_ITEMPROP));
		m->item_of[id] = item ? item : LOST;
		refs |= has(d, id, ATTR_ITEMREF);
	}
	return refs;
}

bool structured_microdata(const struct structured *s, struct buf *b)
{
	struct micro m = { .d = s->d };
	items_init(&m.all, s);
	if (find_items(&m))
		m.refs = refs_new(s->arena, s->d);
	for (nid id = m.item_of ? 1 : 0; id; id = dom_walk(s->d, id, 1))
		if (m.item_of[id] && m.item_of[id] != LOST)
			find_properties(&m, id);
	return m.all.n && items_write(&m.all, b);
}
