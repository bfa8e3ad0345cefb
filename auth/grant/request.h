/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An authorization request while a person decides about it: kept here, bound to their browser's
 * session, and answered once (auth.md 7.7, 7.15, 7.17, 7.21).
 */
#ifndef GRANT_REQUEST_H
#define GRANT_REQUEST_H

#include "account/principal.h"
#include "auth/grant/client.h"

enum { REQUEST_LIFE_MS = 10 * 60 * 1000, CODE_LIFE_MS = 60 * 1000, CODE_TEXT_SIZE = 48 };

struct auth_request {
	const char *id;
	const char *client_id, *redirect_uri, *challenge;
	unsigned scopes;
	const char *issuer, *resource;
	struct str state; /* byte for byte as sent; p NULL: none */
	const char *dpop_jkt; /* NULL */
	int64_t expires_ms;
};
struct request_put {
	struct auth_request request; /* id: request_draw */
	char id[IDENT_SIZE];
	struct str session_hash;
};
/* Anybody can begin one: all but the latest REQUESTS_KEPT are removed. arg: NULL. */
enum { REQUESTS_KEPT = 10000 };
write_fn request_trim_write;
void request_draw(struct request_put *c);
write_fn request_put_write;
/* Only for the session that began it. ERR_NOT_FOUND: unknown, answered, expired or another's. */
bool request_get(struct store *s, struct str id, struct str session_hash, struct arena *a,
	struct auth_request *out, struct err *e);
/* The session got a new text at sign-in: its requests move along. */
struct request_move {
	struct str from, to;
};
write_fn request_move_write;

/* Has this user allowed this client this (or more) before, so that no page is needed? Never for a
 * redirect that anybody could claim. */
bool consent_known(struct store *s, const char *user_id, const struct auth_request *r);

struct request_answer { /* in: request id, session, user, scopes granted (a part of those asked) or deny */
	struct str id, session_hash;
	const char *user_id, *client_name, *peer;
	bool allow;
	unsigned scopes;
	int64_t auth_ms, grant_life_ms;
	char code[CODE_TEXT_SIZE], grant_id[IDENT_SIZE]; /* drawn by request_answer_draw */
	unsigned char code_hash[SHA256_SIZE];
	struct err fault; /* ERR_NOT_FOUND: answered already, expired or another's */
};
void request_answer_draw(struct request_answer *c);
write_fn
	request_answer_write; /* makes the grant, the consent and the code; the request is gone */

/* Where the browser goes: redirect_uri with code or error (e NULL: code), state and iss, appended to
 * a query it may have. Arena's. */
const char *request_redirect(const struct auth_request *r, const char *code,
	const struct oauth_error *e, struct arena *a);

#endif
