/* SPDX-License-Identifier: Apache-2.0 */
/*
 * POST /revoke (RFC 7009): whatever the token is, the answer is the same, so nothing can be learnt
 * about other clients' tokens. Either kind of token ends the grant it came from.
 */
#include "auth/oauth.h"
#include "auth/bearer_token.h"

static enum flow_next step_revoke(struct flow *f)
{
	struct oauth_call *c = oauth_of(f);
	struct token_revoke *cmd = ARENA_NEW(c->r->arena, struct token_revoke);
	struct str token = form_get(&c->form, "token");
	struct claims claims;
	const char *why;
	c->r->res.status = 200;
	if (!token.p)
		return oauth_stop(f, OAUTH_INVALID_REQUEST, "token is missing");
	*cmd = (struct token_revoke) {
		.client_id = c->client.id,
		.why = "revoked by the client",
		.peer = c->r->peer,
	};
	if (!jws_looks_like(token))
		cmd->token = token;
	else if (own_token(c->r, &c->site, token, NULL, &claims, &why) &&
		 strcmp(claims.client_id, c->client.id) == 0)
		cmd->grant_id = claims.gid;
	else
		return FLOW_NEXT; /* nobody's, expired, or another client's */
	return store_write(auth_parts()->store, f, token_revoke_write, cmd);
}

const struct flow_step oauth_revoke[] = {
	{ "form", oauth_step_form },
	{ "client", oauth_step_client },
	{ "revoke", step_revoke },
	{ "answer", oauth_step_answer, .always = true },
	{ 0 },
};
