/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One job and its results, whichever dialect it was born in: GET /v1/jobs/:id of S2 and S4, and
 * GET /v1/jobs/:id/results of S4, which serves the jobs of all (apis.md ).
 */
#include "rest/dialect.h"
#include "rest/job_rows.h"
#include "rest/rest.h"

#include <stddef.h>

const struct field job_results_in[] = {
	JOB_READ_ROWS,
	{ "offset", F_INT, 0, JOB_READ(offset), 0, 1e15, .text = "0",
		.about = "results of the URLs from this place of the list on" },
	{ "limit", F_INT, 0, JOB_READ(limit), 1, 1e15,
		.about = "so many results at most; left out: as many as fit" },
	{ 0 },
};

const char *job_link_query(struct http_req *r)
{
	struct str name;
	enum job_words words;
	struct err unused;
	struct job_row none = { .dialect = "" };
	if (!http_query(r, "dialect", &name) || !job_words_asked(r, &none, &words, &unused))
		return "";
	return words == WORDS_BULK   ? "&dialect=bulk"
	       : words == WORDS_PAGE ? "&dialect=page"
				     : "&dialect=both";
}

static struct results_part part_of(const struct get_job_args *args)
{
	return (struct results_part) {
		.offset = args->offset, .limit = args->limit, .max_bytes = RESULTS_SHOWN_BYTES
	};
}

/* --- GET /v1/jobs/:id --- */

static bool put_job(struct http_req *r, const void *out, struct buf *b, struct err *e)
{
	const struct get_job_args *args = row_call(r)->args;
	struct job_print p = {
		.jobs = op_jobs(),
		.row = &((const struct job_out *)out)->row,
		.part = part_of(args),
		.link = { "", "", job_link_query(r) },
	};
	return job_words_asked(r, p.row, &p.words, e) && job_put(&p, b, e);
}

#define JOB_EXAMPLE                                                                            \
	"{\"requestId\":\"req_1k9x3v\",\"success\":true,\"job\":{\"id\":\"job_1k9x3v\","       \
	"\"name\":\"Product Scrape\",\"status\":\"completed\",\"totalUrls\":1,"                \
	"\"completedUrls\":1,\"failedUrls\":0,\"createdAt\":\"2026-01-27T10:30:00Z\","         \
	"\"completedAt\":\"2026-01-27T10:30:05Z\",\"results\":[{\"url\":"                      \
	"\"https://example.com/product/1\",\"data\":{\"title\":\"Product 1\",\"price\":"       \
	"\"$29.99\"}}]}}"
static const char next_schema[] =
	"{\"type\":\"string\",\"description\":\"where the further results are\"}";
static const char results_schema[] = "{\"type\":\"array\",\"items\":{\"type\":\"object\"}}";
static bool not_there(struct buf *b, const void *self)
{
	(void)b;
	(void)self;
	return false;
}
/* For the document alone: the members of both dialects, none of them required. */
static const char bulk_job_schema[] =
	"{\"type\":\"object\",\"description\":\"of a job made at /v1/jobs: id, name, status, "
	"totalUrls, completedUrls, failedUrls, createdAt, completedAt, results (url, data, "
	"error), resultsNext\"}";
static const struct field job_out_doc[] = {
	{ "success", F_CALC, 0, .calc = not_there, .schema = "{\"const\":true}" },
	{ "job", F_CALC, 0, .calc = not_there, .schema = bulk_job_schema },
	{ "jobId", F_CALC, 0, .calc = not_there,
		.schema = "{\"type\":\"string\",\"description\":\"of a job made at "
			  "/v1/scrape\"}" },
	{ "status", F_CALC, 0, .calc = not_there, .schema = "{\"type\":\"string\"}" },
	{ "totalCount", F_CALC, 0, .calc = not_there, .schema = "{\"type\":\"integer\"}" },
	{ "completedCount", F_CALC, 0, .calc = not_there, .schema = "{\"type\":\"integer\"}" },
	{ "successCount", F_CALC, 0, .calc = not_there, .schema = "{\"type\":\"integer\"}" },
	{ "failureCount", F_CALC, 0, .calc = not_there, .schema = "{\"type\":\"integer\"}" },
	{ "expiresAt", F_CALC, 0, .calc = not_there, .schema = "{\"type\":\"integer\"}" },
	{ 0 },
};

