/* SPDX-License-Identifier: Apache-2.0 */
/* The dialect of ScrapeHub (apis.md S3-91): signing out, by the cookie, the token, or both. */
#include "auth/browser.h"
#include "rest/dialect.h"
#include "rest/goal.h"
#include "rest/row.h"

struct leaving { /* r->door_state */
	struct http_req *r;
	struct browser browser;
	struct session_end session_end;
	struct key_revoke key_revoke;
};

static struct leaving *leaving_of(struct flow *f)
{
	struct http_req *r = flow_self(f);
	if (!r->door_state) {
		struct leaving *l = ARENA_NEW(r->arena, struct leaving);
		l->r = r;
		r->door_state = l;
	}
	return r->door_state;
}

static enum flow_next step_browser(struct flow *f)
{
	struct leaving *l = leaving_of(f);
	return browser_enter(&l->browser, l->r, false, f);
}

/* A credential that is not good (any more) is like none: who is out already is told so. */
static enum flow_next step_caught(struct flow *f)
{
	f->err.code = ERR_NONE;
	return FLOW_NEXT;
}

static enum flow_next step_bearer(struct flow *f)
{
	return flow_enter(f, bearer_who, flow_self(f));
}

static const struct flow_step try_steps[] = {
	{ "bearer", step_bearer },
	{ "caught", step_caught, .always = true },
	{ 0 },
};

static enum flow_next step_who(struct flow *f)
{
	struct http_req *r = flow_self(f);
	bool sent = http_header(r, "Authorization").p || http_header(r, "X-API-KEY").p;
	return sent ? flow_enter(f, try_steps, r) : FLOW_NEXT;
}

static bool is_token(const struct principal *who, struct arena *a, bool *is, struct err *e)
{
	struct key_row *rows;
	size_t count;
	*is = false;
	if (who->via != VIA_KEY)
		return true;
	if (!key_list(auth_parts()->keys, who->account_id, a, &rows, &count, e))
		return false;
	for (size_t i = 0; i < count; i++)
		*is = *is || (strcmp(rows[i].id, who->credential_id) == 0 &&
				     strcmp(rows[i].name, KEY_OF_SIGN_IN) == 0);
	return true;
}

static enum flow_next step_end_token(struct flow *f)
{
	struct leaving *l = leaving_of(f);
	const struct principal *who = l->r->call.who;
	bool token;
	if (!who)
		return FLOW_NEXT;
	if (!is_token(who, l->r->arena, &token, &f->err))
		return FLOW_FAILED;
	if (!token)
		return flow_fail(f, ERR_INVALID_REQUEST,
			"what was sent is not the token of a sign-in: API keys are revoked "
			"with DELETE /api/v1/api-keys/ID");
	l->key_revoke = (struct key_revoke) { .id = who->credential_id,
		.account_id = who->account_id,
		.by = who->account_id,
		.peer = l->r->peer };
	return store_write(auth_parts()->store, f, key_revoke_write, &l->key_revoke);
}

static enum flow_next step_end_session(struct flow *f)
{
	struct leaving *l = leaving_of(f);
	const struct session *session = &l->browser.session;
	if (!l->browser.known)
		return FLOW_NEXT;
	if (session->user)
		audit_post(auth_parts()->store, &(struct audit) { .event = AUDIT_SIGN_OUT,
							.account_id = session->user->id,
							.subject = session->user->name,
							.peer = l->r->peer });
	l->session_end.hash = session->hash;
	return store_write(auth_parts()->store, f, session_end_write, &l->session_end);
}

static const struct field logout_out[] = {
	{ "message", F_FIXED, F_REQ, .text = "\"Signed out\"",
		.schema = "{\"const\":\"Signed out\"}" },
	{ 0 },
};

static enum flow_next step_out(struct flow *f)
{
	struct leaving *l = leaving_of(f);
	http_set_header(l->r, "Cache-Control", "no-store");
	if (f->err.code != ERR_NONE) {
		goal_refuse(l->r, &f->err);
		return FLOW_NEXT;
	}
	browser_set_cookie(l->r, &l->browser.site, NULL);
	goal_answer(l->r, l);
	return FLOW_NEXT;
}

static const struct flow_step logout_steps[] = {
	{ "browser", step_browser },
	{ "who", step_who },
	{ "end_token", step_end_token },
	{ "end_session", step_end_session },
	{ "answer", step_out, .always = true },
	{ 0 },
};

static const struct rest_row logout_row = {
	.open = true,
	.out = logout_out,
	.status = 200,
	.id = "logout",
	.summary = "Sign out",
	.about = "Ends the session of the cookie and the token that is sent. Again is no "
		 "error.",
	.example_out = "{\"request_id\":\"req_1k9x3v\",\"message\":\"Signed out\"}",
	.refusals = "400 403 404 500 503",
};

const struct http_route dialect_goal_logout[] = {
	{ "POST", "/api/v1/auth/logout", .steps = logout_steps, .row = &logout_row },
	{ 0 },
};
