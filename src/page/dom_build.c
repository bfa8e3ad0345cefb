/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arrays of a small page stand in the arena, whose memory is warm from the page before.
 * Larger ones and those that grow come from the heap and are freed with the arena: a million
 * nodes that grow in an arena would leave as much dead memory behind as they use.
 *
 * Text is joined without copying as long as its pieces touch in the HTML. A text that must be
 * copied gets room for twice its length, so that a text which grows piece by piece, in turn
 * with others (foster parenting does that), is copied a logarithmic number of times.
 */
#include "page/dom_build.h"
#include "base/mem.h"

enum { FIRST_NODES = 64, FIRST_WORDS = 64, MAX_PROBES = 32, SMALL_PAGE = 400 * 1024 };
enum heap_part { HEAP_NODES = 1, HEAP_ATTRS = 2, HEAP_OWN = 4, HEAP_ALL = 7 };

static void maker_release(void *arg)
{
	struct dom_maker *m = arg;
	if (m->heap & HEAP_NODES)
		mem_free(m->d.nodes);
	if (m->heap & HEAP_ATTRS)
		mem_free(m->d.attrs);
	if (m->heap & HEAP_OWN)
		mem_free(m->own);
	mem_free(m->words);
	mem_free(m->word_slots);
	for (size_t i = 0; i < LIST_COUNT; i++)
		mem_free(m->d.lists[i].ids);
}

static void *first(struct dom_maker *m, size_t bytes)
{
	return m->heap ? mem_raw(bytes) : arena_raw(m->arena, bytes);
}

/* Makes room for `need` things of `size` bytes. */
static void *grow(struct dom_maker *m, enum heap_part part, void *p, size_t *cap, size_t need,
	size_t size)
{
	size_t had = *cap;
	while (*cap < need)
		*cap += *cap / 2 + 16;
	if (m->heap & part)
		return mem_grow(p, *cap * size);
	m->heap |= part;
	return memcpy(mem_raw(*cap * size), p, had * size);
}

static void set_attr_easy(struct dom_maker *m)
{
	size_t limit = 2 * m->limits.max_nodes,
	       most = limit < m->attr_cap ? limit : m->attr_cap;
	bool few = m->limits.max_attrs < FEW_ATTRS || most < FEW_ATTRS;
	m->attr_easy = few ? 0 : most - FEW_ATTRS;
}

struct dom_maker *maker_new(struct arena *a, struct str html, const struct dom_limits *limits)
{
	struct dom_maker *m = ARENA_NEW(a, struct dom_maker);
	m->arena = a;
	if (limits)
		m->limits = *limits;
	struct dom_limits *l = &m->limits;
	l->max_depth = l->max_depth ? l->max_depth : 512;
	l->max_depth = l->max_depth < 16 ? 16 : l->max_depth;
	l->max_attrs = l->max_attrs ? l->max_attrs : 1000;
	l->max_nodes = l->max_nodes ? l->max_nodes : 1000000;
	l->max_attr_bytes = l->max_attr_bytes ? l->max_attr_bytes : (size_t)1 << 20;
	m->heap = html.n > SMALL_PAGE ? HEAP_ALL : 0;
	m->node_cap = FIRST_NODES + html.n / 40;
	m->d.nodes = first(m, m->node_cap * sizeof *m->d.nodes);
	memset(&m->d.nodes[0], 0, sizeof m->d.nodes[0]);
	m->attr_cap = FIRST_NODES + html.n / 60;
	m->d.attrs = first(m, m->attr_cap * sizeof *m->d.attrs);
	set_attr_easy(m);
	m->own_cap = 256 + html.n / 16;
	m->own = first(m, m->own_cap);
	m->d.base[0] = html.p;
	m->d.html_end = html.p + html.n;
	m->d.base[1] = m->own;
	arena_defer(a, maker_release, m);
	node_make(m, DOM_DOCUMENT);
	return m;
}

