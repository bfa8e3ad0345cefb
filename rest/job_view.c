/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How jobs and results read. The first status has two names, "completed" two meanings: S2
 * counts what succeeded, S4 what was processed; times are text here and milliseconds there
 * (X-16).
 */
#include "rest/job_view.h"
#include "base/clock.h"
#include "op/jobs.h"

#include <stddef.h>

/* --- whose words --- */

static const struct {
	const char *name;
	enum job_words words;
} names[] = {
	{ "bulk", WORDS_BULK },
	{ "page", WORDS_PAGE },
	{ "both", WORDS_BOTH },
	{ NULL, WORDS_BOTH },
};

static bool words_of(struct str name, enum job_words *words)
{
	size_t i = 0;
	while (names[i].name && !str_ieq(name, str_of(names[i].name)))
		i++;
	*words = names[i].words;
	return names[i].name != NULL;
}

enum job_words job_words_born(const struct job_row *row)
{
	enum job_words words;
	words_of(str_of(row->dialect), &words);
	return words;
}

/* The first of ours in a list of media types. */
static bool accepted(struct str accept, struct str *name)
{
	struct str one, type;
	while (str_cut(&accept, ',', &one)) {
		if (!str_cut(&one, ';', &type))
			continue;
		type = str_trim(type);
		struct str prefix = STR("application/vnd.scraped."), suffix = STR("+json");
		if (type.n <= prefix.n + suffix.n || !str_istarts(type, prefix) ||
			!str_ieq((struct str) { type.p + type.n - suffix.n, suffix.n }, suffix))
			continue;
		*name = (struct str) { type.p + prefix.n, type.n - prefix.n - suffix.n };
		return true;
	}
	return false;
}

bool job_words_asked(
	struct http_req *r, const struct job_row *row, enum job_words *words, struct err *e)
{
	struct str name;
	bool asked =
		http_query(r, "dialect", &name) || accepted(http_header(r, "Accept"), &name);
	*words = job_words_born(row);
	return !asked || words_of(name, words) ||
	       err_set(e, ERR_INVALID_REQUEST,
		       "dialect must be \"bulk\", \"page\" or \"both\"");
}

/* --- a job --- */

#define ROW(member) offsetof(struct job_row, member)

static bool put_bulk_status(struct buf *b, const void *self)
{
	const struct job_row *row = self;
	json_put_text(b, row->state == JOB_QUEUED ? "pending" : job_state_words[row->state]);
	return true;
}

static bool put_page_status(struct buf *b, const void *self)
{
	json_put_text(b, job_state_words[((const struct job_row *)self)->state]);
	return true;
}

static bool put_succeeded(struct buf *b, const void *self)
{
	const struct job_row *row = self;
	buf_addf(b, "%lld", (long long)(row->ended - row->failed));
	return true;
}

static bool put_ended(struct buf *b, const void *self)
{
	char iso[ISO_SIZE];
	const struct job_row *row = self;
	json_put_text(b, iso_print(row->ended_ms, iso));
	return row->ended_ms != 0;
}

static bool put_known_until(struct buf *b, const void *self)
{
	buf_addf(b, "%lld", (long long)job_known_until(self));
	return true;
}

#define STATUS_SCHEMA(first)                                                                   \
	"{\"type\":\"string\",\"enum\":[\"" first "\",\"running\",\"completed\","              \
	"\"partial\",\"failed\",\"cancelled\"],\"description\":\"" first                       \
	": nothing has begun; completed: every URL succeeded; partial: some; failed: none\"}"
static const char bulk_status[] = STATUS_SCHEMA("pending");
static const char page_status[] = STATUS_SCHEMA("queued");
static const char succeeded[] =
	"{\"type\":\"integer\",\"description\":\"URLs that succeeded\"}";
static const char ended_at[] =
	"{\"type\":\"string\",\"format\":\"date-time\",\"description\":\"once it has ended\"}";
static const char known_until[] =
	"{\"type\":\"integer\",\"description\":\"when the job and its results are removed, in "
	"ms since 1970; while it runs, the latest that may be\"}";

#define BULK_BEGIN                                                                             \
	{ "id", F_STR, F_REQ, ROW(id) }, { "name", F_STR, F_REQ, ROW(name) },                  \
		{ "status", F_CALC, F_REQ, .calc = put_bulk_status, .schema = bulk_status },   \
		{ "totalUrls", F_INT, F_REQ, ROW(total) },                                     \
	{                                                                                      \
		"completedUrls", F_CALC, F_REQ, .calc = put_succeeded, .schema = succeeded     \
	}

const struct field job_bulk_created_view[] = {
	BULK_BEGIN,
	{ "createdAt", F_TIME, F_REQ, ROW(created_ms) },
	{ 0 },
};
const struct field job_bulk_view[] = {
	BULK_BEGIN,
	{ "failedUrls", F_INT, F_REQ, ROW(failed), .about = "URLs that failed" },
	{ "createdAt", F_TIME, F_REQ, ROW(created_ms) },
	{ "completedAt", F_CALC, 0, .calc = put_ended, .schema = ended_at },
	{ 0 },
};
const struct field job_page_view[] = {
	{ "jobId", F_STR, F_REQ, ROW(id) },
	{ "status", F_CALC, F_REQ, .calc = put_page_status, .schema = page_status },
	{ "totalCount", F_INT, F_REQ, ROW(total) },
	{ "completedCount", F_INT, F_REQ, ROW(ended),
		.about = "URLs that are through, failed ones included" },
	{ "successCount", F_CALC, F_REQ, .calc = put_succeeded, .schema = succeeded },
	{ "failureCount", F_INT, F_REQ, ROW(failed), .about = "URLs that failed" },
	{ "expiresAt", F_CALC, F_REQ, .calc = put_known_until, .schema = known_until },
	{ 0 },
};
