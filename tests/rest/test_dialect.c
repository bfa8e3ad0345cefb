/* SPDX-License-Identifier: Apache-2.0 */
#include "rest/dialect.h"
#include "rest/rest.h"
#include "lib/test.h"

struct row {
	const char *path;
	enum err_code code;
	const char *msg, *want;
};
#define TAIL(code, title, status)                                                              \
	"\"type\":\"urn:scraped:error:" code "\",\"title\":\"" title "\",\"status\":" status

static const struct row rows[] = {
	{ "/v1/scrape", ERR_TIMEOUT, "no answer in 5 ms",
		"{\"error\":{\"code\":\"TIMEOUT\",\"message\":\"no answer in 5 ms\"}," TAIL(
			"TIMEOUT", "the request exceeded its time limit",
			"504") ",\"requestId\":\"req_1\"}" },
	{ "/v1/jobs/job_1", ERR_NOT_FOUND, "no such job",
		"{\"success\":false,\"error\":{\"code\":\"NOT_FOUND\",\"message\":\"no such "
		"job\"}," TAIL("NOT_FOUND", "no such job or resource",
			"404") ",\"requestId\":\"req_1\"}" },
	{ "/api/v1/jobs", ERR_RATE_LIMITED, "slow \"down\"",
		"{\"error\":\"rate_limited\",\"message\":\"slow \\\"down\\\"\"," TAIL(
			"RATE_LIMITED", "too many requests",
			"429") ",\"request_id\":\"req_1\"}" },
	{ "/scrape", ERR_NOT_FOUND, "",
		"{\"error\":\"not_found\",\"message\":\"no such job or resource\"," TAIL(
			"NOT_FOUND", "no such job or resource",
			"404") ",\"request_id\":\"req_1\"}" },
	{ "/v1/scrape", ERR_INTERNAL, "the disk at sda1 is gone",
		"{\"error\":{\"code\":\"INTERNAL_ERROR\",\"message\":\"unexpected error: name "
		"request "
		"req_1 when you report it\"}," TAIL("INTERNAL_ERROR",
			"unexpected error of the server", "500") ",\"requestId\":\"req_1\"}" },
};

static void words_errors_as_the_path_wants(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct arena *a = arena_new(0);
		struct http_req r = { .arena = a, .path = str_of(rows[i].path) };
		struct err e;
		r.call.arena = a;
		r.call.request_id = "req_1";
		buf_init(&r.res.body, 0);
		err_set(&e, rows[i].code, "%s", rows[i].msg);
		rest_print_error(&r, &e);
		CHECK_STR(buf_str(&r.res.body), rows[i].want);
		buf_release(&r.res.body);
		arena_free(&a);
	}
}

static void finds_the_dialect_of_a_path(void)
{
	static const char *const cases[][2] = {
		{ "/v1", "page" },
		{ "/v1/", "page" },
		{ "/v1/scrape", "page" },
		{ "/v1/jobs", "bulk" },
		{ "/v1/jobs/job_1/results", "bulk" },
		{ "/v1/jobsite", "page" },
		{ "/v10", "plain" },
		{ "/api/v1", "goal" },
		{ "/api/v1/x", "goal" },
		{ "/api", "plain" },
		{ "/", "plain" },
		{ "/scrape", "docs" },
		{ "/scrape/", "docs" },
		{ "/scraper", "plain" },
		{ "", "plain" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		CHECK_TEXT(dialect_of(str_of(cases[i][0]))->name, cases[i][1]);
	CHECK_TEXT(dialect_of((struct str) { NULL, 0 })->name, "plain");
}

TEST_MAIN(TEST(words_errors_as_the_path_wants), TEST(finds_the_dialect_of_a_path))
