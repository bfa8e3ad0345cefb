/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nothing here knows an endpoint: paths, bodies and answers are printed from the rows and tables
 * that decode and encode them, refusals from the table of errors. A field that changes its range
 * changes it in the document with the same line.
 */
#include "rest/openapi.h"
#include "rest/dialect.h"
#include "rest/row.h"

static void text_member(struct buf *b, const char *name, const char *text)
{
	if (text) {
		json_key(b, name);
		json_put_text(b, text);
	}
}

static void raw_member(struct buf *b, const char *name, const char *json)
{
	if (json) {
		json_key(b, name);
		buf_text(b, json);
	}
}

static void open_member(struct buf *b, const char *name)
{
	json_key(b, name);
	buf_char(b, '{');
}

static void schema_item(struct buf *b, const struct field *table)
{
	json_comma(b);
	fields_schema(table, false, b);
}

static const struct field *in_of(const struct rest_row *row)
{
	return row->in || !row->op ? row->in : row->op->in;
}

static const struct field *out_of(const struct rest_row *row)
{
	return row->out || !row->op ? row->out : row->op->out;
}

/* "/v1/jobs/:id" as "/v1/jobs/{id}", and its names as parameters. */
static void put_path(struct buf *b, const char *path)
{
	json_comma(b);
	buf_char(b, '"');
	struct str rest = str_of(path), part;
	for (bool first = true; str_cut(&rest, '/', &part); first = false) {
		if (!first)
			buf_char(b, '/');
		if (part.n && part.p[0] == ':')
			buf_addf(b, "{%.*s}", (int)part.n - 1, part.p + 1);
		else
			buf_add_str(b, part);
	}
	buf_text(b, "\":{");
}

static bool in_path(const char *path, const char *name)
{
	struct str rest = str_of(path), part;
	while (str_cut(&rest, '/', &part))
		if (part.n && part.p[0] == ':' &&
			str_eq((struct str) { part.p + 1, part.n - 1 }, str_of(name)))
			return true;
	return false;
}

/* What a request without a body may say: the rows of its table that the path does not. */
static void put_query(struct buf *b, const struct http_route *route)
{
	const struct rest_row *row = route->row;
	for (const struct field *f = in_of(row); f && f->name; f++) {
		if (f->flags & F_HIDDEN || f->type == F_FIXED || f->type == F_CALC ||
			in_path(route->path, f->name))
			continue;
		json_comma(b);
		buf_text(b, "{\"in\":\"query\"");
		text_member(b, "name", f->name);
		if (f->flags & F_REQ)
			raw_member(b, "required", "true");
		json_key(b, "schema");
		field_schema(f, true, b);
		buf_char(b, '}');
	}
}

static bool has_body(const struct http_route *route)
{
	return route->method[0] == 'P'; /* POST, PUT, PATCH */
}

static void put_parameters(struct buf *b, const struct http_route *route)
{
	struct str rest = str_of(route->path), part;
	json_key(b, "parameters");
	buf_char(b, '[');
	while (str_cut(&rest, '/', &part))
		if (part.n && part.p[0] == ':') {
			json_comma(b);
			buf_addf(b,
				"{\"name\":\"%.*s\",\"in\":\"path\",\"required\":true,"
				"\"schema\":{\"type\":\"string\"}}",
				(int)part.n - 1, part.p + 1);
		}
	if (!has_body(route))
		put_query(b, route);
	buf_char(b, ']');
}

static void put_body(struct buf *b, const struct rest_row *row)
{
	bool required = false, any = false;
	for (const struct field *f = in_of(row); f->name; f++) {
		any = any || !(f->flags & F_HIDDEN);
		required = required || ((f->flags & F_REQ) && !(f->flags & F_HIDDEN));
	}
	if (!any)
		return;
	open_member(b, "requestBody");
	raw_member(b, "required", required ? "true" : "false");
	buf_text(b, ",\"content\":{\"application/json\":{\"schema\":");
	fields_schema(in_of(row), true, b);
	raw_member(b, "example", row->example_in);
	buf_text(b, "}}}");
}

