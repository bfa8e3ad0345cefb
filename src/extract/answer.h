/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an OpenAI-compatible endpoint answers, read without trust: the model's text out of a 200, the
 * reason out of a refusal, a JSON value out of the text. Messages say what went wrong in our words;
 * nothing of the body is repeated in them (it may hold the key, or a stranger's text).
 */
#ifndef EXTRACT_ANSWER_H
#define EXTRACT_ANSWER_H

#include "base/arena.h"
#include "base/err.h"

#include <jansson.h>

enum { ANSWER_BYTES = 1 << 20 }; /* of one answer's body */

struct llm_answer {
	struct str content; /* the model's text, trimmed; may be empty; arena */
	bool cut; /* the model ran into max_tokens */
	int64_t tokens_in, tokens_out; /* also when it failed; 0: not told */
};
/* The text of a JSON string; empty for anything else. */
struct str answer_text(const json_t *j);
/* The body of a 200. ERR_LLM_FAILED: no chat completion, a refusal of the model, a tool call. */
bool answer_read(struct arena *a, struct str body, struct llm_answer *out, struct err *e);

enum refusal {
	REFUSAL_FORM, /* try the next weaker response_format */
	REFUSAL_TEMPERATURE, /* try without */
	REFUSAL_TOKENS, /* try the other name of max_tokens */
	REFUSAL_BUSY, /* try later, as often as there is time */
	REFUSAL_BROKEN, /* try once more */
	REFUSAL_FINAL,
};
/* Any other status. *e (ERR_LLM_FAILED) says it for the case that nothing helps. */
enum refusal answer_refusal(struct arena *a, int status, struct str body, struct err *e);

/* The model's text as a JSON value: a byte order mark, a leading <think> block and one code fence
 * around all of it are taken off, {"extract": VALUE} is opened. NULL: it is no JSON. */
json_t *answer_value(struct arena *a, struct llm_answer *answer);

#endif
