/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One walk over the text does everything: a section whose value says no is walked as well, silently,
 * so that a mistake anywhere in a template shows on the first page made of it. A section over an
 * array is walked once for each item, from the same place.
 */
#include "template/template.h"

struct walk {
	const struct template_file *files;
	const json_t *contexts[TEMPLATE_DEPTH + 1]; /* innermost last */
	int n_contexts;
	int depth; /* sections and partials that are open */
	bool silent;
	const char *name; /* of the file, for errors */
	struct buf *out;
	struct err *e;
};
struct tag {
	char kind; /* # ^ / > ! or 0: a value */
	struct str name;
};

static bool walk_block(struct walk *w, struct str *rest, struct str closing);

static bool fault(struct walk *w, const char *what, struct str name)
{
	return err_set(w->e, ERR_INTERNAL, "template %s: %s %.*s", w->name, what,
		(int)(name.n < 60 ? name.n : 60), name.p ? name.p : "");
}

void html_escape(struct str text, struct buf *b)
{
	size_t from = 0;
	for (size_t i = 0; i < text.n; i++) {
		const char *to = NULL;
		switch (text.p[i]) {
		case '&':
			to = "&amp;";
			break;
		case '<':
			to = "&lt;";
			break;
		case '>':
			to = "&gt;";
			break;
		case '"':
			to = "&quot;";
			break;
		case '\'':
			to = "&#39;";
			break;
		default:
			continue;
		}
		buf_add(b, text.p + from, i - from);
		buf_text(b, to);
		from = i + 1;
	}
	buf_add(b, text.p + from, text.n - from);
}

/* --- names and values --- */

static const json_t *member(const json_t *j, struct str name)
{
	return json_is_object(j) ? json_object_getn(j, name.p, name.n) : NULL;
}

/* The first part of a name is looked for outwards, the rest only inside what was found. */
static const json_t *look_up(const struct walk *w, struct str name)
{
	const json_t *found = NULL;
	struct str part;
	if (str_eq(name, STR(".")))
		return w->contexts[w->n_contexts - 1];
	(void)str_cut(&name, '.', &part);
	for (int i = w->n_contexts; !found && i-- > 0;)
		found = member(w->contexts[i], part);
	while (found && name.n && str_cut(&name, '.', &part))
		found = member(found, part);
	return found;
}

static bool says_yes(const json_t *v)
{
	if (json_is_array(v))
		return json_array_size(v) > 0;
	if (json_is_string(v))
		return json_string_length(v) > 0;
	return v && !json_is_false(v) && !json_is_null(v);
}

static void put_value(struct walk *w, const json_t *v)
{
	if (w->silent || !v)
		return;
	if (json_is_string(v))
		html_escape(json_str(v), w->out);
	else if (json_is_integer(v))
		buf_addf(w->out, "%lld", (long long)json_integer_value(v));
	else if (json_is_real(v))
		buf_addf(w->out, "%.15g", json_real_value(v));
	else if (json_is_boolean(v))
		buf_text(w->out, json_is_true(v) ? "true" : "false");
}

/* --- tags --- */

static bool name_ok(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i], l = str_lower(c);
		if ((l < 'a' || l > 'z') && (c < '0' || c > '9') && c != '_' && c != '-' &&
			c != '.')
			return false;
	}
	return name.n > 0;
}

/* Where `mark` (two bytes) stands in s, or s.n */
static size_t find_mark(struct str s, const char *mark)
{
	const char *at = s.n ? memmem(s.p, s.n, mark, 2) : NULL;
	return at ? (size_t)(at - s.p) : s.n;
}

/* Reads the tag whose {{ has just been passed. */
static bool read_tag(struct walk *w, struct str *rest, struct tag *t)
{
	size_t end = find_mark(*rest, "}}");
	if (end == rest->n)
		return fault(w, "a tag has no end:", *rest);
	struct str inside = { rest->p, end };
	*rest = (struct str) { rest->p + end + 2, rest->n - end - 2 };
	*t = (struct tag) { 0, str_trim(inside) };
	if (t->name.n && memchr("#^/>!", t->name.p[0], 5)) {
		t->kind = t->name.p[0];
		t->name = str_trim((struct str) { t->name.p + 1, t->name.n - 1 });
	}
	if (t->kind != '!' && !name_ok(t->name))
		return fault(w, "not a tag:", inside);
	return true;
}

static bool deeper(struct walk *w, struct str name)
{
	if (w->depth == TEMPLATE_DEPTH)
		return fault(w, "nested too deeply:", name);
	w->depth++;
	return true;
}

/* Walks a section's inside once, with `item` as the innermost context (NULL: none is added). */
static bool walk_inside(struct walk *w, struct str *rest, struct str name, const json_t *item)
{
	int before = w->n_contexts;
	if (item)
		w->contexts[w->n_contexts++] = item;
	bool ok = walk_block(w, rest, name);
	w->n_contexts = before;
	return ok;
}

static bool walk_section(struct walk *w, struct str *rest, struct tag t)
{
	const json_t *v = look_up(w, t.name);
	bool shown = says_yes(v) == (t.kind == '#'), was_silent = w->silent, ok = true;
	size_t times = shown && json_is_array(v) && t.kind == '#' ? json_array_size(v) : 1;
	struct str inside = *rest;
	if (!deeper(w, t.name))
		return false;
	w->silent = was_silent || !shown;
	for (size_t i = 0; ok && i < times; i++) {
		const json_t *item = t.kind == '^'	? NULL
				     : json_is_array(v) ? json_array_get(v, i)
							: v;
		*rest = inside;
		ok = walk_inside(w, rest, t.name, item);
	}
	w->silent = was_silent;
	w->depth--;
	return ok;
}

static bool walk_file(struct walk *w, struct str name)
{
	const struct template_file *file = w->files;
	const char *outer = w->name;
	while (file->name && !str_eq(str_of(file->name), name))
		file++;
	if (!file->name)
		return fault(w, "there is no template", name);
	if (!deeper(w, name))
		return false;
	struct str text = { file->text, file->size };
	w->name = file->name;
	bool ok = walk_block(w, &text, (struct str) { NULL, 0 });
	w->name = outer;
	w->depth--;
	return ok;
}

/* To the end of the text, or (closing.p set) past the tag that closes the section of that name. */
static bool walk_block(struct walk *w, struct str *rest, struct str closing)
{
	for (;;) {
		struct tag t = { 0 };
		size_t at = find_mark(*rest, "{{");
		if (!w->silent)
			buf_add(w->out, rest->p, at);
		if (at == rest->n)
			return !closing.p || fault(w, "a section has no end:", closing);
		*rest = (struct str) { rest->p + at + 2, rest->n - at - 2 };
		if (!read_tag(w, rest, &t))
			return false;
		if (t.kind == '/')
			return (closing.p && str_eq(closing, t.name)) ||
			       fault(w, "the end of another section:", t.name);
		if (t.kind == 0)
			put_value(w, look_up(w, t.name));
		else if (t.kind == '>' ? !walk_file(w, t.name)
				       : t.kind != '!' && !walk_section(w, rest, t))
			return false;
	}
}

bool template_render(const struct template_file *files, const char *name, const json_t *data,
	struct buf *b, struct err *e)
{
	struct walk w = { .files = files,
		.contexts = { data },
		.n_contexts = 1,
		.name = name,
		.out = b,
		.e = e };
	size_t before = b->len;
	bool ok = walk_file(&w, str_of(name));
	if (ok && b->full)
		ok = err_set(e, ERR_INTERNAL, "template %s: the page is too large", name);
	if (!ok)
		b->len = before;
	return ok;
}
