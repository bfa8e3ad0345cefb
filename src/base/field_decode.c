/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON in: one function for each type of row. The path of the member at fault ("config.timeoutMs")
 * is put together only when something is wrong.
 */
#include "base/field.h"
#include "base/check.h"
#include "base/clock.h"

#include <math.h>

enum { PATH_MAX_LEVELS = 8, LIST_MAX = 100000, NAME_SHOWN = 200 };

struct decoder {
	struct arena *a;
	struct err *e;
	struct field_unknown unknown;
	const char *path[PATH_MAX_LEVELS]; /* names from the outside in */
	int levels;
};

static const char *path_of(const struct decoder *d, const char *name)
{
	struct buf b;
	buf_init(&b, 1024);
	for (int i = 0; i < d->levels; i++)
		buf_addf(&b, "%s.", d->path[i]);
	buf_add_str(&b, str_head(str_of(name), NAME_SHOWN)); /* a caller's may be long */
	const char *text = arena_text(d->a, buf_str(&b));
	buf_release(&b);
	return text;
}

static bool bad(struct decoder *d, const struct field *f, const char *want)
{
	return err_set(d->e, ERR_INVALID_REQUEST, "%s must be %s", path_of(d, f->name), want);
}

static bool bad_number(struct decoder *d, const struct field *f, const char *kind)
{
	return bad(d, f,
		f->min < f->max
			? arena_printf(d->a, "%s from %.15g to %.15g", kind, f->min, f->max)
			: arena_printf(d->a, "%s", kind));
}

static bool in_range(const struct field *f, double v)
{
	return f->min >= f->max || (v >= f->min && v <= f->max);
}

/* What JSON Schema calls an integer, and so what our schemas promise: 3.0 is one. */
static bool whole(const json_t *v, int64_t *out)
{
	double real = json_real_value(v);
	if (json_is_integer(v))
		*out = json_integer_value(v);
	else if (json_is_real(v) && fabs(real) <= 9007199254740992.0 && real == floor(real))
		*out = (int64_t)real;
	else
		return false;
	return true;
}

static bool decode_int(struct decoder *d, const struct field *f, const json_t *v, void *at)
{
	int64_t value;
	if (!whole(v, &value) || !in_range(f, (double)value))
		return bad_number(d, f, "an integer");
	if (f->scale != 0 && __builtin_mul_overflow(value, (int64_t)f->scale, &value))
		return bad_number(d, f, "an integer");
	*(int64_t *)at = value;
	return true;
}

static bool decode_num(struct decoder *d, const struct field *f, const json_t *v, void *at)
{
	if (!json_is_number(v) || !isfinite(json_number_value(v)) ||
		!in_range(f, json_number_value(v)))
		return bad_number(d, f, "a number");
	*(double *)at = json_number_value(v) * (f->scale != 0 ? f->scale : 1);
	return true;
}

static bool decode_text(struct decoder *d, const struct field *f, const json_t *v, void *at)
{
	struct str s = json_is_string(v) ? json_str(v) : (struct str) { NULL, 0 };
	size_t n = s.p ? str_utf8_count(s) : 0;
	if (s.p && s.n == 0 && f->flags & F_EMPTY_OK)
		return true;
	if (!s.p || !in_range(f, (double)n) || memchr(s.p, 0, s.n))
		return bad(d, f,
			f->min < f->max
				? arena_printf(d->a, "a string of %.15g to %.15g characters",
					  f->min, f->max)
				: "a string");
	const char *copy = arena_text(d->a, s);
	if (f->type == F_TEXT)
		*(struct str *)at = (struct str) { copy, s.n };
	else
		*(const char **)at = copy;
	return true;
}

static const char *words_of(struct decoder *d, const struct field *f)
{
	struct buf b;
	buf_init(&b, 4096);
	for (int i = 0; f->choices[i]; i++)
		buf_addf(&b, "%s\"%s\"",
			i == 0		    ? ""
			: f->choices[i + 1] ? ", "
					    : " or ",
			f->choices[i]);
	const char *text = arena_text(d->a, buf_str(&b));
	buf_release(&b);
	return text;
}

static bool decode_choice(struct decoder *d, const struct field *f, const json_t *v, void *at)
{
	for (int i = 0; json_is_string(v) && f->choices[i]; i++)
		if (str_eq(json_str(v), str_of(f->choices[i]))) {
			*(int *)at = i;
			return true;
		}
	return bad(d, f, words_of(d, f));
}

