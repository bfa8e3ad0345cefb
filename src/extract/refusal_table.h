/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Refusals of chat completion endpoints. REFUSAL_CODE: by error.code or error.type, exactly.
 * REFUSAL_NAME: by error.param, exactly, or a word in error.message; the first row wins.
 * REFUSAL_STATUS: by HTTP status, when neither is known. Last: what to tell when nothing helps.
 */
REFUSAL_CODE("context_length_exceeded", FINAL, "the page text is longer than the model takes; llm_input_bytes must be smaller")
REFUSAL_CODE("model_not_found",         FINAL, "the model's endpoint does not know llm_model")
REFUSAL_CODE("invalid_api_key",         FINAL, "the model's endpoint does not accept llm_key")
REFUSAL_CODE("insufficient_quota",      FINAL, "the quota at the model's endpoint is used up")
REFUSAL_CODE("content_filter",          FINAL, "the content filter of the model's endpoint refused the request")
REFUSAL_CODE("content_policy_violation",FINAL, "the content filter of the model's endpoint refused the request")

REFUSAL_NAME("max_completion_tokens",   TOKENS,      "the model's endpoint does not take llm_max_tokens")
REFUSAL_NAME("max_tokens",              TOKENS,      "the model's endpoint does not take llm_max_tokens")
REFUSAL_NAME("temperature",             TEMPERATURE, "the model's endpoint refused the request")
REFUSAL_NAME("response_format",         FORM,        "the model's endpoint refused the request")
REFUSAL_NAME("json_schema",             FORM,        "the model's endpoint refused the request")
REFUSAL_NAME("json_object",             FORM,        "the model's endpoint refused the request")

REFUSAL_STATUS(400, FORM,   "the model's endpoint refused the request")
REFUSAL_STATUS(401, FINAL,  "the model's endpoint does not accept llm_key")
REFUSAL_STATUS(402, FINAL,  "the model's endpoint wants to be paid")
REFUSAL_STATUS(403, FINAL,  "the model's endpoint does not accept llm_key")
REFUSAL_STATUS(404, FORM,   "the model's endpoint does not know the path or the model; see llm_url and llm_model")
REFUSAL_STATUS(408, BROKEN, "the model's endpoint did not get the request in time")
REFUSAL_STATUS(413, FINAL,  "the page text is longer than the model takes; llm_input_bytes must be smaller")
REFUSAL_STATUS(422, FORM,   "the model's endpoint refused the request")
REFUSAL_STATUS(429, BUSY,   "the model's endpoint is busy")
REFUSAL_STATUS(500, BROKEN, "the model's endpoint failed")
REFUSAL_STATUS(501, FORM,   "the model's endpoint refused the request")
REFUSAL_STATUS(502, BROKEN, "the model's endpoint failed")
REFUSAL_STATUS(503, BUSY,   "the model's endpoint is busy")
REFUSAL_STATUS(504, BROKEN, "the model's endpoint failed")
REFUSAL_STATUS(529, BUSY,   "the model's endpoint is busy")
