/* SPDX-License-Identifier: Apache-2.0 */
/* `scraped jobs create`: the person's words as the arguments of the tool create_job. */
#include "cli/jobs.h"
#include "cli/pages.h"

#include <errno.h>

enum { ARGUMENTS_MOST = 1 << 20, FILE_MOST = 256 << 20 };

enum {
	FROM_FILE = PAGE_WRITTEN,
	SELECTOR,
	SELECTORS,
	FORMAT,
	PROMPT,
	NAME,
	WEBHOOK,
	ROBOTS,
	IDEMPOTENCY,
	WATCH,
	CREATE_SERVER,
	CREATE_KEY
};
static const struct cli_option create_options[] = {
	PAGE_WRITTEN_OPTIONS("keep the data that each page carries for machines, too"),
	[FROM_FILE] = { "file", "FILE", "more URLs, one a line; - for standard input" },
	[SELECTOR] = { "selector", "NAME=CSS",
		"the text of the first match becomes a member of the data; may be repeated",
		true },
	[SELECTORS] = { "selectors", "JSON",
		"the same as an object: {\"name\": \"css\" or {\"css\", \"attr\", \"all\", "
		"\"type\"}}" },
	[FORMAT] = { "format", "FORMAT", "markdown (default), html or both" },
	[PROMPT] = { "prompt", "TEXT", "let the configured model extract from each page" },
	[NAME] = { "name", "NAME", "a name for people (at most 200 characters)" },
	[WEBHOOK] = { "webhook", "URL", "is told, signed, when the job has ended" },
	[ROBOTS] = { "robots", NULL, "ask each site's robots.txt first" },
	[IDEMPOTENCY] = { "idempotency-key", "TEXT",
		"the same key and request again give the same job, not a second one" },
	[WATCH] = { "watch", NULL, "show how it goes on until it has ended" },
	[CREATE_SERVER] = OPTION_SERVER,
	[CREATE_KEY] = OPTION_KEY,
	{ NULL },
};

static void add_urls(json_t *urls, struct str text)
{
	struct str line;
	while (str_cut(&text, '\n', &line)) {
		line = str_trim(line);
		if (line.n && line.p[0] != '#')
			(void)json_array_append_new(urls, json_stringn(line.p, line.n));
	}
}

static bool read_urls(const char *path, json_t *urls, struct err *e)
{
	bool standard = strcmp(path, "-") == 0;
	FILE *f = standard ? stdin : fopen(path, "rb");
	struct buf text;
	if (!f)
		return err_set(e, ERR_INVALID_REQUEST, "%s: %s", path, strerror(errno));
	buf_init(&text, FILE_MOST);
	char part[65536];
	for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;)
		buf_add(&text, part, n);
	bool ok = !ferror(f) && !text.full && str_utf8_ok(buf_str(&text));
	if (ok)
		add_urls(urls, buf_str(&text));
	if (!standard)
		fclose(f);
	buf_release(&text);
	return ok || err_set(e, ERR_INVALID_REQUEST,
			     "%s: it cannot be read, is no UTF-8 text or too large", path);
}

/* Lines "name=css" and an object, as one object. NULL with *e; *e untouched: there are none. */
static bool selectors_of(
	const char *lines, const char *object, struct arena *a, json_t **out, struct err *e)
{
	struct str rest = str_of(lines), line, name;
	*out = object ? json_read(a, str_of(object), e) : NULL;
	if (object && (!*out || !json_is_object(*out)))
		return err_set(e, ERR_INVALID_REQUEST, "--selectors must be a JSON object");
	if (lines && !*out)
		*out = json_own(a, json_object());
	while (lines && str_cut(&rest, '\n', &line)) {
		bool both = str_find(line, '=') < line.n;
		str_cut(&line, '=', &name);
		name = str_trim(name);
		line = str_trim(line);
		if (!both || !name.n || !line.n)
			return err_set(e, ERR_INVALID_REQUEST,
				"--selector must be NAME=CSS, such as title=h1");
		(void)json_object_set_new(
			*out, arena_text(a, name), json_stringn(line.p, line.n));
	}
	return true;
}

static void text_member(json_t *to, const char *name, const char *value)
{
	if (value)
		(void)json_object_set_new(to, name, json_string(value));
}

static void switch_member(json_t *to, const char *name, const char *value)
{
	if (value)
		(void)json_object_set_new(to, name, json_true());
}

/* The arguments of the tool create_job; NULL with *e. */
static json_t *members_of(struct cli *cli, const char *const *values, struct err *e)
{
	json_t *members = json_own(cli->arena, json_object()), *urls = json_array(), *selectors;
	(void)json_object_set_new(members, "urls", urls);
	for (int i = 0; i < cli->n_args; i++)
		(void)json_array_append_new(urls, json_string(cli->args[i]));
	if (values[FROM_FILE] && !read_urls(values[FROM_FILE], urls, e))
		return NULL;
	if (json_array_size(urls) == 0) {
		err_set(e, ERR_INVALID_REQUEST, "there is no URL: give some, or --file FILE");
		return NULL;
	}
	if (!selectors_of(values[SELECTOR], values[SELECTORS], cli->arena, &selectors, e))
		return NULL;
	if (selectors)
		(void)json_object_set(members, "selectors", selectors);
	text_member(members, "format", values[FORMAT]);
	text_member(members, "prompt", values[PROMPT]);
	text_member(members, "name", values[NAME]);
	text_member(members, "webhook", values[WEBHOOK]);
	text_member(members, "idempotency_key", values[IDEMPOTENCY]);
	switch_member(members, "respect_robots", values[ROBOTS]);
	switch_member(members, "only_main", values[PAGE_ONLY_MAIN]);
	switch_member(members, "structured", values[PAGE_STRUCTURED]);
	text_member(members, "links", values[PAGE_LINKS]);
	text_member(members, "images", values[PAGE_IMAGES]);
	return members;
}

static int create_in(struct jobs_door *d, json_t *members, bool watch)
{
	struct job_row row;
	const char *secret = NULL;
	struct err e;
	if (!d->ops->create(d, members, &row, &secret, &e))
		return jobs_refused(&e);
	printf("%s\n", row.id);
	fflush(stdout);
	if (secret)
		fprintf(stderr, "webhooks are signed with %s; it is shown only this once\n",
			secret);
	if (watch)
		return jobs_watch(d, row.id);
	if (!d->ops->worked(d))
		fprintf(stderr,
			"no server runs on this data folder: `scraped jobs watch %s` works on "
			"it\n",
			row.id);
	return 0;
}

static int create(struct cli *cli, const char *const *values)
{
	struct jobs_door d;
	struct err e;
	struct scrape_opts checked;
	int code = pages_written(values, &checked);
	if (code)
		return code;
	json_t *members = members_of(cli, values, &e);
	if (!members)
		return cli_fail(EXIT_USAGE, "%s", e.msg);
	code = jobs_door_open(&d, cli, values[CREATE_SERVER], values[CREATE_KEY]);
	if (code)
		return code;
	code = create_in(&d, members, values[WATCH] != NULL);
	d.ops->close(&d);
	return code;
}

const struct command cmd_jobs_create = {
	.name = "jobs create",
	.arguments = "[URL...]",
	.about = "Make a job that scrapes many pages, and print its id",
	.more = jobs_statuses,
	.max_args = ARGUMENTS_MOST,
	.options = create_options,
	.run = create,
};
