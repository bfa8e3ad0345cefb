/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dialect of ScrapeHub (apis.md S3-89, S3-90): signing in and up for programs. A sign-in
 * gives what a browser gets, the session cookie, and for calls of REST a token: an API key named
 * "sign-in" with all scopes of the person's role, which ends with the longest life of a session or
 * at signing out. Credentials are taken from the body alone: URLs are logged everywhere.
 */
#include "account/invite.h"
#include "auth/browser.h"
#include "auth/sign_in.h"
#include "account/throttle.h"
#include "base/clock.h"
#include "base/mem.h"
#include "rest/dialect.h"
#include "rest/goal.h"
#include "rest/merge.h"
#include "rest/row.h"

#include <stddef.h>

static const char bad_invitation[] = "this invitation is not known, was used, or has expired";

struct credentials {
	const char *email, *password, *invite;
};
struct visit { /* r->door_state */
	struct http_req *r;
	struct browser browser;
	struct credentials in;
	struct password_job job;
	struct throttle_note note;
	struct err refused; /* sign-up: after the note is written */
	struct user_create user;
	struct sign_in sign_in;
	struct key_create key;
};

static struct visit *visit_of(struct flow *f)
{
	struct http_req *r = flow_self(f);
	if (!r->door_state) {
		struct visit *v = ARENA_NEW(r->arena, struct visit);
		v->r = r;
		r->door_state = v;
	}
	return r->door_state;
}

static enum flow_next step_browser(struct flow *f)
{
	struct visit *v = visit_of(f);
	return browser_enter(&v->browser, v->r, false, f);
}

/* --- what is sent --- */

#define AT(member) offsetof(struct credentials, member)
#define LOGIN_FIELDS                                                                           \
	{ "email", F_STR, F_REQ, AT(email), 1, 256,                                            \
		.about = "the name of the user, which may be an e-mail address" },             \
	{                                                                                      \
		"password", F_STR, F_REQ, AT(password), 1, 1024                                \
	}
static const struct field login_in[] = { LOGIN_FIELDS, { 0 } };
static const struct field register_in[] = {
	LOGIN_FIELDS,
	{ "invite", F_STR, F_EMPTY_OK, AT(invite), 0, 128,
		.about = "the code of an invitation; needed unless sign-up is open" },
	{ 0 },
};

static enum flow_next step_read(struct flow *f)
{
	struct visit *v = visit_of(f);
	const struct rest_row *row = v->r->route->row;
	struct field_unknown ignored = { NULL, NULL };
	if (v->r->query.n)
		return flow_fail(f, ERR_INVALID_REQUEST,
			"credentials belong into the body, not into the URL");
	json_t *args = merge_args(v->r, row->in, &f->err);
	if (!args || !fields_decode(row->in, args, &v->in, v->r->arena, ignored, &f->err))
		return FLOW_FAILED;
	return FLOW_NEXT;
}

/* --- signing in --- */

static enum flow_next step_sign_in(struct flow *f)
{
	struct visit *v = visit_of(f);
	struct arena *a = v->r->arena;
	v->sign_in = (struct sign_in) {
		.name = str_of(v->in.email),
		.password = str_of(v->in.password),
		.peer = v->r->peer,
		.agent = arena_text(a, http_header(v->r, "User-Agent")),
	};
	if (v->browser.known)
		v->sign_in.old_session = v->browser.session.hash;
	return sign_in_enter(&v->sign_in, f);
}

static enum flow_next step_token(struct flow *f)
{
	struct visit *v = visit_of(f);
	const struct sign_in *s = &v->sign_in;
	if (s->fault.code != ERR_NONE) {
		f->err = s->fault;
		f->call->retry_after_s = s->retry_after_s;
		return FLOW_FAILED;
	}
	v->key = (struct key_create) {
		.account_id = s->user.id,
		.name = KEY_OF_SIGN_IN,
		.scopes = role_scopes(s->user.role),
		.expires_ms = now_ms() + auth_session_life(auth_parts()->conf).max_ms,
		.by = s->user.id,
		.peer = v->r->peer,
		.sweep = true,
	};
	if (!key_create_draw(&v->key, &f->err))
		return FLOW_FAILED;
	return store_write(auth_parts()->store, f, key_create_write, &v->key);
}

