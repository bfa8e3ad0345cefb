/* SPDX-License-Identifier: Apache-2.0 */
/* Webhooks in the words of scrpy (apis.md S2-16, S2-17), whose document says nothing of them: ours. */
#include "op/hooks.h"
#include "rest/dialect.h"
#include "rest/row.h"

#include <stddef.h>

#define SUCCESS                                                                                \
	{                                                                                      \
		"success", F_FIXED, F_REQ, .text = "true", .schema = "{\"const\":true}"        \
	}

static const struct field list_out[] = {
	SUCCESS,
	{ "webhooks", F_LIST, F_REQ, offsetof(struct webhook_list_out, endpoints),
		.sub = endpoint_view, .stride = sizeof(struct endpoint_row) },
	{ 0 },
};
static const struct field webhook_out[] = {
	SUCCESS,
	{ "webhook", F_OBJ, F_REQ, offsetof(struct webhook_out, row), .sub = endpoint_view },
	{ 0 },
};
static const struct field deliveries_out[] = {
	SUCCESS,
	{ "deliveries", F_LIST, F_REQ, offsetof(struct job_deliveries_out, deliveries),
		.sub = delivery_view, .stride = sizeof(struct delivery_out) },
	{ 0 },
};
static const struct field redeliver_out[] = {
	SUCCESS,
	{ "delivery", F_OBJ, F_REQ, offsetof(struct job_redeliver_out, delivery),
		.sub = delivery_view },
	{ 0 },
};

#define A_WEBHOOK                                                                              \
	"\"id\":\"whk_1k9x3v\",\"url\":\"https://example.com/hook\",\"secret\":\"whsec_...\"," \
	"\"oldSecretUntil\":null,\"createdAt\":\"2026-01-27T10:30:00Z\",\"disabledAt\":null"
#define A_DELIVERY                                                                             \
	"\"id\":\"msg_1k9x3v\",\"webhookId\":\"whk_1k9x3v\","                                  \
	"\"url\":\"https://example.com/hook\",\"state\":\"delivered\",\"tries\":1,"            \
	"\"createdAt\":\"2026-01-27T10:30:00Z\",\"nextAttemptAt\":null,"                       \
	"\"endedAt\":\"2026-01-27T10:30:01Z\",\"lastStatus\":200,\"lastError\":null,"          \
	"\"attempts\":[{\"number\":1,\"at\":\"2026-01-27T10:30:00Z\",\"tookMs\":84,"           \
	"\"status\":200,\"error\":null}]"
#define ANSWER(name, value)                                                                    \
	"{\"requestId\":\"req_1k9x3v\",\"success\":true,\"" name "\":" value "}"

static const struct rest_row list_row = {
	.op = &op_webhook_list,
	.out = list_out,
	.id = "listWebhooks",
	.summary = "List webhook receivers",
	.about =
		"Oldest first. A receiver is made by the first job that names its URL. Secrets "
		"are shown to keys that have the scope jobs:write as well.",
	.example_out = ANSWER("webhooks", "[{" A_WEBHOOK "}]"),
	.refusals = "400 401 403 429 500 501 503",
};
static const struct rest_row rotate_row = {
	.op = &op_webhook_rotate,
	.out = webhook_out,
	.id = "rotateWebhookSecret",
	.summary = "Give a webhook receiver a new secret",
	.about = "For 24 hours what is sent is signed with both secrets: take the new one into "
		 "use meanwhile.",
	.example_out = ANSWER("webhook", "{" A_WEBHOOK "}"),
	.refusals = "400 401 403 404 413 415 429 500 501 503",
};
static const struct rest_row enable_row = {
	.op = &op_webhook_enable,
	.out = webhook_out,
	.id = "enableWebhook",
	.summary = "Switch a webhook receiver on again",
	.about = "A receiver that answered 410 is sent nothing more until then.",
	.example_out = ANSWER("webhook", "{" A_WEBHOOK "}"),
	.refusals = "400 401 403 404 413 415 429 500 501 503",
};
static const struct rest_row deliveries_row = {
	.op = &op_job_deliveries,
	.out = deliveries_out,
	.id = "listDeliveries",
	.summary = "List a job's webhook deliveries",
	.about = "Each with its attempts, as long as the job is kept. Empty before the job's "
		 "end "
		 "and for a job without a webhook.",
	.example_out = ANSWER("deliveries", "[{" A_DELIVERY "}]"),
	.refusals = "400 401 403 404 429 500 501 503",
};
static const struct rest_row redeliver_row = {
	.op = &op_job_redeliver,
	.out = redeliver_out,
	.status = 202,
	.id = "redeliverJob",
	.summary = "Send a job's webhook again",
	.about = "Under the same id and with all attempts anew; a receiver that was switched "
		 "off "
		 "is switched on. 409 while the delivery waits or is being sent, before the "
		 "job's "
		 "end and for a job without a webhook.",
	.example_in = "{\"deliveryId\":\"msg_1k9x3v\"}",
	.example_out = ANSWER("delivery", "{" A_DELIVERY "}"),
	.refusals = "400 401 403 404 409 413 415 429 500 501 503",
};

const struct http_route dialect_hooks[] = {
	REST_ROUTE("GET", "/v1/webhooks", list_row),
	REST_ROUTE("POST", "/v1/webhooks/:id/rotate", rotate_row),
	REST_ROUTE("POST", "/v1/webhooks/:id/enable", enable_row),
	REST_ROUTE("GET", "/v1/jobs/:id/deliveries", deliveries_row),
	REST_ROUTE("POST", "/v1/jobs/:id/redeliver", redeliver_row),
	{ 0 },
};
