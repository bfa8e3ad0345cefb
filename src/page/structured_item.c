/* SPDX-License-Identifier: Apache-2.0 */
/* Gathering items: see structured_item.h. Writing them is structured_item_write.c. */
#include "page/structured_item.h"
#include "page/scan.h"

void items_init(struct items *all, const struct structured *s)
{
	size_t page = (size_t)(s->d->html_end - s->d->base[0]);
	*all = (struct items) { .s = s,
		.steps = dom_count(s->d) * 4 + page / STEP_BYTES * 2 + 1000 };
	all->v = ARENA_NEW(s->arena, struct item);
}

uint32_t items_add(struct items *all, struct str types, struct str id, bool top)
{
	if (all->n >= ITEMS_MAX) {
		*all->s->cut = true;
		return 0;
	}
	size_t had = all->n + 1; /* with the one that is none */
	all->v = arena_room(all->s->arena, all->v, had, sizeof *all->v);
	all->v[had] = (struct item) { .types = types, .id = id, .top = top };
	return (uint32_t)++all->n;
}

static bool is_new(const struct str *words, size_t n, struct str word)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(words[i], word))
			return false;
	return true;
}

void items_property(struct items *all, uint32_t item, struct str names, uint32_t at,
	struct item_value value)
{
	struct str words[ITEM_NAMES], word;
	size_t n = 0;
	while (n < ITEM_NAMES && scan_word(&names, &word)) {
		if (!is_new(words, n, word))
			continue;
		if (all->n_rows >= ITEM_ROWS || all->bytes + value.text.n > ITEM_BYTES) {
			*all->s->cut = all->full = true;
			return;
		}
		all->rows =
			arena_room(all->s->arena, all->rows, all->n_rows, sizeof *all->rows);
		all->rows[all->n_rows++] = (struct item_row) { .item = item,
			.place = (uint64_t)at << 8 | n,
			.name = word,
			.value = value };
		all->bytes += value.text.n;
		words[n++] = word;
	}
}
