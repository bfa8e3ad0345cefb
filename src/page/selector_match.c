/* SPDX-License-Identifier: Apache-2.0 */
/* The walk that carries which parts of a list hold for ancestors and siblings (see selector_in.h). */
#include "page/selector_in.h"

enum { FIND_STEPS = 1 << 25, LOOK_STEPS = 1 << 15 };

void sel_work_begin(
	struct sel_work *w, const struct dom *d, struct arena *scratch, size_t most_steps)
{
	*w = (struct sel_work) { .d = d, .arena = scratch, .most_steps = most_steps };
}

bool sel_over(struct sel_work *w)
{
	if (w->steps >= w->look_steps) {
		w->look_steps = w->steps + LOOK_STEPS;
		w->ended =
			w->ended || arena_over(w->arena) || (w->stop && w->stop(w->stop_arg));
	}
	w->over = w->over || w->ended || w->steps > w->most_steps;
	return w->over;
}

void *sel_array(struct sel_work *w, size_t size)
{
	w->steps += dom_count(w->d) * size / 256;
	return arena_alloc(w->arena, (dom_count(w->d) + 1) * size);
}

struct sel_frame *sel_frame(struct sel_work *w, size_t depth)
{
	size_t size = sizeof *w->frames, cap = w->n_frames ? w->n_frames : 32;
	while (cap <= depth)
		cap *= 2;
	if (cap != w->n_frames)
		w->frames = arena_grow(w->arena, w->frames, w->n_frames * size, cap * size);
	w->n_frames = cap;
	return &w->frames[depth];
}

/* Parts that may hold here: the first ones, and those whose left neighbour stands rightly. */
static uint64_t candidates(const struct sel_list *l, const struct sel_frame *f, size_t i)
{
#define MOVED(bits) ((bits).w[i] << 1 | (i ? (bits).w[i - 1] >> 63 : 0))
	return l->joined[JOIN_FIRST].w[i] | (MOVED(f->far) & l->joined[JOIN_INSIDE].w[i]) |
	       (MOVED(f->near) & l->joined[JOIN_CHILD].w[i]) |
	       (MOVED(f->next) & l->joined[JOIN_NEXT].w[i]) |
	       (MOVED(f->along) & l->joined[JOIN_LATER].w[i]);
#undef MOVED
}

/* Which parts hold for id, with all that stands left of them; true: a whole selector does. */
static bool match(struct sel_work *w, const struct sel_list *l, const struct sel_frame *f,
	nid id, struct sel_bits *found)
{
	uint64_t whole = 0;
	w->steps++;
	for (size_t i = 0; i < l->words; i++) {
		found->w[i] = 0;
		for (uint64_t left = candidates(l, f, i); left; left &= left - 1) {
			unsigned bit = (unsigned)__builtin_ctzll(left);
			if (sel_part_fits(w, &l->parts[i * 64 + bit], id))
				found->w[i] |= UINT64_C(1) << bit;
		}
		whole |= found->w[i] & l->last.w[i];
	}
	return whole != 0;
}

/* The children of an element for which f holds and parts were found. */
static void go_down(
	struct sel_work *w, size_t words, size_t depth, const struct sel_bits *found)
{
	struct sel_frame *inner = sel_frame(w, depth + 1), *f = &w->frames[depth];
	for (size_t i = 0; i < words; i++) {
		inner->far.w[i] = f->far.w[i] | found->w[i];
		inner->near.w[i] = found->w[i];
		inner->next.w[i] = inner->along.w[i] = 0;
	}
}

void sel_run(
	struct sel_work *w, const struct sel_list *l, nid top, sel_sink_fn *sink, void *arg)
{
	const struct dom *d = w->d;
	struct sel_bits found;
	size_t depth = 0;
	*sel_frame(w, 0) = (struct sel_frame) { 0 };
	for (nid id = dom_first(d, top); id;) {
		bool into = false;
		if (dom_kind(d, id) == DOM_ELEMENT) {
			struct sel_frame *f = &w->frames[depth];
			if (match(w, l, f, id, &found) && !sink(arg, id))
				return;
			for (size_t i = 0; i < l->words; i++) {
				f->next.w[i] = found.w[i];
				f->along.w[i] |= found.w[i];
			}
			into = sel_opens(d, id);
		}
		if (sel_over(w))
			return;
		if (into) {
			go_down(w, l->words, depth++, &found);
			id = dom_first(d, id);
			continue;
		}
		while (id != top && !dom_next(d, id)) {
			id = dom_parent(d, id);
			depth--;
		}
		id = id == top ? 0 : dom_next(d, id);
	}
}

/* --- finding --- */

struct finding {
	const struct dom *d;
	nid root, *out;
	size_t n, most;
};

static bool is_below(const struct dom *d, nid id, nid root)
{
	while (id && id != root)
		id = dom_parent(d, id);
	return id == root;
}

static bool found_one(void *arg, nid id)
{
	struct finding *f = arg;
	if (dom_kind(f->d, f->root) != DOM_DOCUMENT &&
		(id == f->root || !is_below(f->d, id, f->root)))
		return true;
	f->out[f->n++] = id;
	return f->n < f->most;
}

nid sel_top(const struct dom *d, nid id)
{
	while (dom_parent(d, id))
		id = dom_parent(d, id);
	return id;
}

/* Made for another selector: empty again. */
static void empty(struct sel_work *w, void *array, size_t size)
{
	w->steps += dom_count(w->d) * size / 256;
	memset(array, 0, (dom_count(w->d) + 1) * size);
}

size_t sel_find(struct sel_work *w, const struct selector *s, nid root, nid *out, size_t most)
{
	struct finding f = { w->d, root, out, 0, most };
	w->scope = root;
	w->over = false;
	if (sel_over(w))
		return 0;
	for (size_t i = 0; i < s->n_of; i++)
		if (w->order[ORDER_OF + i])
			empty(w, w->order[ORDER_OF + i], sizeof(uint32_t));
	if (s->n_slots && w->known)
		empty(w, w->known, sizeof *w->known);
	else if (s->n_slots)
		w->known = sel_array(w, sizeof *w->known);
	for (size_t i = 0; i < s->n_slots && !w->over; i++)
		sel_fill(w, s, i);
	if (most && !w->over)
		sel_run(w, &s->list, sel_top(w->d, root), found_one, &f);
	return f.n;
}

size_t selector_find(const struct selector *s, const struct dom *d, nid root, nid *out,
	size_t most, struct arena *scratch, bool *whole)
{
	struct sel_work w;
	sel_work_begin(&w, d, scratch, FIND_STEPS);
	size_t n = sel_find(&w, s, root, out, most);
	*whole = !w.over;
	return n;
}
