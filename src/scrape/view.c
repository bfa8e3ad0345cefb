/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One result as callers see it (apis.md S4-28 to S4-42, and our extensions after them). What was not
 * asked for or is not known is left out, except the title, which is null then.
 */
#include "scrape/view.h"

#include <stddef.h>

#define RESULT(member) offsetof(struct scrape_result, member)

const char *const scrape_formats[] = { "markdown", "html", "both", NULL };
const char *const scrape_agents[] = { "default", "mobile", "tablet", NULL };

static void put_int(struct buf *b, int64_t n)
{
	buf_addf(b, "%lld", (long long)n);
}

/* --- metadata: some numbers mean something when they are 0, so "unknown" is worked out here --- */

static bool put_status_code(struct buf *b, const void *self)
{
	const struct scrape_result *r = self;
	put_int(b, r->http_status);
	return r->http_status != 0;
}

static bool put_took(struct buf *b, const void *self)
{
	const struct scrape_result *r = self;
	put_int(b, r->took_ms);
	return r->fetched_ms != 0;
}

static bool put_words(struct buf *b, const void *self)
{
	const struct scrape_result *r = self;
	put_int(b, r->words);
	return r->markdown.p != NULL;
}

#define USAGE(member) offsetof(struct scrape_usage, member)
static const struct field usage_view[] = {
	{ "tokensIn", F_INT, F_REQ, USAGE(tokens_in) },
	{ "tokensOut", F_INT, F_REQ, USAGE(tokens_out) },
	{ "durationMs", F_INT, F_REQ, USAGE(ms) },
	{ "calls", F_INT, F_REQ, USAGE(calls) },
	{ 0 },
};
static const char usage_schema[] =
	"{\"type\":\"object\",\"description\":\"what the language model was given for the "
	"prompt\",\"properties\":{\"tokensIn\":{\"type\":\"integer\"},"
	"\"tokensOut\":{\"type\":\"integer\"},\"durationMs\":{\"type\":\"integer\"},"
	"\"calls\":{\"type\":\"integer\"}}}";

static bool put_usage(struct buf *b, const void *self)
{
	const struct scrape_result *r = self;
	fields_encode(usage_view, &r->usage, b);
	return r->usage.calls != 0;
}

static bool put_structured(struct buf *b, const void *self)
{
	const struct scrape_result *r = self;
	buf_add_str(b, r->structured); /* JSON as it is */
	return r->structured.p != NULL;
}

static const char structured_schema[] =
	"{\"type\":\"object\",\"description\":\"what the page carries for machines, such as "
	"openGraph; there when structured was asked for\"}";
static const char title_schema[] =
	"{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"null\"}],"
	"\"description\":\"title of the page; null if it has none\"}";
static const char status_code_schema[] =
	"{\"type\":\"integer\",\"description\":\"HTTP status of the site's answer\"}";
static const char took_schema[] = "{\"type\":\"integer\",\"description\":\"how long the "
				  "transfer took, in ms; of a cached page, "
				  "when it was fetched\"}";
static const char words_schema[] =
	"{\"type\":\"integer\",\"description\":\"words of the Markdown\"}";

