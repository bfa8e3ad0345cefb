/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a grant gives: codes redeemed, refresh tokens rotated, access tokens signed, all of it revoked
 * (auth.md 7.7 to 7.14, 7.26). Single use is decided by one statement inside the writer's
 * transaction, so parallel redemption has one winner.
 */
#ifndef GRANT_TOKEN_H
#define GRANT_TOKEN_H

#include "auth/grant/request.h"
#include "auth/grant/ring.h"

enum { REFRESH_TEXT_SIZE = 48, REFRESH_GRACE_MS = 60 * 1000, REFRESH_SIBLINGS = 5 };

struct token_life { /* from the settings */
	int64_t access_ms, refresh_idle_ms, refresh_max_ms;
};
/* A code_challenge of S256: 43 characters of base64url (7.2). */
bool challenge_ok(struct str challenge);

/* What was decided; the access token is signed from it after the commit. */
struct token_grant {
	const char *id, *account_id, *client_id, *issuer, *resource, *dpop_jkt;
	unsigned scopes; /* of this token */
	int64_t auth_ms;
	bool refresh; /* `refresh` of the command is to be given out */
};

struct code_redeem {
	struct str code, verifier, redirect_uri; /* redirect_uri p NULL: not sent */
	const struct client *client;
	struct str resource; /* p NULL: not sent */
	const char *dpop_jkt; /* of the proof; NULL: none */
	struct token_life life;
	const char *peer;
	char refresh[REFRESH_TEXT_SIZE]; /* drawn by code_redeem_draw */
	unsigned char refresh_hash[SHA256_SIZE];
	struct arena *arena; /* of the text in `grant` */
	struct token_grant grant; /* out */
	struct oauth_error fault; /* out; a used code has ended its grant when this says so */
};
void code_redeem_draw(struct code_redeem *c);
write_fn code_redeem_write;

struct refresh_rotate {
	struct str token;
	const struct client *client;
	struct str resource,
		scope; /* p NULL: not sent. scope may only shrink this access token */
	const char *dpop_jkt;
	struct token_life life;
	const char *peer;
	char refresh[REFRESH_TEXT_SIZE];
	unsigned char refresh_hash[SHA256_SIZE];
	struct arena *arena;
	struct token_grant grant;
	struct oauth_error fault;
};
void refresh_rotate_draw(struct refresh_rotate *c);
write_fn refresh_rotate_write;

/* Machine clients: a grant of their own, one for each client, no refresh token. */
struct client_grant {
	const struct client *client;
	unsigned scopes;
	const char *issuer, *resource, *dpop_jkt, *peer;
	char grant_id[IDENT_SIZE]; /* drawn; the stored one wins */
	int64_t life_ms;
	struct arena *arena;
	struct token_grant grant;
	struct oauth_error fault;
};
void client_grant_draw(struct client_grant *c);
write_fn client_grant_write;

/* A client assertion's jti, once (RFC 7523 section 3). */
struct assertion_use {
	const char *client_id, *jti;
	int64_t expires_ms;
	bool used_before; /* out */
};
write_fn assertion_use_write;

/* RFC 7009: by the token (any kind) for its own client, or by grant for its owner or an admin. */
struct token_revoke {
	struct str token; /* refresh token; p NULL: by grant_id (an access token's gid) */
	const char *grant_id;
	const char *client_id; /* only of this client; NULL: any */
	const char *account_id; /* only of this account; NULL: any */
	const char *why, *by, *peer;
	bool found; /* out */
};
write_fn token_revoke_write;

/* Signs the access token (RFC 9068): iss sub aud client_id scope iat exp jti gid auth_time cnf.
 * NULL with *e: no key. Arena's. */
const char *access_token(struct ring *r, const struct token_grant *g,
	const struct token_life *life, struct arena *a, struct err *e);

/* Does the grant of an access token still live? A cache like that of the keys: revoking and
 * disabling count at once, in every process. ERR_UNAUTHORIZED, ERR_USER_DISABLED. */
struct grants;
struct grants *grants_open(struct store *s);
void grants_close(struct grants **g);
bool grants_live(struct grants *g, const char *grant_id, struct arena *a,
	const char **account_id, unsigned *scopes, struct err *e);

struct grant_row {
	const char *id, *client_id, *client_name, *kind, *account_id;
	unsigned scopes;
	int64_t created_ms, used_ms, expires_ms, revoked_ms;
};
/* Living ones, newest first. account_id NULL: everybody's. */
bool grant_list(struct store *s, const char *account_id, struct arena *a,
	struct grant_row **out, size_t *count, struct err *e);
/* Removes what has expired, in batches: requests, codes, refresh tokens, grants, device codes,
 * assertions. arg: NULL. */
write_fn grant_sweep_write;

#endif
