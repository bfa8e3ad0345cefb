/* SPDX-License-Identifier: Apache-2.0 */
/*
 * POST /token. What is single-use is decided by one statement inside the writer's transaction
 * (grant/token.h); the access token is signed after the commit. Nothing is read from the query.
 */
#include "auth/oauth.h"
#include "base/check.h"

struct token { /* oauth_call.work */
	const struct token_kind *kind;
	union {
		struct code_redeem code;
		struct refresh_rotate refresh;
		struct client_grant client;
		struct device_poll device;
	};
	const struct token_grant *grant; /* these three point into the command */
	const struct oauth_error *fault;
	const char *refresh_text; /* NULL: this grant type never has one */
};

/* One row for each grant type: `begin` fills its command and names what to write. */
struct token_kind {
	const char *name;
	unsigned type; /* enum grant_type: the client must have registered it */
	enum flow_next (*begin)(struct flow *f, struct oauth_call *c, struct token *t);
};

static struct token_life life(void)
{
	return auth_token_life(auth_parts()->conf);
}

static struct str param(struct oauth_call *c, const char *name)
{
	return form_get(&c->form, name);
}

/* Sent and found to be ours (oauth_form_ok): compared in its canonical form. */
static struct str resource_of(struct oauth_call *c)
{
	return param(c, "resource").p ? str_of(c->site.resource) : (struct str) { NULL, 0 };
}

static enum flow_next begin_code(struct flow *f, struct oauth_call *c, struct token *t)
{
	struct code_redeem *cmd = &t->code;
	*cmd = (struct code_redeem) {
		.code = param(c, "code"),
		.verifier = param(c, "code_verifier"),
		.redirect_uri = param(c, "redirect_uri"),
		.client = &c->client,
		.resource = resource_of(c),
		.dpop_jkt = c->jkt,
		.life = life(),
		.peer = c->r->peer,
		.arena = c->r->arena,
	};
	if (!cmd->code.p)
		return oauth_stop(f, OAUTH_INVALID_REQUEST, "code is missing");
	code_redeem_draw(cmd);
	t->grant = &cmd->grant;
	t->fault = &cmd->fault;
	t->refresh_text = cmd->refresh;
	return store_write(auth_parts()->store, f, code_redeem_write, cmd);
}

static enum flow_next begin_refresh(struct flow *f, struct oauth_call *c, struct token *t)
{
	struct refresh_rotate *cmd = &t->refresh;
	*cmd = (struct refresh_rotate) {
		.token = param(c, "refresh_token"),
		.client = &c->client,
		.resource = resource_of(c),
		.scope = param(c, "scope"),
		.dpop_jkt = c->jkt,
		.life = life(),
		.peer = c->r->peer,
		.arena = c->r->arena,
	};
	if (!cmd->token.p)
		return oauth_stop(f, OAUTH_INVALID_REQUEST, "refresh_token is missing");
	refresh_rotate_draw(cmd);
	t->grant = &cmd->grant;
	t->fault = &cmd->fault;
	t->refresh_text = cmd->refresh;
	return store_write(auth_parts()->store, f, refresh_rotate_write, cmd);
}

static enum flow_next begin_client(struct flow *f, struct oauth_call *c, struct token *t)
{
	struct client_grant *cmd = &t->client;
	struct oauth_error fault;
	unsigned scopes = c->client.scopes;
	if (c->client.kind != CLIENT_STATIC || c->client.auth == AUTH_NONE)
		return oauth_stop(f, OAUTH_UNAUTHORIZED_CLIENT,
			"only a confidential client made by an administrator may use this");
	if (param(c, "scope").p) {
		if (!oauth_scopes(&c->form, &scopes, &fault))
			return oauth_stop_with(f, &fault);
		scopes &= c->client.scopes;
	}
	if (!scopes)
		return oauth_stop(
			f, OAUTH_INVALID_SCOPE, "this client may not have these scopes");
	*cmd = (struct client_grant) {
		.client = &c->client,
		.scopes = scopes,
		.issuer = c->site.base,
		.resource = c->site.resource,
		.dpop_jkt = c->jkt,
		.peer = c->r->peer,
		.life_ms = life().access_ms,
		.arena = c->r->arena,
	};
	client_grant_draw(cmd);
	t->grant = &cmd->grant;
	t->fault = &cmd->fault;
	return store_write(auth_parts()->store, f, client_grant_write, cmd);
}

