/* SPDX-License-Identifier: Apache-2.0 */
/* The dialect of scrape_ (apis.md S4): its spelling of the request and of the answer. */
#include "rest/dialect.h"
#include "op/answer.h"
#include "rest/job_rows.h"
#include "rest/page_rows.h"
#include "rest/row.h"

#include <stddef.h>

#define AT(member) offsetof(struct scrape_args, job.make.spec.scrape.member)
#define PACE(member) offsetof(struct scrape_args, job.make.spec.member)
#define JOB(member) offsetof(struct scrape_args, job.member)

static const char *const modes[] = { "sync", "async", NULL };

static const char scrape_about[] =
	"Fetches a public web page and answers with Markdown, HTML or both and, with a prompt, "
	"what a language model extracts from it; mode async makes a job of up to 5 pages and "
	"answers 202. When the page cannot be had, the status is "
	"that of the error, which stands at the top and in the result.";
static const char scrape_example[] =
	"{\"requestId\":\"req_1k9x3v\",\"mode\":\"sync\",\"result\":{"
	"\"url\":\"https://example.com\",\"status\":\"success\",\"cached\":false,"
	"\"markdown\":\"# Example Domain\\n\\nThis domain is for use in examples.\","
	"\"metadata\":{\"requestedUrl\":\"https://example.com\","
	"\"finalUrl\":\"https://example.com/\",\"title\":\"Example Domain\",\"httpStatus\":200,"
	"\"fetchDurationMs\":342,\"fetchedAt\":1710800000000,\"expiresAt\":1710803600000}}}";
static const char urls_schema[] =
	"{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"minItems\":1,\"maxItems\":5,"
	"\"description\":\"URLs with http or https; sync mode takes exactly 1\"}";

static const char selectors_schema[] =
	"{\"type\":\"object\",\"description\":\"name -> CSS selector, or {css, attr, all, "
	"type}; the result's data\"}";
static const char warnings_schema[] =
	"{\"type\":\"array\",\"items\":{\"type\":\"object\"},\"description\":"
	"\"such as UNKNOWN_FIELD\"}";

