/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The context that every step of a flow gets: one use of an operation. Pointers to types of higher
 * floors stay opaque here.
 */
#ifndef BASE_CALL_H
#define BASE_CALL_H

#include "base/arena.h"

#include <stdatomic.h>

struct kit; /* a desk's own tools; set by the desk before each step (scrape/kit.h) */
struct principal; /* who is calling (account/principal.h) */

/* Progress for the caller: `done` of `total` (0: unknown) and one short human sentence. */
typedef void say_fn(void *to, double done, double total, const char *message);

struct call {
	struct arena *arena; /* lives as long as the call */
	struct kit *kit;
	const struct principal *who; /* NULL: nobody yet */
	const char *request_id; /* printable, at most 63 characters */
	const char *peer; /* the caller's address, for the audit; NULL: not known */
	int64_t deadline_ms; /* mono_ms; 0: none */
	atomic_bool cancelled; /* the one field that two threads may touch */
	int retry_after_s; /* beside ERR_RATE_LIMITED: when to try again; 0: not known */
	const char *
		suspect; /* what the process would have died on: printable, at most 62 characters */
	say_fn *say; /* may be NULL */
	void *say_to;
};

#endif
