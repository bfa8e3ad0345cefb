/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the doors see of webhooks: an account's endpoints (its receivers, each with its secret), and
 * the deliveries of a job with their attempts. No tools: an agent has no use for secrets. Another
 * account's job or endpoint is ERR_NOT_FOUND, in the words of an unknown one.
 */
#ifndef OP_HOOKS_H
#define OP_HOOKS_H

#include "op/op.h"
#include "store/hooks.h"

/* How long the secret before a rotation signs too. */
#define HOOK_ROTATION_MS (24 * INT64_C(3600000))

struct webhook_list_out {
	struct field_list
		endpoints; /* struct endpoint_row, oldest first, ENDPOINTS_LIST_MAX of them;
					secrets NULL for callers without jobs:write */
};
struct webhook_args {
	const char *id;
};
struct webhook_out {
	struct endpoint_row row;
};
struct job_deliveries_args {
	const char *job_id;
};
struct delivery_out {
	struct delivery_row row;
	struct field_list attempts; /* struct attempt_row, in order */
};
struct job_deliveries_out {
	struct field_list deliveries; /* struct delivery_out, oldest first */
};
struct job_redeliver_args {
	const char *job_id;
	const char *delivery_id; /* NULL: the job's last one */
};
struct job_redeliver_out {
	struct delivery_out delivery;
};
/* webhook_enable of an endpoint that is not switched off changes nothing. job_redeliver: ERR_CONFLICT
 * for what waits already, and for a job without a webhook or that has not ended. */
extern const struct op op_webhook_list, op_webhook_rotate, op_webhook_enable, op_job_deliveries,
	op_job_redeliver;
/* struct endpoint_row and struct delivery_out as REST shows them. */
extern const struct field endpoint_view[], delivery_view[];

#endif
