/* SPDX-License-Identifier: Apache-2.0 */
/* JSON out, and JSON Schema: both read the same rows and write straight into the buffer. */
#include "base/field.h"
#include "base/clock.h"

#include <math.h>

static void put_number(struct buf *b, double v)
{
	if (!isfinite(v))
		buf_add(b, "null", 4);
	else if (v == floor(v) && fabs(v) < 9e15)
		buf_addf(b, "%.0f", v);
	else
		json_put_real(b, v);
}

static void put_int(struct buf *b, const struct field *f, int64_t v)
{
	if (f->scale != 0)
		put_number(b, (double)v / f->scale);
	else
		buf_addf(b, "%lld", (long long)v);
}

static void put_strs(struct buf *b, const struct strs *s)
{
	buf_char(b, '[');
	for (size_t i = 0; i < s->n; i++) {
		json_comma(b);
		json_put_text(b, s->v[i]);
	}
	buf_char(b, ']');
}

static void put_list(struct buf *b, const struct field *f, const struct field_list *list)
{
	buf_char(b, '[');
	for (size_t i = 0; i < list->count; i++) {
		if (i)
			buf_char(b, ',');
		fields_encode(f->sub, (const char *)list->items + i * f->stride, b);
	}
	buf_char(b, ']');
}

/* Is there nothing to show? (decides F_OMIT; elsewhere null is written for missing text) */
static bool is_empty(const struct field *f, const void *at)
{
	switch (f->type) {
	case F_STR:
		return !*(const char *const *)at;
	case F_TEXT:
		return !((const struct str *)at)->p;
	case F_INT:
	case F_TIME:
		return *(const int64_t *)at == 0;
	case F_NUM:
		return !(*(const double *)at > 0 || *(const double *)at < 0);
	case F_BOOL:
		return !*(const bool *)at;
	case F_STRS:
		return ((const struct strs *)at)->n == 0;
	case F_JSON:
		return !*(json_t *const *)at;
	case F_LIST:
		return ((const struct field_list *)at)->count == 0;
	case F_CHOICE:
	case F_OBJ:
	case F_FIXED:
	case F_CALC:
		return false;
	}
	return false;
}

static void put_value(struct buf *b, const struct field *f, const void *at)
{
	char iso[ISO_SIZE];
	switch (f->type) {
	case F_STR:
		json_put_text(b, *(const char *const *)at);
		break;
	case F_TEXT:
		if (((const struct str *)at)->p)
			json_put_str(b, *(const struct str *)at);
		else
			buf_add(b, "null", 4);
		break;
	case F_INT:
		put_int(b, f, *(const int64_t *)at);
		break;
	case F_NUM:
		put_number(b, *(const double *)at / (f->scale != 0 ? f->scale : 1));
		break;
	case F_BOOL:
		buf_text(b, *(const bool *)at ? "true" : "false");
		break;
	case F_CHOICE:
		json_put_text(b, f->choices[*(const int *)at]);
		break;
	case F_STRS:
		put_strs(b, at);
		break;
	case F_JSON:
		json_put_value(b, *(json_t *const *)at);
		break;
	case F_TIME:
		json_put_text(b, iso_print(*(const int64_t *)at, iso));
		break;
	case F_OBJ:
		fields_encode(f->sub, at, b);
		break;
	case F_LIST:
		put_list(b, f, at);
		break;
	case F_FIXED:
		buf_text(b, f->text);
		break;
	case F_CALC:
		break;
	}
}

static void put_calc(struct buf *b, const struct field *f, const void *from)
{
	size_t before = b->len;
	json_key(b, f->name);
	if (!f->calc(b, from) && !b->full)
		b->len = before;
}

void fields_encode_members(const struct field *table, const void *from, struct buf *b)
{
	for (const struct field *f = table; f->name; f++) {
		const void *at = (const char *)from + f->at;
		if (f->type == F_CALC) {
			put_calc(b, f, from);
		} else if (!(f->flags & F_OMIT && is_empty(f, at))) {
			json_key(b, f->name);
			put_value(b, f, at);
		}
	}
}

