/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dialect of scrpy (apis.md S2): jobs of many URLs with selectors. Its GET and DELETE of one job
 * share their path with scrape_'s: GET answers in the words that the job was born in.
 */
#include "op/answer.h"
#include "rest/dialect.h"
#include "rest/job_rows.h"
#include "rest/job_view.h"
#include "rest/page_rows.h"

#include <stddef.h>

/* --- POST /v1/jobs --- */

#define MAKE(member) offsetof(struct create_job_args, make.member)
#define WRITTEN(member) MAKE(spec.scrape.member)

static const struct field jitter_in[] = {
	{ "min", F_INT, 0, MAKE(spec.jitter_min_ms), 0, 60000,
		.about = "shortest pause in ms" },
	{ "max", F_INT, 0, MAKE(spec.jitter_max_ms), 0, 60000,
		.about = "longest pause in ms; not below min" },
	{ 0 },
};
static const struct field config_in[] = {
	{ "timeoutMs", F_INT, 0, MAKE(spec.scrape.timeout_ms), 1, SCRAPE_TIMEOUT_MOST_MS,
		.text = "30000", .about = "time for each page, redirects included" },
	{ "maxConcurrency", F_INT, 0, MAKE(spec.width), 1, JOB_WIDTH_MOST,
		.about = "pages of this job at a time; left out: what the server allows" },
	{ "cacheTtlSeconds", F_INT, 0, MAKE(spec.scrape.cache_ttl_s), 60, 3600,
		.about = "a cached page is used if younger; left out: every page is fetched" },
	{ "userAgentProfile", F_CHOICE, 0, MAKE(spec.scrape.agent), .choices = scrape_agents,
		.text = "\"default\"", .about = "the User-Agent pages are asked for with" },
	{ "jitterMs", F_OBJ, 0, 0, .sub = jitter_in,
		.about = "random pause before each page but the first" },
	{ "noCache", F_BOOL, 0, MAKE(spec.scrape.no_cache), .text = "false",
		.about = "fetch pages even if they are cached" },
	PAGE_ROWS(WRITTEN),
	{ 0 },
};
static const char urls_schema[] =
	"{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"minItems\":1,\"description\":"
	"\"URLs with http or https; the same one twice is scraped twice\"}";
static const char selectors_schema[] =
	"{\"type\":\"object\",\"description\":\"name -> CSS selector (the text of its first "
	"match) or {css, attr, all, type}\"}";

static const struct field create_in[] = {
	{ "urls", F_STRS, F_REQ, MAKE(urls), .schema = urls_schema },
	{ "name", F_STR, F_EMPTY_OK, MAKE(name), 0, JOB_NAME_MOST, .about = "for you" },
	{ "selectors", F_JSON, 0, MAKE(spec.selectors), .schema = selectors_schema },
	{ "webhook", F_STR, F_EMPTY_OK, MAKE(webhook),
		.about = "URL that is sent the job when it has ended" },
	{ "webhook_url", F_STR, F_EMPTY_OK, offsetof(struct create_job_args, webhook_url),
		.about = "another name of webhook" },
	{ "format", F_CHOICE, 0, MAKE(spec.scrape.format), .choices = scrape_formats,
		.text = "\"markdown\"", .about = "what is kept of each page" },
	{ "prompt", F_STR, F_EMPTY_OK, MAKE(spec.scrape.prompt), 0, SCRAPE_PROMPT_MOST,
		.about = "what a language model shall extract from each page" },
	{ "respectRobotsTxt", F_BOOL, 0, MAKE(spec.robots), .text = "false",
		.about = "leave out what robots.txt does not allow" },
	{ "ignoreInvalidUrls", F_BOOL, 0, MAKE(ignore_invalid_urls), .text = "false",
		.about = "leave bad URLs out instead of refusing the job" },
	{ "timeoutMs", F_INT, 0, MAKE(timeout_ms), JOB_TIMEOUT_LEAST_MS, JOB_TIMEOUT_MOST_MS,
		.about = "time for the whole job" },
	{ "config", F_OBJ, 0, 0, .sub = config_in, .about = "how pages are fetched" },
	{ "idempotencyKey", F_STR, F_HIDDEN | F_EMPTY_OK, MAKE(idempotency_key), 0,
		IDEMPOTENCY_KEY_MOST },
	{ "dialect", F_STR, F_HIDDEN, MAKE(dialect) },
	{ 0 },
};

#define SUCCESS                                                                                \
	{                                                                                      \
		"success", F_FIXED, F_REQ, .text = "true", .schema = "{\"const\":true}"        \
	}
static const struct field created_out[] = {
	SUCCESS,
	{ "job", F_OBJ, F_REQ, offsetof(struct job_out, row), .sub = job_bulk_created_view },
	{ "webhookSecret", F_STR, F_OMIT, offsetof(struct job_out, webhook_secret),
		.about = "signs what this receiver is sent; shown once, when it is new" },
	{ 0 },
};

bool job_key_arg(struct http_req *r, json_t *args, struct err *e)
{
	struct str key = http_header(r, "Idempotency-Key");
	if (!key.p)
		return true;
	if (http_header_count(r, "Idempotency-Key") > 1 || !key.n)
		return err_set(e, ERR_INVALID_REQUEST,
			"Idempotency-Key must be one header line with a value");
	json_t *text = json_stringn(key.p, key.n);
	if (!text)
		return err_set(e, ERR_INVALID_REQUEST, "Idempotency-Key: not valid UTF-8");
	json_object_set_new(args, "idempotencyKey", text);
	return true;
}

