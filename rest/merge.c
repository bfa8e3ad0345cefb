/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text of the query is turned into JSON only where the field's type says what is meant; what does
 * not fit stays text, so that the decoder refuses it with the same words as a wrong body.
 */
#include "rest/merge.h"
#include "base/check.h"

static bool has_body(const struct http_req *r)
{
	return str_eq(r->method, STR("POST")) || str_eq(r->method, STR("PUT")) ||
	       str_eq(r->method, STR("PATCH"));
}

/* A missing header is fine when the body turns out to be JSON (apis.md S1-09). */
static bool type_ok(const struct http_req *r, struct err *e)
{
	struct str coding = http_header(r, "Content-Encoding"),
		   type = http_header(r, "Content-Type"), params = type, mime;
	if (coding.p && !str_ieq(coding, STR("identity")))
		return err_set(
			e, ERR_MEDIA_TYPE, "Content-Encoding is not accepted: send plain JSON");
	if (!type.p)
		return true;
	str_cut(&params, ';', &mime);
	mime = str_trim(mime);
	bool json = str_ieq(mime, STR("application/json")) ||
		    (str_istarts(mime, STR("application/")) && mime.n > 5 &&
			    str_ieq((struct str) { mime.p + mime.n - 5, 5 }, STR("+json")));
	if (!json)
		return err_set(e, ERR_MEDIA_TYPE, "Content-Type must be application/json");
	for (struct str one; str_cut(&params, ';', &one);) {
		one = str_trim(one);
		if (str_istarts(one, STR("charset=")) && !str_ieq(one, STR("charset=utf-8")) &&
			!str_ieq(one, STR("charset=\"utf-8\"")))
			return err_set(e, ERR_MEDIA_TYPE,
				"JSON is UTF-8: no other charset is accepted");
	}
	return true;
}

/* Nothing that a body would have to bring: what stands in the path is hidden in the table. */
static bool body_may_lack(const struct field *in)
{
	for (const struct field *f = in; f->name; f++)
		if ((f->flags & F_REQ) && !(f->flags & F_HIDDEN))
			return false;
	return true;
}

static json_t *read_body(struct http_req *r, const struct field *in, struct err *e)
{
	if (!has_body(r))
		return json_own(r->arena, json_object());
	if (!type_ok(r, e))
		return NULL;
	if (!r->body.n && body_may_lack(in))
		return json_own(r->arena, json_object());
	if (!r->body.n) {
		err_set(e, ERR_INVALID_REQUEST,
			"the body is missing: a JSON object is expected");
		return NULL;
	}
	json_t *body = json_read(r->arena, r->body, e);
	if (body && !json_is_object(body)) {
		err_set(e, ERR_INVALID_REQUEST, "the body must be a JSON object");
		return NULL;
	}
	return body;
}

/* A new reference; NULL for bytes that are no UTF-8. */
static json_t *text_as(enum field_type type, struct str text)
{
	int64_t n;
	if (type == F_INT && str_to_int(text, &n))
		return json_integer(n);
	if (type == F_BOOL && (str_eq(text, STR("true")) || str_eq(text, STR("false"))))
		return json_boolean(text.n == 4);
	json_t *plain = json_stringn(text.p ? text.p : "", text.n);
	if (type != F_STRS || !plain)
		return plain;
	json_t *list = json_array();
	json_array_append_new(list, plain);
	return list;
}

static bool put(
	json_t *args, const char *name, enum field_type type, struct str text, struct err *e)
{
	json_t *value = text_as(type, text);
	if (!value)
		return err_set(e, ERR_INVALID_REQUEST, "%s: not valid UTF-8", name);
	json_object_set_new(args, name, value);
	return true;
}

static bool add_query(struct http_req *r, const struct field *in, json_t *args, struct err *e)
{
	struct str text;
	if (!r->query.n)
		return true;
	for (const struct field *f = in; f->name; f++)
		if (f->type != F_OBJ && f->type != F_FIXED && f->type != F_CALC &&
			http_query(r, f->name, &text) && !put(args, f->name, f->type, text, e))
			return false;
	return true;
}

/* The names stand in the route's path: "/v1/jobs/:jobId". */
static bool add_path(struct http_req *r, json_t *args, struct err *e)
{
	struct str rest = str_of(r->route->path), part;
	size_t i = 0;
	while (str_cut(&rest, '/', &part)) {
		if (!part.n || part.p[0] != ':')
			continue;
		CHECK(i < HTTP_PARAMS);
		const char *name =
			arena_text(r->arena, (struct str) { part.p + 1, part.n - 1 });
		if (!put(args, name, F_STR, r->params[i++], e))
			return false;
	}
	return true;
}

json_t *merge_args(struct http_req *r, const struct field *in, struct err *e)
{
	json_t *args = read_body(r, in, e);
	if (!args || !add_query(r, in, args, e) || !add_path(r, args, e))
		return NULL;
	return args;
}
