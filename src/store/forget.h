/* SPDX-License-Identifier: Apache-2.0 */
/* Removing without a trace what was only made to try something out (main database). */
#ifndef STORE_FORGET_H
#define STORE_FORGET_H

#include "store/db.h"

/* The client, everything granted to it, and the account with its user and sessions. The audit stays:
 * it tells of what has happened. */
bool forget_trial(struct db *d, const char *account_id, const char *client_id, struct err *e);

#endif
