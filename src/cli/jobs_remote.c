/* SPDX-License-Identifier: Apache-2.0 */
/* A server's jobs over REST, in the words of its dialect "bulk", which tells the most of a job. */
#include "cli/ask.h"
#include "cli/jobs.h"

enum { TIMEOUT_MS = 120000, BODY_MAX = 256 << 20, LOOK_MS = 500, PART = 100 };

static void close_remote(struct jobs_door *d)
{
	app_close(&d->app);
}

/* The answer of a request; false: there was none, or it was a refusal. */
static bool ask(struct jobs_door *d, const char *method, const char *path, const json_t *body,
	const char *idempotency_key, struct arena *a, struct reply *r, struct err *e)
{
	const struct asker asker = { .fetcher = d->app.fetcher,
		.desks = d->app.desks,
		.user_agent = "scraped-jobs/" SCRAPED_VERSION,
		.timeout_ms = TIMEOUT_MS,
		.body_max = BODY_MAX };
	struct str base = cli_base_url(d->server);
	struct ask q = { .method = method,
		.url = arena_printf(a, "%.*s%s", STR_ARG(base), path),
		.bearer = d->key,
		.idempotency_key = idempotency_key };
	if (body) {
		q.type = "application/json";
		q.body = str_of(json_print(a, body));
	}
	ask_send(&asker, &q, a, r);
	if (r->err.code)
		return err_set(e, r->err.code, "%s", r->err.msg);
	if (r->status / 100 == 2 && json_is_object(r->json))
		return true;
	const json_t *fault = json_object_get(r->json, "error");
	const char *code = json_string_value(json_object_get(fault, "code"));
	const char *message = json_string_value(json_object_get(fault, "message"));
	if (!code)
		return err_set(e, ERR_FETCH, "%.*s answered %d", STR_ARG(base), r->status);
	for (int i = 0; i < ERR_COUNT; i++)
		if (strcmp(err_name((enum err_code)i), code) == 0)
			return err_set(e, (enum err_code)i, "%s", message ? message : "");
	return err_set(e, ERR_INTERNAL, "%s: %s", code, message ? message : "");
}

static const char *text_of(const json_t *from, const char *name)
{
	const char *text = json_string_value(json_object_get(from, name));
	return text ? text : "";
}

static int64_t number_of(const json_t *from, const char *name)
{
	return json_integer_value(json_object_get(from, name));
}

static bool row_of(const json_t *job, struct arena *a, struct job_row *out, struct err *e)
{
	const char *status = text_of(job, "status");
	*out = (struct job_row) { .id = arena_copy(a, text_of(job, "id")),
		.name = arena_copy(a, text_of(job, "name")),
		.total = number_of(job, "totalUrls"),
		.failed = number_of(job, "failedUrls"),
		.state = -1 };
	out->ended = number_of(job, "completedUrls") + out->failed;
	(void)iso_parse(str_of(text_of(job, "createdAt")), &out->created_ms);
	(void)iso_parse(str_of(text_of(job, "completedAt")), &out->ended_ms);
	if (strcmp(status, "pending") == 0)
		status = job_state_words[JOB_QUEUED];
	for (int i = 0; job_state_words[i]; i++)
		if (strcmp(status, job_state_words[i]) == 0)
			out->state = i;
	return (*out->id && out->state >= 0) ||
	       err_set(e, ERR_FETCH, "the server's answer is not that of a job");
}

/* A job's path; ids are words, but this one comes from a person. */
static const char *path_of(const char *id, const char *rest, struct arena *a)
{
	struct buf b;
	buf_init(&b, 0);
	buf_text(&b, "/v1/jobs/");
	buf_percent(&b, str_of(id));
	buf_text(&b, rest);
	const char *path = arena_text(a, buf_str(&b));
	buf_release(&b);
	return path;
}

/* The tool's members in the words of POST /v1/jobs. */
static json_t *body_of(const json_t *members, struct arena *a)
{
	static const struct {
		const char *tool, *rest;
		bool in_config;
	} words[] = {
		{ "respect_robots", "respectRobotsTxt", false },
		{ "only_main", "onlyMainContent", true },
		{ "links", "links", true },
		{ "images", "images", true },
		{ "structured", "structured", true },
	};
	json_t *body = json_own(a, json_copy((json_t *)members)), *config = json_object();
	json_object_del(body, "idempotency_key"); /* a header */
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		json_t *value = json_object_get(members, words[i].tool);
		json_object_del(body, words[i].tool);
		if (value)
			(void)json_object_set(
				words[i].in_config ? config : body, words[i].rest, value);
	}
	(void)json_object_set_new(body, "config", config);
	return body;
}

