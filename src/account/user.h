/* SPDX-License-Identifier: Apache-2.0 */
/*
 * People: who can sign in, and what that lets them do. A user is an account that has a name; the
 * account owns keys, grants and jobs. Changes are commands for store_write (from steps) or
 * store_run (command line); refusals are their `fault`, so one bad wish fails nobody else's.
 */
#ifndef ACCOUNT_USER_H
#define ACCOUNT_USER_H

#include "account/password.h"
#include "account/principal.h"
#include "store/store.h"

enum role { ROLE_MEMBER, ROLE_ADMIN };
enum { USER_NAME_MAX = 100, USERS_LIST_MAX = 10000 };

struct user {
	const char *id; /* the account's */
	const char *name, *email; /* email: a verified one, or NULL */
	enum role role;
	bool disabled, has_password;
	int64_t created_ms, signed_in_ms, password_ms; /* 0: never */
};
/* Text in the arena. ERR_NOT_FOUND. Names are compared without (ASCII) case. */
bool user_by_name(
	struct store *s, struct str name, struct arena *a, struct user *out, struct err *e);
bool user_list(
	struct store *s, struct arena *a, struct user **out, size_t *count, struct err *e);
/* The stored PHC text, or NULL: verify against that all the same (password.h) so that both cases
 * take the same time. *out: zero when there is none. */
bool user_password(struct store *s, struct str name, struct arena *a, struct user *out,
	const char **hash, struct err *e);
/* Who is it at an outside issuer? ERR_NOT_FOUND. */
bool user_by_identity(struct store *s, const char *issuer, const char *subject, struct arena *a,
	struct user *out, struct err *e);
/* The scopes a role may hold at all. */
unsigned role_scopes(enum role role);
const char *role_name(enum role role); /* "admin", "member" */
bool role_parse(struct str text, enum role *out, struct err *e);
/* 1 to USER_NAME_MAX characters of letters, digits and . _ - + @, no blanks; names the field. */
bool user_name_ok(struct str name, struct err *e);

struct user_create { /* in: name (checked), role, hash; out: id, fault (name taken) */
	const char *name;
	enum role role;
	const char *hash; /* PHC text; NULL: no password */
	const char *email;
	bool only_first; /* fails softly (fault ERR_NOT_FOUND) when there is a user already */
	const char *
		invitation; /* text of an invitation or setup link to use up; NULL: none. Gives the
				   role. Bad, used or expired: fault */
	const char *issuer, *subject; /* identity to tie; NULL: none */
	char id[IDENT_SIZE];
	enum role made; /* the role it got */
	/* ERR_INVALID_REQUEST: the name is taken; ERR_NOT_FOUND: only_first, or the invitation;
	 * ERR_FORBIDDEN: the identity is another user's */
	struct err fault;
	/* for the audit; by NULL: the new user itself (peer NULL: the command line) */
	const char *by, *peer;
};
write_fn user_create_write;

enum user_change_what {
	USER_PASSWORD, /* hash; ends the user's other sessions and all grants (auth.md 7.14) */
	USER_DISABLE, /* on: sessions end; keys and tokens answer USER_DISABLED at once */
	USER_ROLE, /* other sessions end; keys and grants lose what the new role may not hold */
	USER_SIGNED_IN, /* hash may hold a new PHC text (parameters changed) */
};
struct user_change { /* the last admin that is enabled can neither be disabled nor demoted: fault */
	enum user_change_what what;
	const char *id;
	const char *hash;
	bool disabled;
	enum role role;
	struct str keep_session; /* hash of the one that stays; p NULL: none */
	/* ERR_NOT_FOUND, ERR_FORBIDDEN; ERR_UNAUTHORIZED: see was; ERR_USER_DISABLED: signed in */
	struct err fault;
	const char *by, *peer; /* for the audit; NULL: the command line */
	/* the PHC text that a password was held against before; when the user has another one by
	 * now, nothing is changed. NULL: none was */
	const char *was;
};
write_fn user_change_write;

/* Ties a verified e-mail address or an outside identity to a user. */
struct user_identity {
	const char *id, *issuer, *subject; /* issuer NULL: none */
	struct err fault; /* ERR_NOT_FOUND; ERR_FORBIDDEN: it is another user's */
	const char *email; /* NULL: stays as it is */
	const char *by, *peer; /* for the audit; NULL: the command line */
};
write_fn user_identity_write;

/* Switches that administrators set in the pages. */
#define SWITCH_SIGNUP "signup" /* "open" or "closed" */
bool signup_open(struct store *s); /* may anybody make an account? */
struct switch_set {
	const char *name, *value;
	const char *by, *peer; /* for the audit; NULL: the command line */
};
write_fn switch_set_write;
/* In a command: what this account may hold now, whatever was read before. A disabled one: nothing;
 * one without a user (the operator's own): all. */
bool account_scopes(struct db *d, const char *id, unsigned *scopes, struct err *e);
size_t user_count(struct store *s); /* 0 also when it cannot be read */

#endif
