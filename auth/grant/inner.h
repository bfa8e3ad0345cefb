/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this floor share and nobody else sees. */
#ifndef GRANT_INNER_H
#define GRANT_INNER_H

#include "auth/grant/token.h"
#include "store/clients.h"
#include "store/grants.h"

#include <netinet/in.h>

/* redirect.c: may a client register this? false: *why in a few words. */
bool redirect_uri_ok(struct str uri, const char *schemes, const char **why);

/* client_name.c: cleaned of what is not text, cut at nothing. Arena's. */
const char *client_name_clean(struct str name, struct arena *a);

/* client_metadata.c */
/* A client from what is stored of it: metadata that client_metadata wrote. */
bool client_from_row(
	const struct clients_row *row, struct arena *a, struct client *out, struct err *e);
const char *client_kind_name(enum client_kind kind);

/* scheme://authority/path as it is compared: scheme and host in lower case, no slash at the end. */
bool resource_same(struct str sent, const char *stored);

/* Is the client still there and not revoked? It may go while a person decides. */
bool client_live(struct db *d, const char *id, struct arena *a, bool *live, struct err *e);

/* One limit for what one party holds: an IPv4 address, an IPv6 network of 64 bits. */
const char *peer_network(const char *peer, char out[INET6_ADDRSTRLEN]);

/* Whether a grant may give anything: not revoked, not over, its account not disabled. */
bool grant_row_live(const struct grants_row *g, int64_t now_ms, struct oauth_error *e);
/* The decision of a command, from the grant; text in the arena. */
void grant_decide(const struct grants_row *g, unsigned scopes, const char *dpop_jkt,
	struct arena *a, struct token_grant *out);
/* A proof is there and fits where the grant is bound to a key. */
bool grant_key_ok(const struct grants_row *g, const char *dpop_jkt, struct oauth_error *e);

/* refresh.c: a refresh token's text and what is stored of it. */
void refresh_draw(char text[REFRESH_TEXT_SIZE], unsigned char hash[SHA256_SIZE]);
/* What both kinds of first tokens do (codes, device codes), and refresh tokens: a pair is given. */
struct issue {
	const struct grants_row *grant;
	const struct client *client;
	struct str parent; /* of the refresh token; p NULL: none */
	const unsigned char *refresh_hash;
	const struct token_life *life;
	const char *dpop_jkt, *peer;
	bool bind; /* a public client's refresh tokens belong to the key it came with */
	bool refresh; /* out: a refresh token was stored */
	int64_t now_ms;
};
bool issue_write(struct db *d, struct issue *i, struct err *e);
/* A used code or refresh token came again. */
bool grant_end_reused(struct db *d, const struct grants_row *g, const char *peer,
	const char *what, int64_t now_ms, struct err *e);

#endif
