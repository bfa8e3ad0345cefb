/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How often an address may make the server remember something (registrations, sign-ins begun, device
 * codes): so many an hour, then ERR_RATE_LIMITED. IPv6 is counted by /64. Kept in memory: when
 * RATE_ADDRESSES came within an hour all begin anew, so what it guards is bounded in the database as
 * well (strangers_sweep_write).
 */
#ifndef AUTH_RATE_H
#define AUTH_RATE_H

#include "base/err.h"

#include <stdint.h>

enum { RATE_ADDRESSES = 20000 };

struct rate; /* safe from any desk */
struct rate *rate_new(int64_t per_hour);
void rate_free(struct rate **r);
/* false: *retry_after_s says when the hour of this address is over. */
bool rate_take(struct rate *r, const char *peer, int *retry_after_s, struct err *e);

#endif
