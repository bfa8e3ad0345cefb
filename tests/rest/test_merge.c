/* SPDX-License-Identifier: Apache-2.0 */
#include "rest/merge.h"
#include "base/mem.h"
#include "lib/test.h"

static const struct field in[] = {
	{ "jobId", F_STR, F_REQ },
	{ "format", F_STR },
	{ "limit", F_INT },
	{ "deep", F_BOOL },
	{ "urls", F_STRS },
	{ "config", F_OBJ, 0, 0, .sub = (const struct field[]) { { "x", F_INT }, { 0 } } },
	{ 0 },
};
static const struct http_route route = { "POST", "/v1/jobs/:jobId" };

struct row {
	const char *name, *method, *type, *coding, *query, *body;
	const char *want; /* the merged object; NULL: refused */
	enum err_code code;
	const char *says;
};

#define JSON "application/json"
static const struct row rows[] = {
	{ "body", "POST", JSON, NULL, "", "{\"format\":\"a\"}",
		"{\"format\":\"a\",\"jobId\":\"j1\"}" },
	{ "query wins over body", "POST", JSON, NULL, "format=b", "{\"format\":\"a\"}",
		"{\"format\":\"b\",\"jobId\":\"j1\"}" },
	{ "path wins over both", "POST", JSON, NULL, "jobId=q", "{\"jobId\":\"b\"}",
		"{\"jobId\":\"j1\"}" },
	{ "kinds of the query", "POST", JSON, NULL, "limit=5&deep=true&urls=a%2Cb", "{}",
		"{\"deep\":true,\"jobId\":\"j1\",\"limit\":5,\"urls\":[\"a,b\"]}" },
	{ "text stays where it is no number", "POST", JSON, NULL, "limit=5x&deep=1", "{}",
		"{\"deep\":\"1\",\"jobId\":\"j1\",\"limit\":\"5x\"}" },
	{ "only known names of the query", "POST", JSON, NULL, "other=1&config=2", "{}",
		"{\"jobId\":\"j1\"}" },
	{ "unknown members of the body stay", "POST", JSON, NULL, "", "{\"other\":1}",
		"{\"jobId\":\"j1\",\"other\":1}" },
	{ "GET has no body", "GET", "text/plain", NULL, "format=c", "nonsense",
		"{\"format\":\"c\",\"jobId\":\"j1\"}" },
	{ "no type", "POST", NULL, NULL, "", "{}", "{\"jobId\":\"j1\"}" },
	{ "type with charset", "POST", "Application/JSON ; charset=UTF-8", NULL, "", "{}",
		"{\"jobId\":\"j1\"}" },
	{ "type with suffix", "POST", "application/vnd.api+json", NULL, "", "{}",
		"{\"jobId\":\"j1\"}" },
	{ "identity", "POST", JSON, "identity", "", "{}", "{\"jobId\":\"j1\"}" },
	{ "text", "POST", "text/plain", NULL, "", "{}", NULL, ERR_MEDIA_TYPE,
		"application/json" },
	{ "form", "POST", "application/x-www-form-urlencoded", NULL, "", "{}", NULL,
		ERR_MEDIA_TYPE, "application/json" },
	{ "almost", "POST", "application/jsonp", NULL, "", "{}", NULL, ERR_MEDIA_TYPE,
		"application/json" },
	{ "empty type", "POST", "", NULL, "", "{}", NULL, ERR_MEDIA_TYPE, "application/json" },
	{ "latin", "POST", "application/json; charset=latin1", NULL, "", "{}", NULL,
		ERR_MEDIA_TYPE, "UTF-8" },
	{ "packed", "POST", JSON, "gzip", "", "{}", NULL, ERR_MEDIA_TYPE, "Content-Encoding" },
	{ "no body", "POST", JSON, NULL, "", "", NULL, ERR_INVALID_REQUEST, "body is missing" },
	{ "array", "POST", JSON, NULL, "", "[]", NULL, ERR_INVALID_REQUEST, "JSON object" },
	{ "no JSON", "POST", JSON, NULL, "", "{", NULL, ERR_INVALID_REQUEST, "not valid JSON" },
	{ "bad UTF-8", "POST", JSON, NULL, "", "{\"a\":\"\xFF\"}", NULL, ERR_INVALID_REQUEST,
		"not valid JSON" },
	{ "no JSON, no type", "POST", NULL, NULL, "", "a=1", NULL, ERR_INVALID_REQUEST,
		"not valid JSON" },
};

/* The path brings what is required: no body is the same as {}. */
static const struct field hidden[] = {
	{ "jobId", F_STR, F_REQ | F_HIDDEN },
	{ "format", F_STR },
	{ 0 },
};
static const struct row no_need[] = {
	{ "no body", "POST", NULL, NULL, "", "", "{\"jobId\":\"j1\"}" },
	{ "no body, type", "POST", JSON, NULL, "", "", "{\"jobId\":\"j1\"}" },
	{ "a body", "POST", JSON, NULL, "", "{\"format\":\"a\"}",
		"{\"format\":\"a\",\"jobId\":\"j1\"}" },
	{ "wrong body", "POST", JSON, NULL, "", "[]", NULL, ERR_INVALID_REQUEST,
		"JSON object" },
	{ "wrong type", "POST", "text/plain", NULL, "", "", NULL, ERR_MEDIA_TYPE,
		"application/json" },
};

static void run_row(const struct row *row, const struct field *table)
{
	struct arena *a = arena_new(0);
	struct http_header headers[2];
	struct http_req r = { .arena = a,
		.method = str_of(row->method),
		.query = str_of(row->query),
		.body = str_of(row->body),
		.headers = headers,
		.route = &route };
	r.params[0] = STR("j1");
	if (row->type)
		headers[r.n_headers++] =
			(struct http_header) { STR("content-type"), str_of(row->type) };
	if (row->coding)
		headers[r.n_headers++] =
			(struct http_header) { STR("Content-Encoding"), str_of(row->coding) };
	struct err e = { 0 };
	json_t *got = merge_args(&r, table, &e);
	char *text = got ? json_dumps(got, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
	if (row->want)
		CHECK_TEXT(text ? text : e.msg, row->want);
	else if (got || e.code != row->code || !str_has(str_of(e.msg), str_of(row->says)))
		test_fail(__FILE__, __LINE__, "%s: %s %s", row->name, err_name(e.code), e.msg);
	mem_free(text);
	arena_free(&a);
}

static void merges_path_query_and_body(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		run_row(&rows[i], in);
}

static void a_body_may_lack_where_nothing_needs_it(void)
{
	for (size_t i = 0; i < sizeof no_need / sizeof no_need[0]; i++)
		run_row(&no_need[i], hidden);
}

TEST_MAIN(TEST(merges_path_query_and_body), TEST(a_body_may_lack_where_nothing_needs_it))
