/* SPDX-License-Identifier: Apache-2.0 */
/* The document from rows made here; the real one is checked over the wire (tests/wire/run.mjs). */
#include "rest/openapi.h"
#include "rest/row.h"
#include "base/mem.h"
#include "lib/test.h"

#include <jansson.h>

static const struct field in[] = {
	{ "limit", F_INT, F_REQ, 0, 1, 9, .text = "3", .about = "how many" },
	{ 0 },
};
static const struct field out[] = { { "name", F_STR, F_REQ, 0 }, { 0 } };

static const struct err *fault(const void *o)
{
	(void)o;
	return NULL;
}
static const struct op list_op = { .name = "list", .in = in, .out = out };
static const struct op visit_op = { .name = "visit", .in = in, .out = out, .fault = fault };
static const struct rest_row list_row = { .op = &list_op, .id = "list", .summary = "List" };
static const struct rest_row visit_row = { .op = &visit_op,
	.id = "visit",
	.summary = "Visit",
	.status = 202,
	.example_in = "{\"limit\":5}",
	.refusals = "400 429" };
static const struct rest_row open_row = {
	.open = true, .out = out, .id = "open", .summary = "O"
};

static const struct http_route first[] = { { "GET", "/v1/things/:id", .row = &list_row },
	{ 0 } };
static const struct http_route second[] = {
	{ "POST", "/v1/things/:id", .row = &visit_row },
	{ "GET", "/open", .row = &open_row },
	{ 0 },
};
static const struct http_route *const lists[] = { first, second, NULL };

/* "paths|/v1/x|get": the member there, NULL if there is none. */
static json_t *at(json_t *doc, const char *path)
{
	struct str rest = str_of(path), name;
	while (doc && str_cut(&rest, '|', &name))
		doc = json_object_getn(doc, name.p, name.n);
	return doc;
}

static const struct {
	const char *path, *want; /* JSON; NULL: must not be there */
} rows[] = {
	{ "openapi", "\"3.1.0\"" },
	{ "servers", "[{\"url\": \"https://a.example\"}]" },
	{ "security", "[{\"bearer\": []}, {\"apiKey\": []}]" },
	{ "paths|/v1/things/{id}|get|operationId", "\"list\"" },
	{ "paths|/v1/things/{id}|get|requestBody", NULL },
	{ "paths|/v1/things/{id}|get|security", NULL },
	{ "paths|/v1/things/{id}|post|parameters",
		"[{\"in\": \"path\", \"name\": \"id\", \"required\": true, "
		"\"schema\": {\"type\": \"string\"}}]" },
	{ "paths|/v1/things/{id}|post|requestBody|content|application/"
	  "json|schema|properties|limit",
		"{\"default\": 3, \"description\": \"how many\", \"maximum\": 9, \"minimum\": "
		"1, "
		"\"type\": \"integer\"}" },
	{ "paths|/v1/things/{id}|post|requestBody|content|application/json|example",
		"{\"limit\": 5}" },
	{ "paths|/v1/things/{id}|post|responses|200", NULL },
	{ "paths|/v1/things/{id}|post|responses|202|description", "\"the answer\"" },
	{ "paths|/v1/things/{id}|post|responses|429|headers|Retry-After|schema|type",
		"\"integer\"" },
	{ "paths|/v1/things/{id}|post|responses|429|description",
		"\"RATE_LIMITED: too many requests; TOO_MANY_JOBS: more unfinished jobs than "
		"an account may have\"" },
	{ "paths|/v1/things/{id}|get|parameters",
		"[{\"in\": \"path\", \"name\": \"id\", \"required\": true, \"schema\": "
		"{\"type\": "
		"\"string\"}}, {\"in\": \"query\", \"name\": \"limit\", \"required\": true, "
		"\"schema\": {\"default\": 3, \"description\": \"how many\", \"maximum\": 9, "
		"\"minimum\": 1, \"type\": \"integer\"}}]" },
	{ "paths|/v1/things/{id}|post|responses|default|description",
		"\"refused before it was looked at\"" },
	{ "paths|/open|get|security", "[]" },
	{ "paths|/open|get|responses|200|content|application/json|schema|required",
		"[\"name\"]" },
};

static void prints_what_the_rows_say(void)
{
	struct buf b;
	buf_init(&b, 0);
	openapi_print(lists, "https://a.example", &b);
	json_t *doc = json_loadb(b.p, b.len, JSON_REJECT_DUPLICATES, NULL);
	CHECK_TRUE(doc);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		json_t *got = at(doc, rows[i].path);
		char *text = got ? json_dumps(got, JSON_SORT_KEYS | JSON_ENCODE_ANY) : NULL;
		if (rows[i].want)
			CHECK_TEXT(text ? text : rows[i].path, rows[i].want);
		else if (text)
			test_fail(__FILE__, __LINE__, "%s is %s", rows[i].path, text);
		mem_free(text);
	}
	json_decref(doc);
	buf_release(&b);
}

static void relative_without_a_public_url(void)
{
	struct buf b;
	buf_init(&b, 0);
	openapi_print(lists, "", &b);
	CHECK_TRUE(!str_has(buf_str(&b), STR("servers")));
	buf_release(&b);
}

TEST_MAIN(TEST(prints_what_the_rows_say), TEST(relative_without_a_public_url))
