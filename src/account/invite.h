/* SPDX-License-Identifier: Apache-2.0 */
/* Invitations and the one-time setup link (auth.md section 9): how an account may be made at all. */
#ifndef ACCOUNT_INVITE_H
#define ACCOUNT_INVITE_H

#include "account/user.h"

enum { INVITE_TEXT_SIZE = 48 }; /* of the text, which is shown once */
struct invite_create { /* in: kind "invite" or "setup" (which replaces an older one), role, life; out: text, id */
	const char *kind;
	enum role role;
	const char *made_by; /* account; NULL: the program */
	int64_t life_ms;
	char id[IDENT_SIZE], text[INVITE_TEXT_SIZE];
	const char *peer; /* for the audit; NULL: the command line */
};
write_fn invite_create_write;
/* Is it one that can still be used? Its role. A setup link: only while there is no user. */
bool invite_find(
	struct store *s, struct str text, const char *kind, enum role *role, struct err *e);
struct invite_row {
	const char *id, *made_by;
	enum role role;
	int64_t created_ms, expires_ms, used_ms;
};
/* Invitations (no setup links), newest first, at most INVITE_LIST_MAX; used and expired ones stay
 * in it for 30 days. */
enum { INVITE_LIST_MAX = 1000 };
bool invite_list(struct store *s, struct arena *a, struct invite_row **out, size_t *count,
	struct err *e);
struct invite_revoke {
	const char *id;
	const char *by, *peer; /* for the audit; NULL: the command line */
	struct err fault; /* ERR_NOT_FOUND: unknown, or used already */
};
write_fn invite_revoke_write;

#endif
