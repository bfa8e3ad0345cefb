/* SPDX-License-Identifier: Apache-2.0 */
/* Results of a job: printed one after the other, or each into a file of its own. */
#include "cli/jobs.h"
#include "cli/put.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '.' || c == '-';
}

const char *results_name(
	int64_t seq, struct str url, const char *end, char out[RESULT_NAME_SIZE])
{
	enum { MOST = 80 };
	char slug[MOST + 1];
	size_t n = 0, skip = 0;
	for (size_t i = 0; i + 2 < url.n && !skip; i++)
		if (memcmp(url.p + i, "://", 3) == 0)
			skip = i + 3;
	for (size_t i = skip; i < url.n && url.p[i] != '#' && n < MOST; i++) {
		char c = plain(url.p[i]) ? url.p[i] : '_';
		if (c != '_' || (n && slug[n - 1] != '_'))
			slug[n++] = c;
	}
	while (n && (slug[n - 1] == '_' || slug[n - 1] == '.'))
		n--;
	slug[n] = 0;
	snprintf(
		out, RESULT_NAME_SIZE, "%05lld%s%s%s", (long long)seq, n ? "-" : "", slug, end);
	return out;
}

static void put(FILE *to, struct str s)
{
	put_page(to, s);
	if (!s.n || s.p[s.n - 1] != '\n')
		fputc('\n', to);
}

static void put_text(FILE *to, const char *before, const char *text, const char *after)
{
	fputs(before, to);
	put_line(to, str_of(text ? text : ""));
	fputs(after, to);
}

static void put_error(FILE *to, enum results_form form, const struct door_result *r)
{
	bool comment = form != RESULTS_TEXT;
	put_text(to, comment ? "<!-- " : "", r->code, ": ");
	put_text(to, "", r->message, comment ? " -->\n" : "\n");
}

static void print(FILE *to, enum results_form form, const struct door_result *r)
{
	if (form == RESULTS_NDJSON) {
		put(to, r->json);
		return;
	}
	if (form == RESULTS_TEXT)
		put_text(to, "", r->url, "\n");
	if (r->code)
		put_error(to, form, r);
	else if (r->data.p && form == RESULTS_TEXT)
		put(to, r->data);
	else if (r->markdown.p || r->html.p)
		put(to, r->markdown.p ? r->markdown : r->html);
	else if (r->data.p)
		put(to, r->data);
	if (form == RESULTS_TEXT)
		fputc('\n', to);
}

/* A file of our naming in the folder; it replaces one of an earlier time, but follows no link. */
static FILE *file_of(int folder, enum results_form form, const struct door_result *r)
{
	static const char *const ends[] = { ".json", ".txt", ".md" };
	char name[RESULT_NAME_SIZE];
	results_name(r->seq, str_of(r->url), ends[form], name);
	int fd = openat(
		folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	return fd < 0 ? NULL : fdopen(fd, "w");
}

static bool keep(int folder, enum results_form form, const struct door_result *r)
{
	FILE *to = folder < 0 ? stdout : file_of(folder, form, r);
	if (!to)
		return false;
	print(to, form, r);
	return folder < 0 ? !ferror(to) : fclose(to) == 0;
}

static int open_folder(const char *out)
{
	if (mkdir(out, 0755) != 0 && errno != EEXIST)
		return -1;
	return open(out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int jobs_results(struct jobs_door *d, const char *id, enum results_form form, const char *out)
{
	struct arena *a = arena_new((size_t)1 << 30);
	int folder = out ? open_folder(out) : -1;
	int code = 0;
	int64_t from = 0, kept = 0;
	struct err e;
	if (out && folder < 0)
		code = cli_fail(EXIT_FAILED, "%s: %s", out, strerror(errno));
	while (!code && from >= 0) {
		struct door_result *rows;
		size_t count;
		arena_reset(a);
		if (!d->ops->results(d, id, &from, a, &rows, &count, &e))
			code = cli_fail(EXIT_FAILED, "%s: %s", err_name(e.code), e.msg);
		for (size_t i = 0; !code && i < count; i++, kept++)
			if (!keep(folder, form, &rows[i]))
				code = cli_fail(EXIT_FAILED, "%s: %s",
					out ? out : "standard output", strerror(errno));
	}
	if (!code && fflush(stdout) != 0)
		code = cli_fail(EXIT_FAILED, "standard output: %s", strerror(errno));
	if (!code && out)
		fprintf(stderr, "%lld results in %s\n", (long long)kept, out);
	if (folder >= 0)
		close(folder);
	arena_free(&a);
	return code;
}
