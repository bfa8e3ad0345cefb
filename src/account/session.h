/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sessions of browsers (auth.md 7.30, section 9). The cookie holds 256 random bits, the store their
 * SHA-256. A session begins before anybody has signed in: it carries the form's CSRF token and what
 * the sign-in is for. Its text changes when somebody signs in.
 */
#ifndef ACCOUNT_SESSION_H
#define ACCOUNT_SESSION_H

#include "account/user.h"
#include "base/digest.h"

enum { SESSION_TEXT_SIZE = 48 };

struct session {
	struct str hash; /* SHA256_SIZE bytes */
	const char *id, *csrf;
	const char *state; /* JSON, see session_state_write; NULL: none */
	const char *notice; /* to show once; NULL: none */
	const struct user *user; /* NULL: nobody has signed in */
	int64_t created_ms, seen_ms, auth_ms;
	const char *peer, *agent;
	int64_t touch_ms; /* session_touch notes it after so long */
};
struct session_life { /* from the settings */
	int64_t idle_ms, max_ms;
};
/* ERR_NOT_FOUND: unknown, too old, or its user is disabled. Arena's. */
bool session_find(struct store *s, struct str text, struct session_life life, struct arena *a,
	struct session *out, struct err *e);
struct session_start { /* in: the rest; out: text, hash, csrf */
	struct str
		old; /* hash of the session it replaces (its state moves along); p NULL: none */
	const char *user_id; /* NULL: nobody yet */
	const char *peer, *agent; /* cut to what is stored */
	char text[SESSION_TEXT_SIZE], csrf[SESSION_TEXT_SIZE];
	unsigned char hash[SHA256_SIZE];
	char id[IDENT_SIZE];
};
/* Draws text, hash, csrf and id (before the write: commands may run twice). */
void session_start_draw(struct session_start *c);
write_fn session_start_write;
/* Keeps it alive: call it for every request with what session_find gave. Written at most once a
 * minute for each (oftener where the idle time is short), and nobody waits. */
void session_touch(struct store *s, const struct session *session);
struct session_state { /* what is under way and what to tell next */
	struct str hash;
	const char *state, *notice; /* NULL: cleared */
};
write_fn session_state_write;
struct session_end { /* by hash, by id of this user, or all of a user but `keep` */
	struct str hash, keep;
	const char *id, *user_id;
	const char *peer; /* for the audit, which this writes: by hash it is a sign-out */
	int64_t ended; /* out: how many */
};
write_fn session_end_write;
bool session_list(struct store *s, const char *user_id, struct session_life life,
	struct arena *a, struct session **out, size_t *count, struct err *e);
/* Removes what is too old; a chore. */
struct session_sweep {
	struct session_life life;
};
write_fn session_sweep_write;

#endif
