/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RDFa Lite 1.1 (https://www.w3.org/TR/rdfa-lite/): vocab, typeof, property, resource and prefix, in the shape
 * of microdata. One walk with a stack of what is in force; each property goes to the item around it. A name of
 * the item's own vocabulary is written without it ("name"), every other one whole
 * ("http://purl.org/dc/terms/title"). What is said of the page itself (its cards) stands under openGraph.
 */
#include "page/structured_item.h"
#include "page/structured_term.h"
#include "page/scan.h"

enum { SCOPES = 600, WORDS_BYTES = 4000, VOCAB_BYTES = 500 };

/* Only with one of these attributes does an element say anything. */
#define ASKED                                                                                  \
	(attr_bit(ATTR_VOCAB) | attr_bit(ATTR_TYPEOF) | attr_bit(ATTR_PROPERTY) |              \
		attr_bit(ATTR_RESOURCE) | attr_bit(ATTR_ABOUT) | attr_bit(ATTR_PREFIX))

struct scope {
	nid node; /* it ends with this one */
	struct terms terms;
	struct str vocab; /* of the item's type */
	uint32_t item; /* 0: none yet */
};
struct rdfa {
	const struct dom *d;
	struct arena *scratch; /* for the words of one attribute: whole, they are long */
	struct items all;
	struct scope scopes[SCOPES];
	size_t n;
	uint32_t at;
};

/* The words as IRIs, blanks between; what begins with vocab without it. */
static struct str expanded(
	struct rdfa *r, const struct scope *s, struct str words, struct str vocab)
{
	struct str word;
	struct buf b;
	buf_init(&b, WORDS_BYTES);
	arena_reset(r->scratch);
	for (size_t i = 0; i < ITEM_NAMES && scan_word(&words, &word); i++) {
		if (word.n > WORDS_BYTES)
			break;
		struct str iri = terms_iri(r->scratch, &s->terms, word);
		if (vocab.n && iri.n > vocab.n && str_starts(iri, vocab))
			iri = (struct str) { iri.p + vocab.n, iri.n - vocab.n };
		if (b.len + iri.n + 1 > WORDS_BYTES)
			break;
		buf_text(&b, b.len ? " " : "");
		buf_add_str(&b, iri);
	}
	struct str all = { arena_text(r->all.s->arena, buf_str(&b)), b.len };
	buf_release(&b);
	return all;
}

/* The first of the attributes that is there, as an address. */
static bool address_of(struct rdfa *r, const struct scope *s, nid id, const enum attr_id *attrs,
	size_t n, struct str *out)
{
	for (size_t i = 0; i < n; i++)
		if (dom_attr(r->d, id, attrs[i], out)) {
			*out = str_head(str_trim(*out), ITEM_TEXT);
			if (attrs[i] == ATTR_RESOURCE || attrs[i] == ATTR_ABOUT)
				*out = terms_resource(r->all.s->arena, &s->terms, *out);
			return true;
		}
	return false;
}

/* RDFa Core 1.1, section 7.5, step 11: content, an address, or the text. */
static struct item_value value_of(struct rdfa *r, const struct scope *s, nid id)
{
	static const enum attr_id addresses[] = { ATTR_RESOURCE, ATTR_HREF, ATTR_SRC };
	struct item_value v = { 0 };
	if (dom_attr(r->d, id, ATTR_CONTENT, &v.text) ||
		dom_attr(r->d, id, ATTR_DATETIME, &v.text))
		v.text = str_head(str_trim(v.text), ITEM_TEXT);
	else if (address_of(r, s, id, addresses, 3, &v.text))
		v.address = v.text.n > 0;
	else
		v.text = structured_text(r->all.s, id, ITEM_TEXT, false, &r->all.steps);
	return v;
}

/* The item that begins here; 0: none. */
static uint32_t item_here(struct rdfa *r, struct scope *s, nid id, bool is_value)
{
	static const enum attr_id typed[] = { ATTR_RESOURCE, ATTR_ABOUT, ATTR_HREF, ATTR_SRC };
	struct str types, name = { "", 0 };
	bool has_type = dom_attr(r->d, id, ATTR_TYPEOF, &types), top = !is_value || !s->item;
	if (r->all.n == ITEMS_MAX) {
		*r->all.s->cut |= has_type;
		return 0;
	}
	if (has_type) {
		types = expanded(r, s, types, STR(""));
		address_of(r, s, id, typed, 4, &name);
	} else if (is_value || !address_of(r, s, id, typed, 2, &name)) {
		return 0;
	}
	uint32_t item = items_add(&r->all, has_type ? types : STR(""), name, top);
	struct str first = { types.p, 0 };
	if (has_type && scan_word(&types, &first))
		s->vocab = terms_vocab_of(first);
	else
		s->vocab = s->terms.vocab;
	return item;
}

static void enter(struct rdfa *r, nid id)
{
	struct str v;
	struct scope s = r->scopes[r->n - 1];
	const uint32_t around = s.item;
	const struct str vocab = s.vocab;
	if (!(dom_attr_bits(r->d, id) & ASKED))
		return;
	if (r->n == SCOPES) {
		*r->all.s->cut = true;
		return;
	}
	s.node = id;
	if (dom_attr(r->d, id, ATTR_VOCAB, &v))
		s.terms.vocab = str_head(str_trim(v), VOCAB_BYTES);
	if (dom_attr(r->d, id, ATTR_PREFIX, &v) && !terms_declare(r->all.s->arena, &s.terms, v))
		*r->all.s->cut = true;
	bool has_property = dom_attr(r->d, id, ATTR_PROPERTY, &v);
	uint32_t item = item_here(r, &s, id, has_property);
	if (has_property && around && (v = expanded(r, &s, v, vocab)).n) {
		struct item_value value = { .item = item };
		if (!item)
			value = value_of(r, &s, id);
		items_property(&r->all, around, v, ++r->at, value);
	}
	s.item = item ? item : around;
	r->scopes[r->n++] = s;
}

static void leave(struct rdfa *r, nid id)
{
	r->n -= r->scopes[r->n - 1].node == id;
}

/* Goes through the page, telling of the end of each element, templates left out. */
static void walk(struct rdfa *r)
{
	const struct dom *d = r->d;
	for (nid id = 1;;) {
		nid next = dom_html_tag(d, id) == TAG_TEMPLATE ? 0 : dom_first(d, id);
		while (!next && id != 1) {
			leave(r, id);
			next = dom_next(d, id);
			id = next ? id : dom_parent(d, id);
		}
		if (!next || r->all.full || arena_over(r->all.s->arena))
			return;
		id = next;
		enter(r, id);
	}
}

/* An item that only a resource made and that nothing is said of is no item. */
static void drop_bare(struct items *all)
{
	bool *used = ARENA_ARRAY(all->s->arena, bool, all->n + 1);
	for (size_t i = 0; i < all->n_rows; i++)
		used[all->rows[i].item] = true;
	for (size_t i = 1; i <= all->n; i++)
		all->v[i].top &= used[i] || all->v[i].types.n > 0;
}

bool structured_rdfa(const struct structured *s, struct buf *b)
{
	struct rdfa *r = ARENA_NEW(s->arena, struct rdfa);
	r->d = s->d;
	r->n = 1; /* the page's own scope never ends */
	items_init(&r->all, s);
	r->scratch = arena_new(0);
	walk(r);
	arena_free(&r->scratch);
	drop_bare(&r->all);
	return r->all.n && items_write(&r->all, b);
}
