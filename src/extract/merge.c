/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Merging goes through a list of pairs that are still to do, not by recursion. Repetitions are found
 * by a map of the items' printed forms, so a hostile answer with a hundred thousand items costs no
 * more than its printing. An item that one piece says twice stays twice: the page has it twice.
 */
#include "extract/merge.h"

#include "base/map.h"
#include "base/mem.h"

#include <limits.h>

struct pair {
	json_t *into;
	const json_t *from;
	struct pair *next;
};

static bool says_nothing(const json_t *j)
{
	return !j || json_is_null(j) || (json_is_string(j) && !json_string_length(j));
}

/* Finds or keeps an item; with names in order: {"a":1,"b":2} is {"b":2,"a":1}. */
static bool seen_before(struct map *seen, const json_t *item, bool keep)
{
	char *text = json_dumps(item, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);
	bool before = map_get(seen, str_of(text)) != NULL;
	if (keep && !before)
		(void)map_put(seen, str_of(text), seen);
	mem_free(text);
	return before;
}

static void merge_arrays(json_t *into, const json_t *from)
{
	struct map *seen = map_new(INT_MAX);
	size_t i;
	json_t *item;
	json_array_foreach(into, i, item)(void) seen_before(seen, item, true);
	json_array_foreach(from, i, item) if (!seen_before(seen, item, false))
		json_array_append(into, item);
	map_free(&seen, NULL);
}

static bool same_kind(const json_t *a, const json_t *b)
{
	return (json_is_array(a) && json_is_array(b)) ||
	       (json_is_object(a) && json_is_object(b));
}

static void merge_members(struct arena *a, const struct pair *p, struct pair **todo)
{
	const char *name;
	json_t *theirs;
	json_object_foreach((json_t *)(uintptr_t)p->from, name, theirs)
	{
		json_t *ours = json_object_get(p->into, name);
		if (says_nothing(ours)) {
			json_object_set(p->into, name, theirs);
		} else if (same_kind(ours, theirs)) {
			struct pair *more = ARENA_NEW(a, struct pair);
			*more = (struct pair) { ours, theirs, *todo };
			*todo = more;
		}
	}
}

static void merge_pair(struct arena *a, json_t *into, const json_t *from)
{
	struct pair first = { into, from, NULL };
	for (struct pair *todo = &first; todo;) {
		struct pair *p = todo;
		todo = p->next;
		if (json_is_array(p->into))
			merge_arrays(p->into, p->from);
		else
			merge_members(a, p, &todo);
	}
}

static bool is_empty(const json_t *j)
{
	return says_nothing(j) || (json_is_array(j) && !json_array_size(j)) ||
	       (json_is_object(j) && !json_object_size(j));
}

json_t *merge_answers(struct arena *a, const json_t *answers)
{
	json_t *all = json_array_get(answers, 0), *next;
	size_t i;
	json_array_foreach(answers, i, next)
	{
		if (i == 0 || (is_empty(next) && !says_nothing(all)))
			continue;
		if (is_empty(all))
			all = next;
		else if (same_kind(all, next))
			merge_pair(a, all, next);
		else if (!json_equal(all, next))
			return NULL;
	}
	return all;
}
