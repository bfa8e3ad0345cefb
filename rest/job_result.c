/* SPDX-License-Identifier: Apache-2.0 */
/* Results in the words of each dialect, and how many of them an answer holds. */
#include "rest/job_view.h"

#include <stddef.h>

enum { BATCH = 50, BATCH_BYTES = 256 << 10 /* packed */ };

#define RESULT(member) offsetof(struct outcome, member)

/* Without selectors data holds all that was asked for; with them it holds what they found, and the
 * rest stands beside it. */
static bool put_extract(struct buf *b, const void *self)
{
	const struct outcome *o = self;
	buf_add_str(b, o->extract);
	return o->extract.p && o->data.p;
}

static bool put_html(struct buf *b, const void *self)
{
	const struct outcome *o = self;
	json_put_str(b, o->html);
	return o->html.p && o->data.p;
}

static bool put_warnings(struct buf *b, const void *self)
{
	const struct outcome *o = self;
	buf_add_str(b, o->warnings);
	return o->warnings.p != NULL;
}

static const char data_schema[] =
	"{\"anyOf\":[{\"type\":\"object\"},{\"type\":\"null\"}],\"description\":\"what the "
	"selectors found by their names; without selectors title and markdown; null if the URL "
	"failed\"}";
static const char error_schema[] =
	"{\"type\":\"object\",\"properties\":{\"code\":{\"type\":\"string\"},\"message\":"
	"{\"type\":\"string\"}},\"required\":[\"code\",\"message\"],\"description\":\"why the "
	"URL failed\"}";
static const char extract_schema[] =
	"{\"description\":\"what the model answered to the prompt\"}";
static const char html_schema[] =
	"{\"type\":\"string\",\"description\":\"the page as it was fetched, if asked for\"}";
static const char warnings_schema[] = "{\"type\":\"array\",\"items\":{\"type\":\"object\"}}";

const struct field result_bulk_view[] = {
	{ "url", F_STR, F_REQ, RESULT(url), .about = "the URL as it was sent" },
	{ "data", F_CALC, F_REQ, .calc = outcome_put_data, .schema = data_schema },
	{ "error", F_CALC, 0, .calc = outcome_put_error, .schema = error_schema },
	{ "extract", F_CALC, 0, .calc = put_extract, .schema = extract_schema },
	{ "html", F_CALC, 0, .calc = put_html, .schema = html_schema },
	{ "warnings", F_CALC, 0, .calc = put_warnings, .schema = warnings_schema },
	{ 0 },
};

const struct field *result_view(enum job_words words)
{
	return words == WORDS_BULK ? result_bulk_view : outcome_view;
}

/* One more into the array, unless that makes it too long. */
static bool add(const struct field *view, const struct outcome *o, size_t begin,
	struct results_part *part, struct buf *b, int64_t count)
{
	size_t before = b->len;
	if (count)
		buf_char(b, ',');
	fields_encode(view, o, b);
	if ((!count && !part->strict) || b->full || b->len - begin <= part->max_bytes)
		return true;
	b->len = before;
	part->next = o->seq;
	return false;
}

bool results_put(struct jobs *j, const char *job_id, const struct field *view,
	struct results_part *part, struct buf *b, struct err *e)
{
	struct arena *a = arena_new(0);
	int64_t count = 0, from = part->offset;
	size_t begin = b->len;
	bool ok = true, room = true;
	part->next = part->offset;
	buf_char(b, '[');
	while (ok && room && part->next >= 0 && (!part->limit || count < part->limit)) {
		struct outcome *rows;
		size_t n, most = BATCH;
		if (part->limit && part->limit - count < BATCH)
			most = (size_t)(part->limit - count);
		arena_reset(a);
		ok = job_results(j, job_id, RESULTS_BY_SEQ, from, most, BATCH_BYTES, a, &rows,
			&n, &part->next, e);
		from = part->next;
		for (size_t i = 0; ok && room && i < n; i++)
			room = add(view, &rows[i], begin, part, b, count) && ++count;
	}
	buf_char(b, ']');
	arena_free(&a);
	return ok;
}

void results_put_next(struct buf *b, const char *job_id, const struct results_part *part,
	const struct results_link *link)
{
	if (part->next < 0)
		return;
	json_key(b, "resultsNext");
	buf_addf(b, "\"%s/v1/jobs/%s%s?offset=%lld", link->base, job_id, link->path,
		(long long)part->next);
	if (part->limit)
		buf_addf(b, "&limit=%lld", (long long)part->limit);
	buf_addf(b, "%s\"", link->query);
}

static bool put_results(
	struct job_print *p, const struct field *view, struct buf *b, struct err *e)
{
	json_key(b, "results");
	if (!results_put(p->jobs, p->row->id, view, &p->part, b, e))
		return false;
	results_put_next(b, p->row->id, &p->part, &p->link);
	return true;
}

bool job_put(struct job_print *p, struct buf *b, struct err *e)
{
	bool ok = true;
	if (p->words & WORDS_BULK) {
		json_key(b, "success");
		buf_text(b, "true");
		json_key(b, "job");
		buf_char(b, '{');
		fields_encode_members(job_bulk_view, p->row, b);
		ok = p->no_results || put_results(p, result_bulk_view, b, e);
		buf_char(b, '}');
	}
	if (p->words & WORDS_PAGE)
		fields_encode_members(job_page_view, p->row, b);
	if (ok && p->words == WORDS_PAGE && p->page_results)
		ok = put_results(p, outcome_view, b, e);
	return ok;
}
