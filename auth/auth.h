/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The auth door put together: what its endpoints and pages share, and their routes. The parts are
 * made by the roof (cli/app) and lent.
 */
#ifndef AUTH_AUTH_H
#define AUTH_AUTH_H

#include "account/audit.h"
#include "account/key.h"
#include "account/password.h"
#include "account/session.h"
#include "auth/grant/cimd.h"
#include "auth/grant/client_keys.h"
#include "auth/grant/device.h"
#include "auth/grant/ring.h"
#include "auth/grant/token.h"
#include "auth/issuer/issuer.h"
#include "auth/site.h"

struct auth {
	const struct conf *conf;
	struct store *store;
	struct keys *keys;
	struct grants *grants;
	struct ring
		*ring; /* NULL: an outside issuer issues the tokens, or OAuth is not offered */
	struct cimd *cimd;
	struct client_keys *client_keys; /* with ring */
	struct passwords *passwords;
	struct fetcher *fetcher;
	struct issuer *outside; /* whose access tokens count (setting issuer); NULL: our own */
	struct issuer *sign_in; /* where people may sign in (setting signin_issuer); NULL */
	struct dpop_seen *dpop_seen;
};
/* Once, before the doors open; a must outlive them. */
void auth_start(const struct auth *a);
void auth_stop(void); /* after the desks have stopped */
const struct auth *auth_parts(void); /* for the auth floor's own files and the floors above */
/* Lists for http_setup.routes: the documents and endpoints of OAuth, then the pages. */
extern const struct http_route oauth_routes[], page_routes[];
/* http_error_fn of the OAuth endpoints: {"error":...,"error_description":...}; and of the pages. */
http_error_fn oauth_print_error, page_print_error;

struct token_life auth_token_life(const struct conf *c);
struct session_life auth_session_life(const struct conf *c);

#endif
