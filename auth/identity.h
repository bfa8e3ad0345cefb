/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom does (iss, sub) of an outside issuer's token mean here? Answers are kept as long as nobody has
 * written to the database, so disabling a user counts at once, in every process.
 */
#ifndef AUTH_IDENTITY_H
#define AUTH_IDENTITY_H

#include "account/user.h"

enum { IDENTITIES_KEPT = 10000 };

struct identities; /* safe from any desk */
struct identities *identities_new(struct store *s);
void identities_free(struct identities **i);
/* *role: what the account may hold at all. ERR_NOT_FOUND: nobody yet; ERR_USER_DISABLED. */
bool identities_find(struct identities *i, const char *issuer, const char *subject,
	struct arena *a, const char **account_id, unsigned *scopes, struct err *e);
/* A new member for it, without a password: for user_create_write. */
void identity_new_user(
	struct user_create *c, const char *issuer, const char *subject, struct arena *a);

#endif