static bool put_token(struct buf *b, const void *self)
{
	json_put_text(b, ((const struct visit *)self)->key.made.text);
	return true;
}

static bool put_scopes(struct buf *b, const void *self)
{
	char names[256];
	scopes_print(((const struct visit *)self)->key.scopes, ' ', names);
	json_put_text(b, names);
	return true;
}

static bool put_role(struct buf *b, const void *self)
{
	json_put_text(b, role_name(((const struct visit *)self)->sign_in.user.role));
	return true;
}
#define A_TEXT(about) "{\"type\":\"string\",\"description\":\"" about "\"}"
static const struct field token_out[] = {
	{ "token", F_CALC, F_REQ, .calc = put_token,
		.schema = A_TEXT("for Authorization: Bearer or X-API-KEY") },
	{ "expires_at", F_TIME, F_REQ, offsetof(struct visit, key.expires_ms) },
	{ "scopes", F_CALC, F_REQ, .calc = put_scopes,
		.schema = A_TEXT("what the token may do, blanks between") },
	{ "name", F_STR, F_REQ, offsetof(struct visit, sign_in.user.name) },
	{ "role", F_CALC, F_REQ, .calc = put_role, .schema = A_TEXT("admin or member") },
	{ 0 },
};

void goal_answer(struct http_req *r, const void *out)
{
	const struct rest_row *row = r->route->row;
	r->res.status = row->status;
	buf_char(&r->res.body, '{');
	dialect_put_head(dialect_of(r->path), r, &r->res.body);
	fields_encode_members(row->out, out, &r->res.body);
	buf_char(&r->res.body, '}');
}

void goal_refuse(struct http_req *r, struct err *e)
{
	if (e->code == ERR_UNAUTHORIZED)
		http_set_header(r, "WWW-Authenticate", "Bearer realm=\"scraped\"");
	http_error(r, e);
	e->code = ERR_NONE; /* it has been said */
}

static enum flow_next step_answer(struct flow *f)
{
	struct visit *v = visit_of(f);
	if (f->err.code == ERR_NONE)
		f->err = v->key.fault;
	http_set_header(v->r, "Cache-Control", "no-store");
	if (f->err.code == ERR_NONE) {
		browser_set_cookie(v->r, &v->browser.site, v->sign_in.session.text);
		goal_answer(v->r, v);
	} else {
		goal_refuse(v->r, &f->err);
	}
	mem_wipe(&v->key.made, sizeof v->key.made);
	mem_wipe(v->sign_in.session.text, sizeof v->sign_in.session.text);
	return FLOW_NEXT;
}

static const struct flow_step login_steps[] = {
	{ "browser", step_browser },
	{ "read", step_read },
	{ "sign_in", step_sign_in },
	{ "token", step_token },
	{ "answer", step_answer, .always = true },
	{ 0 },
};

/* --- signing up --- */

/* Nothing about names is told to whom sign-up is closed. */
static bool may_sign_up(struct visit *v, struct err *e)
{
	struct store *store = auth_parts()->store;
	enum role role;
	if (v->in.invite && invite_find(store, str_of(v->in.invite), "invite", &role, e))
		return true;
	if (v->in.invite && e->code != ERR_NOT_FOUND)
		return false;
	if (v->in.invite)
		return err_set(e, ERR_FORBIDDEN, "%s", bad_invitation);
	if (signup_open(store))
		return true;
	return err_set(
		e, ERR_FORBIDDEN, "sign-up is closed: ask an administrator to invite you");
}

/* Tries without a good invitation are slowed down, those that make a user too. */
static enum flow_next step_may(struct flow *f)
{
	struct visit *v = visit_of(f);
	struct store *store = auth_parts()->store;
	if (!throttle_allows(store, THROTTLE_SIGN_UP, STR(""), v->r->peer,
		    &f->call->retry_after_s, &f->err))
		return FLOW_FAILED;
	bool may = may_sign_up(v, &v->refused);
	if (may && v->in.invite)
		return FLOW_NEXT;
	v->note = (struct throttle_note) {
		.what = THROTTLE_SIGN_UP, .name = STR(""), .peer = v->r->peer, .failed = true
	};
	return store_write(store, f, throttle_note_write, &v->note);
}

