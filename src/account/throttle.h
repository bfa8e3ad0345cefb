/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wrong passwords (and codes) slow down whoever tries: per account and per address (IPv6: its /64),
 * a delay that doubles from the fourth failure on, 15 minutes at most, never a lock for ever: every
 * 15 minutes one failure is forgiven, and attempts that were refused do not count. Kept in the
 * database, so that neither a restart nor another node is a way around.
 */
#ifndef ACCOUNT_THROTTLE_H
#define ACCOUNT_THROTTLE_H

#include "store/store.h"

enum { THROTTLE_FREE = 3, THROTTLE_MOST_S = 900 };

/* What is tried; each counts for itself. */
#define THROTTLE_SIGN_IN "sign-in" /* also the old password of a change */
#define THROTTLE_SIGN_UP "sign-up"
#define THROTTLE_DEVICE "device" /* user codes that are typed */

/* name may be empty. false: ERR_RATE_LIMITED, the same words whether
 * the account exists or not, *retry_after_s filled. */
bool throttle_allows(struct store *s, const char *what, struct str name, const char *peer,
	int *retry_after_s, struct err *e);
struct throttle_note { /* a failure counts for both; a success clears the account's count */
	const char *what;
	struct str name;
	const char *peer;
	bool failed;
};
write_fn throttle_note_write;
write_fn throttle_sweep_write; /* removes what is forgiven; a chore; takes no arg */

#endif
