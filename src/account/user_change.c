/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands that make and change people. A refusal is found before the first write of its command:
 * the transaction goes on with the other commands of its group, so there is nothing to take back.
 */
#include "account/audit.h"
#include "account/key.h"
#include "account/user.h"
#include "account/user_name.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/mem.h"
#include "store/invitations.h"
#include "store/keys.h"
#include "store/sessions.h"

static bool put(struct db *d, enum audit_event event, const char *by, const char *subject,
	const char *peer, const char *detail, struct err *e)
{
	return audit_put(d, &(struct audit) { event, by, subject, peer, detail }, e);
}

static bool refuse(struct err *fault, enum err_code code, const char *why)
{
	err_set(fault, code, "%s", why);
	return true;
}

/* --- making one --- */

struct making {
	struct user_create *c;
	struct arena *a;
	char folded[USER_NAME_MAX + 1];
	unsigned char hash[SHA256_SIZE]; /* of the invitation's text */
};

static bool no_user_yet(struct db *d, bool *none, struct err *e)
{
	int64_t count;
	bool ok = users_count(d, &count, e);
	*none = ok && count == 0;
	return ok;
}

/* The invitation's role; a setup link counts only while there is nobody. */
static bool read_invitation(struct db *d, struct making *m, struct err *e)
{
	struct invitations_row row;
	struct err no;
	bool none = true;
	struct str hash = hash_str(m->hash);
	sha256(str_of(m->c->invitation), m->hash);
	if (!invitations_find(d, hash, now_ms(), m->a, &row, e)) {
		if (e->code != ERR_NOT_FOUND)
			return false;
		return refuse(&m->c->fault, ERR_NOT_FOUND, "this link is no longer valid");
	}
	if (strcmp(row.kind, "setup") == 0 && !no_user_yet(d, &none, e))
		return false;
	if (!none || !role_parse(str_of(row.role), &m->c->made, &no))
		return refuse(&m->c->fault, ERR_NOT_FOUND, "this link is no longer valid");
	return true;
}

/* Fills the fault with the first reason against it. */
static bool may_be_made(struct db *d, struct making *m, struct err *e)
{
	struct user_create *c = m->c;
	const char *owner = NULL;
	bool taken, none = true;
	if (!user_name_fold(str_of(c->name), m->folded)) {
		user_name_ok(str_of(c->name), &c->fault);
		return true;
	}
	if (c->only_first && !no_user_yet(d, &none, e))
		return false;
	if (!none)
		return refuse(&c->fault, ERR_NOT_FOUND, "there is a user already");
	if (c->invitation && !read_invitation(d, m, e))
		return false;
	if (c->fault.code != ERR_NONE)
		return true;
	if (!users_taken(d, str_of(m->folded), &taken, e))
		return false;
	if (taken)
		return refuse(&c->fault, ERR_INVALID_REQUEST, "name is taken");
	if (c->issuer && !identities_owner(d, c->issuer, c->subject, m->a, &owner, e))
		return false;
	return !owner ||
	       refuse(&c->fault, ERR_FORBIDDEN, "this sign-in belongs to another user already");
}

static bool make_user(struct db *d, struct making *m, struct err *e)
{
	struct user_create *c = m->c;
	int64_t now = now_ms();
	bool used = true;
	struct str hash = hash_str(m->hash);
	if (c->invitation && !invitations_use(d, hash, now, &used, e))
		return false;
	if (!used)
		return refuse(&c->fault, ERR_NOT_FOUND, "this link is no longer valid");
	ident_new("acc", c->id);
	struct users_row row = {
		.id = c->id,
		.name = c->name,
		.email = c->email,
		.password = c->hash,
		.role = role_name(c->made),
		.created_ms = now,
		.password_ms = c->hash ? now : 0,
	};
	const char *by = c->by || !c->peer ? c->by : c->id;
	return users_put(d, &row, m->folded, e) &&
	       (!c->issuer || identities_put(d, c->issuer, c->subject, c->id, now, e)) &&
	       put(d, AUDIT_USER_CREATED, by, c->name, c->peer, role_name(c->made), e);
}

bool user_create_write(struct db *d, void *arg, struct err *e)
{
	struct making m = { .c = arg, .a = arena_new(0) };
	m.c->fault = (struct err) { ERR_NONE };
	m.c->id[0] = 0;
	m.c->made = m.c->role;
	bool ok = may_be_made(d, &m, e);
	if (ok && m.c->fault.code == ERR_NONE)
		ok = make_user(d, &m, e);
	arena_free(&m.a);
	return ok;
}

/* --- changing one --- */

struct changing {
	struct user_change *c;
	struct users_row row; /* as it was */
};

static bool end_sessions(struct db *d, const struct user_change *c, struct err *e)
{
	return sessions_drop_of(d, c->id, NULL, c->keep_session, NULL, e);
}

static bool tell(struct db *d, const struct changing *g, enum audit_event event,
	const char *detail, struct err *e)
{
	return put(d, event, g->c->by, g->row.name, g->c->peer, detail, e);
}

