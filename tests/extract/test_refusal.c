/* SPDX-License-Identifier: Apache-2.0 */
#include "extract/answer.h"

#include "base/check.h"
#include "lib/test.h"

/* The bodies are shaped as OpenAI, vLLM, llama.cpp and Ollama send them. */
static const struct {
	int status;
	const char *body;
	enum refusal refusal;
	const char *words;
} rows[] = {
	{ 400,
		"{\"error\":{\"message\":\"Invalid parameter: 'response_format' of type "
		"'json_schema' is"
		" not supported with this "
		"model.\",\"type\":\"invalid_request_error\",\"param\":"
		"\"response_format\",\"code\":null}}",
		REFUSAL_FORM, "the model's endpoint refused the request (status 400)" },
	{ 400,
		"{\"object\":\"error\",\"message\":\"json_schema is not "
		"supported\",\"code\":400}",
		REFUSAL_FORM, "the model's endpoint refused the request (status 400)" },
	{ 500,
		"{\"error\":{\"message\":\"response_format "
		"unknown\",\"type\":\"server_error\"}}",
		REFUSAL_FORM, "the model's endpoint refused the request (status 500)" },
	{ 422, "{\"detail\":[{\"loc\":[\"body\"]}]}", REFUSAL_FORM,
		"the model's endpoint refused the request (status 422)" },
	{ 501, "", REFUSAL_FORM, "the model's endpoint refused the request (status 501)" },
	{ 400,
		"{\"error\":{\"message\":\"Unsupported parameter: 'max_tokens' is not "
		"supported with this"
		" model. Use 'max_completion_tokens' "
		"instead.\",\"type\":\"invalid_request_error\","
		"\"param\":\"max_tokens\",\"code\":\"unsupported_parameter\"}}",
		REFUSAL_TOKENS,
		"the model's endpoint does not take llm_max_tokens (status 400)" },
	{ 400,
		"{\"error\":{\"message\":\"Unsupported value: 'temperature' does not support 0 "
		"with this"
		" model.\",\"param\":\"temperature\",\"code\":\"unsupported_value\"}}",
		REFUSAL_TEMPERATURE, "the model's endpoint refused the request (status 400)" },
	{ 400,
		"{\"error\":{\"message\":\"maximum context length is 8192 tokens; reduce "
		"max_tokens\","
		"\"param\":\"messages\",\"code\":\"context_length_exceeded\"}}",
		REFUSAL_FINAL,
		"the page text is longer than the model takes; llm_input_bytes must be smaller"
		" (status 400)" },
	{ 404,
		"{\"error\":{\"message\":\"The model `x` does not "
		"exist\",\"code\":\"model_not_found\"}}",
		REFUSAL_FINAL, "the model's endpoint does not know llm_model (status 404)" },
	{ 404, "not found", REFUSAL_FORM,
		"the model's endpoint does not know the path or the model; see llm_url and "
		"llm_model"
		" (status 404)" },
	{ 401, "{\"error\":{\"message\":\"Incorrect API key provided: sk-1\"}}", REFUSAL_FINAL,
		"the model's endpoint does not accept llm_key (status 401)" },
	{ 429,
		"{\"error\":{\"message\":\"max_tokens per "
		"minute\",\"code\":\"rate_limit_exceeded\"}}",
		REFUSAL_BUSY, "the model's endpoint is busy (status 429)" },
	{ 429, "{\"error\":{\"type\":\"insufficient_quota\",\"code\":\"insufficient_quota\"}}",
		REFUSAL_FINAL, "the quota at the model's endpoint is used up (status 429)" },
	{ 503, "", REFUSAL_BUSY, "the model's endpoint is busy (status 503)" },
	{ 500, "<html>", REFUSAL_BROKEN, "the model's endpoint failed (status 500)" },
	{ 502, "[[[", REFUSAL_BROKEN, "the model's endpoint failed (status 502)" },
	{ 302, "{\"error\":{\"param\":\"response_format\"}}", REFUSAL_FINAL,
		"the model's endpoint redirects (status 302), which is not followed; llm_url "
		"must be"
		" where it leads" },
	{ 418, "{}", REFUSAL_FINAL, "the model's endpoint answered with status 418" },
	{ 100, "", REFUSAL_FINAL, "the model's endpoint answered with status 100" },
};

static void refusals_are_understood(void)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct arena *a = arena_new(0);
		struct err e = { 0 };
		CHECK_INT(answer_refusal(a, rows[i].status, str_of(rows[i].body), &e),
			rows[i].refusal);
		CHECK_INT(e.code, ERR_LLM_FAILED);
		CHECK_TEXT(e.msg, rows[i].words);
		arena_free(&a);
	}
}

TEST_MAIN(TEST(refusals_are_understood))
