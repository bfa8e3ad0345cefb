/* SPDX-License-Identifier: Apache-2.0 */
/* The operator's endpoint: what the settings say of it, and what was learnt of it since the start. */
#ifndef EXTRACT_ENDPOINT_H
#define EXTRACT_ENDPOINT_H

#include "base/lane.h"
#include "extract/ask.h"
#include "extract/request.h"

#include <stdatomic.h>

enum { ENDPOINT_HEADERS = 4 };
struct llm { /* constant after llm_open but for the last four members */
	const struct conf *conf;
	struct fetcher *fetcher;
	struct arena *arena;
	struct url url; /* {llm_url}/chat/completions */
	struct fetch_header headers[ENDPOINT_HEADERS];
	char *bearer; /* in headers too; wiped at the end; NULL: no key */
	struct lane *lane;
	atomic_int form;
	atomic_bool no_temperature, completion_tokens;
};
struct request_ways endpoint_ways(struct llm *l);
/* After an answer came on these ways: later requests begin with them. */
void endpoint_learn(struct llm *l, struct request_ways ways);

#endif
