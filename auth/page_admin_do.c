/* SPDX-License-Identifier: Apache-2.0 */
/* What administrators do. Each form is one command; what it refuses is told on the page. */
#include "account/invite.h"
#include "auth/page_rows.h"
#include "base/clock.h"
#include "base/mem.h"

static const char people[] = "/admin", clients[] = "/admin/clients";
#define ADMIN_POST(name, step)                                                                 \
	const struct flow_step name[] = { PAGE_BEGIN(page_begin_admin), { "do", step }, { 0 } }

/* --- users --- */

static enum flow_next change_user(
	struct page *p, struct flow *f, struct user_change change, const char *told)
{
	struct user_change *c = ARENA_NEW(p->r->arena, struct user_change);
	*c = change;
	c->id = page_param(p);
	c->by = p->user->id;
	c->peer = p->r->peer;
	c->keep_session = p->browser.session.hash; /* when it is about oneself */
	return page_do(
		p, f, (struct page_act) { user_change_write, c, &c->fault, people, told });
}

static enum flow_next step_role(struct flow *f)
{
	struct page *p = page_of(f);
	struct user_change c = { .what = USER_ROLE };
	if (!role_parse(form_get(&p->form, "role"), &c.role, &f->err))
		return FLOW_FAILED;
	return change_user(p, f, c,
		c.role == ROLE_ADMIN ? "This user is an administrator now."
				     : "This user is a member now.");
}
ADMIN_POST(user_role_post, step_role);

static enum flow_next step_disable(struct flow *f)
{
	return change_user(page_of(f), f,
		(struct user_change) { .what = USER_DISABLE, .disabled = true },
		"The user is disabled: sessions have ended, keys and tokens are refused.");
}
ADMIN_POST(user_disable_post, step_disable);

static enum flow_next step_enable(struct flow *f)
{
	return change_user(page_of(f), f, (struct user_change) { .what = USER_DISABLE },
		"The user is enabled: keys and tokens count again.");
}
ADMIN_POST(user_enable_post, step_enable);

static enum flow_next step_signup(struct flow *f)
{
	struct page *p = page_of(f);
	struct switch_set *c = ARENA_NEW(p->r->arena, struct switch_set);
	bool open = str_eq(form_get(&p->form, "signup"), STR("open"));
	*c = (struct switch_set) { .name = SWITCH_SIGNUP,
		.value = open ? "open" : "closed",
		.by = p->user->id,
		.peer = p->r->peer };
	return page_do(p, f,
		(struct page_act) { switch_set_write, c, NULL, people,
			open ? "Anybody who reaches this server can make an account now."
			     : "Accounts are made by invitation alone now." });
}
ADMIN_POST(signup_switch_post, step_signup);

/* --- invitations: the link is in the answer to the form and nowhere else --- */

static enum flow_next step_invite(struct flow *f)
{
	struct page *p = page_of(f);
	struct invite_create *c = p->own = ARENA_NEW(p->r->arena, struct invite_create);
	int64_t days;
	*c = (struct invite_create) {
		.kind = "invite", .made_by = p->user->id, .peer = p->r->peer
	};
	if (!role_parse(form_get(&p->form, "role"), &c->role, &f->err))
		return FLOW_FAILED;
	if (!str_to_int(form_get(&p->form, "days"), &days) || days < 1 || days > 30)
		return flow_fail(f, ERR_INVALID_REQUEST, "choose how long the link is good");
	c->life_ms = days * DAY_MS;
	return store_write(auth_parts()->store, f, invite_create_write, c);
}

static enum flow_next step_invited(struct flow *f)
{
	struct page *p = page_of(f);
	struct invite_create *c = p->own;
	json_t *data = page_data(p);
	json_object_set_new(data, "at_admin", json_true());
	page_set(data, "role", role_name(c->role));
	page_set(data, "secret",
		arena_printf(p->r->arena, "%s/join?invite=%s", p->browser.site.base, c->text));
	page_set_time(data, "expires", now_ms() + c->life_ms);
	mem_wipe(c->text, sizeof c->text);
	page_show_with(p->r, "invited", data, (struct page_rules) { .script = true });
	return FLOW_NEXT;
}
const struct flow_step invite_post[] = { PAGE_BEGIN(page_begin_admin),
	{ "invite", step_invite }, { "invited", step_invited }, { 0 } };

static enum flow_next step_withdraw(struct flow *f)
{
	struct page *p = page_of(f);
	struct invite_revoke *c = ARENA_NEW(p->r->arena, struct invite_revoke);
	*c = (struct invite_revoke) {
		.id = page_param(p), .by = p->user->id, .peer = p->r->peer
	};
	return page_do(p, f,
		(struct page_act) { invite_revoke_write, c, &c->fault, people,
			"The invitation is withdrawn: its link is no longer good." });
}
ADMIN_POST(invite_withdraw_post, step_withdraw);

/* --- clients and signing keys --- */

/* The id may be a URL, so it is a field and no part of the path. */
static enum flow_next step_revoke(struct flow *f)
{
	struct page *p = page_of(f);
	struct client_revoke *c = ARENA_NEW(p->r->arena, struct client_revoke);
	*c = (struct client_revoke) {
		.id = page_field(p, "id"), .by = p->user->id, .peer = p->r->peer
	};
	return page_do(p, f,
		(struct page_act) { client_revoke_write, c, &c->fault, clients,
			"The client is revoked, and everything that was granted to it." });
}
ADMIN_POST(admin_client_revoke_post, step_revoke);

static enum flow_next step_rotate(struct flow *f)
{
	struct page *p = page_of(f);
	struct ring_rotate *c = ARENA_NEW(p->r->arena, struct ring_rotate);
	if (!auth_parts()->ring)
		return flow_fail(f, ERR_NOT_FOUND, "an outside issuer signs the tokens here");
	*c = (struct ring_rotate) {
		.conf = auth_parts()->conf, .now = true, .by = p->user->id, .peer = p->r->peer
	};
	ring_rotate_draw(c, p->r->arena);
	return page_do(p, f,
		(struct page_act) { ring_rotate_write, c, NULL, clients,
			"A new key signs from now on. Tokens that were signed before stay "
			"good until they expire." });
}
ADMIN_POST(signing_key_post, step_rotate);
