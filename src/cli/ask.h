/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small HTTP client for commands: one request at a time over the program's own transfer thread.
 * It goes where the person says (FETCH_OPERATOR) and follows no redirect.
 */
#ifndef CLI_ASK_H
#define CLI_ASK_H

#include "base/json.h"
#include "net/fetch.h"

struct asker {
	struct fetcher *fetcher;
	struct desks *desks;
	const char *user_agent;
	int64_t timeout_ms;
	size_t body_max;
};
struct ask {
	const char *method, *url; /* method NULL: GET */
	const char *type; /* Content-Type; NULL: none */
	const char *bearer, *cookie; /* NULL: none */
	const char *accept; /* NULL: anything */
	const char *idempotency_key; /* NULL: none */
	struct str body;
};
struct reply {
	struct err err; /* ERR_NONE: an answer came, whatever its status */
	int status;
	struct str head, body;
	const json_t *json; /* of the body; NULL: it is none */
	int64_t date_ms; /* of the header Date; 0: none */
};
/* Waits for the answer. The reply lies in the arena. */
void ask_send(
	const struct asker *asker, const struct ask *ask, struct arena *a, struct reply *r);
/* The nth (0: first) header of that name. p NULL: none. */
struct str reply_header(const struct reply *r, const char *name, int nth);
/* A text member of a JSON answer; "" when there is none. */
const char *reply_text(const struct reply *r, const char *member);

#endif
