/* SPDX-License-Identifier: Apache-2.0 */
#include "account/audit.h"
#include "base/clock.h"
#include "base/ident.h"
#include "store/audit.h"

static const struct {
	const char *name, *about;
} events[] = {
#define AUDIT_ROW(id, name, about) { name, about },
#include "account/audit_table.h"
#undef AUDIT_ROW
};

bool audit_put(struct db *d, const struct audit *what, struct err *e)
{
	enum { DETAIL_BYTES = 200 };
	char id[IDENT_SIZE], detail[DETAIL_BYTES + 1];
	struct str kept = str_head(str_of(what->detail ? what->detail : ""), DETAIL_BYTES);
	memcpy(detail, kept.p, kept.n);
	detail[kept.n] = 0;
	ident_new("evt", id);
	return audits_put(d,
		&(struct audits_row) {
			.id = id,
			.at_ms = now_ms(),
			.event = events[what->event].name,
			.account_id = what->account_id,
			.subject = what->subject,
			.peer = what->peer ? what->peer : "",
			.detail = detail,
		},
		e);
}
