/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signing in with a password, for the page and for REST alike: throttled per account and address,
 * the same words, status and time whether the user exists or not (auth.md 7.31, 7.32), the session
 * made anew (7.30), the outcome audited.
 */
#ifndef AUTH_SIGN_IN_H
#define AUTH_SIGN_IN_H

#include "auth/auth.h"

struct sign_in { /* in the call's arena */
	struct str name, password; /* the password is wiped */
	struct str old_session; /* hash of the one it replaces; p NULL: none */
	const char *peer, *agent;
	struct user user; /* out */
	struct session_start session; /* out: its text for the cookie */
	int retry_after_s; /* out, with ERR_RATE_LIMITED */
	struct err
		fault; /* out: ERR_UNAUTHORIZED, ERR_RATE_LIMITED, ERR_USER_DISABLED (only after the
			     right password), ERR_OVERLOADED */
};
/* Steps. Returns FLOW_NEXT (flow_enter); the flow does not fail for `fault`. */
enum flow_next sign_in_enter(struct sign_in *s, struct flow *f);

#endif
