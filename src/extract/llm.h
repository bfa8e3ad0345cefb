/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One question to the operator's endpoint: a turn on the lane, the request in the form that the
 * endpoint takes, tries as far as they help and the time reaches.
 */
#ifndef EXTRACT_LLM_H
#define EXTRACT_LLM_H

#include "extract/answer.h"
#include "extract/ask.h"
#include "extract/request.h"

enum { LLM_MESSAGES = 4 };
struct llm_question { /* in the call's arena */
	struct request_message messages[LLM_MESSAGES]; /* in */
	size_t n_messages; /* in */
	int64_t deadline_ms; /* in: mono_ms */
	struct ask_usage *usage; /* counted up, also when it fails */
	struct llm_answer answer; /* out */
};
/* From a step: pushes the steps. Fails the flow as ask_enter does. */
enum flow_next llm_enter(struct flow *f, struct llm *l, struct llm_question *q);
int64_t llm_timeout_ms(const struct llm *l);
size_t llm_input_bytes(const struct llm *l);
int llm_max_calls(const struct llm *l);

#endif
