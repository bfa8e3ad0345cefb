/* SPDX-License-Identifier: Apache-2.0 */
/* The SQL of grants and consents (main database). Text of rows lives in the arena given. */
#ifndef STORE_GRANTS_H
#define STORE_GRANTS_H

#include "base/arena.h"
#include "store/db.h"

enum { GRANTS_LIST_MAX = 10000, GRANTS_BATCH = 20000 };

struct grants_row {
	const char *id, *account_id, *client_id, *client_name;
	const char *kind; /* code, device, client */
	const char *scopes; /* names, blanks between */
	const char *issuer, *resource;
	const char *dpop_jkt; /* NULL */
	int64_t auth_ms, created_ms, used_ms, expires_ms, revoked_ms; /* revoked 0: not */
	bool account_disabled; /* read only */
};

bool grants_put(struct db *d, const struct grants_row *row, struct err *e);
/* ERR_NOT_FOUND when there is none. */
bool grants_get(
	struct db *d, const char *id, struct arena *a, struct grants_row *row, struct err *e);
/* The living one that a machine client has for itself. ERR_NOT_FOUND. */
bool grants_of_machine(struct db *d, const char *client_id, const char *issuer,
	const char *resource, struct arena *a, struct grants_row *row, struct err *e);
/* Neither revoked nor expired, newest first. account_id NULL: everybody's. */
bool grants_list(struct db *d, const char *account_id, int64_t now_ms, struct arena *a,
	struct grants_row **rows, size_t *count, struct err *e);
bool grants_touch(struct db *d, const char *id, int64_t now_ms, struct err *e);
bool grants_bind(struct db *d, const char *id, const char *dpop_jkt, struct err *e);
bool grants_extend(struct db *d, const char *id, const char *scopes, int64_t expires_ms,
	int64_t now_ms, struct err *e);
/* Those that are not revoked yet; *changed (may be NULL): how many there were. */
bool grants_revoke(struct db *d, const char *id, const char *why, int64_t now_ms,
	int64_t *changed, struct err *e);
bool grants_revoke_client(struct db *d, const char *client_id, const char *why, int64_t now_ms,
	int64_t *changed, struct err *e);
/* Removes those that ended before before_ms and have neither codes nor refresh tokens left. */
bool grants_sweep(struct db *d, int64_t before_ms, struct err *e);

/* *scopes "": none. */
bool consents_get(struct db *d, const char *account_id, const char *client_id,
	const char *resource, struct arena *a, const char **scopes, struct err *e);
bool consents_put(struct db *d, const char *account_id, const char *client_id,
	const char *resource, const char *scopes, int64_t now_ms, struct err *e);
/* account_id NULL: everybody's for this client. */
bool consents_drop(struct db *d, const char *account_id, const char *client_id, struct err *e);

#endif