static bool create_args(struct http_req *r, json_t *args, struct err *e)
{
	static const char *const others[] = { "url", "website", NULL };
	for (int i = 0; !json_object_get(args, "urls") && others[i]; i++)
		if (json_object_get(args, others[i]))
			return err_set(e, ERR_INVALID_REQUEST,
				"urls is missing: this path takes a list of URLs in `urls`, "
				"not `%s`",
				others[i]);
	json_object_set_new(args, "dialect", json_string("bulk"));
	return job_key_arg(r, args, e);
}

void job_located(struct http_req *r, const struct job_out *made)
{
	http_set_header(r, "Location", arena_printf(r->arena, "/v1/jobs/%s", made->row.id));
	if (made->existed)
		http_set_header(r, "Idempotency-Replayed", "true");
}

static bool put_created(struct http_req *r, const void *out, struct buf *b, struct err *e)
{
	(void)e;
	job_located(r, out);
	fields_encode_members(created_out, out, b);
	return true;
}

#define JOB_ID "\"id\":\"job_1k9x3v\",\"name\":\"Product Scrape\""
#define CREATED_AT "\"createdAt\":\"2026-01-27T10:30:00Z\""

static const struct rest_row create_row = {
	.op = &op_create_job,
	.in = create_in,
	.out = created_out,
	.status = 201,
	.add_args = create_args,
	.put = put_created,
	.id = "createJob",
	.summary = "Make a job of many URLs",
	.about = "The job is kept once this has answered: it ends, with one result for each "
		 "URL, "
		 "also when the server is restarted. With the header Idempotency-Key the same "
		 "request again is the same job.",
	.example_in =
		"{\"name\":\"Product Scrape\",\"urls\":[\"https://example.com/product/1\","
		"\"https://example.com/product/2\"],\"selectors\":{\"title\":\"h1\","
		"\"price\":\".price\"},\"webhook\":\"https://example.com/hook\"}",
	.example_out =
		"{\"requestId\":\"req_1k9x3v\",\"success\":true,\"job\":{" JOB_ID
		",\"status\":\"pending\",\"totalUrls\":2,\"completedUrls\":0," CREATED_AT "}}",
	.refusals = "400 401 403 408 413 415 422 429 500 503",
};

/* --- GET /v1/jobs --- */

#define LIST(member) offsetof(struct list_jobs_args, member)
#define LISTED(member) offsetof(struct list_jobs_out, member)

/* in the order of struct list_jobs_args.status */
static const char *const statuses[] = { "any", "pending", "running", "completed", "partial",
	"failed", "cancelled", NULL };
static const char limit_schema[] =
	"{\"type\":\"integer\",\"minimum\":1,\"default\":20,\"description\":\"more than 100 "
	"counts as 100\"}";
static const struct field list_in[] = {
	{ "status", F_CHOICE, 0, LIST(status), .choices = statuses, .text = "\"any\"" },
	{ "limit", F_INT, 0, LIST(limit), 1, 1e15, .text = "20", .schema = limit_schema },
	{ "offset", F_INT, 0, LIST(offset), 0, 1e15, .text = "0",
		.about = "so many of the newest are left out" },
	{ 0 },
};
_Static_assert(offsetof(struct job_out, row) == 0, "the list's rows count on it");
static const struct field list_out[] = {
	SUCCESS,
	{ "jobs", F_LIST, F_REQ, LISTED(jobs), .sub = job_bulk_view,
		.stride = sizeof(struct job_out) },
	{ "total", F_INT, F_REQ, LISTED(total), .about = "jobs without limit and offset" },
	{ "limit", F_INT, F_REQ, LISTED(limit) },
	{ "offset", F_INT, F_REQ, LISTED(offset) },
	{ 0 },
};

static const struct rest_row list_row = {
	.op = &op_list_jobs,
	.in = list_in,
	.out = list_out,
	.id = "listJobs",
	.summary = "List jobs",
	.about = "All jobs of the account, whichever way they were made, newest first, without "
		 "their results.",
	.example_out =
		"{\"requestId\":\"req_1k9x3v\",\"success\":true,\"jobs\":[{" JOB_ID
		",\"status\":\"running\",\"totalUrls\":3,\"completedUrls\":1,"
		"\"failedUrls\":0," CREATED_AT "}],\"total\":1,\"limit\":20,\"offset\":0}",
	.refusals = "400 401 403 429 500 503",
};

/* --- DELETE /v1/jobs/:id --- */

static const struct field cancel_in[] = {
	{ "id", F_STR, F_REQ, offsetof(struct cancel_job_args, id), 1, 64 },
	{ 0 },
};
static const struct field cancel_out[] = {
	SUCCESS,
	{ "job", F_OBJ, F_REQ, offsetof(struct job_out, row), .sub = job_bulk_view },
	{ 0 },
};
static const struct rest_row cancel_row = {
	.op = &op_cancel_job,
	.in = cancel_in,
	.out = cancel_out,
	.id = "cancelJob",
	.summary = "Cancel a job",
	.about = "What is done stays, what is not ends with CANCELLED. A job that has ended is "
		 "409 CONFLICT.",
	.example_out =
		"{\"requestId\":\"req_1k9x3v\",\"success\":true,\"job\":{" JOB_ID
		",\"status\":\"cancelled\",\"totalUrls\":3,\"completedUrls\":1,"
		"\"failedUrls\":2," CREATED_AT ",\"completedAt\":\"2026-01-27T10:30:05Z\"}}",
	.refusals = "400 401 403 404 409 429 500 503",
};

const struct http_route dialect_bulk[] = {
	{ "POST", "/v1/jobs", ROUTE_LARGE_BODY, .steps = row_steps, .admit = bearer_admit,
		.row = &create_row },
	REST_ROUTE("GET", "/v1/jobs", list_row),
	REST_ROUTE("DELETE", "/v1/jobs/:id", cancel_row),
	{ 0 },
};