void nodes_grow(struct dom_maker *m)
{
	m->d.nodes = grow(
		m, HEAP_NODES, m->d.nodes, &m->node_cap, m->node_cap + 1, sizeof *m->d.nodes);
}

void node_insert_before(struct dom_maker *m, nid next, nid id)
{
	struct dom_node *nodes = m->d.nodes;
	nid parent = nodes[next].parent, prev = nodes[next].prev;
	nodes[id].parent = parent;
	nodes[id].next = next;
	nodes[id].prev = prev;
	nodes[next].prev = id;
	if (nodes[parent].first == next)
		nodes[parent].first = id;
	else
		nodes[prev].next = id;
}

void node_unlink(struct dom_maker *m, nid id)
{
	struct dom_node *nodes = m->d.nodes, *node = &nodes[id];
	if (!node->parent)
		return;
	nid *first = &nodes[node->parent].first;
	if (*first == id) {
		*first = node->next;
		if (node->next)
			nodes[node->next].prev = node->prev;
	} else {
		nodes[node->prev].next = node->next;
		nodes[node->next ? node->next : *first].prev = node->prev;
	}
	node->parent = node->next = node->prev = 0;
}

void node_move_children(struct dom_maker *m, nid from, nid to)
{
	struct dom_node *nodes = m->d.nodes;
	nid first = nodes[from].first;
	if (!first)
		return;
	for (nid id = first; id; id = nodes[id].next) {
		nodes[id].parent = to;
		m->d.work++;
	}
	nid have = nodes[to].first;
	if (have) {
		nid end = nodes[first].prev, join = nodes[have].prev;
		nodes[join].next = first;
		nodes[first].prev = join;
		nodes[have].prev = end;
	} else {
		nodes[to].first = first;
	}
	nodes[from].first = 0;
}

static void attrs_fit(struct dom_maker *m, size_t need)
{
	m->d.attrs = grow(m, HEAP_ATTRS, m->d.attrs, &m->attr_cap, need, sizeof *m->d.attrs);
	set_attr_easy(m);
}

void attrs_grow(struct dom_maker *m)
{
	attrs_fit(m, m->attr_cap + 1);
}

uint32_t attr_reserve(struct dom_maker *m, size_t n)
{
	uint32_t at = m->d.attr_count;
	if (at + n > m->attr_cap)
		attrs_fit(m, at + n);
	m->d.attr_count += (uint32_t)n;
	return at;
}

bool attr_same_name(
	const struct dom_maker *m, const struct dom_attr *a, const struct dom_attr *b)
{
	return a->name == b->name &&
	       (a->name < ATTR_COUNT || str_eq(dom_own_name(&m->d, a), dom_own_name(&m->d, b)));
}

static char *own_room(struct dom_maker *m, size_t n)
{
	if (m->own_cap - m->own_len < n) {
		m->own = grow(m, HEAP_OWN, m->own, &m->own_cap, m->own_len + n, 1);
		m->d.base[1] = m->own;
	}
	return m->own + m->own_len;
}

void own_put(struct dom_maker *m, const char *bytes, size_t n)
{
	memcpy(own_room(m, n), bytes, n);
	m->own_len += n;
}

/* The bytes a roomy text of this length may fill. */
static size_t room_of(size_t len)
{
	size_t room = 64;
	while (room < len)
		room *= 2;
	return room;
}

void text_join(struct dom_maker *m, struct span *text, bool *roomy, struct span more)
{
	text->blank = text->blank && more.blank;
	if (!*roomy && text->own == more.own && text->off + text->len == more.off) {
		text->len += more.len;
		return;
	}
	size_t len = (size_t)text->len + more.len;
	if (!*roomy || len > room_of(text->len)) {
		size_t room = room_of(len);
		char *to = own_room(m, room);
		m->d.work += text->len;
		memcpy(to, span_bytes(m, *text), text->len);
		*text = (struct span) { (uint32_t)m->own_len, text->len, true };
		*roomy = true;
		m->own_len += room;
	}
	memcpy(m->own + text->off + text->len, span_bytes(m, more), more.len);
	text->len = (uint32_t)len;
}

