/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A prompt and a page to JSON, through any OpenAI-compatible endpoint of the operator's.
 * Page text is data in a delimited block; the model gets no tools; its answer is parsed strictly.
 */
#ifndef EXTRACT_ASK_H
#define EXTRACT_ASK_H

#include "base/conf.h"
#include "base/flow.h"
#include "net/fetch.h"

#include <jansson.h>

struct llm; /* the endpoint: settings and its lane (llm_in_flight); shared by all desks, locked inside */
/* NULL without *e: no llm_url is set. NULL with *e: the settings are not usable. c, f must outlive it. */
struct llm *llm_open(const struct conf *c, struct fetcher *f, struct err *e);
/* Ends what waits for a turn or a busy endpoint, as ERR_CANCELLED; l may be NULL. Before desks_stop,
 * with fetcher_close, so that no flow stays parked. */
void llm_stop(struct llm *l);
void llm_close(struct llm **l);

struct ask_usage {
	int64_t tokens_in, tokens_out, ms, calls;
};
struct ask {
	struct str prompt, markdown; /* in */
	const char *url, *title; /* in; title may be NULL */
	json_t *extract; /* out: any JSON value (a string if the answer is no JSON); arena */
	bool cut; /* out: the page was longer than llm_max_calls pieces hold */
	struct ask_usage usage; /* out, also when it failed */
};
/* From a step: pushes the steps. Fails the flow with ERR_LLM_FAILED, ERR_TIMEOUT or ERR_CANCELLED. */
enum flow_next ask_enter(struct flow *f, struct llm *l, struct ask *ask);

#endif
