/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signing in at an outside OpenID provider (auth.md section 5d): the browser is sent there with
 * state, nonce and PKCE, and who it comes back as is a user here by (iss, sub), never by a name.
 */
#ifndef AUTH_OUTSIDE_SIGN_IN_H
#define AUTH_OUTSIDE_SIGN_IN_H

#include "auth/page.h"

enum { OUTSIDE_LIFE_MS = 10 * 60 * 1000 };

/* GET /signin/start and GET /signin/callback. Errors below /signin are page_print_error's. */
extern const struct http_route outside_sign_in_routes[];

enum arrival_outcome {
	ARRIVAL_IN, /* the session is the user's */
	ARRIVAL_DISABLED,
	ARRIVAL_NOT_INVITED,
	ARRIVAL_REFUSED, /* `fault` says why */
};
struct arrival { /* somebody whom the provider vouches for; in the call's arena */
	const char *issuer, *subject;
	const char *email; /* verified; NULL: none */
	const char *name; /* what the provider calls them, for a new user; NULL */
	const char *invitation; /* brought along; NULL */
	const char *fallback_name; /* free for sure */
	bool link_email, create; /* the settings */
	const char *peer;
	struct page_session session;
	enum arrival_outcome outcome; /* out */
	struct err fault; /* out */
	char user_id[IDENT_SIZE]; /* out */
};
/* Finds, ties or makes the user, and starts the session, in one transaction. */
write_fn arrival_write;

#endif
