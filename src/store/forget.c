/* SPDX-License-Identifier: Apache-2.0 */
#include "store/forget.h"
#include "base/check.h"

/* Those first that refer to others. $1: the account, $2: the client. */
static const char *const statements[] = {
	"DELETE FROM refresh WHERE grant_id IN"
	" (SELECT id FROM grants WHERE account_id = $1 AND client_id = $2)",
	"DELETE FROM codes WHERE grant_id IN"
	" (SELECT id FROM grants WHERE account_id = $1 AND client_id = $2)",
	"DELETE FROM grants WHERE account_id = $1 AND client_id = $2",
	"DELETE FROM consents WHERE account_id = $1 AND client_id = $2",
	"DELETE FROM auth_requests WHERE client_id = $2 AND $1 = $1",
	"DELETE FROM sessions WHERE account_id = $1 AND $2 = $2",
	"DELETE FROM users WHERE account_id = $1 AND $2 = $2",
	"DELETE FROM accounts WHERE id = $1 AND $2 = $2",
	"DELETE FROM clients WHERE id = $2 AND $1 = $1",
};

bool forget_trial(struct db *d, const char *account_id, const char *client_id, struct err *e)
{
	for (size_t i = 0; i < COUNT_OF(statements); i++)
		if (!db_exec(d, statements[i], DB_ARGS(db_t(account_id), db_t(client_id)), NULL,
			    e))
			return false;
	return true;
}