/* The answer's own members, behind the head that every answer of an operation has. */
static void put_answer_schema(
	struct buf *b, const struct rest_row *row, const struct dialect *d)
{
	if (!out_of(row)) {
		buf_text(b, row->type ? "{\"type\":\"string\"}" : "{\"type\":\"object\"}");
	} else if (row->bare) {
		field_schema(out_of(row), false, b);
	} else if (row->op) {
		buf_text(b, "{\"allOf\":[");
		schema_item(b, d->head);
		schema_item(b, out_of(row));
		buf_text(b, "]}");
	} else {
		fields_schema(out_of(row), false, b);
	}
}

static void put_good(struct buf *b, const struct rest_row *row, const struct dialect *d)
{
	int status = row->status ? row->status : 200;
	buf_addf(b,
		"\"%d\":{\"description\":\"the answer\",\"headers\":{\"X-Request-Id\":"
		"{\"$ref\":\"#/components/headers/RequestId\"}},\"content\":{",
		status);
	json_put_text(b, row->type ? row->type : "application/json");
	buf_text(b, ":{\"schema\":");
	put_answer_schema(b, row, d);
	raw_member(b, "example", row->example_out);
	buf_text(b, "}}}");
}

static void put_also(struct buf *b, const struct rest_also *also, const struct dialect *d)
{
	json_comma(b);
	buf_addf(b, "\"%d\":{\"description\":\"another answer\"", also->status);
	if (also->out) {
		buf_text(b, ",\"content\":{\"application/json\":{\"schema\":{\"allOf\":[");
		schema_item(b, d->head);
		schema_item(b, also->out);
		buf_text(b, "]}");
		raw_member(b, "example", also->example);
		buf_text(b, "}}");
	}
	buf_char(b, '}');
}

/* Which codes go with a status, from the table of errors. */
static void put_codes(struct buf *b, int64_t status)
{
	bool first = true;
	buf_char(b, '"');
	for (int code = ERR_NONE + 1; code < ERR_COUNT; code++)
		if (err_http((enum err_code)code) == status) {
			buf_addf(b, "%s%s: %s", first ? "" : "; ",
				err_name((enum err_code)code),
				err_meaning((enum err_code)code));
			first = false;
		}
	buf_char(b, '"');
}

static const char *refusal_header(int64_t status)
{
	if (status == 401)
		return "\"WWW-Authenticate\":{\"schema\":{\"type\":\"string\"}}";
	if (status == 429 || status == 503)
		return "\"Retry-After\":{\"description\":\"seconds\","
		       "\"schema\":{\"type\":\"integer\"}}";
	return NULL;
}

/* Which of the components' schemas words a dialect's errors. */
static const char *error_schema(const struct http_route *route)
{
	return dialect_of(str_of(route->path))->lower_codes
		       ? "{\"$ref\":\"#/components/schemas/ErrorText\"}"
		       : "{\"$ref\":\"#/components/schemas/Error\"}";
}

/* A refusal is an error alone; a fault of the target has the answer's members beside it. */
static void put_refusal(struct buf *b, const struct http_route *route, struct str status)
{
	const struct rest_row *row = route->row;
	int64_t number = 0;
	str_to_int(status, &number);
	json_comma(b);
	buf_addf(b, "\"%.*s\":{\"description\":", STR_ARG(status));
	put_codes(b, number);
	buf_text(b,
		",\"headers\":{\"X-Request-Id\":{\"$ref\":\"#/components/headers/RequestId\"}");
	if (refusal_header(number)) {
		json_comma(b);
		buf_text(b, refusal_header(number));
	}
	buf_text(b, "},\"content\":{\"application/json\":{\"schema\":");
	if (row->op && row->op->fault) {
		buf_text(b, "{\"anyOf\":[{\"allOf\":[");
		buf_text(b, error_schema(route));
		schema_item(b, out_of(row));
		buf_text(b, "]},");
		buf_text(b, error_schema(route));
		buf_text(b, "]}");
	} else {
		buf_text(b, error_schema(route));
	}
	buf_text(b, "}}}");
}

