/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Four documents disagree about what an error looks like. One struct holds what can be said, each
 * dialect has a table that names and arranges it. Clients of problem details find their members
 * in every dialect: the type is a name of ours, so the title is ours too.
 */
#include "rest/dialect.h"
#include "op/op.h"

#include <stddef.h>

#define AT(member) offsetof(struct dialect_words, member)

#define PROBLEM_FIELDS                                                                         \
	{ "type", F_STR, F_REQ, AT(type), .about = "urn of the error code (RFC 9457)" },       \
		{ "title", F_STR, F_REQ, AT(title), .about = "what the code means" },          \
	{                                                                                      \
		"status", F_INT, F_REQ, AT(status), .about = "HTTP status of the answer"       \
	}

static const struct field code_and_message[] = {
	{ "code", F_STR, F_REQ, AT(code), .about = "what a program looks at" },
	{ "message", F_STR, F_REQ, AT(message), .about = "what a person reads" },
	{ 0 },
};
static const struct field error_as_object[] = {
	{ "error", F_OBJ, F_REQ, 0, .sub = code_and_message, .about = "what went wrong" },
	PROBLEM_FIELDS,
	{ 0 },
};
static const struct field error_of_bulk[] = {
	{ "success", F_FIXED, F_REQ, .text = "false", .schema = "{\"const\":false}" },
	{ "error", F_OBJ, F_REQ, 0, .sub = code_and_message, .about = "what went wrong" },
	PROBLEM_FIELDS,
	{ 0 },
};
static const struct field error_as_text[] = {
	{ "error", F_STR, F_REQ, AT(code), .about = "what a program looks at" },
	{ "message", F_STR, F_REQ, AT(message), .about = "what a person reads" },
	PROBLEM_FIELDS,
	{ 0 },
};
static const struct field camel_head[] = {
	{ "requestId", F_STR, F_REQ, AT(request_id),
		.about = "also in the header X-Request-Id" },
	{ 0 },
};
static const struct field snake_head[] = {
	{ "request_id", F_STR, F_REQ, AT(request_id),
		.about = "also in the header X-Request-Id" },
	{ 0 },
};

const struct dialect dialects[] = {
	{ "/api/v1", "goal", snake_head, error_as_text, true },
	{ "/scrape", "docs", snake_head, error_as_text, true },
	{ "/v1/jobs", "bulk", camel_head, error_of_bulk, false },
	{ "/v1", "page", camel_head, error_as_object, false },
	{ "", "plain", camel_head, error_as_object, false },
};

const struct dialect *dialect_of(struct str path)
{
	const struct dialect *d = dialects;
	for (;; d++) {
		struct str prefix = str_of(d->prefix);
		if (!prefix.n || (str_starts(path, prefix) &&
					 (path.n == prefix.n || path.p[prefix.n] == '/')))
			return d;
	}
}

void dialect_put_head(const struct dialect *d, const struct http_req *r, struct buf *b)
{
	struct dialect_words words = { .request_id = r->call.request_id };
	fields_encode_members(d->head, &words, b);
}

void dialect_put_error(
	const struct dialect *d, const struct http_req *r, const struct err *e, struct buf *b)
{
	struct dialect_words words = {
		.code = err_name(e->code),
		.message = op_message(&r->call, e),
		.type = arena_printf(r->arena, "urn:scraped:error:%s", err_name(e->code)),
		.title = err_meaning(e->code),
		.status = err_http(e->code),
	};
	if (d->lower_codes) {
		char *code = arena_text(r->arena, str_of(words.code));
		for (char *c = code; *c; c++)
			*c = str_lower(*c);
		words.code = code;
	}
	fields_encode_members(d->error, &words, b);
}
