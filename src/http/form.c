/* SPDX-License-Identifier: Apache-2.0 */
#include "http/form.h"

/* One name or value. false: a bad escape, a NUL, bad UTF-8. */
static bool decode(struct str in, struct arena *a, struct str *out)
{
	char *to = arena_raw(a, in.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < in.n; i++) {
		int c = (unsigned char)in.p[i];
		if (c == '+')
			c = ' ';
		if (c == '%') {
			int high = i + 2 < in.n ? str_hex(in.p[i + 1]) : -1;
			int low = i + 2 < in.n ? str_hex(in.p[i + 2]) : -1;
			if (high < 0 || low < 0)
				return false;
			c = high << 4 | low;
			i += 2;
		}
		if (c == 0)
			return false;
		to[n++] = (char)c;
	}
	to[n] = 0;
	*out = (struct str) { to, n };
	return str_utf8_ok(*out);
}

bool form_parse(struct str text, struct arena *a, struct form *out, struct err *e)
{
	struct str pair, name;
	out->n = 0;
	if (text.n > FORM_BYTES)
		return err_set(
			e, ERR_INVALID_REQUEST, "the form is larger than %d bytes", FORM_BYTES);
	while (str_cut(&text, '&', &pair)) {
		if (pair.n == 0)
			continue;
		if (out->n == FORM_FIELDS)
			return err_set(e, ERR_INVALID_REQUEST,
				"the form has more than %d parameters", FORM_FIELDS);
		struct form_field *field = &out->fields[out->n++];
		(void)str_cut(&pair, '=', &name);
		if (!decode(name, a, &field->name) || !decode(pair, a, &field->value))
			return err_set(e, ERR_INVALID_REQUEST,
				"a parameter is not percent-encoded UTF-8 without NUL");
	}
	return true;
}

/* The media type alone counts; a charset other than UTF-8 would be guessed at. */
static bool is_form(struct str type)
{
	struct str media, rest = type;
	if (!str_cut(&rest, ';', &media) ||
		!str_ieq(str_trim(media), STR("application/x-www-form-urlencoded")))
		return false;
	rest = str_trim(rest);
	return rest.n == 0 || str_ieq(rest, STR("charset=utf-8")) ||
	       str_ieq(rest, STR("charset=\"utf-8\""));
}

bool form_of_body(struct http_req *r, struct form *out, struct err *e)
{
	struct str packed = http_header(r, "Content-Encoding");
	out->n = 0;
	if (http_header_count(r, "Content-Type") != 1 ||
		!is_form(http_header(r, "Content-Type")) ||
		(packed.n && !str_ieq(packed, STR("identity"))))
		return err_set(e, ERR_MEDIA_TYPE,
			"the body must be application/x-www-form-urlencoded, not packed");
	return form_parse(r->body, r->arena, out, e);
}

struct str form_get(const struct form *f, const char *name)
{
	struct str want = str_of(name);
	for (size_t i = 0; i < f->n; i++)
		if (f->fields[i].value.n && str_eq(f->fields[i].name, want))
			return f->fields[i].value;
	return (struct str) { NULL, 0 };
}

struct str form_repeated(const struct form *f, const char *but)
{
	struct str may = str_of(but);
	for (size_t i = 0; i < f->n; i++)
		for (size_t j = 0; j < i; j++)
			if (str_eq(f->fields[i].name, f->fields[j].name) &&
				!(but && str_eq(f->fields[i].name, may)))
				return f->fields[i].name;
	return (struct str) { NULL, 0 };
}
