/* SPDX-License-Identifier: Apache-2.0 */
/* How the doctor asks: shortly, and not for much. */
#include "cli/doctor.h"

enum { TIMEOUT_MS = 10000, BODY_MAX = 4 << 20 };

void doctor_ask(struct doctor *d, const struct ask *ask, struct reply *r)
{
	const struct asker asker = { .fetcher = d->fetcher,
		.desks = d->desks,
		.user_agent = "scraped-doctor/" SCRAPED_VERSION,
		.timeout_ms = TIMEOUT_MS,
		.body_max = BODY_MAX };
	ask_send(&asker, ask, d->arena, r);
}

void doctor_get(struct doctor *d, const char *path, struct reply *r)
{
	doctor_ask(d, &(struct ask) { .url = arena_printf(d->arena, "%s%s", d->url, path) }, r);
}

void form_add(struct buf *b, const char *name, struct str value)
{
	buf_addf(b, "%s%s=", b->len ? "&" : "", name);
	buf_percent(b, value);
}
