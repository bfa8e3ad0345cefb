/* SPDX-License-Identifier: Apache-2.0 */
/* Which revision a message speaks: decided by its body, cross-checked by the headers. */
#ifndef PROTOCOL_ERA_H
#define PROTOCOL_ERA_H

#include "mcp/protocol/header.h"
#include "mcp/protocol/mcp.h"

/* h NULL: a pipe, where the body alone decides; fallback is the revision of a legacy message that
 * does not name one. For a request or notification. The arena keeps the fault's data. */
bool era_decide(const struct rpc_message *m, const struct headers *h,
	enum mcp_revision fallback, struct arena *a, enum mcp_revision *revision,
	struct rpc_fault *f);
/* A batch: only in revisions that have them. Fault: REQUEST, 400. */
bool era_batch(const struct headers *h, enum mcp_revision fallback, enum mcp_revision *revision,
	struct rpc_fault *f);
/* Before anything is known of the body: the revision named by the header wants `"id": null` in an
 * error whose request could not be read (2025-06-18 and older had no optional id). */
bool era_null_id(const struct headers *h);
/* ["2026-07-28"]: the revisions that may be named in _meta. */
void era_put_supported(struct buf *b);

#endif
