/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The schema wants an object with one member, `extract`, that may be any JSON: OpenAI demands an
 * object at the root, the caller may want a list or a number. Not strict: a strict schema has to
 * name every member, and here nobody knows them beforehand.
 */
#include "extract/request.h"

#include "base/check.h"
#include "base/json.h"

static const char *const forms[] = {
	[FORM_SCHEMA] =
		"{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"extract\","
		"\"strict\":false,\"schema\":{\"type\":\"object\","
		"\"properties\":{\"extract\":{\"description\":\"the answer to the "
		"request\"}},\"required\":[\"extract\"],\"additionalProperties\":false}}}",
	[FORM_OBJECT] = "{\"type\":\"json_object\"}",
	[FORM_TEXT] = NULL,
};

static void put_messages(struct buf *b, const struct request *r)
{
	json_key(b, "messages");
	buf_char(b, '[');
	for (size_t i = 0; i < r->n_messages; i++) {
		json_comma(b);
		buf_char(b, '{');
		json_key(b, "role");
		json_put_text(b, r->messages[i].role);
		json_key(b, "content");
		json_put_str(b, r->messages[i].text);
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

void request_build(struct buf *b, const struct request *r)
{
	const struct request_ways *w = &r->ways;
	CHECK(w->form >= 0 && w->form < (int)COUNT_OF(forms));
	buf_char(b, '{');
	json_key(b, "model");
	json_put_text(b, r->model);
	put_messages(b, r);
	if (!w->no_temperature) {
		json_key(b, "temperature");
		buf_char(b, '0');
	}
	json_key(b, w->completion_tokens ? "max_completion_tokens" : "max_tokens");
	buf_addf(b, "%lld", (long long)r->max_tokens);
	if (forms[w->form]) {
		json_key(b, "response_format");
		buf_text(b, forms[w->form]);
	}
	buf_char(b, '}');
}
