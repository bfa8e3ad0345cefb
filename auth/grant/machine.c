/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens without a person at hand: client_credentials, and the assertions such clients bring. */
#include "account/audit.h"
#include "auth/grant/inner.h"
#include "base/clock.h"
#include "store/codes.h"

void client_grant_draw(struct client_grant *c)
{
	ident_new("grant", c->grant_id);
}

static bool refuse(struct client_grant *c, const char *why)
{
	oauth_fail(&c->fault, OAUTH_UNAUTHORIZED_CLIENT, "%s", why);
	return true;
}

/* The grant holds all that the client may get; a token may have less of it. */
static bool keep_grant(
	struct db *d, struct client_grant *c, struct grants_row *g, int64_t now, struct err *e)
{
	char scopes[256];
	int64_t end = now + c->life_ms;
	scopes_print(c->client->scopes, ' ', scopes);
	if (grants_of_machine(d, c->client->id, c->issuer, c->resource, c->arena, g, e)) {
		g->scopes = arena_text(c->arena, str_of(scopes));
		if (g->expires_ms > end) /* of a token with a longer life */
			end = g->expires_ms;
		return grants_extend(d, g->id, scopes, end, now, e);
	}
	if (e->code != ERR_NOT_FOUND)
		return false;
	*g = (struct grants_row) { .id = c->grant_id,
		.account_id = c->client->account_id,
		.client_id = c->client->id,
		.client_name = c->client->name,
		.kind = "client",
		.scopes = arena_text(c->arena, str_of(scopes)),
		.issuer = c->issuer,
		.resource = c->resource,
		.created_ms = now,
		.used_ms = now,
		.expires_ms = end };
	return grants_put(d, g, e);
}

bool client_grant_write(struct db *d, void *arg, struct err *e)
{
	struct client_grant *c = arg;
	struct grants_row g;
	int64_t now = now_ms();
	bool live, disabled;
	c->fault = (struct oauth_error) { OAUTH_NONE };
	c->grant = (struct token_grant) { 0 };
	if (c->client->kind != CLIENT_STATIC || !c->client->account_id ||
		!(c->client->grant_types & GRANT_CLIENT) || !client_has_secret(c->client))
		return refuse(c, "this client may not use client_credentials");
	if (!clients_machine(d, c->client->id, &live, &disabled, e))
		return false;
	if (!live || disabled)
		return refuse(c, live ? "the account of this client is disabled"
				      : "this client was revoked");
	unsigned scopes = c->scopes & c->client->scopes;
	if (!scopes) {
		oauth_fail(&c->fault, OAUTH_INVALID_SCOPE, "no scope is left");
		return true;
	}
	if (!keep_grant(d, c, &g, now, e) || !clients_touch(d, c->client->id, now, e) ||
		!audit_put(d,
			&(struct audit) { AUDIT_TOKEN_ISSUED, g.account_id, g.id, c->peer,
				c->client->name },
			e))
		return false;
	grant_decide(&g, scopes, c->dpop_jkt, c->arena, &c->grant);
	return true;
}

/* The key is a hash: of any length, and nothing of the assertion is kept. */
bool assertion_use_write(struct db *d, void *arg, struct err *e)
{
	struct assertion_use *c = arg;
	unsigned char hash[SHA256_SIZE];
	char key[2 * SHA256_SIZE + 1];
	struct arena *a = arena_new(0);
	const char *both =
		arena_printf(a, "%zu:%s:%s", strlen(c->client_id), c->client_id, c->jti);
	bool fresh = false;
	sha256(str_of(both), hash);
	arena_free(&a);
	for (int i = 0; i < SHA256_SIZE; i++)
		snprintf(key + 2 * i, 3, "%02x", hash[i]);
	bool ok = assertions_put(d, key, c->expires_ms, &fresh, e);
	c->used_before = !fresh;
	return ok;
}
