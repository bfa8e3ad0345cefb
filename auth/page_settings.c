/* SPDX-License-Identifier: Apache-2.0 */
/* What a person has here: API keys, connected clients, a password, sessions. */
#include "auth/page_rows.h"
#include "auth/grant/token.h"
#include "base/clock.h"

static const char here[] = "/settings";

static bool put_keys(const struct page *p, json_t *data, struct err *e)
{
	struct key_row *rows;
	size_t n;
	json_t *list;
	if (!key_list(auth_parts()->keys, p->user->id, p->r->arena, &rows, &n, e))
		return false;
	list = json_array();
	for (size_t i = n; i-- > 0;) { /* newest first */
		json_t *o = json_object();
		if (rows[i].revoked_ms) {
			json_decref(o);
			continue;
		}
		page_set(o, "id", rows[i].id);
		page_set(o, "name", rows[i].name);
		page_set(o, "prefix", rows[i].prefix);
		page_set_list(o, "scopes", page_scopes(rows[i].scopes));
		page_set_time(o, "created", rows[i].created_ms);
		page_set_time(o, "used", rows[i].last_used_ms);
		page_set_time(o, "expires", rows[i].expires_ms);
		json_object_set_new(o, "expired",
			json_boolean(rows[i].expires_ms && rows[i].expires_ms <= now_ms()));
		json_array_append_new(list, o);
	}
	page_set_list(data, "keys", list);
	return true;
}

static bool put_clients(const struct page *p, json_t *data, struct err *e)
{
	struct grant_row *rows;
	size_t n;
	json_t *list;
	if (!grant_list(auth_parts()->store, p->user->id, p->r->arena, &rows, &n, e))
		return false;
	list = json_array();
	for (size_t i = 0; i < n; i++) {
		json_t *o = json_object();
		page_set(o, "id", rows[i].id);
		page_set(o, "name", rows[i].client_name);
		page_set_list(o, "scopes", page_scopes(rows[i].scopes));
		json_object_set_new(
			o, "device", json_boolean(str_eq(str_of(rows[i].kind), STR("device"))));
		page_set_time(o, "created", rows[i].created_ms);
		page_set_time(o, "used", rows[i].used_ms);
		json_array_append_new(list, o);
	}
	page_set_list(data, "clients", list);
	return true;
}

static bool put_sessions(const struct page *p, json_t *data, struct err *e)
{
	const struct auth *auth = auth_parts();
	struct session *rows;
	size_t n;
	json_t *list;
	if (!session_list(auth->store, p->user->id, auth_session_life(auth->conf), p->r->arena,
		    &rows, &n, e))
		return false;
	list = json_array();
	for (size_t i = 0; i < n; i++) {
		json_t *o = json_object();
		page_set(o, "id", rows[i].id);
		page_set(o, "peer", rows[i].peer);
		page_set(o, "agent", rows[i].agent);
		json_object_set_new(o, "current",
			json_boolean(same_secret(rows[i].hash, p->browser.session.hash)));
		page_set_time(o, "created", rows[i].auth_ms);
		page_set_time(o, "seen", rows[i].seen_ms);
		json_array_append_new(list, o);
	}
	page_set_list(data, "sessions", list);
	return true;
}

static enum flow_next step_show(struct flow *f)
{
	struct page *p = page_of(f);
	json_t *data = page_data(p);
	bool ok = put_keys(p, data, &f->err) && put_clients(p, data, &f->err) &&
		  put_sessions(p, data, &f->err);
	if (!ok) {
		json_decref(data);
		return FLOW_FAILED;
	}
	json_object_set_new(data, "at_settings", json_true());
	json_object_set_new(data, "may_give", page_scopes(role_scopes(p->user->role)));
	json_object_set_new(data, "has_password", json_boolean(p->user->has_password));
	page_set(data, "mcp_url", p->browser.site.resource);
	page_show(p->r, "settings", data);
	return FLOW_NEXT;
}
const struct flow_step settings_show[] = { PAGE_BEGIN(page_begin_user), { "show", step_show },
	{ 0 } };

static enum flow_next step_revoke_client(struct flow *f)
{
	struct page *p = page_of(f);
	struct token_revoke *c = ARENA_NEW(p->r->arena, struct token_revoke);
	*c = (struct token_revoke) { .grant_id = page_param(p),
		.account_id = p->user->id,
		.why = "revoked by the person",
		.by = p->user->id,
		.peer = p->r->peer };
	return page_do(p, f,
		(struct page_act) { token_revoke_write, c, NULL, here,
			"Revoked. It has no access any more." });
}
const struct flow_step client_revoke_post[] = { PAGE_BEGIN(page_begin_user),
	{ "revoke", step_revoke_client }, { 0 } };

static enum flow_next step_end_session(struct flow *f)
{
	struct page *p = page_of(f);
	struct session_end *c = ARENA_NEW(p->r->arena, struct session_end);
	*c = (struct session_end) {
		.id = page_param(p), .user_id = p->user->id, .peer = p->r->peer
	};
	return page_do(p, f,
		(struct page_act) {
			session_end_write, c, NULL, here, "The session has ended." });
}
const struct flow_step session_end_post[] = { PAGE_BEGIN(page_begin_user),
	{ "end", step_end_session }, { 0 } };

static enum flow_next step_revoke_key(struct flow *f)
{
	struct page *p = page_of(f);
	struct key_revoke *c = ARENA_NEW(p->r->arena, struct key_revoke);
	*c = (struct key_revoke) { .id = page_param(p),
		.account_id = p->user->id,
		.by = p->user->id,
		.peer = p->r->peer };
	return page_do(p, f,
		(struct page_act) { key_revoke_write, c, &c->fault, here,
			"The key is revoked. Nothing can use it any more." });
}
const struct flow_step key_revoke_post[] = { PAGE_BEGIN(page_begin_user),
	{ "revoke", step_revoke_key }, { 0 } };
