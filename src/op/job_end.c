/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A job as a task and its results as resources: what a client gets that speaks more of MCP than
 * tools. The rows are those of create_job and get_job_results.
 */
#include "op/jobs_in.h"

/* --- the end of a task --- */

bool job_end_read(const char *id, const char *account, struct arena *a, struct job_end_out *out,
	struct err *e)
{
	struct get_job_results_args args = { .id = id, .max_chars = RESULT_CHARS_USUAL };
	if (!job_results_read(&args, account, a, &out->results, e))
		return false;
	out->job.row = out->results.row;
	job_out_fill(&out->job, a);
	out->job.next = out->results.next;
	return true;
}

/* What create_job's output schema asks for, and the results beside it. */
void job_end_put(const struct job_end_out *out, struct buf *b)
{
	buf_char(b, '{');
	fields_encode_members(job_out_view, &out->job, b);
	json_key(b, "results");
	job_put_pieces(b, &out->results);
	if (out->results.next_cursor) {
		json_key(b, "next_cursor");
		json_put_text(b, out->results.next_cursor);
	}
	buf_char(b, '}');
}

void job_end_text(const struct job_end_out *out, struct buf *b)
{
	job_results_text(&out->results, b);
}

void job_end_links(const struct job_end_out *out, struct buf *b)
{
	job_results_links(&out->results, b);
}

/* --- resources --- */

static const char *mime_of(const struct outcome *o)
{
	return o->markdown.p ? "text/markdown" : o->html.p ? "text/html" : "application/json";
}

void job_put_link(struct buf *b, const struct outcome *o, const char *job_id)
{
	char uri[256];
	snprintf(uri, sizeof uri, JOB_URI "%s/results/%lld", job_id, (long long)o->seq);
	json_comma(b);
	buf_char(b, '{');
	json_key(b, "type");
	json_put_text(b, "resource_link");
	json_key(b, "uri");
	json_put_text(b, uri);
	json_key(b, "name");
	json_put_text(b, o->title && o->title[0] ? o->title : o->url);
	json_key(b, "mimeType");
	json_put_text(b, mime_of(o));
	buf_char(b, '}');
}

/* One spelling each: no leading zeros, no sign. */
static bool read_index(struct str digits, int64_t *index)
{
	return str_to_int(digits, index) && *index >= 0 && digits.p[0] != '+' &&
	       digits.p[0] != '-' && (digits.n == 1 || digits.p[0] != '0');
}

static bool id_ok(struct str id)
{
	for (size_t i = 0; i < id.n; i++)
		if (!id.p[i] || id.p[i] == '?' || id.p[i] == '#')
			return false;
	return id.n > 0;
}

bool job_uri_read(struct str uri, struct arena *a, const char **id, int64_t *index)
{
	struct str rest, part;
	*index = -1;
	if (!str_starts(uri, STR(JOB_URI)))
		return false;
	rest = (struct str) { uri.p + strlen(JOB_URI), uri.n - strlen(JOB_URI) };
	if (!str_cut(&rest, '/', &part) || !id_ok(part))
		return false;
	*id = arena_text(a, part);
	if (!rest.p)
		return true;
	return str_cut(&rest, '/', &part) && str_eq(part, STR("results")) && rest.p &&
	       read_index(rest, index);
}
