/* SPDX-License-Identifier: Apache-2.0 */
/* Looking people up. What changes them is in user_change.c. */
#include "account/user.h"
#include "account/user_name.h"
#include "base/mem.h"
#include "store/users.h"

static const char *const roles[] = { [ROLE_MEMBER] = "member", [ROLE_ADMIN] = "admin" };

unsigned role_scopes(enum role role)
{
	return role == ROLE_ADMIN ? SCOPES_ALL : SCOPES_ALL & ~SCOPE(METRICS_READ);
}

const char *role_name(enum role role)
{
	return roles[role];
}

bool role_parse(struct str text, enum role *out, struct err *e)
{
	for (int i = ROLE_MEMBER; i <= ROLE_ADMIN; i++)
		if (str_eq(text, str_of(roles[i]))) {
			*out = (enum role)i;
			return true;
		}
	return err_set(e, ERR_INVALID_REQUEST, "role must be admin or member");
}

bool user_name_ok(struct str name, struct err *e)
{
	bool ok = name.n > 0 && name.n <= USER_NAME_MAX;
	for (size_t i = 0; ok && i < name.n; i++) {
		char c = str_lower(name.p[i]);
		ok = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		     (c && strchr("._-+@", c));
	}
	return ok || err_set(e, ERR_INVALID_REQUEST,
			     "name must be 1 to %d letters (a to z), digits and . _ - + @",
			     USER_NAME_MAX);
}

bool user_name_fold(struct str name, char out[USER_NAME_MAX + 1])
{
	struct err ignored;
	out[0] = 0;
	if (!user_name_ok(name, &ignored))
		return false;
	for (size_t i = 0; i < name.n; i++)
		out[i] = str_lower(name.p[i]);
	out[name.n] = 0;
	return true;
}

/* A role that this program does not know (any more) is the lesser one. */
void user_of_row(const struct users_row *row, struct user *out)
{
	struct err ignored;
	*out = (struct user) {
		.id = row->id,
		.name = row->name,
		.email = row->email,
		.disabled = row->disabled,
		.has_password = row->password != NULL,
		.created_ms = row->created_ms,
		.signed_in_ms = row->signed_in_ms,
		.password_ms = row->password_ms,
	};
	if (!role_parse(str_of(row->role), &out->role, &ignored))
		out->role = ROLE_MEMBER;
}

bool user_by_name(
	struct store *s, struct str name, struct arena *a, struct user *out, struct err *e)
{
	char folded[USER_NAME_MAX + 1];
	struct users_row row;
	if (!user_name_fold(name, folded))
		return err_set(e, ERR_NOT_FOUND, "no such user");
	bool ok = users_by_name(store_read(s), str_of(folded), a, &row, e);
	store_read_end(s);
	if (ok)
		user_of_row(&row, out);
	return ok;
}

bool user_by_identity(struct store *s, const char *issuer, const char *subject, struct arena *a,
	struct user *out, struct err *e)
{
	struct users_row row;
	bool ok = users_by_identity(store_read(s), issuer, subject, a, &row, e);
	store_read_end(s);
	if (ok)
		user_of_row(&row, out);
	return ok;
}

bool user_password(struct store *s, struct str name, struct arena *a, struct user *out,
	const char **hash, struct err *e)
{
	char folded[USER_NAME_MAX + 1];
	struct users_row row;
	*out = (struct user) { 0 };
	*hash = NULL;
	if (!user_name_fold(name, folded))
		return true;
	bool ok = users_by_name(store_read(s), str_of(folded), a, &row, e);
	store_read_end(s);
	if (!ok)
		return e->code == ERR_NOT_FOUND;
	user_of_row(&row, out);
	*hash = row.password;
	return true;
}

bool user_list(
	struct store *s, struct arena *a, struct user **out, size_t *count, struct err *e)
{
	_Static_assert((int)USERS_LIST_MAX == (int)USERS_ROWS_MAX, "one limit");
	struct users_row *rows;
	bool ok = users_list(store_read(s), a, &rows, count, e);
	store_read_end(s);
	if (!ok)
		return false;
	*out = ARENA_ARRAY(a, struct user, *count + 1);
	for (size_t i = 0; i < *count; i++)
		user_of_row(&rows[i], &(*out)[i]);
	return true;
}

size_t user_count(struct store *s)
{
	struct err e;
	int64_t n;
	bool ok = users_count(store_read(s), &n, &e);
	store_read_end(s);
	return ok ? (size_t)n : 0;
}

bool signup_open(struct store *s)
{
	struct arena *a = arena_new(0);
	const char *value;
	struct err e;
	bool known = switches_get(store_read(s), SWITCH_SIGNUP, a, &value, &e) && value;
	store_read_end(s);
	bool open = known && strcmp(value, "open") == 0;
	arena_free(&a);
	return open;
}

bool account_scopes(struct db *d, const char *id, unsigned *scopes, struct err *e)
{
	struct arena *a = arena_new(0);
	struct users_row row;
	struct user user;
	*scopes = SCOPES_ALL;
	bool found = users_by_id(d, id, a, &row, e);
	if (found) {
		user_of_row(&row, &user);
		*scopes = user.disabled ? 0 : role_scopes(user.role);
	}
	bool ok = found || e->code == ERR_NOT_FOUND;
	if (ok)
		e->code = ERR_NONE;
	arena_free(&a);
	return ok;
}
