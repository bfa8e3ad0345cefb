/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs made and cancelled. */
#include "op/answer.h"
#include "op/jobs_in.h"
#include "op/page_rows.h"

#include <stddef.h>

/* --- create_job --- */

#define MAKE(member) offsetof(struct create_job_args, make.member)
#define WRITTEN(member) MAKE(spec.scrape.member)

static const char urls_schema[] =
	"{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"minItems\":1,\"description\":"
	"\"http(s) URLs, one result each\"}";
static const char selectors_schema[] =
	"{\"type\":\"object\",\"description\":\"name -> CSS selector, or {css, attr, all, "
	"type}: data holds the text of the first match\"}";

#define CREATE_ROWS                                                                            \
	{ "urls", F_STRS, F_REQ, MAKE(urls), .schema = urls_schema },                          \
		{ "format", F_CHOICE, 0, MAKE(spec.scrape.format), .choices = scrape_formats,  \
			.text = "\"markdown\"" },                                              \
		{ "prompt", F_STR, F_EMPTY_OK, MAKE(spec.scrape.prompt), 0,                    \
			SCRAPE_PROMPT_MOST,                                                    \
			.about = "What a model extracts from each page as JSON" },             \
		{ "selectors", F_JSON, 0, MAKE(spec.selectors), .schema = selectors_schema },  \
		{ "name", F_STR, F_EMPTY_OK, MAKE(name), 0, JOB_NAME_MOST },                   \
		{ "webhook", F_STR, F_EMPTY_OK, MAKE(webhook),                                 \
			.about = "URL told of the end" },                                      \
		{ "idempotency_key", F_STR, F_EMPTY_OK, MAKE(idempotency_key), 0,              \
			IDEMPOTENCY_KEY_MOST,                                                  \
			.about = "The same key and request again give the same job" },         \
		{ "respect_robots", F_BOOL, 0, MAKE(spec.robots), .text = "false" },           \
		PAGE_ROWS(WRITTEN),                                                            \
		{ "max_concurrency", F_INT, 0, MAKE(spec.width), 1, JOB_WIDTH_MOST },          \
	{                                                                                      \
		"timeout_ms", F_INT, 0, MAKE(spec.scrape.timeout_ms), 1,                       \
			SCRAPE_TIMEOUT_MOST_MS, .text = "30000", .about = "For each page"      \
	}

static const struct field create_in[] = { CREATE_ROWS, { 0 } };
const struct field create_job_cli_in[] = {
	CREATE_ROWS,
	{ "dialect", F_STR, F_HIDDEN, MAKE(dialect), .text = "\"cli\"" },
	{ 0 },
};

bool create_job_settle(struct create_job_args *args, struct err *e)
{
	struct job_make *m = &args->make;
	if (m->webhook && args->webhook_url &&
		!str_eq(str_of(m->webhook), str_of(args->webhook_url)))
		return err_set(e, ERR_INVALID_REQUEST,
			"webhook and webhook_url are two names of one thing: send one");
	if (!m->webhook)
		m->webhook = args->webhook_url;
	if (!m->dialect)
		m->dialect = "mcp";
	return true;
}

static enum flow_next create_run(struct flow *f)
{
	struct op_call *oc = flow_self(f);
	struct create_job_args *args = oc->args;
	struct job_make *m = &args->make;
	if (!op_jobs())
		return jobs_not_here(f);
	if (!m->dialect || str_eq(str_of(m->dialect), STR("cli")))
		m->spec.scrape.cache_ttl_s = SCRAPE_TTL_S;
	if (!create_job_settle(args, &f->err))
		return FLOW_FAILED;
	return job_make(op_jobs(), f, m);
}

void job_out_made(struct job_out *out, const struct job_make *m, struct arena *a)
{
	out->row = m->row;
	out->existed = m->existed;
	out->webhook_secret = m->existed ? NULL : m->webhook_secret;
	job_out_fill(out, a);
}

static enum flow_next create_tell(struct flow *f)
{
	struct op_call *oc = flow_self(f);
	const struct create_job_args *args = oc->args;
	job_out_made(oc->out, &args->make, f->call->arena);
	return FLOW_NEXT;
}

static const struct flow_step create_steps[] = {
	{ "make", create_run },
	{ "tell", create_tell },
	{ 0 },
};

const struct op op_create_job = {
	.name = "create_job",
	.title = "Scrape many pages",
	.about = "Starts a durable background job that scrapes a list of URLs (up to "
		 "thousands) and returns its job_id at once. Use it for more than a few pages "
		 "or slow ones; for one page use scrape_url. Results are kept for a day "
		 "after the end. With selectors or a prompt each result has data.",
	.in = create_in,
	.out = job_out_view,
	.args_size = sizeof(struct create_job_args),
	.out_size = sizeof(struct job_out),
	.scopes = SCOPE(JOBS_WRITE),
	.flags = OP_TOOL | OP_OPEN_WORLD,
	.steps = create_steps,
	.text = job_out_text,
};

/* --- cancel_job --- */

static const struct field cancel_in[] = {
	{ "job_id", F_STR, F_REQ, offsetof(struct cancel_job_args, id), 1, 64 },
	{ 0 },
};

static enum flow_next cancel_run(struct flow *f)
{
	struct op_call *oc = flow_self(f);
	const struct cancel_job_args *args = oc->args;
	struct job_out *out = oc->out;
	if (!op_jobs())
		return jobs_not_here(f);
	return job_cancel(op_jobs(), f, args->id, &out->row);
}

static enum flow_next cancel_tell(struct flow *f)
{
	struct op_call *oc = flow_self(f);
	job_out_fill(oc->out, f->call->arena);
	return FLOW_NEXT;
}

static const struct flow_step cancel_steps[] = {
	{ "cancel", cancel_run },
	{ "tell", cancel_tell },
	{ 0 },
};

const struct op op_cancel_job = {
	.name = "cancel_job",
	.title = "Cancel a job",
	.about = "Ends a queued or running job for good. What was done stays readable with "
		 "get_job_results. A job that has ended is a CONFLICT.",
	.in = cancel_in,
	.out = job_out_view,
	.args_size = sizeof(struct cancel_job_args),
	.out_size = sizeof(struct job_out),
	.scopes = SCOPE(JOBS_WRITE),
	.flags = OP_TOOL | OP_DESTRUCTIVE | OP_IDEMPOTENT,
	.steps = cancel_steps,
	.text = job_out_text,
};
