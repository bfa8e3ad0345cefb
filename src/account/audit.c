/* SPDX-License-Identifier: Apache-2.0 */
#include "account/audit.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/ident.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/audit.h"

enum { TEXT_BYTES = 200 };

static const struct {
	const char *name, *about;
} events[] = {
#define AUDIT_ROW(id, name, about) { name, about },
#include "account/audit_table.h"
#undef AUDIT_ROW
};

static const char *kept(const char *text, char out[TEXT_BYTES + 1])
{
	struct str s = str_head(str_of(text ? text : ""), TEXT_BYTES);
	memcpy(out, s.p, s.n);
	out[s.n] = 0;
	return out;
}

static bool put_at(struct db *d, const struct audit *what, int64_t at_ms, struct err *e)
{
	char id[IDENT_SIZE], subject[TEXT_BYTES + 1], detail[TEXT_BYTES + 1];
	ident_new("evt", id);
	return audits_put(d,
		&(struct audits_row) {
			.id = id,
			.at_ms = at_ms,
			.event = events[what->event].name,
			.account_id = what->account_id,
			.subject = what->subject ? kept(what->subject, subject) : NULL,
			.peer = what->peer ? what->peer : "",
			.detail = kept(what->detail, detail),
		},
		e);
}

bool audit_put(struct db *d, const struct audit *what, struct err *e)
{
	return put_at(d, what, now_ms(), e);
}

/* --- posted --- */

struct posted {
	struct audit what; /* its texts lie in the arena */
	int64_t at_ms; /* when it happened, not when it is written */
	struct arena *arena;
};

static bool write_posted(struct db *d, void *arg, struct err *e)
{
	const struct posted *p = arg;
	return put_at(d, &p->what, p->at_ms, e);
}

static void end_posted(void *arg, const struct err *e)
{
	struct posted *p = arg;
	if (e->code != ERR_NONE)
		log_error("audit.lost event=%s", events[p->what.event].name);
	arena_free(&p->arena);
	mem_free(p);
}

static const char *copy(struct arena *a, const char *text)
{
	return text ? arena_text(a, str_head(str_of(text), TEXT_BYTES)) : NULL;
}

void audit_post(struct store *s, const struct audit *what)
{
	static const struct err full = { .code = ERR_OVERLOADED };
	struct posted *p = MEM_NEW(struct posted);
	struct arena *a = p->arena = arena_new(0);
	p->at_ms = now_ms();
	p->what = (struct audit) { what->event, copy(a, what->account_id),
		copy(a, what->subject), copy(a, what->peer), copy(a, what->detail) };
	if (!store_post(s, write_posted, end_posted, p))
		end_posted(p, &full);
}

/* --- read --- */

static const char *about(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(events); i++)
		if (strcmp(events[i].name, name) == 0)
			return events[i].about;
	return name;
}

/* The next page begins before the last row's time: rows of that very millisecond that would be cut
 * off are left to it as a whole. */
static size_t whole_page(const struct audits_row *rows, size_t count)
{
	if (count <= AUDIT_PAGE)
		return count;
	size_t n = AUDIT_PAGE;
	while (n > 0 && rows[n - 1].at_ms == rows[AUDIT_PAGE].at_ms)
		n--;
	return n > 0 ? n : AUDIT_PAGE;
}

bool audit_list(struct store *s, const char *account_id, int64_t before_ms, struct arena *a,
	struct audit_page *out, struct err *e)
{
	struct audits_row *rows;
	size_t found;
	bool ok = audits_list(store_read(s), account_id, before_ms ? before_ms : INT64_MAX,
		AUDIT_PAGE + 1, a, &rows, &found, e);
	store_read_end(s);
	if (!ok)
		return false;
	out->more = found > AUDIT_PAGE;
	out->count = whole_page(rows, found);
	out->rows = ARENA_ARRAY(a, struct audit_row, out->count + 1);
	for (size_t i = 0; i < out->count; i++)
		out->rows[i] = (struct audit_row) {
			.event = rows[i].event,
			.about = about(rows[i].event),
			.account_id = rows[i].account_id,
			.account_name = rows[i].account_name,
			.subject = rows[i].subject,
			.peer = rows[i].peer,
			.detail = rows[i].detail,
			.id = rows[i].id,
			.at_ms = rows[i].at_ms,
		};
	return true;
}

bool audit_sweep_write(struct db *d, void *arg, struct err *e)
{
	const struct audit_sweep *c = arg;
	return audits_sweep(d, c->before_ms, e) &&
	       audits_trim(d, events[AUDIT_SIGN_IN_FAILED].name, AUDIT_FAILURES_KEPT, e);
}