void text_insert(struct dom_maker *m, nid parent, nid next, struct span text)
{
	nid prev = next ? dom_prev(&m->d, next) : dom_last(&m->d, parent);
	if (prev && m->d.nodes[prev].kind == DOM_TEXT) {
		struct dom_node *node = &m->d.nodes[prev];
		struct span have = { node->off, node->len, node->flags & NODE_OWN };
		bool roomy = node->flags & NODE_ROOMY;
		text_join(m, &have, &roomy, text);
		node->off = have.off;
		node->len = have.len;
		node->flags = (uint8_t)((have.own ? NODE_OWN : 0) | (roomy ? NODE_ROOMY : 0));
		return;
	}
	nid id = node_make(m, DOM_TEXT);
	m->d.nodes[id].off = text.off;
	m->d.nodes[id].len = text.len;
	m->d.nodes[id].flags = text_flags(&text);
	if (next)
		node_insert_before(m, next, id);
	else
		node_append(m, parent, id);
}

static uint32_t word_hash(const char *name, uint32_t n)
{
	uint64_t h = n;
	for (uint32_t i = 0; i < n; i++) {
		h = (h ^ (unsigned char)name[i]) * UINT64_C(0x9E3779B97F4A7C15);
		h ^= h >> 29;
	}
	return (uint32_t)(h >> 16);
}

static void words_rehash(struct dom_maker *m)
{
	size_t old = m->slot_cap;
	m->slot_cap = old ? old * 2 : (size_t)2 * FIRST_WORDS;
	mem_free(m->word_slots);
	m->word_slots = mem_new(m->slot_cap * sizeof *m->word_slots);
	for (uint32_t w = 1; w <= m->word_count; w++) {
		uint32_t hash = m->words[w].hash;
		for (uint32_t probe = 0; probe < MAX_PROBES; probe++) {
			uint32_t *slot = &m->word_slots[(hash + probe) & (m->slot_cap - 1)];
			if (*slot == 0) {
				*slot = w;
				break;
			}
		}
	}
}

static uint16_t svg_name(const char *name, uint32_t n)
{
	static const uint16_t cased[] = {
#define TAG_ROW(id, name, flags)
#define TAG_CASED(id, name, flags) TAG_##id,
#include "page/tag_table.h"
#undef TAG_ROW
	};
	for (size_t i = 0; i < sizeof cased / sizeof cased[0]; i++)
		if (str_ieq(tag_name((enum tag_id)cased[i]), (struct str) { name, n }))
			return cased[i];
	return 0;
}

uint32_t word_find(struct dom_maker *m, const char *name, uint32_t n, bool own)
{
	if (m->word_count * 2 >= m->slot_cap)
		words_rehash(m);
	uint32_t hash = word_hash(name, n), *slot = NULL;
	/* Names made to collide are not found again after some probes: their end tags do not
	 * match, and that is all.
	 */
	for (uint32_t probe = 0; probe < MAX_PROBES; probe++) {
		slot = &m->word_slots[(hash + probe) & (m->slot_cap - 1)];
		if (*slot == 0)
			break;
		const struct dom_word *w = &m->words[*slot];
		if (w->hash == hash && w->len == n &&
			memcmp(m->d.base[w->own] + w->off, name, n) == 0)
			return *slot;
	}
	uint32_t number = ++m->word_count;
	if (number >= m->word_cap) {
		m->word_cap = m->word_cap * 2 + FIRST_WORDS;
		m->words = mem_grow(m->words, m->word_cap * sizeof *m->words);
	}
	m->words[number] = (struct dom_word) { (uint32_t)(name - m->d.base[own]), n, hash,
		n <= 20 ? svg_name(name, n) : 0, own };
	if (*slot == 0)
		*slot = number;
	m->d.words = m->words;
	return number;
}
