/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GET /authorize: nothing is sent to a redirect URI before the client and that URI are proven; until
 * then errors are pages (auth.md 7.5). To a client that registered itself, errors go by a link that
 * the person follows, until they have signed in (7.6): else anybody could use this server to send
 * people anywhere. What was asked for is kept here, under an id and bound to the browser's session;
 * the consent page goes on from that.
 */
#include "auth/oauth.h"
#include "auth/page.h"

enum { CLIENT_ID_BYTES = 2048, STATE_BYTES = 4096 };

struct authorize { /* oauth_call.work */
	struct browser browser;
	struct request_put put;
	struct session_start
		again; /* prompt=login: the session goes on with nobody signed in */
	struct request_answer answer;
	bool silent, login, consent; /* prompt=none, login, consent */
	bool direct; /* prompt=none and all is known: answered without a page */
};

static void send_on(struct http_req *r, const char *to)
{
	http_set_header(r, "Cache-Control", "no-store");
	http_set_header(r, "Referrer-Policy", "no-referrer");
	http_see_other(r, to);
}

static struct authorize *authorize_of(struct flow *f)
{
	return oauth_of(f)->work;
}

/* --- what is proven before anything is sent anywhere --- */

static enum flow_next step_read(struct flow *f)
{
	struct oauth_call *c = oauth_begin(f);
	struct http_req *r = flow_self(f);
	if (!c)
		return FLOW_FAILED;
	c->work = ARENA_NEW(r->arena, struct authorize);
	bool post = str_eq(r->method, STR("POST"));
	if (!(post ? form_of_body(r, &c->form, &f->err)
		   : form_parse(r->query, r->arena, &c->form, &f->err)))
		return FLOW_FAILED;
	if (!oauth_form_ok(&c->form, &c->site, &c->fault)) {
		if (c->fault.code != OAUTH_INVALID_TARGET)
			return oauth_stop_with(f, &c->fault);
		c->fault.code = OAUTH_NONE; /* told to the client, once it is proven */
	}
	c->client_id = form_get(&c->form, "client_id");
	if (!c->client_id.p || c->client_id.n > CLIENT_ID_BYTES)
		return oauth_stop(f, OAUTH_INVALID_REQUEST,
			"The application did not say which one it is (client_id).");
	if (!oauth_take(f, oauth_rates()->authorize))
		return FLOW_FAILED;
	oauth_chores();
	return FLOW_NEXT;
}

static enum flow_next step_client(struct flow *f)
{
	struct oauth_call *c = oauth_of(f);
	const struct auth *parts = auth_parts();
	struct err e;
	if (parts->cimd && cimd_id_ok(c->client_id)) {
		c->find = (struct cimd_find) { .id = c->client_id, .peer = c->r->peer };
		return cimd_enter(parts->cimd, &c->find, f);
	}
	if (client_find(parts->store, c->client_id, c->r->arena, &c->client, &e))
		return FLOW_NEXT;
	if (e.code == ERR_NOT_FOUND)
		return oauth_stop(f, OAUTH_INVALID_CLIENT,
			"This server does not know the application. Remove the connection in "
			"the application and add it again.");
	f->err = e;
	return FLOW_FAILED;
}

static enum flow_next step_redirect(struct flow *f)
{
	struct oauth_call *c = oauth_of(f);
	struct str uri = form_get(&c->form, "redirect_uri");
	if (c->find.fault.code != OAUTH_NONE)
		return oauth_stop(f, OAUTH_INVALID_CLIENT, "%s", c->find.fault.about);
	if (c->find.id.p)
		c->client = c->find.client;
	if (!oauth_client_allowed(&c->client))
		return oauth_stop(f, OAUTH_INVALID_CLIENT,
			"The application may not be used with this server.");
	if (form_get(&c->form, "state").n > STATE_BYTES) /* it could not go into a URL either */
		return oauth_stop(f, OAUTH_INVALID_REQUEST,
			"The application sent a state that is longer than %d bytes.",
			STATE_BYTES);
	if (!uri.p)
		return oauth_stop(f, OAUTH_INVALID_REQUEST,
			"The application did not say where to return to (redirect_uri).");
	if (!client_redirect_ok(&c->client, uri))
		return oauth_stop(f, OAUTH_INVALID_REQUEST,
			"The application wants to return to an address that it has not "
			"registered (redirect_uri).");
	authorize_of(f)->put.request.redirect_uri = arena_text(c->r->arena, uri);
	return FLOW_NEXT;
}

