/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who asks for what, and where the answer goes: the person must be able to tell a good client from
 * one that only says so (auth.md 7.15, 7.16).
 */
#include "auth/page_consent.h"
#include "auth/page_rows.h"
#include "base/url.h"

struct consent {
	struct auth_request request;
	struct client client;
	unsigned scopes; /* that this person may give */
	bool ask; /* the client wants the page in any case (prompt=consent) */
	struct request_answer answer;
	struct page_session session; /* of somebody else, who is to sign in now */
	const char *state; /* of that; NULL: nobody else */
};

static bool load(
	struct page *p, struct str id, struct auth_request *q, struct client *c, struct err *e)
{
	struct store *s = auth_parts()->store;
	struct arena *a = p->r->arena;
	return request_get(s, id, p->browser.session.hash, a, q, e) &&
	       client_find(s, str_of(q->client_id), a, c, e) &&
	       (!c->disabled || err_set(e, ERR_NOT_FOUND, "this application was revoked"));
}

bool page_pending(struct page *p, struct auth_request *request, struct client *client)
{
	struct err e;
	const json_t *j = page_state(&p->browser.session, p->r->arena);
	const char *id = json_string_value(json_object_get(j, "request"));
	return id && load(p, str_of(id), request, client, &e);
}

/* {"request": id, "ask": true}: that is what signing in is for. */
static const char *state_of(struct page *p, const struct consent *c)
{
	struct arena *a = p->r->arena;
	return json_print(
		a, json_own(a, json_pack("{ss sb}", "request", c->request.id, "ask", c->ask)));
}

/* Asked for on the way here, or before signing in. It only ever makes the page stricter. */
static bool must_ask(struct page *p, const char *id)
{
	struct str prompt;
	const json_t *j = page_state(&p->browser.session, p->r->arena);
	const char *same = json_string_value(json_object_get(j, "request"));
	if (http_query(p->r, "prompt", &prompt) && str_eq(prompt, STR("consent")))
		return true;
	return same && str_eq(str_of(same), str_of(id)) &&
	       json_is_true(json_object_get(j, "ask"));
}

/* Finds the request; who has not signed in does that first. */
static enum flow_next step_find(struct flow *f)
{
	struct page *p = page_of(f);
	struct consent *c = ARENA_NEW(p->r->arena, struct consent);
	struct err e;
	p->own = c;
	if (!load(p, p->r->params[0], &c->request, &c->client, &e)) {
		if (e.code != ERR_NOT_FOUND) {
			f->err = e;
			return FLOW_FAILED;
		}
		return flow_fail(f, ERR_NOT_FOUND,
			"this request is over, or was made in another browser: start again in "
			"the application that sent you here");
	}
	c->ask = must_ask(p, c->request.id);
	if (!p->user)
		return page_leave(p, f, "/login", state_of(p, c));
	c->scopes = c->request.scopes & role_scopes(p->user->role);
	return FLOW_NEXT;
}

/* --- the answer --- */

static enum flow_next answer(struct page *p, struct flow *f, bool allow)
{
	struct consent *c = p->own;
	const struct auth *auth = auth_parts();
	c->answer = (struct request_answer) { .id = str_of(c->request.id),
		.session_hash = p->browser.session.hash,
		.user_id = p->user->id,
		.client_name = c->client.name,
		.peer = p->r->peer,
		.allow = allow,
		.scopes = c->scopes,
		.auth_ms = p->browser.session.auth_ms,
		.grant_life_ms = auth_token_life(auth->conf).refresh_max_ms };
	request_answer_draw(&c->answer);
	return store_write(auth->store, f, request_answer_write, &c->answer);
}

/* "Use another account": the session goes on with nobody signed in, and the request with it. */
static bool write_switch(struct db *d, void *arg, struct err *e)
{
	struct consent *c = arg;
	struct session_state state = { c->session.move.to, c->state, NULL };
	return page_session_write(d, &c->session, e) && session_state_write(d, &state, e);
}

static enum flow_next step_finish(struct flow *f)
{
	struct page *p = page_of(f);
	struct consent *c = p->own;
	struct oauth_error denied;
	if (c->state) {
		browser_set_cookie(p->r, &p->browser.site, c->session.start.text);
		http_see_other(p->r, "/login");
		return FLOW_NEXT;
	}
	if (c->answer.fault.code != ERR_NONE) {
		f->err = c->answer.fault;
		return FLOW_FAILED;
	}
	(void)oauth_fail(&denied, OAUTH_ACCESS_DENIED, "The person refused");
	http_set_header(p->r, "Referrer-Policy", "no-referrer");
	http_set_header(p->r, "Cache-Control", "no-store");
	http_see_other(
		p->r, request_redirect(&c->request, c->answer.allow ? c->answer.code : NULL,
			      c->answer.allow ? NULL : &denied, p->r->arena));
	return FLOW_NEXT;
}

/* --- the page --- */

/* Where the client's name and redirects come from: what makes them more or less believable. */
static void put_client(struct page *p, const struct consent *c, json_t *data)
{
	const struct client *client = &c->client;
	struct str redirect = str_of(c->request.redirect_uri);
	struct url u;
	struct err e;
	json_t *o = json_object();
	page_set(o, "name", client->name);
	if (client->kind == CLIENT_CIMD &&
		url_parse(str_of(client->id), true, p->r->arena, &u, &e))
		page_set_str(o, "document_host", u.host);
	json_object_set_new(o, "self_registered", json_boolean(client->kind == CLIENT_DCR));
	json_object_set_new(o, "by_administrator", json_boolean(client->kind == CLIENT_STATIC));
	page_set(o, "redirect_host", redirect_host(redirect, p->r->arena));
	json_object_set_new(o, "claimable", json_boolean(redirect_is_claimable(redirect)));
	json_object_set_new(data, "client", o);
}

static enum flow_next step_show(struct flow *f)
{
	struct page *p = page_of(f);
	struct consent *c = p->own;
	struct auth_request may = c->request;
	may.scopes = c->scopes;
	if (!c->ask && c->scopes && consent_known(auth_parts()->store, p->user->id, &may))
		return answer(p, f, true);
	json_t *data = page_data(p);
	put_client(p, c, data);
	page_set(data, "id", c->request.id);
	page_set_list(data, "scopes", page_scopes(c->scopes));
	page_show_with(p->r, "consent", data,
		(struct page_rules) { .redirect_uri = c->request.redirect_uri });
	return FLOW_DONE;
}
const struct flow_step consent_show[] = { PAGE_BEGIN(page_begin), { "find", step_find },
	{ "found", page_open }, { "show", step_show }, { "finish", step_finish }, { 0 } };

static enum flow_next step_decide(struct flow *f)
{
	struct page *p = page_of(f);
	struct consent *c = p->own;
	struct str word = form_get(&p->form, "answer");
	if (str_eq(word, STR("allow")) && c->scopes)
		return answer(p, f, true);
	if (str_eq(word, STR("deny")))
		return answer(p, f, false);
	if (!str_eq(word, STR("switch")))
		return flow_fail(f, ERR_INVALID_REQUEST, "this answer cannot be given here");
	c->state = state_of(p, c);
	page_session_draw(&c->session, p, NULL);
	return store_write(auth_parts()->store, f, write_switch, c);
}
const struct flow_step consent_post[] = { PAGE_BEGIN(page_begin), { "find", step_find },
	{ "found", page_open }, { "decide", step_decide }, { "finish", step_finish }, { 0 } };