static enum flow_next step_hash(struct flow *f)
{
	struct visit *v = visit_of(f);
	struct str name = str_of(v->in.email), password = str_of(v->in.password);
	if (v->refused.code != ERR_NONE) {
		f->err = v->refused;
		return FLOW_FAILED;
	}
	if (!user_name_ok(name, &f->err) || !password_ok(password, name, &f->err))
		return FLOW_FAILED;
	/* a copy: it is wiped, and signing in wants it once more */
	v->job.password = (struct str) { arena_text(v->r->arena, password), password.n };
	v->job.hash = true;
	return password_begin(auth_parts()->passwords, &v->job, f);
}

static enum flow_next step_create(struct flow *f)
{
	struct visit *v = visit_of(f);
	if (v->job.err.code != ERR_NONE) {
		f->err = v->job.err;
		f->call->retry_after_s = f->call->retry_after_s ? f->call->retry_after_s : 1;
		return FLOW_FAILED;
	}
	v->user = (struct user_create) { .name = v->in.email,
		.role = ROLE_MEMBER,
		.hash = v->job.made,
		.invitation = v->in.invite,
		.peer = v->r->peer };
	return store_write(auth_parts()->store, f, user_create_write, &v->user);
}

static enum flow_next step_created(struct flow *f)
{
	struct visit *v = visit_of(f);
	f->err = v->user.fault;
	if (f->err.code == ERR_NOT_FOUND) /* somebody else was quicker */
		err_set(&f->err, ERR_FORBIDDEN, "%s", bad_invitation);
	return f->err.code == ERR_NONE ? FLOW_NEXT : FLOW_FAILED;
}

static const struct flow_step register_steps[] = {
	{ "browser", step_browser },
	{ "read", step_read },
	{ "may", step_may },
	{ "hash", step_hash },
	{ "create", step_create },
	{ "created", step_created },
	{ "sign_in", step_sign_in },
	{ "token", step_token },
	{ "answer", step_answer, .always = true },
	{ 0 },
};

/* --- the rows --- */

#define A_TOKEN                                                                                \
	"{\"request_id\":\"req_1k9x3v\",\"token\":\"sk_live_...\",\"expires_at\":"             \
	"\"2026-01-27T22:30:00Z\",\"scopes\":\"scrape jobs:read jobs:write keys:manage\","     \
	"\"name\":\"ada@example.com\",\"role\":\"member\"}"
static const struct rest_row login_row = {
	.open = true,
	.in = login_in,
	.out = token_out,
	.status = 200,
	.id = "login",
	.summary = "Sign in with a password",
	.about = "Sets the session cookie and answers with a token, an API key that ends with "
		 "the session's longest life. Wrong names and wrong passwords are not told "
		 "apart, and slow down whoever tries.",
	.example_in = "{\"email\":\"ada@example.com\",\"password\":\"correct horse battery\"}",
	.example_out = A_TOKEN,
	.refusals = "400 401 403 404 408 413 415 429 500 503",
};
static const struct rest_row register_row = {
	.open = true,
	.in = register_in,
	.out = token_out,
	.status = 201,
	.id = "register",
	.summary = "Sign up",
	.about = "Makes a user and signs them in. Closed unless an administrator has opened "
		 "sign-up or a good invitation is sent.",
	.example_in = "{\"email\":\"ada@example.com\",\"password\":\"correct horse battery\","
		      "\"invite\":\"...\"}",
	.example_out = A_TOKEN,
	.refusals = "400 401 403 404 408 413 415 429 500 503",
};
const struct http_route dialect_goal_auth[] = {
	{ "POST", "/api/v1/auth/login", .steps = login_steps, .row = &login_row },
	{ "POST", "/api/v1/auth/register", .steps = register_steps, .row = &register_row },
	{ 0 },
};