static const struct field jitter_in[] = {
	{ "min", F_INT, 0, PACE(jitter_min_ms), 0, 60000, .text = "500",
		.about = "shortest pause in ms" },
	{ "max", F_INT, 0, PACE(jitter_max_ms), 0, 60000, .text = "2000",
		.about = "longest pause in ms; not below min" },
	{ 0 },
};
static const struct field config_in[] = {
	{ "timeoutMs", F_INT, 0, AT(timeout_ms), 1, SCRAPE_TIMEOUT_MOST_MS, .text = "30000",
		.about = "time for the page, from DNS to its last byte, redirects included" },
	{ "maxConcurrency", F_INT, 0, PACE(width), 1, 5, .text = "3",
		.about = "pages of one batch fetched at a time" },
	{ "cacheTtlSeconds", F_INT, 0, AT(cache_ttl_s), 60, 3600, .text = "3600",
		.about = "a cached page is used if younger; how long this one is kept" },
	{ "userAgentProfile", F_CHOICE, 0, AT(agent), .choices = scrape_agents,
		.text = "\"default\"", .about = "the User-Agent the page is asked for with" },
	{ "jitterMs", F_OBJ, 0, 0, .sub = jitter_in,
		.about = "random pause between the pages of one batch" },
	{ "noCache", F_BOOL, 0, AT(no_cache), .text = "false",
		.about = "fetch the page even if it is cached" },
	PAGE_ROWS(AT),
	{ "maxTokens", F_INT, 0, AT(max_tokens), MAX_TOKENS_LEAST, MAX_TOKENS_MOST,
		.about = "sync: Markdown and HTML that a model would need more tokens for (an "
			 "estimate, rather too high) are cut between blocks; nextCursor goes "
			 "on" },
	{ "cursor", F_STR, F_EMPTY_OK, AT(cursor), 0, CURSOR_MOST,
		.about = "sync: nextCursor of a cut answer to the same URL; the next part of "
			 "the page as it was fetched then" },
	{ "outline", F_BOOL, 0, AT(outline), .text = "false",
		.about = "sync: the headings with anchors and token counts, in place of the "
			 "Markdown" },
	{ "section", F_STR, F_EMPTY_OK, AT(section), 0, SECTION_MOST,
		.about = "sync: only one part: #anchor, a heading, a path of them (Guide > "
			 "Install) or css: and a selector" },
	{ 0 },
};
static const struct field scrape_in[] = {
	/* the operation counts them: too many are TOO_MANY_URLS, not a bad field */
	{ "urls", F_STRS, F_REQ, JOB(make.urls), .schema = urls_schema },
	{ "mode", F_CHOICE, 0, offsetof(struct scrape_args, mode), .choices = modes,
		.text = "\"sync\"", .about = "sync answers with the result, async with a job" },
	{ "format", F_CHOICE, 0, AT(format), .choices = scrape_formats, .text = "\"markdown\"",
		.about = "what comes back of the page" },
	{ "config", F_OBJ, 0, 0, .sub = config_in, .about = "how the page is fetched" },
	{ "prompt", F_STR, F_EMPTY_OK, AT(prompt), 0, SCRAPE_PROMPT_MOST,
		.about = "what a language model shall extract; the answer is result.extract" },
	{ "selectors", F_JSON, 0, PACE(selectors), .schema = selectors_schema },
	{ "webhook", F_STR, F_EMPTY_OK, JOB(make.webhook),
		.about = "async: URL that is sent the job when it has ended" },
	{ "webhook_url", F_STR, F_EMPTY_OK, JOB(webhook_url),
		.about = "another name of webhook" },
	{ "idempotencyKey", F_STR, F_HIDDEN | F_EMPTY_OK, JOB(make.idempotency_key), 0,
		IDEMPOTENCY_KEY_MOST },
	{ 0 },
};
static const struct field scrape_out[] = {
	{ "mode", F_FIXED, F_REQ, .text = "\"sync\"", .schema = "{\"const\":\"sync\"}" },
	{ "result", F_OBJ, F_REQ, 0, .sub = scrape_view },
	{ 0 },
};

/* --- mode async --- */

static const struct field async_out[] = {
	{ "mode", F_FIXED, F_REQ, .text = "\"async\"", .schema = "{\"const\":\"async\"}" },
	{ "jobId", F_STR, F_REQ, offsetof(struct scrape_out, job.row.id),
		.about = "for GET /v1/jobs/:jobId" },
	{ "webhookSecret", F_STR, F_OMIT, offsetof(struct scrape_out, job.webhook_secret),
		.about = "signs what this receiver is sent; shown once, when it is new" },
	{ "warnings", F_CALC, 0, .calc = scrape_put_warnings, .schema = warnings_schema },
	{ 0 },
};
static const struct rest_also async_answer = {
	.status = 202,
	.out = async_out,
	.example = "{\"requestId\":\"req_1k9x3v\",\"mode\":\"async\",\"jobId\":"
		   "\"job_1k9x3v\"}",
};

static bool put_scraped(struct http_req *r, const void *out, struct buf *b, struct err *e)
{
	const struct scrape_out *o = out;
	(void)e;
	if (o->mode == SCRAPE_ASYNC) {
		r->res.status = async_answer.status;
		job_located(r, &o->job);
		fields_encode_members(async_out, out, b);
	} else {
		fields_encode_members(scrape_out, out, b);
	}
	return true;
}

static const struct rest_row scrape_row = {
	.op = &op_scrape,
	.in = scrape_in,
	.out = scrape_out,
	.add_args = job_key_arg,
	.put = put_scraped,
	.also = &async_answer,
	.id = "scrape",
	.summary = "Scrape a page",
	.about = scrape_about,
	.example_in = "{\"urls\":[\"https://example.com\"],\"format\":\"markdown\"}",
	.example_out = scrape_example,
	.refusals = "400 401 403 408 413 415 422 429 500 501 502 503 504",
};

const struct http_route dialect_page[] = {
	REST_ROUTE("POST", "/v1/scrape", scrape_row),
	{ 0 },
};
