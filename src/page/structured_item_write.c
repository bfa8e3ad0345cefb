/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Items as JSON. Rows are sorted twice: by item and name, which finds the first place of each name, and then by
 * item and that place, so that names stand in the order of the page with all their values. Writing goes with a
 * stack of open items; what does not fit is taken back to where it began, and everything is closed.
 */
#include "page/structured_item.h"
#include "page/scan.h"

#include <stdlib.h>

enum { CLOSING = 256, TYPES_MAX = 20, TYPE_BYTES = 500, ID_BYTES = 2000 };

struct frame {
	uint32_t item;
	size_t row; /* of the item's rows, the next one */
	uint64_t group; /* of the values being written; 0: none yet */
};
struct writer {
	struct items *all;
	struct buf *b;
	struct frame open[ITEM_DEPTH];
	size_t n;
	bool stop; /* no more room */
};

static int compare_places(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int by_name(const void *pa, const void *pb)
{
	const struct item_row *a = pa, *b = pb;
	if (a->item != b->item)
		return compare_places(a->item, b->item);
	int order = str_order(a->name, b->name);
	return order ? order : compare_places(a->place, b->place);
}

static int by_group(const void *pa, const void *pb)
{
	const struct item_row *a = pa, *b = pb;
	if (a->item != b->item)
		return compare_places(a->item, b->item);
	if (a->group != b->group)
		return compare_places(a->group, b->group);
	return compare_places(a->place, b->place);
}

static void sort_rows(struct items *all)
{
	struct item_row *rows = all->rows;
	if (all->n_rows)
		qsort(rows, all->n_rows, sizeof *rows, by_name);
	for (size_t i = 0; i < all->n_rows; i++) {
		bool same = i && rows[i].item == rows[i - 1].item &&
			    str_eq(rows[i].name, rows[i - 1].name);
		rows[i].group = same ? rows[i - 1].group : rows[i].place;
	}
	if (all->n_rows)
		qsort(rows, all->n_rows, sizeof *rows, by_group);
	for (size_t i = 0; i < all->n_rows; i++) {
		struct item *o = &all->v[rows[i].item];
		o->first = o->n++ ? o->first : i;
	}
}

static void put_text(struct writer *w, struct str s, bool address)
{
	if (address && !str_starts(s, STR("_:")))
		structured_put_address(w->all->s, w->b, s);
	else
		json_put_str(w->b, s);
}

/* {"type":[...],"id":"...","properties":{ */
static void put_head(struct writer *w, const struct item *o)
{
	struct str types = o->types, word;
	buf_char(w->b, '{');
	for (size_t i = 0; i < TYPES_MAX && scan_word(&types, &word); i++) {
		buf_text(w->b, i ? "," : "\"type\":[");
		json_put_str(w->b, str_head(word, TYPE_BYTES));
	}
	if (w->b->p[w->b->len - 1] != '{')
		buf_char(w->b, ']');
	if (o->id.n) {
		json_key(w->b, "id");
		put_text(w, str_head(o->id, ID_BYTES), true);
	}
	json_key(w->b, "properties");
	buf_char(w->b, '{');
}

/* Takes back what was written from `from` on if that came too near to the end. */
static bool fits(struct writer *w, size_t from)
{
	if (!w->b->full && w->b->len + CLOSING <= w->b->max)
		return true;
	w->b->len = from;
	w->b->full = false;
	w->stop = true;
	*w->all->s->cut = true;
	return false;
}

/* Opens an item behind what stands there already since `from`. */
static bool enter(struct writer *w, uint32_t item, size_t from)
{
	struct item *o = &w->all->v[item];
	put_head(w, o);
	if (!fits(w, from))
		return false;
	o->open = true;
	w->open[w->n++] = (struct frame) { .item = item };
	return true;
}

static void put_row(struct writer *w, struct frame *f, const struct item_row *row)
{
	size_t from = w->b->len;
	const struct item_value *v = &row->value;
	if (v->item && (w->all->v[v->item].open || w->n == ITEM_DEPTH)) {
		*w->all->s->cut |= !w->all->v[v->item].open;
		return;
	}
	if (f->group != row->group) {
		buf_text(w->b, f->group ? "]," : "");
		json_put_str(w->b, row->name);
		buf_text(w->b, ":[");
	} else {
		buf_char(w->b, ',');
	}
	uint64_t before = f->group;
	f->group = row->group;
	if (!v->item)
		put_text(w, v->text, v->address);
	if (v->item ? !enter(w, v->item, from) : !fits(w, from))
		f->group = before;
}

static void put_item(struct writer *w, uint32_t item)
{
	size_t from = w->b->len;
	json_comma(w->b);
	if (!enter(w, item, from))
		return;
	while (w->n) {
		struct frame *f = &w->open[w->n - 1];
		struct item *o = &w->all->v[f->item];
		if (f->row < o->n && !w->stop) {
			put_row(w, f, &w->all->rows[o->first + f->row++]);
			continue;
		}
		buf_text(w->b, f->group ? "]}}" : "}}");
		o->open = false;
		w->n--;
	}
}

bool items_write(struct items *all, struct buf *b)
{
	struct writer *w = ARENA_NEW(all->s->arena, struct writer);
	size_t n = 0;
	w->all = all;
	w->b = b;
	sort_rows(all);
	buf_text(b, "{\"items\":[");
	for (uint32_t i = 1; i <= all->n && !w->stop; i++) {
		if (!all->v[i].top)
			continue;
		put_item(w, i);
		n++;
	}
	buf_text(b, "]}");
	return n > 0;
}
