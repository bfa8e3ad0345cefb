/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who did what, when and from where; no secrets. Written in the transaction of what it tells of where
 * there is one (audit_put), else posted.
 */
#ifndef ACCOUNT_AUDIT_H
#define ACCOUNT_AUDIT_H

#include "store/store.h"

enum { AUDIT_DAYS = 400, AUDIT_PAGE = 100 };

enum audit_event {
#define AUDIT_ROW(id, name, about) AUDIT_##id,
#include "account/audit_table.h"
#undef AUDIT_ROW
	AUDIT_COUNT
};
struct audit {
	enum audit_event event;
	const char *account_id; /* who did it; NULL: nobody known */
	const char *subject; /* what it was done to: an id or a name; NULL */
	const char *peer; /* "" or NULL: this machine's command line */
	const char *detail; /* client name, scopes, reason: at most 200 bytes are kept; NULL */
};
bool audit_put(struct db *d, const struct audit *what, struct err *e); /* inside a command */
void audit_post(struct store *s, const struct audit *what); /* copies; nobody waits */
struct audit_row {
	const char *event, *about, *account_id, *account_name, *subject, *peer, *detail, *id;
	int64_t at_ms;
};
struct audit_page {
	struct audit_row *rows;
	size_t count; /* at most AUDIT_PAGE; what happened in one millisecond is not divided */
	bool more; /* there are older ones: those before the last row's at_ms */
};
/* Newest first, older than before_ms (0: now). account_id NULL: everybody's. */
bool audit_list(struct store *s, const char *account_id, int64_t before_ms, struct arena *a,
	struct audit_page *out, struct err *e);
struct audit_sweep {
	int64_t before_ms;
};
/* Removes what is older, and of the failed sign-ins, which anybody can cause, all but the latest
 * AUDIT_FAILURES_KEPT. */
enum { AUDIT_FAILURES_KEPT = 100000 };
write_fn audit_sweep_write;

#endif
