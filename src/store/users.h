/* SPDX-License-Identifier: Apache-2.0 */
/* The SQL of people: users, their identities elsewhere, invitations, switches (main database).
 * Text of rows lives in the arena given. */
#ifndef STORE_USERS_H
#define STORE_USERS_H

#include "base/arena.h"
#include "store/db.h"

struct users_row {
	const char *id, *name, *email, *password, *role; /* email, password: or NULL */
	bool disabled;
	int64_t created_ms, signed_in_ms, password_ms; /* 0: never */
};
enum { USERS_ROWS_MAX = 10000 };
/* Makes the account too. folded: the name in lower case, unique. */
bool users_put(struct db *d, const struct users_row *row, const char *folded, struct err *e);
/* These three: ERR_NOT_FOUND when there is none. */
bool users_by_name(
	struct db *d, struct str folded, struct arena *a, struct users_row *row, struct err *e);
bool users_by_id(
	struct db *d, const char *id, struct arena *a, struct users_row *row, struct err *e);
bool users_by_identity(struct db *d, const char *issuer, const char *subject, struct arena *a,
	struct users_row *row, struct err *e);
/* In the order of their names, at most USERS_ROWS_MAX. */
bool users_list(
	struct db *d, struct arena *a, struct users_row **rows, size_t *count, struct err *e);
bool users_count(struct db *d, int64_t *count, struct err *e);
/* Is there a user of this name? */
bool users_taken(struct db *d, struct str folded, bool *taken, struct err *e);
/* Is this user the only administrator that is not disabled? */
bool users_last_admin(struct db *d, const char *id, bool *last, struct err *e);

bool users_set_password(
	struct db *d, const char *id, const char *hash, int64_t now_ms, struct err *e);
bool users_set_role(struct db *d, const char *id, const char *role, struct err *e);
bool users_set_email(struct db *d, const char *id, const char *email, struct err *e);
/* hash: the same password's, made anew; NULL: none. */
bool users_signed_in(
	struct db *d, const char *id, const char *hash, int64_t now_ms, struct err *e);
/* Revokes the grants of an account, and codes of devices that were allowed but not fetched. */
bool users_end_grants(
	struct db *d, const char *id, const char *why, int64_t now_ms, struct err *e);
/* Takes a scope out of the account's keys and grants. */
bool users_drop_scope(struct db *d, const char *id, const char *scope, struct err *e);

/* *account_id: whose it is; NULL: nobody's. */
bool identities_owner(struct db *d, const char *issuer, const char *subject, struct arena *a,
	const char **account_id, struct err *e);
/* Does the account have one at this issuer, whatever its subject? */
bool identities_any(
	struct db *d, const char *issuer, const char *account_id, bool *any, struct err *e);
bool identities_put(struct db *d, const char *issuer, const char *subject,
	const char *account_id, int64_t now_ms, struct err *e);

bool switches_get(
	struct db *d, const char *name, struct arena *a, const char **value, struct err *e);
bool switches_set(struct db *d, const char *name, const char *value, struct err *e);

#endif
