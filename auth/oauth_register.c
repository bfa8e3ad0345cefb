/* SPDX-License-Identifier: Apache-2.0 */
/* POST /register (RFC 7591): open, with an initial access token, or off. It grants nothing: a person
 * is asked all the same. */
#include "auth/oauth.h"
#include "base/clock.h"

static const char *mode(void)
{
	return auth_parts()->conf->registration;
}

static enum flow_next step_admit(struct flow *f)
{
	struct oauth_call *c = oauth_begin(f);
	struct http_req *r = flow_self(f);
	http_set_header(r, "Cache-Control", "no-store");
	http_set_header(r, "Pragma", "no-cache");
	if (!c)
		return FLOW_FAILED;
	if (strcmp(mode(), "off") == 0)
		return flow_fail(f, ERR_FORBIDDEN,
			"clients cannot register themselves here: ask the operator for one");
	struct str header = http_header(r, "Authorization");
	if (strcmp(mode(), "token") == 0) {
		struct str token =
			str_istarts(header, STR("bearer "))
				? str_trim((struct str) { header.p + 7, header.n - 7 })
				: (struct str) { NULL, 0 };
		if (!token.n ||
			!same_secret(token, str_of(auth_parts()->conf->registration_token)))
			return oauth_stop(f, OAUTH_INVALID_TOKEN,
				"registering needs the initial access token of this server");
	}
	oauth_chores();
	return FLOW_NEXT;
}

static bool is_json(struct str type)
{
	struct str media, rest = type;
	return str_cut(&rest, ';', &media) && str_ieq(str_trim(media), STR("application/json"));
}

static enum flow_next step_read(struct flow *f)
{
	struct oauth_call *c = oauth_of(f);
	struct http_req *r = c->r;
	const struct conf *conf = auth_parts()->conf;
	struct client_register *cmd = c->work = ARENA_NEW(r->arena, struct client_register);
	struct err e;
	if (!is_json(http_header(r, "Content-Type")))
		return oauth_stop(f, OAUTH_INVALID_CLIENT_METADATA,
			"send the metadata as application/json");
	if (r->body.n > METADATA_BYTES)
		return oauth_stop(f, OAUTH_INVALID_CLIENT_METADATA,
			"the metadata is larger than %d bytes", METADATA_BYTES);
	const json_t *body = json_read(r->arena, r->body, &e);
	if (!json_is_object(body))
		return oauth_stop(
			f, OAUTH_INVALID_CLIENT_METADATA, "the body is not a JSON object");
	if (!client_metadata(
		    body, CLIENT_DCR, conf->client_schemes, r->arena, &cmd->client, &c->fault))
		return oauth_stop_with(f, &c->fault);
	cmd->peer = r->peer;
	cmd->most = conf->registration_max;
	cmd->per_hour = conf->registration_per_hour;
	client_register_draw(cmd);
	return store_write(auth_parts()->store, f, client_register_write, cmd);
}

static enum flow_next step_say(struct flow *f)
{
	struct oauth_call *c = oauth_of(f);
	const struct client_register *cmd = c->work;
	if (cmd->fault.code != ERR_NONE) {
		f->err = cmd->fault;
		return FLOW_FAILED;
	}
	json_t *j = json_object();
	json_object_set_new(j, "client_id", json_string(cmd->id));
	json_object_set_new(j, "client_id_issued_at", json_integer(now_ms() / 1000));
	if (cmd->secret[0]) {
		json_object_set_new(j, "client_secret", json_string(cmd->secret));
		json_object_set_new(j, "client_secret_expires_at", json_integer(0));
	}
	json_object_update_missing(j, (json_t *)(uintptr_t)cmd->client.metadata);
	oauth_put(c->r, 201, j);
	return FLOW_NEXT;
}

const struct flow_step oauth_register[] = {
	{ "admit", step_admit },
	{ "read", step_read },
	{ "say", step_say },
	{ "answer", oauth_step_answer, .always = true },
	{ 0 },
};
