/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The body of POST {base}/chat/completions, the part of OpenAI's API that every compatible server
 * knows (https://platform.openai.com/docs/api-reference/chat). Servers differ in three places; what
 * an endpoint takes is a struct request_ways, found out by being refused (answer.h).
 */
#ifndef EXTRACT_REQUEST_H
#define EXTRACT_REQUEST_H

#include "base/buf.h"

enum request_form { /* response_format, the strongest first */
	FORM_SCHEMA, /* json_schema */
	FORM_OBJECT, /* json_object */
	FORM_TEXT, /* none: the prompt alone asks for JSON */
};
struct request_ways {
	int form; /* enum request_form */
	bool no_temperature; /* the model only takes its own */
	bool completion_tokens; /* max_completion_tokens instead of max_tokens */
};
struct request_message {
	const char *role;
	struct str text;
};
struct request {
	const char *model;
	int64_t max_tokens;
	struct request_ways ways;
	const struct request_message *messages;
	size_t n_messages;
};
void request_build(struct buf *b, const struct request *r);

#endif
