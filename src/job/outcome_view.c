/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One outcome as callers see it, as scrape/view.c shows a result. What is JSON already is copied;
 * an item that ended without a result (cancelled, out of time) shows its URL as its metadata.
 */
#include "job/outcome.h"

#include <stddef.h>

#define OUTCOME(member) offsetof(struct outcome, member)

static bool put_json(struct buf *b, struct str json)
{
	buf_add_str(b, json);
	return json.p != NULL;
}

static void put_pair(
	struct buf *b, const char *first, const char *one, const char *second, const char *two)
{
	buf_char(b, '{');
	json_key(b, first);
	json_put_text(b, one);
	json_key(b, second);
	json_put_text(b, two);
	buf_char(b, '}');
}

static bool put_status(struct buf *b, const void *self)
{
	const struct outcome *o = self;
	json_put_text(b, o->code ? "error" : "success");
	return true;
}

static bool put_extract(struct buf *b, const void *self)
{
	return put_json(b, ((const struct outcome *)self)->extract);
}

static bool put_picked(struct buf *b, const void *self)
{
	return put_json(b, ((const struct outcome *)self)->data);
}

static bool put_metadata(struct buf *b, const void *self)
{
	const struct outcome *o = self;
	if (!put_json(b, o->metadata))
		put_pair(b, "requestedUrl", o->url, "title", NULL);
	return true;
}

static bool put_warnings(struct buf *b, const void *self)
{
	return put_json(b, ((const struct outcome *)self)->warnings);
}

bool outcome_put_error(struct buf *b, const void *self)
{
	const struct outcome *o = self;
	put_pair(b, "code", o->code, "message", o->message);
	return o->code != NULL;
}

static void put_text_member(struct buf *b, const char *name, struct str text)
{
	json_key(b, name);
	if (text.p)
		json_put_str(b, text);
	else
		json_put_text(b, NULL);
}

bool outcome_put_data(struct buf *b, const void *self)
{
	const struct outcome *o = self;
	if (o->code) {
		json_put_text(b, NULL);
		return true;
	}
	if (put_json(b, o->data))
		return true;
	buf_char(b, '{');
	put_text_member(b, "title", str_of(o->title));
	put_text_member(b, "markdown", o->markdown);
	if (o->html.p)
		put_text_member(b, "html", o->html);
	if (o->extract.p) {
		json_key(b, "extract");
		put_json(b, o->extract);
	}
	buf_char(b, '}');
	return true;
}

#define CODE_AND_MESSAGE                                                                       \
	"{\"type\":\"object\",\"properties\":{\"code\":{\"type\":\"string\"},\"message\":"     \
	"{\"type\":\"string\"}},\"required\":[\"code\",\"message\"]"
static const char status_schema[] = "{\"type\":\"string\",\"enum\":[\"success\",\"error\"],"
				    "\"description\":\"whether the page could be had\"}";
static const char extract_schema[] =
	"{\"description\":\"what the model answered to the prompt; null if it gave nothing\"}";
static const char data_schema[] =
	"{\"type\":\"object\",\"description\":\"what the selectors found\"}";
static const char error_schema[] =
	CODE_AND_MESSAGE ",\"description\":\"why the page could not be had\"}";
static const char metadata_schema[] =
	"{\"type\":\"object\",\"description\":\"what is known of the page and its transfer\"}";
static const char warnings_schema[] =
	"{\"type\":\"array\",\"description\":\"what the reader of this result should know\","
	"\"items\":" CODE_AND_MESSAGE "}}";

const struct field outcome_view[] = {
	{ "url", F_STR, F_REQ, OUTCOME(url), .about = "the URL as it was asked for" },
	{ "status", F_CALC, F_REQ, .calc = put_status, .schema = status_schema },
	{ "cached", F_BOOL, F_REQ, OUTCOME(cached), .about = "was the page in the cache?" },
	{ "markdown", F_TEXT, F_OMIT, OUTCOME(markdown), .about = "the page as Markdown" },
	{ "html", F_TEXT, F_OMIT, OUTCOME(html), .about = "the page as it was fetched" },
	{ "extract", F_CALC, .calc = put_extract, .schema = extract_schema },
	{ "data", F_CALC, .calc = put_picked, .schema = data_schema },
	{ "error", F_CALC, .calc = outcome_put_error, .schema = error_schema },
	{ "metadata", F_CALC, F_REQ, .calc = put_metadata, .schema = metadata_schema },
	{ "warnings", F_CALC, .calc = put_warnings, .schema = warnings_schema },
	{ 0 },
};
