/* SPDX-License-Identifier: Apache-2.0 */
/* A new API key. Its text is in the answer to the form and nowhere else: no redirect, no store. */
#include "auth/page_rows.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/mem.h"

/* Every checkbox is a field of its own, named scope_<name>. */
static unsigned chosen(const struct page *p)
{
	static const struct {
		const char *field;
		unsigned bit;
	} rows[] = {
#define SCOPE_ROW(id, name, about) { "scope_" name, SCOPE(id) },
#include "account/scope_table.h"
#undef SCOPE_ROW
	};
	unsigned scopes = 0;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (form_get(&p->form, rows[i].field).p)
			scopes |= rows[i].bit;
	return scopes;
}

static bool read_key(const struct page *p, struct key_create *c, struct err *e)
{
	struct str days = form_get(&p->form, "days");
	int64_t n = 0;
	*c = (struct key_create) { .account_id = p->user->id,
		.name = page_field(p, "name"),
		.scopes = chosen(p) & role_scopes(p->user->role),
		.by = p->user->id,
		.peer = p->r->peer };
	if (!*c->name)
		return err_set(e, ERR_INVALID_REQUEST, "give the key a name");
	if (!c->scopes)
		return err_set(e, ERR_INVALID_REQUEST,
			"choose at least one thing that the key may do");
	if (!str_eq(days, STR("never")) && (!str_to_int(days, &n) || n < 1 || n > 3650))
		return err_set(e, ERR_INVALID_REQUEST, "choose when the key expires");
	c->expires_ms = n ? now_ms() + n * DAY_MS : 0;
	return key_create_draw(c, e);
}

static enum flow_next step_make(struct flow *f)
{
	struct page *p = page_of(f);
	struct key_create *c = ARENA_NEW(p->r->arena, struct key_create);
	struct err e;
	p->own = c;
	if (!read_key(p, c, &e)) {
		p->own = NULL;
		return page_tell(p, f, "/settings", "!%s", e.msg);
	}
	return store_write(auth_parts()->store, f, key_create_write, c);
}

static enum flow_next step_made(struct flow *f)
{
	struct page *p = page_of(f);
	struct key_create *c = p->own;
	if (!c)
		return FLOW_DONE;
	if (c->fault.code != ERR_NONE)
		return page_tell(p, f, "/settings", "!%s", c->fault.msg);
	json_t *data = page_data(p);
	page_set(data, "name", c->name);
	page_set(data, "secret", c->made.text);
	page_set(data, "mcp_url", p->browser.site.resource);
	page_set(data, "base", p->browser.site.base);
	page_set_time(data, "expires", c->expires_ms);
	mem_wipe(c->made.text, sizeof c->made.text);
	page_show_with(p->r, "key_made", data, (struct page_rules) { .script = true });
	return FLOW_NEXT;
}
const struct flow_step key_make_post[] = { PAGE_BEGIN(page_begin_user), { "make", step_make },
	{ "made", step_made }, { 0 } };