/* --- what the client is told --- */

static bool check_pkce(const struct form *form, struct oauth_error *fault)
{
	struct str challenge = form_get(form, "code_challenge");
	if (!challenge.p)
		return oauth_fail(fault, OAUTH_INVALID_REQUEST, "code_challenge is missing");
	if (!str_eq(form_get(form, "code_challenge_method"), STR("S256")))
		return oauth_fail(fault, OAUTH_INVALID_REQUEST,
			"code_challenge_method must be S256 (absent means plain)");
	return challenge_ok(challenge) ||
	       oauth_fail(fault, OAUTH_INVALID_REQUEST,
		       "code_challenge must be 43 characters of base64url");
}

/* How many words prompt has. */
static int read_prompt(struct authorize *work, const struct form *form)
{
	struct str rest = form_get(form, "prompt"), word;
	int words = 0;
	while (str_cut(&rest, ' ', &word)) {
		words += word.n > 0;
		work->silent |= str_eq(word, STR("none"));
		work->login |=
			str_eq(word, STR("login")) || str_eq(word, STR("select_account"));
		work->consent |= str_eq(word, STR("consent"));
	}
	return words;
}

static bool check(struct oauth_call *c, struct oauth_error *fault)
{
	const struct form *form = &c->form;
	struct authorize *work = c->work;
	struct str type = form_get(form, "response_type"), jkt = form_get(form, "dpop_jkt");
	if (read_prompt(work, form) > 1 && work->silent)
		return oauth_fail(fault, OAUTH_INVALID_REQUEST, "prompt=none stands alone");
	if (form_get(form, "request").p)
		return oauth_fail(fault, OAUTH_REQUEST_NOT_SUPPORTED,
			"request objects are not supported");
	if (form_get(form, "request_uri").p)
		return oauth_fail(
			fault, OAUTH_REQUEST_URI_NOT_SUPPORTED, "request_uri is not supported");
	if (!type.p)
		return oauth_fail(fault, OAUTH_INVALID_REQUEST, "response_type is missing");
	if (!str_eq(type, STR("code")))
		return oauth_fail(
			fault, OAUTH_UNSUPPORTED_RESPONSE_TYPE, "response_type must be code");
	if (!(c->client.grant_types & GRANT_CODE))
		return oauth_fail(fault, OAUTH_UNAUTHORIZED_CLIENT,
			"this client may not use authorization codes");
	if (jkt.p && !challenge_ok(jkt))
		return oauth_fail(fault, OAUTH_INVALID_REQUEST,
			"dpop_jkt must be a SHA-256 thumbprint in base64url");
	work->put.request.dpop_jkt = jkt.p ? arena_text(c->r->arena, jkt) : NULL;
	return check_pkce(form, fault) && oauth_form_ok(form, &c->site, fault) &&
	       oauth_scopes(form, &work->put.request.scopes, fault);
}

static enum flow_next step_check(struct flow *f)
{
	struct oauth_call *c = oauth_of(f);
	struct authorize *work = c->work;
	struct auth_request *q = &work->put.request;
	struct arena *a = c->r->arena;
	struct str challenge = form_get(&c->form, "code_challenge");
	q->client_id = c->client.id;
	q->challenge = challenge.p ? arena_text(a, challenge) : "";
	q->issuer = c->site.base;
	q->resource = c->site.resource;
	q->state = form_get(&c->form, "state");
	bool good = check(c, &c->fault);
	return browser_enter(&work->browser, c->r, good && !work->silent, f);
}

/* prompt=none: nobody is there to be asked. */
static void check_silent(struct oauth_call *c, struct authorize *work)
{
	const struct user *user = work->browser.known ? work->browser.session.user : NULL;
	if (!user)
		oauth_fail(&c->fault, OAUTH_LOGIN_REQUIRED, "nobody has signed in");
	else if (!consent_known(auth_parts()->store, user->id, &work->put.request))
		oauth_fail(&c->fault, OAUTH_CONSENT_REQUIRED, "nobody has allowed this yet");
	else
		work->direct = true;
}

