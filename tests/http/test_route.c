/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/test.h"
#include "http/route.h"

static const struct http_route first[] = {
	{ "GET", "/", 0 },
	{ "POST", "/v1/jobs", 0 },
	{ "GET", "/v1/jobs/stats", 0 },
	{ "GET", "/v1/jobs/:id", 0 },
	{ "DELETE", "/v1/jobs/:id", 0 },
	{ "GET", "/v1/jobs/:id/results/:page", 0 },
	{ NULL },
};
static const struct http_route second[] = {
	{ NULL, "/mcp", 0 },
	{ "GET", "/docs", ROUTE_PREFIX },
	{ "GET", "/v1/jobs/:id/:rest", 0 },
	{ NULL },
};
static const struct http_route *const lists[] = { first, second, NULL };

static const struct {
	const char *method, *path, *row, *one, *two;
} rows[] = {
	{ "GET", "/", "/", "", "" },
	{ "HEAD", "/", "/", "", "" },
	{ "POST", "/", NULL, "", "" },
	{ "POST", "/v1/jobs", "/v1/jobs", "", "" },
	{ "POST", "/v1/jobs/", "/v1/jobs", "", "" },
	{ "POST", "/v1/jobs//", "/v1/jobs", "", "" },
	{ "post", "/v1/jobs", NULL, "", "" },
	{ "GET", "/v1/jobs", NULL, "", "" },
	{ "GET", "/v1/jobs/stats", "/v1/jobs/stats", "", "" },
	{ "GET", "/v1/jobs/job_1", "/v1/jobs/:id", "job_1", "" },
	{ "GET", "/v1/jobs/job_1/", "/v1/jobs/:id", "job_1", "" },
	{ "HEAD", "/v1/jobs/job_1", "/v1/jobs/:id", "job_1", "" },
	{ "DELETE", "/v1/jobs/stats", "/v1/jobs/:id", "stats", "" },
	{ "GET", "/v1/jobs/a/results/2", "/v1/jobs/:id/results/:page", "a", "2" },
	{ "GET", "/v1/jobs/a/results", "/v1/jobs/:id/:rest", "a", "results" },
	{ "GET", "/v1/jobs//results/2", NULL, "", "" },
	{ "GET", "/v1/jobs/a/results/2/x", NULL, "", "" },
	{ "GET", "/V1/jobs/a", NULL, "", "" },
	{ "PURGE", "/mcp", "/mcp", "", "" },
	{ "GET", "/mcp/", "/mcp", "", "" },
	{ "GET", "/mcpx", NULL, "", "" },
	{ "GET", "/docs", "/docs", "", "" },
	{ "GET", "/docs/a/b", "/docs", "", "" },
	{ "GET", "/docsx", NULL, "", "" },
	{ "GET", "", NULL, "", "" },
	{ "GET", "//", "/", "", "" },
};

static struct str filled(struct str s)
{
	return s.p ? s : STR("");
}

static void finding(void)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct str params[HTTP_PARAMS];
		const struct http_route *row =
			route_find(lists, str_of(rows[i].method), str_of(rows[i].path), params);
		if (!row || !rows[i].row) {
			if (row || rows[i].row)
				test_fail(__FILE__, __LINE__, "%s %s: %s", rows[i].method,
					rows[i].path, row ? row->path : "nothing");
			continue;
		}
		CHECK_TEXT(row->path, rows[i].row);
		CHECK_STR(filled(params[0]), rows[i].one);
		CHECK_STR(filled(params[1]), rows[i].two);
	}
}

static const struct {
	const char *path, *methods;
} known[] = {
	{ "/", "GET, HEAD, OPTIONS" },
	{ "/v1/jobs", "POST, OPTIONS" },
	{ "/v1/jobs/x", "GET, HEAD, DELETE, OPTIONS" },
	{ "/mcp", "GET, POST, DELETE, OPTIONS" },
	{ "/nothing", "" },
};

static void methods(void)
{
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		struct buf b;
		buf_init(&b, 0);
		bool found = route_methods(lists, str_of(known[i].path), &b);
		CHECK_INT(found, known[i].methods[0] != 0);
		CHECK_STR(filled(buf_str(&b)), known[i].methods);
		buf_release(&b);
	}
}

TEST_MAIN(TEST(finding), TEST(methods))
