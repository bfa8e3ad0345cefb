/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/auth.h"
#include "auth/bearer.h"
#include "auth/oauth.h"
#include "base/clock.h"

enum { AUTHORIZE_PER_HOUR = 2000, DEVICE_PER_HOUR = 120, SESSIONS_PER_HOUR = 2000 };

static const struct auth *parts; /* set once, before the doors open */
static struct oauth_rates rates;

void auth_start(const struct auth *a)
{
	parts = a;
	rates = (struct oauth_rates) {
		.authorize = rate_new(AUTHORIZE_PER_HOUR),
		.device = rate_new(DEVICE_PER_HOUR),
		.sessions = rate_new(SESSIONS_PER_HOUR),
	};
	bearer_start(a);
	chores_start();
	oauth_chores();
}

void auth_stop(void)
{
	bearer_stop();
	rate_free(&rates.authorize);
	rate_free(&rates.device);
	rate_free(&rates.sessions);
	parts = NULL;
}

const struct auth *auth_parts(void)
{
	return parts;
}

const struct oauth_rates *oauth_rates(void)
{
	return &rates;
}

struct token_life auth_token_life(const struct conf *c)
{
	return (struct token_life) {
		.access_ms = c->access_token_ms,
		.refresh_idle_ms = c->refresh_idle_days * DAY_MS,
		.refresh_max_ms = c->refresh_max_days * DAY_MS,
	};
}

struct session_life auth_session_life(const struct conf *c)
{
	return (struct session_life) { .idle_ms = c->session_idle_ms,
		.max_ms = c->session_max_ms };
}

/* Older clients guess /authorize, /token and /register at the root; some append the path of the MCP
 * endpoint to every well-known document. */
#define OPEN ROUTE_ANY_ORIGIN
const struct http_route oauth_routes[] = {
	{ "GET", "/.well-known/oauth-protected-resource", OPEN, oauth_resource_doc },
	{ "GET", "/.well-known/oauth-protected-resource/mcp", OPEN, oauth_resource_doc },
	{ "GET", "/.well-known/oauth-authorization-server", OPEN, oauth_server_doc },
	{ "GET", "/.well-known/oauth-authorization-server/mcp", OPEN, oauth_server_doc },
	{ "GET", "/.well-known/openid-configuration", OPEN, oauth_openid_doc },
	{ "GET", "/.well-known/openid-configuration/mcp", OPEN, oauth_openid_doc },
	{ NULL, "/.well-known", OPEN | ROUTE_PREFIX, oauth_no_doc },
	{ "GET", "/jwks", OPEN, oauth_jwks_doc },
	{ "GET", "/authorize", ROUTE_PAGE, oauth_authorize },
	{ "POST", "/authorize", ROUTE_PAGE, oauth_authorize },
	{ "POST", "/token", OPEN, oauth_token },
	{ "POST", "/register", OPEN, oauth_register },
	{ "POST", "/revoke", OPEN, oauth_revoke },
	{ "POST", "/device_authorization", OPEN, oauth_device },
	{ 0 },
};
