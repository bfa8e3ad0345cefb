/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON-LD as it is found: the objects of all scripts in one list, arrays and @graph opened, in the order of
 * the page. Nothing is interpreted: no contexts, no merging of what has the same @id.
 */
#include "page/ld.h"
#include "page/structured_in.h"

/* A list that is being gone through: an array cannot lie deeper than the script's brackets do. */
struct list {
	const json_t *array;
	size_t at;
};
struct walk {
	const struct structured *s;
	struct buf *b;
	size_t n;
	struct list open[LD_DEPTH + 2];
};

/* What an object says beside its graph: "@context", "@graph" and "@id" alone say nothing. */
static bool says_more(const json_t *o)
{
	static const char *const frame[] = { "@context", "@graph", "@id" };
	size_t members = json_object_size(o);
	for (size_t i = 0; i < sizeof frame / sizeof frame[0]; i++)
		members -= json_object_get(o, frame[i]) != NULL;
	return members > 0;
}

/* An object that does not fit is left out; a smaller one behind it may still fit. */
static void put_object(struct walk *w, json_t *o)
{
	size_t before = w->b->len;
	json_t *alone = json_copy(o);
	json_object_del(alone, "@graph");
	json_comma(w->b);
	json_put_value(w->b, alone);
	json_decref(alone);
	if (w->b->full || w->b->len + 2 > w->b->max) {
		w->b->len = before;
		w->b->full = false;
		*w->s->cut = true;
	}
}

static void visit(struct walk *w, json_t *v)
{
	for (int i = 0; v && i < LD_DEPTH; i++) {
		if (json_is_array(v)) {
			if (w->n < LD_DEPTH + 2)
				w->open[w->n++] = (struct list) { v, 0 };
			return;
		}
		if (!json_is_object(v))
			return;
		json_t *graph = json_object_get(v, "@graph");
		if (says_more(v))
			put_object(w, v);
		v = graph;
	}
}

bool structured_json_ld(const struct structured *s, struct buf *b)
{
	struct walk *w = ARENA_NEW(s->arena, struct walk);
	bool end = false;
	w->s = s;
	w->b = b;
	buf_char(b, '[');
	for (size_t i = 0; !end; i++) {
		struct str script = ld_script(s->d, i, &end);
		json_t *all = script.p ? ld_read(s->arena, script) : NULL;
		*s->cut |= script.n > LD_BYTES;
		visit(w, all);
		while (w->n) {
			struct list *top = &w->open[w->n - 1];
			if (top->at < json_array_size(top->array))
				visit(w, json_array_get(top->array, top->at++));
			else
				w->n--;
		}
		json_decref(all);
	}
	buf_char(b, ']');
	return b->len > 2;
}
