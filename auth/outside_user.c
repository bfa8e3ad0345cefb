/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is it here? The identity that was tied before; else, where the administrator allows it, the user
 * whose name is the verified e-mail address; else a new user, if there may be one.
 */
#include "account/audit.h"
#include "auth/outside_sign_in.h"
#include "base/check.h"
#include "base/mem.h"
#include "store/users.h"

#include <stdio.h>

static bool enter(struct arrival *v, const struct users_row *row)
{
	v->outcome = row->disabled ? ARRIVAL_DISABLED : ARRIVAL_IN;
	snprintf(v->user_id, sizeof v->user_id, "%s", row->id);
	return true;
}

/* An address may pass to another person at the provider, so a user who has an identity there already
 * keeps that one alone. */
static bool tie_by_email(
	struct db *d, struct arrival *v, struct arena *a, bool *tied, struct err *e)
{
	struct users_row row;
	bool any;
	char *folded = arena_text(a, str_of(v->email));
	*tied = false;
	for (char *p = folded; *p; p++)
		*p = str_lower(*p);
	if (!users_by_name(d, str_of(folded), a, &row, e)) {
		bool nobody = e->code == ERR_NOT_FOUND;
		e->code = ERR_NONE;
		return nobody;
	}
	if (!identities_any(d, v->issuer, row.id, &any, e))
		return false;
	if (any || row.disabled)
		return true;
	struct user_identity c = { .id = row.id,
		.issuer = v->issuer,
		.subject = v->subject,
		.email = v->email,
		.by = row.id,
		.peer = v->peer };
	if (!user_identity_write(d, &c, e))
		return false;
	*tied = c.fault.code == ERR_NONE;
	return !*tied || enter(v, &row);
}

/* A name that looks like an address must be a verified one: others may be waiting for it. */
static bool pick_name(struct db *d, const struct arrival *v, struct arena *a, const char **name,
	struct err *e)
{
	const char *wishes[] = { v->email, v->name && !strchr(v->name, '@') ? v->name : NULL };
	for (size_t i = 0; i < COUNT_OF(wishes); i++) {
		struct err why;
		bool taken;
		if (!wishes[i] || !user_name_ok(str_of(wishes[i]), &why))
			continue;
		char *folded = arena_text(a, str_of(wishes[i]));
		for (char *p = folded; *p; p++)
			*p = str_lower(*p);
		if (!users_taken(d, str_of(folded), &taken, e))
			return false;
		*name = wishes[i];
		if (!taken)
			return true;
	}
	*name = v->fallback_name;
	return true;
}

static bool make(struct db *d, struct arrival *v, struct arena *a, struct err *e)
{
	struct user_create c = { .role = ROLE_MEMBER,
		.email = v->email,
		.invitation = v->invitation,
		.issuer = v->issuer,
		.subject = v->subject,
		.peer = v->peer };
	if (!pick_name(d, v, a, &c.name, e) || !user_create_write(d, &c, e))
		return false;
	v->outcome = c.fault.code == ERR_NONE ? ARRIVAL_IN : ARRIVAL_REFUSED;
	v->fault = c.fault;
	snprintf(v->user_id, sizeof v->user_id, "%s", c.fault.code == ERR_NONE ? c.id : "");
	return true;
}

static bool find(struct db *d, struct arrival *v, struct arena *a, struct err *e)
{
	struct users_row row;
	bool tied = false;
	if (users_by_identity(d, v->issuer, v->subject, a, &row, e))
		return enter(v, &row);
	if (e->code != ERR_NOT_FOUND)
		return false;
	e->code = ERR_NONE;
	if (v->link_email && v->email && !tie_by_email(d, v, a, &tied, e))
		return false;
	if (tied)
		return true;
	if (v->create || v->invitation)
		return make(d, v, a, e);
	v->outcome = ARRIVAL_NOT_INVITED;
	return true;
}

static bool tell(struct db *d, const struct arrival *v, struct err *e)
{
	static const char *const why[] = {
		[ARRIVAL_IN] = "at",
		[ARRIVAL_DISABLED] = "the account is disabled; at",
		[ARRIVAL_NOT_INVITED] = "not invited; at",
		[ARRIVAL_REFUSED] = "refused; at",
	};
	char detail[200];
	snprintf(detail, sizeof detail, "%s %s", why[v->outcome], v->issuer);
	struct audit what = { .event = v->outcome == ARRIVAL_IN ? AUDIT_SIGN_IN
								: AUDIT_SIGN_IN_FAILED,
		.account_id = v->user_id[0] ? v->user_id : NULL,
		.peer = v->peer,
		.detail = detail };
	return audit_put(d, &what, e);
}

static bool arrive(struct db *d, struct arrival *v, struct arena *a, struct err *e)
{
	if (!find(d, v, a, e) || !tell(d, v, e))
		return false;
	if (v->outcome != ARRIVAL_IN)
		return true;
	struct user_change change = {
		.what = USER_SIGNED_IN, .id = v->user_id, .by = v->user_id, .peer = v->peer
	};
	v->session.start.user_id = v->user_id;
	return user_change_write(d, &change, e) && page_session_write(d, &v->session, e);
}

bool arrival_write(struct db *d, void *arg, struct err *e)
{
	struct arrival *v = arg;
	struct arena *a = arena_new(0);
	v->outcome = ARRIVAL_REFUSED;
	v->fault = (struct err) { ERR_NONE };
	v->user_id[0] = 0;
	bool ok = arrive(d, v, a, e);
	arena_free(&a);
	return ok;
}
