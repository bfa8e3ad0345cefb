/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking the client back, the same way in both eras: a begin function of tools/call, prompts/get or
 * resources/read looks for the answers it needs (mcp_answer); those that are missing it asks for
 * (mcp_ask, once for each), and returns mcp_asked. It runs again from its top when they are there:
 *
 *	const json_t *name = mcp_answer(m, "name");
 *	if (!name) {
 *		mcp_ask(m, "name", MCP_ASK_FORM, STR("{\"message\":...}"));
 *		return mcp_asked(m, STR("what to remember until then"));
 *	}
 *
 * Only the answers of the round before are there: what else matters goes into `kept`.
 *
 * Modern: the call ends with input_required, the client repeats it with inputResponses and the
 * sealed requestState (seal.h). Legacy, in a session or on a pipe: requests go out on the stream of
 * the call, its flow parks until all are answered, it is cancelled, or ASK_MS have passed.
 */
#ifndef PROTOCOL_ASK_H
#define PROTOCOL_ASK_H

#include "mcp/protocol/mcp.h"

enum {
	ASK_MS = 10 * 60 * 1000,
	ASK_LOOK_MS = 20, /* how soon an answer is seen */
	ASK_ROUNDS = 16, /* of one legacy call */
};
enum mcp_ask_kind {
	MCP_ASK_FORM, /* elicitation/create with a form; url: {"mode":"url",...} */
	MCP_ASK_URL,
	MCP_ASK_SAMPLING, /* sampling/createMessage */
	MCP_ASK_ROOTS /* roots/list */
};

/* The client's result for this key: an object; NULL: not answered. */
const json_t *mcp_answer(const struct mcp_call *m, const char *key);
/* key: static; params: JSON, borrowed until mcp_asked returns. */
void mcp_ask(struct mcp_call *m, const char *key, enum mcp_ask_kind kind, struct str params);
/* Sends the questions and keeps `kept` (p NULL: nothing) for the next round's m->kept. Answers with
 * a fault when the client has not declared what a question needs, cannot be asked, or has answered
 * with an error (legacy). Returns FLOW_NEXT. */
enum flow_next mcp_asked(struct mcp_call *m, struct str kept);

#endif