const struct field scrape_metadata_view[] = {
	{ "requestedUrl", F_STR, F_REQ, RESULT(url), .about = "the URL as it was asked for" },
	{ "finalUrl", F_STR, F_OMIT, RESULT(final_url),
		.about = "the URL that answered, after redirects" },
	{ "title", F_STR, 0, RESULT(meta.title), .schema = title_schema },
	{ "httpStatus", F_CALC, .calc = put_status_code, .schema = status_code_schema },
	{ "fetchDurationMs", F_CALC, .calc = put_took, .schema = took_schema },
	{ "fetchedAt", F_INT, F_OMIT, RESULT(fetched_ms),
		.about = "when the page was fetched, in ms since 1970" },
	{ "expiresAt", F_INT, F_OMIT, RESULT(expires_ms),
		.about = "until when it may be answered from the cache, in ms since 1970" },
	{ "contentType", F_STR, F_OMIT, RESULT(mime), .about = "media type the site named" },
	{ "charset", F_STR, F_OMIT, RESULT(encoding),
		.about = "encoding the page was read in" },
	{ "description", F_STR, F_OMIT, RESULT(meta.description),
		.about = "what the page says it is about" },
	{ "language", F_STR, F_OMIT, RESULT(meta.language),
		.about = "language tag of the page" },
	{ "canonical", F_STR, F_OMIT, RESULT(meta.canonical),
		.about = "the address the page prefers for itself" },
	{ "author", F_STR, F_OMIT, RESULT(meta.author), .about = "author the page names" },
	{ "published", F_STR, F_OMIT, RESULT(meta.published), .about = "date of publication" },
	{ "modified", F_STR, F_OMIT, RESULT(meta.modified),
		.about = "date of the last change" },
	{ "siteName", F_STR, F_OMIT, RESULT(meta.site_name), .about = "name of the site" },
	{ "image", F_STR, F_OMIT, RESULT(meta.image), .about = "address of the page's image" },
	{ "favicon", F_STR, F_OMIT, RESULT(meta.favicon),
		.about = "address of the site's icon" },
	{ "feed", F_STR, F_OMIT, RESULT(meta.feed), .about = "address of the site's feed" },
	{ "words", F_CALC, .calc = put_words, .schema = words_schema },
	{ "tokens", F_INT, F_OMIT, RESULT(tokens),
		.about = "estimate of what all of the Markdown costs a model; there with "
			 "maxTokens or outline" },
	{ "structured", F_CALC, .calc = put_structured, .schema = structured_schema },
	{ "usage", F_CALC, .calc = put_usage, .schema = usage_schema },
	{ 0 },
};

/* --- the result --- */

static bool put_status(struct buf *b, const void *self)
{
	const struct scrape_result *r = self;
	json_put_text(b, r->err.code == ERR_NONE ? "success" : "error");
	return true;
}

static bool put_extract(struct buf *b, const void *self)
{
	const struct scrape_result *r = self;
	json_put_value(b, r->extract);
	return r->asked && r->err.code == ERR_NONE;
}

static bool put_data(struct buf *b, const void *self)
{
	const struct scrape_result *r = self;
	buf_add_str(b, r->data); /* JSON as it is */
	return r->data.p != NULL;
}

static void put_said(struct buf *b, const char *code, const char *message)
{
	buf_char(b, '{');
	json_key(b, "code");
	json_put_text(b, code);
	json_key(b, "message");
	json_put_text(b, message);
	buf_char(b, '}');
}

static bool put_error(struct buf *b, const void *self)
{
	const struct scrape_result *r = self;
	put_said(b, err_name(r->err.code), r->err.msg);
	return r->err.code != ERR_NONE;
}

bool scrape_put_warnings(struct buf *b, const void *self)
{
	const struct scrape_result *r = self;
	buf_char(b, '[');
	for (size_t i = 0; i < r->n_warnings; i++) {
		json_comma(b);
		put_said(b, r->warnings[i].code, r->warnings[i].message);
	}
	buf_char(b, ']');
	return r->n_warnings > 0;
}

/* --- the outline --- */

static void put_heading(struct buf *b, const struct heading *h)
{
	json_comma(b);
	buf_addf(b, "{\"level\":%d,\"text\":", h->level);
	json_put_str(b, h->text);
	if (h->anchor.p) {
		json_key(b, "anchor");
		json_put_str(b, h->anchor);
	}
	buf_addf(b, ",\"tokens\":%zu}", h->tokens);
}

static bool put_outline(struct buf *b, const void *self)
{
	const struct scrape_result *r = self;
	buf_char(b, '[');
	for (size_t i = 0; i < r->outline.n; i++)
		put_heading(b, &r->outline.v[i]);
	buf_char(b, ']');
	return r->outlined && r->err.code == ERR_NONE;
}

void scrape_put_outline(const struct scrape_result *r, struct buf *b)
{
	for (size_t i = 0; i < r->outline.n; i++) {
		const struct heading *h = &r->outline.v[i];
		buf_addf(b, "%.*s %.*s (", h->level, "######", STR_ARG(h->text));
		if (h->anchor.p)
			buf_addf(b, "#%.*s, ", STR_ARG(h->anchor));
		buf_addf(b, "%zu tokens)\n", h->tokens);
	}
	buf_addf(b, "%s%lld tokens in all\n", r->outline.n ? "" : "no headings; ",
		(long long)r->tokens);
}

