/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changing one's password: the old one is asked for (a session may be somebody else's hand), slowed
 * down like signing in. Other sessions and all that was granted end; this session gets a new text.
 */
#include "account/throttle.h"
#include "auth/page_rows.h"
#include "base/mem.h"

static const char here[] = "/settings#password";

struct changing {
	struct str name, fresh;
	struct password_job old, made;
	struct throttle_note note;
	struct user_change change;
	struct page_session session;
};

static bool read_fields(struct page *p, struct changing *c, struct err *e)
{
	struct str old = form_get(&p->form, "current");
	c->name = str_of(p->user->name);
	c->fresh = form_get(&p->form, "password");
	if (!p->user->has_password)
		return err_set(e, ERR_FORBIDDEN, "this account has no password");
	if (!old.p)
		return err_set(e, ERR_INVALID_REQUEST, "type your current password");
	if (!password_ok(c->fresh, c->name, e))
		return false;
	if (!same_secret(c->fresh, form_get(&p->form, "again")))
		return err_set(
			e, ERR_INVALID_REQUEST, "the two new passwords are not the same");
	c->old = (struct password_job) { .password = old };
	return true;
}

static enum flow_next step_read(struct flow *f)
{
	struct page *p = page_of(f);
	struct changing *c = p->own = ARENA_NEW(p->r->arena, struct changing);
	const struct auth *auth = auth_parts();
	struct user user;
	struct err e;
	if (!read_fields(p, c, &e))
		return page_tell(p, f, here, "!%s", e.msg);
	if (!throttle_allows(auth->store, THROTTLE_SIGN_IN, c->name, p->r->peer,
		    &f->call->retry_after_s, &f->err))
		return FLOW_FAILED;
	if (!user_password(auth->store, c->name, p->r->arena, &user, &c->old.verify, &f->err))
		return FLOW_FAILED;
	return password_begin(auth->passwords, &c->old, f);
}

static enum flow_next step_verified(struct flow *f)
{
	struct page *p = page_of(f);
	struct changing *c = p->own;
	const struct auth *auth = auth_parts();
	if (p->r->res.status)
		return FLOW_DONE;
	if (c->old.err.code != ERR_NONE) {
		f->err = c->old.err;
		return FLOW_FAILED;
	}
	if (!c->old.good) {
		mem_wipe((char *)c->fresh.p, c->fresh.n);
		c->note = (struct throttle_note) { .what = THROTTLE_SIGN_IN,
			.name = c->name,
			.peer = p->r->peer,
			.failed = true };
		return page_do(p, f,
			(struct page_act) { throttle_note_write, &c->note, NULL, here,
				"!The current password is wrong. Nothing was changed." });
	}
	c->made = (struct password_job) { .password = c->fresh, .hash = true };
	return password_begin(auth->passwords, &c->made, f);
}

static bool write_change(struct db *d, void *arg, struct err *e)
{
	struct changing *c = arg;
	return user_change_write(d, &c->change, e) &&
	       (c->change.fault.code != ERR_NONE || page_session_write(d, &c->session, e));
}

static enum flow_next step_hashed(struct flow *f)
{
	struct page *p = page_of(f);
	struct changing *c = p->own;
	if (p->r->res.status)
		return FLOW_DONE;
	if (c->made.err.code != ERR_NONE) {
		f->err = c->made.err;
		return FLOW_FAILED;
	}
	page_session_draw(&c->session, p, p->user->id);
	c->change = (struct user_change) { .what = USER_PASSWORD,
		.id = p->user->id,
		.hash = c->made.made,
		.was = c->old.verify, /* another change may have been quicker */
		.keep_session = c->session.move.from,
		.by = p->user->id,
		.peer = p->r->peer };
	return store_write(auth_parts()->store, f, write_change, c);
}

static enum flow_next step_changed(struct flow *f)
{
	struct page *p = page_of(f);
	struct changing *c = p->own;
	if (c->change.fault.code != ERR_NONE) {
		f->err = c->change.fault;
		return FLOW_FAILED;
	}
	browser_set_cookie(p->r, &p->browser.site, c->session.start.text);
	p->browser.session.hash = c->session.move.to; /* which is told */
	return page_tell(p, f, here,
		"Your password is changed. Other sessions and connected clients have ended.");
}
const struct flow_step password_post[] = { PAGE_BEGIN(page_begin_user), { "read", step_read },
	{ "verified", step_verified }, { "hashed", step_hashed }, { "changed", step_changed },
	{ 0 } };
