/* SPDX-License-Identifier: Apache-2.0 */
/* What administrators see: people and invitations, clients and signing keys, the audit. */
#include "account/invite.h"
#include "auth/page_rows.h"
#include "base/clock.h"

/* The frame of the administrators' pages; tab: which of them it is. */
static json_t *admin_data(struct page *p, const char *tab)
{
	json_t *data = page_data(p);
	json_object_set_new(data, "at_admin", json_true());
	json_object_set_new(data, tab, json_true());
	return data;
}

/* Shows the page, or drops it when its data could not be read. */
static enum flow_next finish(struct page *p, const char *name, json_t *data, bool ok)
{
	if (ok)
		page_show(p->r, name, data);
	else
		json_decref(data);
	return ok ? FLOW_NEXT : FLOW_FAILED;
}

/* --- people --- */

static bool put_users(const struct page *p, json_t *data, struct err *e)
{
	struct user *rows;
	size_t n;
	json_t *list;
	if (!user_list(auth_parts()->store, p->r->arena, &rows, &n, e))
		return false;
	list = json_array();
	for (size_t i = 0; i < n; i++) {
		json_t *o = json_object();
		page_set(o, "id", rows[i].id);
		page_set(o, "name", rows[i].name);
		json_object_set_new(o, "is_admin", json_boolean(rows[i].role == ROLE_ADMIN));
		json_object_set_new(o, "disabled", json_boolean(rows[i].disabled));
		json_object_set_new(o, "elsewhere", json_boolean(!rows[i].has_password));
		json_object_set_new(o, "self",
			json_boolean(str_eq(str_of(rows[i].id), str_of(p->user->id))));
		page_set_time(o, "created", rows[i].created_ms);
		page_set_time(o, "signed_in", rows[i].signed_in_ms);
		json_array_append_new(list, o);
	}
	page_set_list(data, "users", list);
	return true;
}

static bool put_invitations(const struct page *p, json_t *data, struct err *e)
{
	struct invite_row *rows;
	size_t n;
	json_t *list;
	if (!invite_list(auth_parts()->store, p->r->arena, &rows, &n, e))
		return false;
	list = json_array();
	for (size_t i = 0; i < n; i++) {
		json_t *o;
		if (rows[i].used_ms || rows[i].expires_ms <= now_ms())
			continue;
		o = json_object();
		page_set(o, "id", rows[i].id);
		page_set(o, "role", role_name(rows[i].role));
		page_set_time(o, "created", rows[i].created_ms);
		page_set_time(o, "expires", rows[i].expires_ms);
		json_array_append_new(list, o);
	}
	page_set_list(data, "invitations", list);
	return true;
}

static enum flow_next step_people(struct flow *f)
{
	struct page *p = page_of(f);
	json_t *data = admin_data(p, "at_people");
	json_object_set_new(data, "signup", json_boolean(signup_open(auth_parts()->store)));
	return finish(p, "admin", data,
		put_users(p, data, &f->err) && put_invitations(p, data, &f->err));
}
const struct flow_step admin_show[] = { PAGE_BEGIN(page_begin_admin), { "people", step_people },
	{ 0 } };

/* --- clients and signing keys --- */

static bool put_clients(const struct page *p, json_t *data, struct err *e)
{
	struct client *rows;
	size_t n;
	json_t *list;
	if (!client_list(auth_parts()->store, p->r->arena, &rows, &n, e))
		return false;
	list = json_array();
	for (size_t i = 0; i < n; i++) {
		json_t *o = json_object();
		page_set(o, "id", rows[i].id);
		page_set(o, "name", rows[i].name);
		page_set(o, "kind",
			rows[i].kind == CLIENT_DCR    ? "Registered itself"
			: rows[i].kind == CLIENT_CIMD ? "Document at its own address"
						      : "Made by an administrator");
		json_object_set_new(o, "disabled", json_boolean(rows[i].disabled));
		page_set_time(o, "created", rows[i].created_ms);
		page_set_time(o, "used", rows[i].used_ms);
		json_array_append_new(list, o);
	}
	page_set_list(data, "clients", list);
	return true;
}

static bool put_signing_keys(const struct page *p, json_t *data, struct err *e)
{
	struct ring_row *rows;
	size_t n;
	json_t *list;
	if (!auth_parts()->ring)
		return true; /* an outside issuer signs */
	if (!ring_list(auth_parts()->store, p->r->arena, &rows, &n, e))
		return false;
	list = json_array();
	for (size_t i = 0; i < n; i++) {
		json_t *o = json_object();
		page_set(o, "kid", rows[i].kid);
		page_set(o, "state", rows[i].state);
		page_set_time(o, "created", rows[i].created_ms);
		page_set_time(o, "current", rows[i].current_ms);
		page_set_time(o, "retired", rows[i].retired_ms);
		json_array_append_new(list, o);
	}
	json_object_set_new(data, "ring", json_pack("{s:o}", "keys", list));
	return true;
}

static enum flow_next step_clients(struct flow *f)
{
	struct page *p = page_of(f);
	json_t *data = admin_data(p, "at_clients");
	return finish(p, "admin_clients", data,
		put_clients(p, data, &f->err) && put_signing_keys(p, data, &f->err));
}
const struct flow_step admin_clients_show[] = { PAGE_BEGIN(page_begin_admin),
	{ "clients", step_clients }, { 0 } };

/* --- the audit --- */

static enum flow_next step_audit(struct flow *f)
{
	struct page *p = page_of(f);
	struct audit_page page;
	struct str before;
	int64_t before_ms = 0;
	if (http_query(p->r, "before", &before) &&
		(!str_to_int(before, &before_ms) || before_ms < 0))
		return flow_fail(f, ERR_INVALID_REQUEST, "before is not a time");
	if (!audit_list(auth_parts()->store, NULL, before_ms, p->r->arena, &page, &f->err))
		return FLOW_FAILED;
	json_t *data = admin_data(p, "at_audit"), *list = json_array();
	for (size_t i = 0; i < page.count; i++) {
		const struct audit_row *row = &page.rows[i];
		json_t *o = json_object();
		page_set_time(o, "at", row->at_ms);
		page_set(o, "about", row->about);
		page_set(o, "who", row->account_name);
		page_set(o, "subject", row->subject);
		page_set(o, "peer", row->peer);
		page_set(o, "detail", row->detail);
		json_array_append_new(list, o);
	}
	page_set_list(data, "rows", list);
	if (page.more)
		json_object_set_new(
			data, "older", json_integer(page.rows[page.count - 1].at_ms));
	json_object_set_new(data, "paged", json_boolean(before_ms != 0));
	return finish(p, "admin_audit", data, true);
}
const struct flow_step admin_audit_show[] = { PAGE_BEGIN(page_begin_admin),
	{ "audit", step_audit }, { 0 } };