static const char outline_schema[] =
	"{\"type\":\"array\",\"description\":\"the headings, in place of the Markdown; tokens: "
	"what the section costs, subsections included\",\"items\":{\"type\":\"object\","
	"\"properties\":{\"level\":{\"type\":\"integer\"},\"text\":{\"type\":\"string\"},"
	"\"anchor\":{\"type\":\"string\"},\"tokens\":{\"type\":\"integer\"}},"
	"\"required\":[\"level\",\"text\",\"tokens\"]}}";

#define CODE_AND_MESSAGE                                                                       \
	"{\"type\":\"object\",\"properties\":{\"code\":{\"type\":\"string\",\"description\":"  \
	"\"what a program looks at\"},\"message\":{\"type\":\"string\",\"description\":"       \
	"\"what a person reads\"}},\"required\":[\"code\",\"message\"]"
static const char status_schema[] = "{\"type\":\"string\",\"enum\":[\"success\",\"error\"],"
				    "\"description\":\"whether the page could be had\"}";
static const char extract_schema[] =
	"{\"description\":\"what the model answered to the prompt: any JSON value; null if it "
	"gave nothing (see warnings). Only there when a prompt was sent\"}";
static const char data_schema[] =
	"{\"type\":\"object\",\"description\":\"what the selectors found. Only there when "
	"selectors were sent\"}";
static const char error_schema[] =
	CODE_AND_MESSAGE ",\"description\":\"why the page could not be had\"}";
static const char warnings_schema[] =
	"{\"type\":\"array\",\"description\":\"what the reader of this result should know, "
	"such as "
	"PAGE_CUT or EMPTY_SHELL\",\"items\":" CODE_AND_MESSAGE "}}";

const struct field scrape_view[] = {
	{ "url", F_STR, F_REQ, RESULT(url), .about = "the URL as it was asked for" },
	{ "status", F_CALC, F_REQ, .calc = put_status, .schema = status_schema },
	{ "cached", F_BOOL, F_REQ, RESULT(cached), .about = "was the page in the cache?" },
	{ "markdown", F_TEXT, F_OMIT, RESULT(markdown), .about = "the page as Markdown" },
	{ "nextCursor", F_STR, F_OMIT, RESULT(next_cursor),
		.about = "the page was cut: send it as config.cursor to go on" },
	{ "outline", F_CALC, .calc = put_outline, .schema = outline_schema },
	{ "html", F_TEXT, F_OMIT, RESULT(html),
		.about = "the page as it was fetched, in UTF-8, otherwise unmodified" },
	{ "extract", F_CALC, .calc = put_extract, .schema = extract_schema },
	{ "data", F_CALC, .calc = put_data, .schema = data_schema },
	{ "error", F_CALC, .calc = put_error, .schema = error_schema },
	{ "metadata", F_OBJ, F_REQ, 0, .sub = scrape_metadata_view,
		.about = "what is known of the page and its transfer" },
	{ "warnings", F_CALC, .calc = scrape_put_warnings, .schema = warnings_schema },
	{ 0 },
};

/* What names say themselves is not said again: agents pay for every word of it, in every talk. */
static const char short_status[] = "{\"type\":\"string\"}";
static const char short_metadata[] =
	"{\"type\":\"object\",\"description\":\"finalUrl, title, httpStatus, language, author, "
	"published ...\"}";
static bool put_metadata(struct buf *b, const void *self)
{
	fields_encode(scrape_metadata_view, self, b);
	return true;
}

const struct field scrape_short_view[] = {
	{ "url", F_STR, F_REQ, RESULT(url) },
	{ "status", F_CALC, F_REQ, .calc = put_status, .schema = short_status },
	{ "cached", F_BOOL, F_REQ, RESULT(cached) },
	{ "markdown", F_TEXT, F_OMIT, RESULT(markdown) },
	{ "next_cursor", F_STR, F_OMIT, RESULT(next_cursor) },
	{ "outline", F_CALC, F_HIDDEN, .calc = put_outline },
	{ "html", F_TEXT, F_OMIT, RESULT(html) },
	{ "extract", F_CALC, .calc = put_extract,
		.schema = "{\"description\":\"any JSON; with a prompt alone\"}" },
	{ "error", F_CALC, F_HIDDEN, .calc = put_error },
	{ "metadata", F_CALC, F_REQ, .calc = put_metadata, .schema = short_metadata },
	{ "warnings", F_CALC, F_HIDDEN, .calc = scrape_put_warnings },
	{ 0 },
};