static enum flow_next begin_device(struct flow *f, struct oauth_call *c, struct token *t)
{
	struct device_poll *cmd = &t->device;
	*cmd = (struct device_poll) {
		.device_code = param(c, "device_code"),
		.client = &c->client,
		.dpop_jkt = c->jkt,
		.life = life(),
		.peer = c->r->peer,
		.arena = c->r->arena,
	};
	if (!cmd->device_code.p)
		return oauth_stop(f, OAUTH_INVALID_REQUEST, "device_code is missing");
	device_poll_draw(cmd);
	t->grant = &cmd->grant;
	t->fault = &cmd->fault;
	t->refresh_text = cmd->refresh;
	return store_write(auth_parts()->store, f, device_poll_write, cmd);
}

static const struct token_kind kinds[] = {
	{ "authorization_code", GRANT_CODE, begin_code },
	{ "refresh_token", GRANT_REFRESH, begin_refresh },
	{ "client_credentials", GRANT_CLIENT, begin_client },
	{ "urn:ietf:params:oauth:grant-type:device_code", GRANT_DEVICE, begin_device },
};

/* Before the client is looked at: a grant type that nobody has is said so to everybody. */
static enum flow_next step_kind(struct flow *f)
{
	struct oauth_call *c = oauth_of(f);
	struct token *t = c->work = ARENA_NEW(c->r->arena, struct token);
	struct str name = param(c, "grant_type");
	if (!name.p)
		return oauth_stop(f, OAUTH_INVALID_REQUEST, "grant_type is missing");
	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		if (str_eq(name, str_of(kinds[i].name)))
			t->kind = &kinds[i];
	if (!t->kind)
		return oauth_stop(
			f, OAUTH_UNSUPPORTED_GRANT_TYPE, "this grant type is not supported");
	return FLOW_NEXT;
}

static enum flow_next step_begin(struct flow *f)
{
	struct oauth_call *c = oauth_of(f);
	struct token *t = c->work;
	if (!(c->client.grant_types & t->kind->type))
		return oauth_stop(f, OAUTH_UNAUTHORIZED_CLIENT,
			"this client has not registered this grant type");
	return t->kind->begin(f, c, t);
}

static enum flow_next step_sign(struct flow *f)
{
	struct oauth_call *c = oauth_of(f);
	const struct token *t = c->work;
	const struct token_grant *g = t->grant;
	struct token_life lives = life();
	char scopes[256];
	if (t->fault->code != OAUTH_NONE)
		return oauth_stop_with(f, t->fault);
	const char *text = access_token(auth_parts()->ring, g, &lives, c->r->arena, &f->err);
	if (!text)
		return FLOW_FAILED;
	scopes_print(g->scopes, ' ', scopes);
	json_t *j = json_pack("{ss ss sI ss}", "access_token", text, "token_type",
		g->dpop_jkt ? "DPoP" : "Bearer", "expires_in",
		(json_int_t)(lives.access_ms / 1000), "scope", scopes);
	if (t->refresh_text && g->refresh)
		json_object_set_new(j, "refresh_token", json_string(t->refresh_text));
	oauth_put(c->r, 200, j);
	return FLOW_NEXT;
}

const struct flow_step oauth_token[] = {
	{ "form", oauth_step_form },
	{ "kind", step_kind },
	{ "client", oauth_step_client },
	{ "begin", step_begin },
	{ "sign", step_sign },
	{ "answer", oauth_step_answer, .always = true },
	{ 0 },
};
