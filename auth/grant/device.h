/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Device authorization (RFC 8628): a terminal shows a short code, a person types it in their browser.
 * User codes: 8 of 20 consonants (34 bits), 15 minutes, throttled; polling every 5 s.
 */
#ifndef GRANT_DEVICE_H
#define GRANT_DEVICE_H

#include "auth/grant/token.h"

enum { DEVICE_LIFE_MS = 15 * 60 * 1000, DEVICE_INTERVAL_MS = 5000, USER_CODE_SIZE = 16 };

struct device_begin {
	const struct client *client;
	unsigned scopes;
	const char *issuer, *resource, *peer;
	char device_code[CODE_TEXT_SIZE], user_code[USER_CODE_SIZE]; /* drawn; "BCDF-GHJK" */
	unsigned char hash[SHA256_SIZE];
	struct err fault; /* drew a code that is in use: draw again */
};
void device_begin_draw(struct device_begin *c);
write_fn device_begin_write;

struct device_row {
	const char *user_code, *client_id;
	unsigned scopes;
	const char *issuer, *resource;
	int64_t expires_ms;
};
/* By what a person typed: blanks, dashes and case do not count. ERR_NOT_FOUND. */
bool device_get(struct store *s, struct str typed, struct arena *a, struct device_row *out,
	struct err *e);
struct device_answer {
	struct str typed;
	const char *user_id, *client_name, *peer;
	bool allow;
	unsigned scopes;
	int64_t auth_ms, grant_life_ms;
	char grant_id[IDENT_SIZE]; /* drawn */
	struct err fault; /* ERR_NOT_FOUND */
};
void device_answer_draw(struct device_answer *c);
write_fn device_answer_write;

struct device_poll { /* authorization_pending, slow_down (interval grows by 5 s), access_denied, expired_token */
	struct str device_code;
	const struct client *client;
	const char *dpop_jkt;
	struct token_life life;
	const char *peer;
	char refresh[REFRESH_TEXT_SIZE];
	unsigned char refresh_hash[SHA256_SIZE];
	struct arena *arena;
	struct token_grant grant;
	struct oauth_error fault;
};
void device_poll_draw(struct device_poll *c);
write_fn device_sweep_write; /* removes those that ended an hour ago. arg: NULL */
write_fn device_poll_write;

#endif
