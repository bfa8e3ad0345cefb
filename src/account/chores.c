/* SPDX-License-Identifier: Apache-2.0 */
#include "account/chores.h"
#include "account/audit.h"
#include "account/throttle.h"
#include "base/clock.h"
#include "base/mem.h"
#include "store/invitations.h"
#include "store/sessions.h"
#include "store/throttle.h"

enum { INVITATION_DAYS = 30 };

bool account_trim_write(struct db *d, void *arg, struct err *e)
{
	(void)arg;
	return sessions_trim(d, SESSIONS_OF_STRANGERS, e) && throttle_trim(d, FAILURES_KEPT, e);
}

static bool sweep(struct db *d, void *arg, struct err *e)
{
	int64_t now = now_ms();
	return session_sweep_write(d, arg, e) && throttle_sweep_write(d, NULL, e) &&
	       invitations_sweep(d, now - INVITATION_DAYS * DAY_MS, e) &&
	       audit_sweep_write(d, &(struct audit_sweep) { now - AUDIT_DAYS * DAY_MS }, e);
}

static void end(void *arg, const struct err *e)
{
	(void)e; /* the store has logged it; the next hour tries again */
	mem_free(arg);
}

void account_sweep(struct store *s, struct session_life life)
{
	struct session_sweep *c = MEM_NEW(struct session_sweep);
	c->life = life;
	if (!store_post(s, sweep, end, c))
		mem_free(c);
}
