/* SPDX-License-Identifier: Apache-2.0 */
/* What people leave behind and nobody needs any more: old sessions, forgiven failures, old
 * invitations, the audit of long ago. */
#ifndef ACCOUNT_CHORES_H
#define ACCOUNT_CHORES_H

#include "account/session.h"

/* What strangers can leave behind in any number (sessions without anybody, failures) is kept down to
 * a number: to be called every thousand strangers or so. */
enum { SESSIONS_OF_STRANGERS = 20000, FAILURES_KEPT = 100000 };
write_fn account_trim_write; /* arg: NULL */

/* To be called about once an hour, from any thread: posts the sweeps, nobody waits. */
void account_sweep(struct store *s, struct session_life life);

#endif