static bool create(struct jobs_door *d, json_t *members, struct job_row *out,
	const char **secret, struct err *e)
{
	struct arena *a = d->cli->arena;
	struct reply r;
	const char *key = json_string_value(json_object_get(members, "idempotency_key"));
	const json_t *body = body_of(members, a);
	if (!ask(d, "POST", "/v1/jobs", body, key, a, &r, e))
		return false;
	const char *shown = json_string_value(json_object_get(r.json, "webhookSecret"));
	*secret = shown ? arena_copy(a, shown) : NULL;
	return row_of(json_object_get(r.json, "job"), a, out, e);
}

static bool get(struct jobs_door *d, const char *id, struct arena *a, struct job_row *out,
	struct err *e)
{
	struct reply r;
	return ask(d, "GET", path_of(id, "?dialect=bulk&limit=1", a), NULL, NULL, a, &r, e) &&
	       row_of(json_object_get(r.json, "job"), a, out, e);
}

static bool list(struct jobs_door *d, int state, int64_t limit, int64_t offset,
	struct job_row **rows, size_t *count, int64_t *total, struct err *e)
{
	struct arena *a = d->cli->arena;
	struct reply r;
	const char *status = state < 0		   ? "any"
			     : state == JOB_QUEUED ? "pending"
						   : job_state_words[state];
	const char *path = arena_printf(a, "/v1/jobs?status=%s&limit=%lld&offset=%lld", status,
		(long long)limit, (long long)offset);
	if (!ask(d, "GET", path, NULL, NULL, a, &r, e))
		return false;
	const json_t *jobs = json_object_get(r.json, "jobs");
	*count = json_array_size(jobs);
	*total = number_of(r.json, "total");
	*rows = ARENA_ARRAY(a, struct job_row, *count + 1);
	for (size_t i = 0; i < *count; i++)
		if (!row_of(json_array_get(jobs, i), a, &(*rows)[i], e))
			return false;
	return true;
}

static struct str member_of(const json_t *from, const char *name, struct arena *a)
{
	const json_t *value = json_object_get(from, name);
	return !value || json_is_null(value) ? (struct str) { NULL, 0 }
	       : json_is_string(value)	     ? json_str(value)
					     : str_of(json_print(a, value));
}

static void result_of(const json_t *one, int64_t seq, struct arena *a, struct door_result *out)
{
	const json_t *fault = json_object_get(one, "error");
	*out = (struct door_result) { .seq = seq,
		.url = text_of(one, "url"),
		.code = json_string_value(json_object_get(fault, "code")),
		.message = text_of(fault, "message"),
		.markdown = member_of(one, "markdown", a),
		.html = member_of(one, "html", a),
		.data = member_of(one, "data", a),
		.json = str_of(json_print(a, one)) };
	if (!out->data.p)
		out->data = member_of(one, "extract", a);
}

/* Where the server says that the results go on: "...?offset=N&..."; -1: that was all. */
static int64_t next_of(const char *link)
{
	struct str rest = str_of(link), part;
	int64_t n = -1;
	if (!link || !str_cut(&rest, '?', &part))
		return -1;
	while (str_cut(&rest, '&', &part))
		if (str_starts(part, STR("offset=")))
			(void)str_to_int((struct str) { part.p + 7, part.n - 7 }, &n);
	return n;
}

static bool results(struct jobs_door *d, const char *id, int64_t *from, struct arena *a,
	struct door_result **rows, size_t *count, struct err *e)
{
	struct reply r;
	const char *query = arena_printf(
		a, "/results?dialect=page&limit=%d&offset=%lld", PART, (long long)*from);
	if (!ask(d, "GET", path_of(id, query, a), NULL, NULL, a, &r, e))
		return false;
	const json_t *list = json_object_get(r.json, "results");
	*count = json_array_size(list);
	*rows = ARENA_ARRAY(a, struct door_result, *count + 1);
	for (size_t i = 0; i < *count; i++)
		result_of(json_array_get(list, i), *from + (int64_t)i, a, &(*rows)[i]);
	*from = next_of(json_string_value(json_object_get(r.json, "resultsNext")));
	return true;
}

static bool cancel(struct jobs_door *d, const char *id, struct job_row *out, struct err *e)
{
	struct arena *a = d->cli->arena;
	struct reply r;
	return ask(d, "DELETE", path_of(id, "", a), NULL, NULL, a, &r, e) &&
	       row_of(json_object_get(r.json, "job"), a, out, e);
}

static void work(struct jobs_door *d)
{
	(void)d; /* the server does */
}

static bool worked(struct jobs_door *d)
{
	(void)d;
	return true;
}

static const struct door_ops remote_ops = { .create = create,
	.get = get,
	.list = list,
	.results = results,
	.cancel = cancel,
	.work = work,
	.worked = worked,
	.close = close_remote };

bool jobs_door_remote(struct jobs_door *d, struct err *e)
{
	d->ops = &remote_ops;
	d->look_ms = LOOK_MS;
	return app_open(&d->app, &d->cli->conf, APP_BARE, e);
}
