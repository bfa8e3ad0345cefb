/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making an account: the first administrator by the setup link, others by an invitation, or by
 * themselves while an administrator has opened that. Without the right to it there is no page.
 */
#include "account/invite.h"
#include "account/throttle.h"
#include "auth/page_rows.h"
#include "base/mem.h"

#include <stdio.h>

struct join_kind {
	const char *kind; /* of the invitation; NULL: none is needed */
	const char *field; /* that holds its text, in the URL and in the form */
	const char *path, *title;
};
static const struct join_kind setup = { "setup", "token", "/setup",
	"Set up the first administrator" };
static const struct join_kind join = { "invite", "invite", "/join", "Make your account" };
static const struct join_kind signup = { NULL, NULL, "/signup", "Make an account" };

struct joining {
	const struct join_kind *kind;
	struct str text; /* of the invitation */
	enum role role;
	struct user_create create;
	struct password_job job;
	struct page_session session;
};

/* May this browser make an account, and as what? */
static bool may(struct page *p, struct joining *j, struct err *e)
{
	bool post = str_eq(p->r->method, STR("POST"));
	if (!j->kind->kind)
		return signup_open(auth_parts()->store) ||
		       err_set(e, ERR_NOT_FOUND,
			       "accounts are made by an administrator's "
			       "invitation here");
	if (post)
		j->text = form_get(&p->form, j->kind->field);
	else if (!http_query(p->r, j->kind->field, &j->text))
		j->text = (struct str) { NULL, 0 };
	if (j->text.n && j->text.n < INVITE_TEXT_SIZE &&
		invite_find(auth_parts()->store, j->text, j->kind->kind, &j->role, e))
		return true;
	return err_set(
		e, ERR_NOT_FOUND, "this link is not good, or not any more: ask for a new one");
}

static enum flow_next show(struct page *p, const struct joining *j, const char *fault)
{
	json_t *data = page_data(p);
	page_set(data, "title", j->kind->title);
	page_set(data, "path", j->kind->path);
	page_set(data, "field", j->kind->field);
	page_set_str(data, "text", j->text);
	page_set(data, "name", page_field(p, "name"));
	page_set_words(data, "fault", fault);
	if (j->kind == &join && auth_parts()->sign_in)
		page_set(data, "provider", page_provider(p->r->arena));
	json_object_set_new(data, "setup", json_boolean(j->kind == &setup));
	json_object_set_new(data, "admin_role", json_boolean(j->role == ROLE_ADMIN));
	json_object_del(data, "user"); /* the account that is made is another one */
	if (fault && !p->r->res.status)
		p->r->res.status = err_http(ERR_INVALID_REQUEST);
	page_show(p->r, "join", data);
	return FLOW_NEXT;
}

static enum flow_next start(struct flow *f, const struct join_kind *kind, struct joining **out)
{
	struct page *p = page_of(f);
	struct joining *j = *out = ARENA_NEW(p->r->arena, struct joining);
	j->kind = kind;
	p->own = j;
	return may(p, j, &f->err) ? FLOW_NEXT : FLOW_FAILED;
}

static enum flow_next show_kind(struct flow *f, const struct join_kind *kind)
{
	struct joining *j;
	enum flow_next next = start(f, kind, &j);
	return next == FLOW_NEXT ? show(page_of(f), j, NULL) : next;
}

/* --- the form --- */

static bool read_fields(struct page *p, struct joining *j, struct err *e)
{
	struct str name = str_trim(form_get(&p->form, "name"));
	struct str password = form_get(&p->form, "password");
	if (!user_name_ok(name, e) || !password_ok(password, name, e))
		return false;
	if (!same_secret(password, form_get(&p->form, "again")))
		return err_set(e, ERR_INVALID_REQUEST, "the two passwords are not the same");
	j->create = (struct user_create) { .name = arena_text(p->r->arena, name),
		.role = ROLE_MEMBER,
		.only_first = j->kind == &setup,
		.invitation = j->text.p ? arena_text(p->r->arena, j->text) : NULL,
		.peer = p->r->peer };
	j->job = (struct password_job) { .password = password, .hash = true };
	return true;
}

/* Who signs up freely is slowed down, each time more, like who guesses. */
static bool not_too_often(struct flow *f, const struct join_kind *kind)
{
	return kind->kind || throttle_allows(auth_parts()->store, THROTTLE_SIGN_UP, STR(""),
				     page_of(f)->r->peer, &f->call->retry_after_s, &f->err);
}

static enum flow_next post_kind(struct flow *f, const struct join_kind *kind)
{
	struct page *p = page_of(f);
	struct joining *j;
	struct err e;
	enum flow_next next = start(f, kind, &j);
	if (next != FLOW_NEXT)
		return next;
	if (!read_fields(p, j, &e)) {
		(void)show(p, j, e.msg);
		return FLOW_DONE;
	}
	if (!not_too_often(f, kind))
		return FLOW_FAILED;
	return password_begin(auth_parts()->passwords, &j->job, f);
}

static bool write_account(struct db *d, void *arg, struct err *e)
{
	struct joining *j = arg;
	struct throttle_note note = { .what = THROTTLE_SIGN_UP,
		.name = STR(""),
		.peer = j->create.peer,
		.failed = true };
	if (!user_create_write(d, &j->create, e))
		return false;
	if (j->create.fault.code != ERR_NONE)
		return true;
	j->session.start.user_id = j->create.id;
	return page_session_write(d, &j->session, e) &&
	       (j->kind->kind || throttle_note_write(d, &note, e));
}

static enum flow_next step_hashed(struct flow *f)
{
	struct page *p = page_of(f);
	struct joining *j = p->own;
	if (j->job.err.code != ERR_NONE) {
		f->err = j->job.err;
		return FLOW_FAILED;
	}
	j->create.hash = j->job.made;
	page_session_draw(&j->session, p, NULL);
	return store_write(auth_parts()->store, f, write_account, j);
}

static enum flow_next step_made(struct flow *f)
{
	struct page *p = page_of(f);
	struct joining *j = p->own;
	const struct err *fault = &j->create.fault;
	if (fault->code == ERR_NONE) {
		browser_set_cookie(p->r, &p->browser.site, j->session.start.text);
		http_see_other(p->r, page_return(&p->browser.session, p->r->arena));
		return FLOW_NEXT;
	}
	if (fault->code == ERR_INVALID_REQUEST)
		return show(p, j, fault->msg);
	f->err = *fault;
	return FLOW_FAILED;
}

#define JOIN_PAGE(kind)                                                                        \
	static enum flow_next kind##_view(struct flow *f)                                      \
	{                                                                                      \
		return show_kind(f, &kind);                                                    \
	}                                                                                      \
	static enum flow_next kind##_form(struct flow *f)                                      \
	{                                                                                      \
		return post_kind(f, &kind);                                                    \
	}                                                                                      \
	const struct flow_step kind##_show[] = { PAGE_BEGIN(page_begin),                       \
		{ "show", kind##_view }, { 0 } };                                              \
	const struct flow_step kind##_post[] = { PAGE_BEGIN(page_begin),                       \
		{ "form", kind##_form }, { "hashed", step_hashed }, { "made", step_made },     \
		{ 0 } }
JOIN_PAGE(setup);
JOIN_PAGE(join);
JOIN_PAGE(signup);
