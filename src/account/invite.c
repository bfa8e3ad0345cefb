/* SPDX-License-Identifier: Apache-2.0 */
/* Invitations and setup links: 256 random bits, of which only the SHA-256 is stored. They are used
 * up where the user is made (user_change.c). */
#include "account/invite.h"
#include "account/audit.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/mem.h"
#include "store/invitations.h"
#include "store/users.h"

_Static_assert((int)SECRET_CHARS < (int)INVITE_TEXT_SIZE, "an invitation fits its text");

bool invite_create_write(struct db *d, void *arg, struct err *e)
{
	struct invite_create *c = arg;
	unsigned char hash[SHA256_SIZE];
	int64_t now = now_ms();
	random_base62(c->text, SECRET_CHARS);
	ident_new("inv", c->id);
	sha256(str_of(c->text), hash);
	bool setup = strcmp(c->kind, "setup") == 0;
	struct invitations_row row = {
		.hash = hash_str(hash),
		.id = c->id,
		.kind = c->kind,
		.role = role_name(c->role),
		.made_by = c->made_by,
		.created_ms = now,
		.expires_ms = now + c->life_ms,
	};
	return (!setup || invitations_drop_kind(d, c->kind, e)) &&
	       invitations_put(d, &row, e) &&
	       audit_put(d,
		       &(struct audit) { AUDIT_INVITED, c->made_by, c->id, c->peer,
			       setup ? "setup link" : role_name(c->role) },
		       e);
}

static bool find(struct db *d, struct str hash, struct arena *a, struct invitations_row *row,
	struct err *e)
{
	int64_t users = 0;
	return invitations_find(d, hash, now_ms(), a, row, e) &&
	       (strcmp(row->kind, "setup") != 0 || users_count(d, &users, e)) &&
	       (users == 0 || err_set(e, ERR_NOT_FOUND, "there is a user already"));
}

bool invite_find(
	struct store *s, struct str text, const char *kind, enum role *role, struct err *e)
{
	unsigned char hash[SHA256_SIZE];
	struct invitations_row row;
	if (text.n != SECRET_CHARS)
		return err_set(e, ERR_NOT_FOUND, "no such invitation");
	sha256(text, hash);
	struct arena *a = arena_new(0);
	bool ok = find(store_read(s), hash_str(hash), a, &row, e);
	store_read_end(s);
	if (ok && strcmp(row.kind, kind) != 0)
		ok = err_set(e, ERR_NOT_FOUND, "no such invitation");
	ok = ok && role_parse(str_of(row.role), role, e);
	arena_free(&a);
	return ok;
}

bool invite_list(
	struct store *s, struct arena *a, struct invite_row **out, size_t *count, struct err *e)
{
	struct invitations_row *rows;
	struct err ignored;
	bool ok =
		invitations_list(store_read(s), "invite", INVITE_LIST_MAX, a, &rows, count, e);
	store_read_end(s);
	if (!ok)
		return false;
	*out = ARENA_ARRAY(a, struct invite_row, *count + 1);
	for (size_t i = 0; i < *count; i++) {
		struct invite_row *to = &(*out)[i];
		*to = (struct invite_row) {
			.id = rows[i].id,
			.made_by = rows[i].made_by,
			.created_ms = rows[i].created_ms,
			.expires_ms = rows[i].expires_ms,
			.used_ms = rows[i].used_ms,
		};
		if (!role_parse(str_of(rows[i].role), &to->role, &ignored))
			to->role = ROLE_MEMBER;
	}
	return true;
}

bool invite_revoke_write(struct db *d, void *arg, struct err *e)
{
	struct invite_revoke *c = arg;
	bool found;
	c->fault = (struct err) { ERR_NONE };
	if (!invitations_drop(d, c->id, &found, e))
		return false;
	if (!found) {
		err_set(&c->fault, ERR_NOT_FOUND, "no such invitation, or it was used");
		return true;
	}
	return audit_put(
		d, &(struct audit) { AUDIT_INVITE_REVOKED, c->by, c->id, c->peer, NULL }, e);
}
