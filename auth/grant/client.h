/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clients of the authorization server (auth.md section 10): registered by themselves (RFC 7591),
 * described by a document at their own URL (CIMD), or made by an administrator.
 */
#ifndef GRANT_CLIENT_H
#define GRANT_CLIENT_H

#include "auth/grant/oauth_error.h"
#include "base/conf.h"
#include "base/digest.h"
#include "base/ident.h"
#include "base/json.h"
#include "store/store.h"

enum client_kind { CLIENT_DCR, CLIENT_CIMD, CLIENT_STATIC };
enum client_auth { AUTH_NONE, AUTH_BASIC, AUTH_POST, AUTH_PRIVATE_KEY_JWT };
enum grant_type { GRANT_CODE = 1, GRANT_REFRESH = 2, GRANT_CLIENT = 4, GRANT_DEVICE = 8 };
enum {
	REDIRECTS_MAX = 10,
	REDIRECT_BYTES = 2048,
	CLIENT_NAME_CHARS = 100,
	METADATA_BYTES = 16 * 1024
};

struct client {
	const char *id;
	enum client_kind kind;
	const char
		*name; /* untrusted text, cleaned; never "" (the host of its redirect then) */
	struct strs redirect_uris;
	enum client_auth auth;
	bool may_be_public; /* a document that lists none beside private_key_jwt */
	unsigned grant_types; /* enum grant_type */
	struct str secret_hash; /* p NULL: public */
	const char *uri; /* its home page, never fetched; NULL */
	const json_t *metadata; /* what was registered and is echoed */
	const char *account_id; /* static: whom it acts for with client_credentials; NULL */
	unsigned scopes; /* static: the most it gets */
	int64_t created_ms, used_ms;
	bool disabled;
};
/* Arena's. ERR_NOT_FOUND; a disabled one is found and marked. */
bool client_find(
	struct store *s, struct str id, struct arena *a, struct client *out, struct err *e);
bool client_list(
	struct store *s, struct arena *a, struct client **out, size_t *count, struct err *e);

/* Checks client metadata (a registration or a CIMD document) by RFC 7591 section 2 and auth.md
 * section 10. schemes: private-use URI schemes that are allowed, comma separated. `out` gets
 * everything but id, secret and times. Unknown members are ignored. */
bool client_metadata(const json_t *body, enum client_kind kind, const char *schemes,
	struct arena *a, struct client *out, struct oauth_error *e);
/* Byte for byte one of the registered; of loopback http URIs the port may differ (7.4). */
bool client_redirect_ok(const struct client *c, struct str uri);
/* http to 127.0.0.1, [::1] or localhost, or a private-use scheme: anybody could claim it (7.15). */
bool redirect_is_claimable(struct str uri);
/* The host to show on the consent page: "cursor: (an application on this device)" for a private
 * scheme. Arena's. */
const char *redirect_host(struct str uri, struct arena *a);

struct client_register { /* in: client (checked), peer, limits; out: fault RATE_LIMITED */
	struct client client; /* id is set by client_register_draw */
	char id[IDENT_SIZE], secret[64]; /* secret "": public */
	unsigned char secret_hash[SHA256_SIZE];
	const char *peer;
	int64_t most; /* never-authorized clients in all: the oldest are dropped; 0: no limit */
	int64_t per_hour; /* of one address (IPv6: its /64); 0: no limit */
	const char *by; /* administrator; NULL */
	struct err fault;
};
void client_register_draw(struct client_register *c);
write_fn client_register_write;
struct client_revoke { /* its grants end too. out: fault ERR_NOT_FOUND */
	const char *id, *by, *peer;
	struct err fault;
};
write_fn client_revoke_write;
/* Deletes self-registered clients without living tokens that were not used for 30 days. */
write_fn client_sweep_write; /* arg: NULL */

/* Does it authenticate at the token endpoint (secret or signed assertion)? */
static inline bool client_has_secret(const struct client *c)
{
	return c->auth != AUTH_NONE;
}
/* The right secret for a confidential client; a public one needs none. */
bool client_secret_ok(const struct client *c, struct str secret);

#endif