static bool change_password(struct db *d, const struct changing *g, struct err *e)
{
	const struct user_change *c = g->c;
	int64_t now = now_ms();
	return users_set_password(d, c->id, c->hash, now, e) && end_sessions(d, c, e) &&
	       users_end_grants(d, c->id, "password", now, e) &&
	       keys_revoke_named(d, c->id, KEY_OF_SIGN_IN, now, e) &&
	       tell(d, g, AUDIT_PASSWORD, NULL, e);
}

static bool change_disabled(struct db *d, const struct changing *g, struct err *e)
{
	const struct user_change *c = g->c;
	return accounts_disable(d, c->id, c->disabled, e) &&
	       (!c->disabled ||
		       sessions_drop_of(d, c->id, NULL, (struct str) { 0 }, NULL, e)) &&
	       tell(d, g, c->disabled ? AUDIT_USER_DISABLED : AUDIT_USER_ENABLED, NULL, e);
}

static bool change_role(struct db *d, const struct changing *g, struct err *e)
{
	const struct user_change *c = g->c;
	unsigned lost = SCOPES_ALL & ~role_scopes(c->role);
	char name[256];
	bool ok = users_set_role(d, c->id, role_name(c->role), e) && end_sessions(d, c, e);
	for (unsigned i = 0; ok && i < SCOPE_COUNT; i++) {
		if (!(lost & 1u << i))
			continue;
		scopes_print(1u << i, ' ', name);
		ok = users_drop_scope(d, c->id, name, e);
	}
	return ok && tell(d, g, AUDIT_USER_CHANGED, role_name(c->role), e);
}

static bool change(struct db *d, const struct changing *g, struct err *e)
{
	struct user_change *c = g->c;
	bool last = false;
	if (c->was && (!g->row.password || strcmp(c->was, g->row.password) != 0))
		return refuse(&c->fault, ERR_UNAUTHORIZED,
			"the password was changed in the meantime");
	if (c->what == USER_SIGNED_IN && g->row.disabled)
		return refuse(&c->fault, ERR_USER_DISABLED, "the account is disabled");
	bool takes_power = (c->what == USER_DISABLE && c->disabled) ||
			   (c->what == USER_ROLE && c->role != ROLE_ADMIN);
	if (takes_power && !users_last_admin(d, c->id, &last, e))
		return false;
	if (last)
		return refuse(&c->fault, ERR_FORBIDDEN,
			"this is the last administrator: make another one first");
	switch (c->what) {
	case USER_PASSWORD:
		return change_password(d, g, e);
	case USER_DISABLE:
		return change_disabled(d, g, e);
	case USER_ROLE:
		return change_role(d, g, e);
	case USER_SIGNED_IN:
		return users_signed_in(d, c->id, c->hash, now_ms(), e);
	}
	return err_set(e, ERR_INTERNAL, "unknown change of a user");
}

bool user_change_write(struct db *d, void *arg, struct err *e)
{
	struct changing g = { .c = arg };
	struct arena *a = arena_new(0);
	g.c->fault = (struct err) { ERR_NONE };
	bool ok = users_by_id(d, g.c->id, a, &g.row, e);
	if (ok)
		ok = change(d, &g, e);
	else if (e->code == ERR_NOT_FOUND)
		ok = refuse(&g.c->fault, ERR_NOT_FOUND, "no such user");
	arena_free(&a);
	return ok;
}

static bool tie(struct db *d, struct user_identity *c, struct arena *a, struct err *e)
{
	struct users_row row;
	const char *owner = NULL;
	if (!users_by_id(d, c->id, a, &row, e))
		return e->code == ERR_NOT_FOUND &&
		       refuse(&c->fault, ERR_NOT_FOUND, "no such user");
	if (c->issuer && !identities_owner(d, c->issuer, c->subject, a, &owner, e))
		return false;
	if (owner && strcmp(owner, c->id) != 0)
		return refuse(&c->fault, ERR_FORBIDDEN,
			"this sign-in belongs to another user already");
	return (!c->issuer || owner ||
		       identities_put(d, c->issuer, c->subject, c->id, now_ms(), e)) &&
	       (!c->email || users_set_email(d, c->id, c->email, e)) &&
	       put(d, AUDIT_USER_CHANGED, c->by, row.name, c->peer, c->issuer, e);
}

bool user_identity_write(struct db *d, void *arg, struct err *e)
{
	struct user_identity *c = arg;
	struct arena *a = arena_new(0);
	c->fault = (struct err) { ERR_NONE };
	bool ok = tie(d, c, a, e);
	arena_free(&a);
	return ok;
}

bool switch_set_write(struct db *d, void *arg, struct err *e)
{
	struct switch_set *c = arg;
	return switches_set(d, c->name, c->value, e) &&
	       put(d, AUDIT_SWITCHED, c->by, c->name, c->peer, c->value, e);
}