void field_encode_value(const struct field *row, const void *from, struct buf *b)
{
	put_value(b, row, (const char *)from + row->at);
}

void fields_encode(const struct field *table, const void *from, struct buf *b)
{
	buf_char(b, '{');
	fields_encode_members(table, from, b);
	buf_char(b, '}');
}

static void schema_range(
	struct buf *b, const struct field *f, const char *low, const char *high)
{
	if (f->min >= f->max)
		return;
	if (f->min > 0 || low[0] == 'm') { /* lengths and counts below 0 say nothing */
		json_key(b, low);
		put_number(b, f->min);
	}
	json_key(b, high);
	put_number(b, f->max);
}

static void schema_choices(struct buf *b, const struct field *f)
{
	json_key(b, "enum");
	buf_char(b, '[');
	for (int i = 0; f->choices[i]; i++) {
		json_comma(b);
		json_put_text(b, f->choices[i]);
	}
	buf_char(b, ']');
}

static void schema_type(struct buf *b, const char *type)
{
	json_key(b, "type");
	json_put_text(b, type);
}

static void schema_members(const struct field *f, bool for_input, struct buf *b)
{
	switch (f->type) {
	case F_STR:
	case F_TEXT:
		schema_type(b, "string");
		schema_range(b, f, "minLength", "maxLength");
		break;
	case F_INT:
		schema_type(b, "integer");
		schema_range(b, f, "minimum", "maximum");
		break;
	case F_NUM:
		schema_type(b, "number");
		schema_range(b, f, "minimum", "maximum");
		break;
	case F_BOOL:
		schema_type(b, "boolean");
		break;
	case F_CHOICE:
		schema_type(b, "string");
		schema_choices(b, f);
		break;
	case F_STRS:
		schema_type(b, "array");
		json_key(b, "items");
		buf_text(b, "{\"type\":\"string\"}");
		schema_range(b, f, "minItems", "maxItems");
		break;
	case F_TIME:
		schema_type(b, "string");
		json_key(b, "format");
		json_put_text(b, "date-time");
		break;
	case F_LIST:
		schema_type(b, "array");
		json_key(b, "items");
		fields_schema(f->sub, for_input, b);
		break;
	case F_JSON:
	case F_FIXED:
	case F_CALC:
	case F_OBJ:
		break;
	}
}

/* Output that may be null says so only where a type array is allowed: not in input. */
static void put_schema(const struct field *f, bool for_input, struct buf *b)
{
	if (f->type == F_OBJ) {
		size_t at = b->len;
		fields_schema(f->sub, for_input, b);
		if (!b->full && f->about && b->len > at) {
			b->len--; /* reopen the object */
			json_key(b, "description");
			json_put_text(b, f->about);
			buf_char(b, '}');
		}
		return;
	}
	if (f->schema) {
		buf_text(b, f->schema);
		return;
	}
	buf_char(b, '{');
	schema_members(f, for_input, b);
	if (f->about) {
		json_key(b, "description");
		json_put_text(b, f->about);
	}
	if (for_input && f->text) {
		json_key(b, "default");
		buf_text(b, f->text);
	}
	buf_char(b, '}');
}

void field_schema(const struct field *row, bool for_input, struct buf *b)
{
	put_schema(row, for_input, b);
}

void fields_schema(const struct field *table, bool for_input, struct buf *b)
{
	buf_text(b, "{\"type\":\"object\",\"properties\":{");
	for (const struct field *f = table; f->name; f++)
		if (!(f->flags & F_HIDDEN) &&
			!(for_input && (f->type == F_FIXED || f->type == F_CALC))) {
			json_key(b, f->name);
			put_schema(f, for_input, b);
		}
	buf_char(b, '}');
	bool any = false;
	for (const struct field *f = table; f->name; f++)
		if ((f->flags & F_REQ) && !(f->flags & F_HIDDEN)) {
			buf_text(b, any ? "," : ",\"required\":[");
			json_put_text(b, f->name);
			any = true;
		}
	buf_text(b, any ? "]}" : "}");
}
