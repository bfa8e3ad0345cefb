/* SPDX-License-Identifier: Apache-2.0 */
/* How endpoints, deliveries and attempts are shown: times as RFC 3339, null for what is not there. */
#include "base/clock.h"
#include "op/hooks.h"

#include <stddef.h>

#define TIME_OR_NULL(about)                                                                    \
	"{\"anyOf\":[{\"type\":\"string\",\"format\":\"date-time\"},{\"type\":\"null\"}],"     \
	"\"description\":\"" about "\"}"
#define TEXT_OR_NULL(about) "{\"type\":[\"string\",\"null\"],\"description\":\"" about "\"}"
#define STATUS_OR_NULL                                                                         \
	"{\"type\":[\"integer\",\"null\"],\"description\":\"HTTP; null: no answer came\"}"

static bool put_time(struct buf *b, int64_t ms)
{
	char iso[ISO_SIZE];
	json_put_text(b, ms ? iso_print(ms, iso) : NULL);
	return true;
}

static bool put_status(struct buf *b, int64_t status)
{
	if (status)
		buf_addf(b, "%lld", (long long)status);
	else
		buf_text(b, "null");
	return true;
}

/* --- endpoints --- */

#define ENDPOINT(member) offsetof(struct endpoint_row, member)

static bool put_old_until(struct buf *b, const void *self)
{
	return put_time(b, ((const struct endpoint_row *)self)->old_until_ms);
}

static bool put_disabled(struct buf *b, const void *self)
{
	return put_time(b, ((const struct endpoint_row *)self)->disabled_ms);
}

const struct field endpoint_view[] = {
	{ "id", F_STR, F_REQ, ENDPOINT(id), .about = "names it" },
	{ "url", F_STR, F_REQ, ENDPOINT(url), .about = "what is sent to" },
	{ "secret", F_STR, F_OMIT, ENDPOINT(secret),
		.about = "signs what is sent; shown to keys with the scope jobs:write" },
	{ "oldSecretUntil", F_CALC, F_REQ, .calc = put_old_until,
		.schema = TIME_OR_NULL("the secret before signs too until then; null: none") },
	{ "createdAt", F_TIME, F_REQ, ENDPOINT(created_ms) },
	{ "disabledAt", F_CALC, F_REQ, .calc = put_disabled,
		.schema = TIME_OR_NULL("it answered 410 then and is sent nothing; null: it is "
				       "sent to") },
	{ 0 },
};

/* --- deliveries --- */

#define ATTEMPT(member) offsetof(struct attempt_row, member)
#define DELIVERY(member) offsetof(struct delivery_out, member)

static bool put_attempt_status(struct buf *b, const void *self)
{
	return put_status(b, ((const struct attempt_row *)self)->status);
}

static const struct field attempt_view[] = {
	{ "number", F_INT, F_REQ, ATTEMPT(no) },
	{ "at", F_TIME, F_REQ, ATTEMPT(at_ms) },
	{ "tookMs", F_INT, F_REQ, ATTEMPT(took_ms) },
	{ "status", F_CALC, F_REQ, .calc = put_attempt_status, .schema = STATUS_OR_NULL },
	{ "error", F_STR, F_REQ, ATTEMPT(error),
		.schema = TEXT_OR_NULL("why it was not delivered; null: it was") },
	{ 0 },
};

static bool put_state(struct buf *b, const void *self)
{
	static const char *const words[] = { [DELIVERY_WAITS] = "waiting",
		[DELIVERY_SENDING] = "sending",
		[DELIVERY_DONE] = "delivered",
		[DELIVERY_GIVEN_UP] = "given_up" };
	json_put_text(b, words[((const struct delivery_out *)self)->row.state & 3]);
	return true;
}

static bool put_next(struct buf *b, const void *self)
{
	const struct delivery_row *row = &((const struct delivery_out *)self)->row;
	return put_time(b, row->state == DELIVERY_WAITS ? row->due_ms : 0);
}

static bool put_ended(struct buf *b, const void *self)
{
	return put_time(b, ((const struct delivery_out *)self)->row.ended_ms);
}

static bool put_last_status(struct buf *b, const void *self)
{
	return put_status(b, ((const struct delivery_out *)self)->row.last_status);
}

static const char state_schema[] =
	"{\"enum\":[\"waiting\",\"sending\",\"delivered\",\"given_up\"]}";

const struct field delivery_view[] = {
	{ "id", F_STR, F_REQ, DELIVERY(row.id),
		.about = "the webhook-id: the same in every attempt" },
	{ "webhookId", F_STR, F_REQ, DELIVERY(row.endpoint.id), .about = "of the receiver" },
	{ "url", F_STR, F_REQ, DELIVERY(row.endpoint.url) },
	{ "state", F_CALC, F_REQ, .calc = put_state, .schema = state_schema },
	{ "tries", F_INT, F_REQ, DELIVERY(row.tries),
		.about = "attempts begun since it was made, or sent again by hand" },
	{ "createdAt", F_TIME, F_REQ, DELIVERY(row.created_ms) },
	{ "nextAttemptAt", F_CALC, F_REQ, .calc = put_next,
		.schema = TIME_OR_NULL("null: none is planned") },
	{ "endedAt", F_CALC, F_REQ, .calc = put_ended,
		.schema = TIME_OR_NULL("delivered or given up then") },
	{ "lastStatus", F_CALC, F_REQ, .calc = put_last_status, .schema = STATUS_OR_NULL },
	{ "lastError", F_STR, F_REQ, DELIVERY(row.last_error),
		.schema = TEXT_OR_NULL("of the last attempt") },
	{ "attempts", F_LIST, F_REQ, DELIVERY(attempts), .sub = attempt_view,
		.stride = sizeof(struct attempt_row) },
	{ 0 },
};