static void put_operation(struct buf *b, const struct http_route *route)
{
	const struct rest_row *row = route->row;
	struct str left = str_of(row->refusals), status;
	json_comma(b);
	buf_char(b, '"');
	for (const char *c = route->method; *c; c++)
		buf_char(b, (char)(*c + ('a' - 'A')));
	buf_text(b, "\":{");
	text_member(b, "operationId", row->id);
	text_member(b, "summary", row->summary);
	text_member(b, "description", row->about);
	if (row->open)
		raw_member(b, "security", "[]");
	put_parameters(b, route);
	if (in_of(row) && has_body(route))
		put_body(b, row);
	open_member(b, "responses");
	put_good(b, row, dialect_of(str_of(route->path)));
	if (row->also)
		put_also(b, row->also, dialect_of(str_of(route->path)));
	while (str_cut(&left, ' ', &status))
		put_refusal(b, route, status);
	buf_text(b, ",\"default\":{\"description\":\"refused before it was looked at\","
		    "\"content\":{\"application/json\":{\"schema\":");
	buf_text(b, error_schema(route));
	buf_text(b, "}}}}}");
}

static bool same_path(const struct http_route *a, const struct http_route *b)
{
	return str_eq(str_of(a->path), str_of(b->path));
}

/* Methods of one path stand together, wherever their rows are: the first row brings them all. */
static void put_paths(
	struct buf *b, const struct http_route *const *lists, const struct http_route *first)
{
	for (const struct http_route *const *list = lists; *list; list++)
		for (const struct http_route *r = *list; r->path; r++) {
			if (r == first)
				put_path(b, r->path);
			if (same_path(r, first))
				put_operation(b, r);
		}
	buf_char(b, '}');
}

static bool seen_before(const struct http_route *const *lists, const struct http_route *route)
{
	for (const struct http_route *const *list = lists; *list; list++)
		for (const struct http_route *r = *list; r->path; r++) {
			if (r == route)
				return false;
			if (same_path(r, route))
				return true;
		}
	return false;
}

static void put_error_schema(struct buf *b, const char *name, const struct dialect *d)
{
	json_key(b, name);
	buf_text(b, "{\"allOf\":[");
	fields_schema(d->error, false, b);
	schema_item(b, d->head);
	buf_text(b, "]}");
}

static void put_components(struct buf *b)
{
	buf_text(b,
		"\"components\":{\"securitySchemes\":{"
		"\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\","
		"\"description\":\"an API key, sk_live_...\"},"
		"\"apiKey\":{\"type\":\"apiKey\",\"in\":\"header\",\"name\":\"X-API-KEY\"}},"
		"\"headers\":{\"RequestId\":{\"description\":\"names this request in logs and "
		"questions\",\"schema\":{\"type\":\"string\"}}},"
		"\"schemas\":{");
	put_error_schema(b, "Error", dialect_of(STR("/v1")));
	put_error_schema(b, "ErrorText", dialect_of(STR("/api/v1")));
	buf_text(b, "}}");
}

void openapi_print(const struct http_route *const *lists, const char *public_url, struct buf *b)
{
	buf_text(b, "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"scraped\","
		    "\"version\":\"" SCRAPED_VERSION "\","
		    "\"summary\":\"Web pages as clean Markdown\","
		    "\"license\":{\"name\":\"Apache-2.0\",\"identifier\":\"Apache-2.0\"}}");
	if (public_url && *public_url) {
		buf_text(b, ",\"servers\":[{\"url\":");
		json_put_text(b, public_url);
		buf_text(b, "}]");
	}
	buf_text(b, ",\"security\":[{\"bearer\":[]},{\"apiKey\":[]}],\"paths\":{");
	for (const struct http_route *const *list = lists; *list; list++)
		for (const struct http_route *r = *list; r->path; r++)
			if (!seen_before(lists, r))
				put_paths(b, lists, r);
	buf_text(b, "},");
	put_components(b);
	buf_char(b, '}');
}
