/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of SQL about webhooks share; for them only. */
#ifndef STORE_HOOKS_IN_H
#define STORE_HOOKS_IN_H

#include "store/hooks.h"
#include "store/row.h"

/* Columns of an endpoint, table p, in the order of endpoint_row_read, from column `at` on. */
#define ENDPOINT_COLUMNS                                                                       \
	"p.id, p.account_id, p.url, p.secret, p.old_secret, p.old_until_ms, p.created_ms,"     \
	" p.disabled_ms"
/* An old secret whose time is over by now_ms is left out. */
void endpoint_row_read(
	struct db_rows *r, int at, int64_t now_ms, struct arena *a, struct endpoint_row *row);

#endif
