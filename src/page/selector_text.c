/* SPDX-License-Identifier: Apache-2.0 */
/*
 * :contains. The text of the page is laid out once, scripts and styles behind the rest, and each node
 * knows where its own begins and ends; then all places of a word are found in one go (Knuth, Morris and
 * Pratt: linear also for "aaaa") and each element looks whether one of them lies within it.
 */
#include "page/selector_in.h"

enum { TEXT_MOST = 1 << 25 };

static bool is_raw(const struct dom *d, nid id)
{
	enum tag_id tag = dom_tag(d, id); /* in SVG as well */
	return tag == TAG_SCRIPT || tag == TAG_STYLE;
}

static void put(struct sel_work *w, struct str s)
{
	memcpy(w->text + w->text_n, s.p, s.n);
	w->text_n += (uint32_t)s.n;
}

/* A raw element's text comes behind everything else, so that those around it do not have it. */
static void lay_raw(struct sel_work *w)
{
	const struct dom *d = w->d;
	for (nid id = dom_walk(d, 1, 1); id; id = dom_walk(d, id, 1)) {
		if (dom_kind(d, id) != DOM_ELEMENT || !is_raw(d, id))
			continue;
		w->text_at[id] = w->text_n;
		for (nid c = dom_first(d, id); c; c = dom_next(d, c))
			put(w, dom_text(d, c));
		w->text_end[id] = w->text_n;
	}
}

static size_t text_bytes(const struct dom *d)
{
	size_t n = 0;
	for (nid id = dom_walk(d, 1, 1); id; id = dom_walk(d, id, 1))
		if (dom_kind(d, id) == DOM_TEXT)
			n += dom_text(d, id).n;
	return n;
}

static void lay_text(struct sel_work *w)
{
	const struct dom *d = w->d;
	size_t n = text_bytes(d);
	w->steps += dom_count(d) / 4 + n / 64;
	if (n > TEXT_MOST) {
		w->over = true;
		return;
	}
	w->text = arena_raw(w->arena, n + 1);
	w->text_at = sel_array(w, sizeof(uint32_t));
	w->text_end = sel_array(w, sizeof(uint32_t));
	for (nid id = dom_first(d, 1); id;) {
		bool element = dom_kind(d, id) == DOM_ELEMENT;
		w->text_at[id] = w->text_n;
		if (dom_kind(d, id) == DOM_TEXT)
			put(w, dom_text(d, id));
		if (element && sel_opens(d, id) && !is_raw(d, id)) {
			id = dom_first(d, id);
			continue;
		}
		w->text_end[id] = w->text_n;
		while (id != 1 && !dom_next(d, id)) {
			id = dom_parent(d, id);
			w->text_end[id] = w->text_n;
		}
		id = id == 1 ? 0 : dom_next(d, id);
	}
	lay_raw(w);
}

/* One bit for each byte of the text: does the word begin there? */
static uint64_t *find_all(struct sel_work *w, struct str word)
{
	size_t size = (w->text_n / 64 + 1) * sizeof *w->places;
	if (!w->places)
		w->places = arena_raw(w->arena, size);
	uint64_t *at = memset(w->places, 0, size);
	uint32_t *back = arena_raw(w->arena, (word.n + 1) * sizeof *back);
	size_t k = 0;
	back[0] = back[1] = 0;
	for (size_t i = 1; i < word.n; i++) {
		while (k && word.p[i] != word.p[k])
			k = back[k];
		k += word.p[i] == word.p[k];
		back[i + 1] = (uint32_t)k;
	}
	k = 0;
	for (size_t i = 0; i < w->text_n; i++) {
		while (k && (k == word.n || w->text[i] != word.p[k]))
			k = back[k];
		k += w->text[i] == word.p[k];
		if (k == word.n)
			at[(i + 1 - k) / 64] |= UINT64_C(1) << ((i + 1 - k) % 64);
	}
	w->steps += w->text_n / 16;
	return at;
}

/* The first place from `from`; `until` when there is none before it. */
static size_t next_place(const uint64_t *at, size_t from, size_t until)
{
	while (from < until) {
		uint64_t rest = at[from / 64] >> (from % 64);
		if (rest)
			return from + (size_t)__builtin_ctzll(rest);
		from = (from / 64 + 1) * 64;
	}
	return until;
}

/* Elements come in the order in which their texts begin (the raw ones apart), so the place that the
 * last one saw serves the next one too. */
static void mark_all(struct sel_work *w, struct str word, uint64_t bit)
{
	const struct dom *d = w->d;
	const uint64_t *at = find_all(w, word);
	size_t plain = 0, raw = 0;
	for (nid id = dom_walk(d, 1, 1); id; id = dom_walk(d, id, 1)) {
		size_t *place = dom_kind(d, id) == DOM_ELEMENT && is_raw(d, id) ? &raw : &plain;
		w->steps++;
		if (dom_kind(d, id) != DOM_ELEMENT || w->text_end[id] < w->text_at[id] + word.n)
			continue;
		if (*place < w->text_at[id] || !*place)
			*place = next_place(at, w->text_at[id], w->text_n);
		if (*place + word.n <= w->text_end[id])
			w->known[id] |= bit;
	}
}

void sel_fill_contains(struct sel_work *w, const struct sel_slot *slot, uint64_t bit)
{
	if (!w->text)
		lay_text(w);
	for (size_t i = 0; i < slot->n_texts && !sel_over(w); i++) {
		if (slot->texts[i].n)
			mark_all(w, slot->texts[i], bit);
		else
			for (nid id = 1; id <= dom_count(w->d); id++)
				w->known[id] |= bit;
	}
	(void)sel_over(w);
}