static const struct rest_row job_row = {
	.op = &op_get_job,
	.in = job_results_in,
	.out = job_out_doc,
	.put = put_job,
	.id = "getJob",
	.summary = "See a job",
	.about = "In the words of the path that made it: a job of /v1/jobs with its results so "
		 "far, one of /v1/scrape with its counts; one made by an agent or at the "
		 "command line with both. ?dialect=bulk, page or both asks for others, as does "
		 "Accept: application/vnd.scraped.bulk+json.",
	.example_out = JOB_EXAMPLE,
	.refusals = "400 401 403 404 429 500 503",
};

/* --- GET /v1/jobs/:id/results --- */

static bool ready(struct http_req *r, const struct job_out *out, struct err *e)
{
	if (job_is_final((enum job_state)out->row.state))
		return true;
	http_retry_after(r, (int)((out->poll_after_ms + 999) / 1000));
	return err_set(e, ERR_NOT_READY,
		"the job has not ended yet: %s; results so far are at /v1/jobs/%s?dialect=bulk "
		"and come as events from /v1/jobs/%s/events",
		out->message, out->row.id, out->row.id);
}

static bool put_results(struct http_req *r, const void *out, struct buf *b, struct err *e)
{
	const struct job_out *job = out;
	struct results_part part = part_of(row_call(r)->args);
	struct results_link link = { "", "/results", job_link_query(r) };
	if (!ready(r, job, e))
		return false;
	json_key(b, "jobId");
	json_put_text(b, job->row.id);
	json_key(b, "status");
	json_put_text(b, job_state_words[job->row.state]);
	json_key(b, "results");
	if (!results_put(op_jobs(), job->row.id, outcome_view, &part, b, e))
		return false;
	results_put_next(b, job->row.id, &part, &link);
	return true;
}

static enum flow_next lines_if_ready(struct flow *f)
{
	struct http_req *r = flow_self(f);
	if (!ready(r, row_call(r)->out, &f->err))
		return FLOW_FAILED;
	return job_lines(f);
}

static const struct flow_step results_steps[] = {
	HTTP_ADMIT,
	{ "op", row_run },
	{ "lines", lines_if_ready },
	{ "answer", row_answer, .always = true },
	{ 0 },
};

static const struct field results_doc[] = {
	{ "jobId", F_CALC, F_REQ, .calc = not_there, .schema = "{\"type\":\"string\"}" },
	{ "status", F_CALC, F_REQ, .calc = not_there, .schema = "{\"type\":\"string\"}" },
	{ "results", F_CALC, F_REQ, .calc = not_there, .schema = results_schema },
	{ "resultsNext", F_CALC, 0, .calc = not_there, .schema = next_schema },
	{ 0 },
};
static const struct rest_row results_row = {
	.op = &op_get_job,
	.in = job_results_in,
	.out = results_doc,
	.put = put_results,
	.id = "getJobResults",
	.summary = "Read a job's results",
	.about = "Of a job that has ended, in the order of its URLs; before that 409 NOT_READY "
		 "with Retry-After. About 4 MB an answer, resultsNext leads on. With Accept: "
		 "application/x-ndjson all of them are streamed, one a line; the header "
		 "X-Result-Count says how many lines there are.",
	.example_out = "{\"requestId\":\"req_1k9x3v\",\"jobId\":\"job_1k9x3v\",\"status\":"
		       "\"completed\",\"results\":[{\"url\":\"https://example.com\",\"status\":"
		       "\"success\",\"cached\":false,\"markdown\":\"# Example Domain\","
		       "\"metadata\":{}}]}",
	.refusals = "400 401 403 404 409 429 500 503",
};

const struct http_route job_routes[] = {
	REST_ROUTE("GET", "/v1/jobs/:id", job_row),
	{ "GET", "/v1/jobs/:id/results", .steps = results_steps, .admit = bearer_admit,
		.row = &results_row },
	{ 0 },
};

/* --- webhooks --- */

bool rest_print_job(struct jobs *j, const struct job_row *job, struct arena *a, struct buf *to,
	struct err *e)
{
	struct str base = str_of(jobs_conf(j)->public_url);
	while (base.n && base.p[base.n - 1] == '/')
		base.n--;
	struct job_print p = {
		.jobs = j,
		.row = job,
		.words = job_words_born(job),
		.page_results = true,
		.part = { .max_bytes = (size_t)jobs_conf(j)->webhook_body_bytes,
			.strict = true },
	};
	p.link = (struct results_link) { arena_text(a, base),
		p.words == WORDS_PAGE ? "/results" : "", "" };
	buf_char(to, '{');
	bool ok = job_put(&p, to, e);
	buf_char(to, '}');
	return ok;
}