/* A link instead of being sent on. */
static void show_refusal(struct oauth_call *c, const char *to)
{
	struct authorize *work = c->work;
	struct str uri = str_of(work->put.request.redirect_uri);
	json_t *data = json_object();
	page_set(data, "error", oauth_name(c->fault.code));
	page_set(data, "message", c->fault.about);
	page_set(data, "link", to);
	page_set(data, "host", redirect_host(uri, c->r->arena));
	c->r->res.status = 400;
	page_show(c->r, "refused", data);
}

/* prompt=login: who is signed in must prove it again. */
static void leave_session(struct oauth_call *c, struct authorize *work)
{
	struct session_start *again = &work->again;
	again->old = work->browser.session.hash;
	again->peer = c->r->peer;
	again->agent = arena_text(c->r->arena, http_header(c->r, "User-Agent"));
	session_start_draw(again);
	work->put.session_hash = hash_str(again->hash);
}

static bool write_request(struct db *d, void *arg, struct err *e)
{
	struct authorize *work = arg;
	return (!work->login || session_start_write(d, &work->again, e)) &&
	       request_put_write(d, &work->put, e);
}

static enum flow_next step_decide(struct flow *f)
{
	struct oauth_call *c = oauth_of(f);
	struct authorize *work = c->work;
	struct auth_request *q = &work->put.request;
	if (c->fault.code == OAUTH_NONE && work->silent)
		check_silent(c, work);
	if (c->fault.code != OAUTH_NONE) {
		const char *to = request_redirect(q, NULL, &c->fault, c->r->arena);
		bool signed_in = work->browser.known && work->browser.session.user;
		if (c->client.kind == CLIENT_STATIC || signed_in || work->silent)
			send_on(c->r, to);
		else
			show_refusal(c, to);
		return FLOW_DONE;
	}
	work->put.session_hash = work->browser.session.hash;
	request_draw(&work->put);
	work->login &= work->browser.session.user != NULL;
	if (work->login)
		leave_session(c, work);
	return store_write(auth_parts()->store, f, write_request, work);
}

/* --- on to the person, or back at once --- */

static enum flow_next step_go(struct flow *f)
{
	struct oauth_call *c = oauth_of(f);
	struct authorize *work = c->work;
	const struct session *session = &work->browser.session;
	const char *prompt = work->consent ? "?prompt=consent" : "";
	if (work->login)
		browser_set_cookie(c->r, &c->site, work->again.text);
	if (!work->direct) {
		http_see_other(
			c->r, arena_printf(c->r->arena, "/consent/%s%s", work->put.id, prompt));
		return FLOW_DONE;
	}
	work->answer = (struct request_answer) {
		.id = str_of(work->put.id),
		.session_hash = session->hash,
		.user_id = session->user->id,
		.client_name = c->client.name,
		.peer = c->r->peer,
		.allow = true,
		.scopes = work->put.request.scopes & role_scopes(session->user->role),
		.auth_ms = session->auth_ms,
		.grant_life_ms = auth_token_life(auth_parts()->conf).refresh_max_ms,
	};
	request_answer_draw(&work->answer);
	return store_write(auth_parts()->store, f, request_answer_write, &work->answer);
}

static enum flow_next step_back(struct flow *f)
{
	struct oauth_call *c = oauth_of(f);
	struct authorize *work = c->work;
	if (work->answer.fault.code != ERR_NONE) {
		f->err = work->answer.fault;
		return FLOW_FAILED;
	}
	send_on(c->r,
		request_redirect(&work->put.request, work->answer.code, NULL, c->r->arena));
	return FLOW_NEXT;
}

/* Whatever is left is told to the person. */
static enum flow_next step_page(struct flow *f)
{
	struct http_req *r = flow_self(f);
	if (f->err.code == ERR_NONE)
		return FLOW_NEXT;
	http_error(r, &f->err);
	f->err.code = ERR_NONE;
	return FLOW_NEXT;
}

const struct flow_step oauth_authorize[] = {
	{ "read", step_read },
	{ "client", step_client },
	{ "redirect", step_redirect },
	{ "check", step_check },
	{ "decide", step_decide },
	{ "go", step_go },
	{ "back", step_back },
	{ "page", step_page, .always = true },
	{ 0 },
};
