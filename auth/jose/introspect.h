/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opaque tokens of an outside issuer (RFC 7662), asked by liboauth2. Its calls block for up to 15 s,
 * so they run on a few threads of their own with a short queue, and the flow that asked goes on
 * after INTROSPECT_MS whatever the endpoint does.
 */
#ifndef JOSE_INTROSPECT_H
#define JOSE_INTROSPECT_H

#include "auth/jose/jose.h"
#include "base/flow.h"

enum { INTROSPECT_THREADS = 4, INTROSPECT_QUEUE = 32, INTROSPECT_MS = 3000 };

struct introspector;
/* auth: "client_secret_basic" or "client_secret_post". Values are encoded here. */
struct introspector *introspector_start(const char *url, const char *auth,
	const char *client_id, const char *secret, struct err *e);
/* Flows that wait go on with ERR_CANCELLED. A thread that hangs in a call is left behind (it holds
 * nothing that goes away) and ends with it. */
void introspector_stop(struct introspector **i);

struct introspection { /* in the call's arena */
	struct err
		err; /* ERR_NONE: it answered; ERR_OVERLOADED: queue full, hanging or unreachable */
	bool active;
	json_t *claims; /* the answer, arena's; NULL unless active. Only `active` was checked */
};
/* From a step, as its last act: return FLOW_PARKED after it. The flow is resumed once. */
void introspect_begin(
	struct introspector *i, struct str token, struct introspection *out, struct flow *f);

#endif