static bool decode_strs(struct decoder *d, const struct field *f, const json_t *v, void *at)
{
	struct strs *out = at;
	size_t n = json_array_size(v);
	if (!json_is_array(v) || n > LIST_MAX || !in_range(f, (double)n))
		return bad(d, f,
			f->min < f->max
				? arena_printf(d->a, "an array of %.15g to %.15g strings",
					  f->min, f->max)
				: "an array of strings");
	out->v = ARENA_ARRAY(d->a, const char *, n + 1);
	out->n = n;
	for (size_t i = 0; i < n; i++) {
		const json_t *item = json_array_get(v, i);
		if (!json_is_string(item) || memchr(json_str(item).p, 0, json_str(item).n))
			return err_set(d->e, ERR_INVALID_REQUEST, "%s[%zu] must be a string",
				path_of(d, f->name), i);
		out->v[i] = arena_text(d->a, json_str(item));
	}
	return true;
}

static bool decode_time(struct decoder *d, const struct field *f, const json_t *v, void *at)
{
	if (json_is_string(v) && iso_parse(json_str(v), at))
		return true;
	return bad(d, f, "a time such as \"2026-01-27T10:30:00Z\"");
}

static bool decode_table(
	struct decoder *d, const struct field *table, const json_t *object, void *into);

static bool decode_obj(struct decoder *d, const struct field *f, const json_t *v, void *at)
{
	if (!json_is_object(v))
		return bad(d, f, "an object");
	CHECK(d->levels < PATH_MAX_LEVELS);
	d->path[d->levels++] = f->name;
	bool ok = decode_table(d, f->sub, v, at);
	d->levels--;
	return ok;
}

static bool decode_value(struct decoder *d, const struct field *f, const json_t *v, void *into)
{
	void *at = (char *)into + f->at;
	switch (f->type) {
	case F_INT:
		return decode_int(d, f, v, at);
	case F_NUM:
		return decode_num(d, f, v, at);
	case F_STR:
	case F_TEXT:
		return decode_text(d, f, v, at);
	case F_BOOL:
		if (!json_is_boolean(v))
			return bad(d, f, "true or false");
		*(bool *)at = json_is_true(v);
		return true;
	case F_CHOICE:
		return decode_choice(d, f, v, at);
	case F_STRS:
		return decode_strs(d, f, v, at);
	case F_JSON:
		*(json_t **)at = json_own(d->a, json_incref((json_t *)(uintptr_t)v));
		return true;
	case F_TIME:
		return decode_time(d, f, v, at);
	case F_OBJ:
		return decode_obj(d, f, v, at);
	case F_LIST:
	case F_FIXED:
	case F_CALC:
		return true;
	}
	return true;
}

/* The row's default, which is JSON text of our own. */
static bool decode_default(struct decoder *d, const struct field *f, void *into)
{
	if (!f->text)
		return true;
	json_t *v = json_loads(f->text, JSON_DECODE_ANY, NULL);
	CHECK(v);
	bool ok = decode_value(d, f, json_own(d->a, v), into);
	CHECK(ok);
	return ok;
}

static bool decode_row(
	struct decoder *d, const struct field *f, const json_t *object, void *into)
{
	static json_t *const none = NULL;
	const json_t *v = object ? json_object_get(object, f->name) : none;
	bool absent = !v || json_is_null(v);
	if (f->type == F_FIXED || f->type == F_CALC)
		return true;
	if (absent && f->flags & F_REQ)
		return err_set(d->e, ERR_INVALID_REQUEST, "%s is missing", path_of(d, f->name));
	if (absent && f->type == F_OBJ) { /* its members' defaults */
		CHECK(d->levels < PATH_MAX_LEVELS);
		d->path[d->levels++] = f->name;
		bool ok = decode_table(d, f->sub, NULL, (char *)into + f->at);
		d->levels--;
		return ok;
	}
	return absent ? decode_default(d, f, into) : decode_value(d, f, v, into);
}

static bool known(const struct field *table, const char *name)
{
	for (; table->name; table++)
		if (strcmp(table->name, name) == 0)
			return true;
	return false;
}

static bool decode_table(
	struct decoder *d, const struct field *table, const json_t *object, void *into)
{
	for (const struct field *f = table; f->name; f++)
		if (!decode_row(d, f, object, into))
			return false;
	if (d->unknown.tell && object) {
		const char *name;
		json_t *v;
		json_object_foreach(
			(json_t *)(uintptr_t)object, name, v) if (!known(table, name))
			d->unknown.tell(d->unknown.arg, path_of(d, name));
	}
	return true;
}

bool fields_decode(const struct field *table, const json_t *object, void *into, struct arena *a,
	struct field_unknown unknown, struct err *e)
{
	struct decoder d = { .a = a, .e = e, .unknown = unknown };
	if (!json_is_object(object))
		return err_set(e, ERR_INVALID_REQUEST, "the body must be a JSON object");
	return decode_table(&d, table, object, into);
}
