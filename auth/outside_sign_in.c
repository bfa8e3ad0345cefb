/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was sent along is kept in the browser's session and taken out of it before anything that came
 * back is used, so an answer counts once and only in the browser that asked for it.
 */
#include "account/invite.h"
#include "auth/outside_sign_in.h"
#include "auth/identity.h"
#include "auth/outside_wire.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/sessions.h"

enum { LEEWAY_S = 30 };

struct outside { /* one request for /signin/... */
	struct page *p;
	struct issuer_ask ask;
	const char *nonce, *verifier, *invitation; /* of the session */
	const char *before, *after; /* the session's state, without what was taken out */
	bool taken;
	struct fetch_req req;
	struct fetch_res res;
	struct issuer_check check;
	struct str access_token; /* for the userinfo endpoint alone */
	bool asks_userinfo;
	const json_t *userinfo; /* of the same subject; NULL */
	struct arrival arrival;
};

static struct outside *outside_of(struct flow *f)
{
	return page_of(f)->own;
}

static struct outside *outside_new(struct page *p)
{
	struct outside *o = ARENA_NEW(p->r->arena, struct outside);
	o->p = p;
	p->own = o;
	return o;
}

static bool offered(struct flow *f)
{
	return auth_parts()->sign_in ||
	       (flow_fail(f, ERR_NOT_FOUND, "signing in elsewhere is not offered here"), false);
}

/* --- going there --- */

static enum flow_next step_start(struct flow *f)
{
	struct outside *o = outside_new(page_of(f));
	if (!offered(f))
		return FLOW_FAILED;
	o->ask.metadata_only = true;
	return issuer_enter(auth_parts()->sign_in, &o->ask, f);
}

static enum flow_next step_leave(struct flow *f)
{
	struct outside *o = outside_of(f);
	struct arena *a = o->p->r->arena;
	struct str invitation;
	struct outside_secrets secrets;
	outside_draw(&secrets, a);
	if (o->ask.err.code != ERR_NONE || !*o->ask.metadata.authorization_endpoint ||
		!*o->ask.metadata.token_endpoint)
		return flow_fail(f, ERR_OVERLOADED,
			"the sign-in provider cannot be reached at the moment");
	json_t *all = page_state(&o->p->browser.session, o->p->r->arena), *mine = json_object();
	page_set(mine, "state", secrets.state);
	page_set(mine, "nonce", secrets.nonce);
	page_set(mine, "verifier", secrets.verifier);
	json_object_set_new(mine, "until", json_integer(now_ms() + OUTSIDE_LIFE_MS));
	if (http_query(o->p->r, "invite", &invitation) && invitation.n < INVITE_TEXT_SIZE)
		page_set_str(mine, "invite", invitation);
	json_object_set_new(all, "outside", mine);
	const char *to =
		outside_authorize_url(&o->ask.metadata, &secrets, &o->p->browser.site, a);
	return page_leave(o->p, f, to, json_print(a, all));
}

static const struct flow_step start_steps[] = { PAGE_BEGIN(page_begin), { "start", step_start },
	{ "leave", step_leave }, { 0 } };

/* --- coming back --- */

static struct str query(const struct outside *o, const char *name)
{
	struct str value;
	return http_query(o->p->r, name, &value) ? value : (struct str) { NULL, 0 };
}

/* Only if nobody else has taken it meanwhile. */
static bool take_write(struct db *d, void *arg, struct err *e)
{
	struct outside *o = arg;
	struct arena *a = arena_new(0);
	struct sessions_row row = { 0 };
	struct str hash = o->p->browser.session.hash;
	bool ok = sessions_get(d, hash, (struct sessions_since) { 0 }, a, &row, e);
	if (!ok && e->code == ERR_NOT_FOUND) {
		e->code = ERR_NONE;
		ok = true;
	}
	o->taken = row.state && strcmp(row.state, o->before) == 0;
	ok = ok && (!o->taken || sessions_state(d, hash, o->after, row.notice, e));
	arena_free(&a);
	return ok;
}

static enum flow_next not_ours(struct flow *f)
{
	return flow_fail(f, ERR_INVALID_REQUEST,
		"this sign-in was not begun in this browser, or is over already: please begin "
		"again at /login");
}

static enum flow_next step_take(struct flow *f)
{
	struct outside *o = outside_new(page_of(f));
	if (!offered(f))
		return FLOW_FAILED;
	json_t *all = page_state(&o->p->browser.session, o->p->r->arena),
	       *mine = json_object_get(all, "outside");
	const char *state = json_string_value(json_object_get(mine, "state"));
	struct str came = query(o, "state");
	if (!state || !came.p || !same_secret(str_of(state), came) ||
		json_integer_value(json_object_get(mine, "until")) < now_ms())
		return not_ours(f);
	struct arena *a = o->p->r->arena;
	const char *invite = json_string_value(json_object_get(mine, "invite"));
	o->nonce = arena_text(a, str_of(json_string_value(json_object_get(mine, "nonce"))));
	o->verifier =
		arena_text(a, str_of(json_string_value(json_object_get(mine, "verifier"))));
	o->invitation = arena_copy(a, invite);
	json_object_del(all, "outside");
	o->before = o->p->browser.session.state;
	o->after = json_print(a, all);
	return store_write(auth_parts()->store, f, take_write, o);
}

static enum flow_next step_taken(struct flow *f)
{
	struct outside *o = outside_of(f);
	if (!o->taken)
		return not_ours(f);
	o->p->browser.session.state = o->after;
	o->ask.metadata_only = true;
	return issuer_enter(auth_parts()->sign_in, &o->ask, f);
}

/* Back to the sign-in page, which says it; the page_open that follows ends the list. */
static enum flow_next refuse(struct flow *f, const char *words, struct str detail)
{
	struct outside *o = outside_of(f);
	char quoted[LOG_QUOTE_SIZE];
	struct str head = str_head(str_utf8_ok(detail) ? detail : STR(""), 150);
	log_warn("signin.refused why=\"%s\" detail=%s", words, log_quote(head, quoted));
	return page_tell(
		o->p, f, "/login", "!%s%s%.*s", words, head.n ? ": " : ".", STR_ARG(head));
}

/* RFC 9207: whose answer is it? Before anything else in it is believed, errors included. */
static bool iss_fits(const struct outside *o)
{
	struct str iss = query(o, "iss");
	if (!iss.p)
		return !o->ask.metadata.iss_in_response;
	return str_eq(iss, str_of(o->ask.metadata.issuer));
}

static enum flow_next step_answer(struct flow *f)
{
	struct outside *o = outside_of(f);
	struct arena *a = o->p->r->arena;
	struct str code = query(o, "code"), error = query(o, "error");
	struct err e;
	if (o->ask.err.code != ERR_NONE)
		return refuse(
			f, "The sign-in provider cannot be reached at the moment", STR(""));
	if (!iss_fits(o))
		return refuse(f, "The answer came from another provider", STR(""));
	if (error.n)
		return refuse(f, "The sign-in provider refused",
			str_of(arena_printf(a, "%.*s %.*s", STR_ARG(error),
				STR_ARG(query(o, "error_description")))));
	if (!code.n || code.n > URL_MAX)
		return refuse(f, "The sign-in provider sent no code", STR(""));
	outside_token_request(&o->req, code, o->verifier, &o->p->browser.site, a);
	if (!url_parse(str_of(o->ask.metadata.token_endpoint), true, a, &o->req.url, &e))
		return refuse(f, "The sign-in provider has no token endpoint", STR(""));
	fetch_begin(auth_parts()->fetcher, &o->req, &o->res, f);
	return FLOW_PARKED;
}

static enum flow_next step_token(struct flow *f)
{
	static const char *const types[] = { "", "JWT", NULL };
	struct outside *o = outside_of(f);
	struct arena *a = o->p->r->arena;
	const struct conf *c = auth_parts()->conf;
	struct err e;
	if (o->res.err.code != ERR_NONE || o->res.status >= 500)
		return refuse(
			f, "The sign-in provider cannot be reached at the moment", STR(""));
	bool ok = fetch_unpack(&o->res, OUTSIDE_ANSWER_BYTES, a, &e);
	const json_t *j = ok ? json_read(a, o->res.body, &e) : NULL;
	if (o->res.status != 200)
		return refuse(f, "The sign-in provider did not confirm the sign-in",
			str_of(json_string_value(json_object_get(j, "error"))));
	struct str token = str_of(json_string_value(json_object_get(j, "id_token")));
	if (!jws_looks_like(token))
		return refuse(f, "The sign-in provider sent no ID token", STR(""));
	o->access_token = str_of(json_string_value(json_object_get(j, "access_token")));
	const char **audiences = ARENA_ARRAY(a, const char *, 2);
	audiences[0] = c->signin_client_id;
	o->check = (struct issuer_check) { .token = token,
		.rules = { .issuer = o->ask.metadata.issuer,
			.audiences = audiences,
			.types = types,
			.algs = ALG_ES256 | ALG_RS256 | ALG_PS256,
			.leeway_s = LEEWAY_S } };
	return issuer_check_enter(auth_parts()->sign_in, &o->check, f);
}

/* OpenID Connect Core section 3.1.3.7, steps 4, 5 and 11; the others are the check's. */
static const char *id_token_fault(const struct outside *o)
{
	const struct claims *c = &o->check.claims;
	const char *id = auth_parts()->conf->signin_client_id;
	bool several = json_array_size(json_object_get(c->all, "aud")) > 1;
	if ((several || *c->azp) && strcmp(c->azp, id) != 0)
		return "it was made for another client";
	if (!same_secret(str_of(c->nonce), str_of(o->nonce)))
		return "it belongs to another sign-in";
	if (!c->iat_s)
		return "it does not say when it was made";
	return strlen(c->sub) > 255 ? "its sub is too long" : NULL;
}

/* Many providers put into the ID token who it is and nothing more; the address counts only where
 * somebody may be tied to it or be made by it. */
static bool needs_userinfo(const struct outside *o)
{
	const struct conf *c = auth_parts()->conf;
	return (c->signin_link_email || c->signin_create || o->invitation) &&
	       !json_object_get(o->check.claims.all, "email") &&
	       *o->ask.metadata.userinfo_endpoint;
}

static enum flow_next step_identity(struct flow *f)
{
	struct outside *o = outside_of(f);
	struct arena *a = o->p->r->arena;
	struct err e;
	if (o->check.err.code == ERR_OVERLOADED)
		return refuse(f, "The keys of the sign-in provider cannot be had at the moment",
			STR(""));
	const char *why = o->check.err.code != ERR_NONE ? o->check.why : id_token_fault(o);
	if (why)
		return refuse(f, "The provider's ID token is not accepted", str_of(why));
	o->req = (struct fetch_req) { 0 };
	o->asks_userinfo =
		needs_userinfo(o) && outside_userinfo_request(&o->req, o->access_token, a) &&
		url_parse(str_of(o->ask.metadata.userinfo_endpoint), true, a, &o->req.url, &e);
	if (!o->asks_userinfo)
		return FLOW_NEXT;
	o->res = (struct fetch_res) { 0 };
	fetch_begin(auth_parts()->fetcher, &o->req, &o->res, f);
	return FLOW_PARKED;
}

/* Without it the sign-in goes on: the ID token has said who it is. */
static enum flow_next step_userinfo(struct flow *f)
{
	struct outside *o = outside_of(f);
	const char *why;
	if (!o->asks_userinfo)
		return FLOW_NEXT;
	o->userinfo = outside_userinfo_read(&o->res, o->check.claims.sub, o->p->r->arena, &why);
	if (!o->userinfo)
		log_warn("signin.userinfo_unusable why=\"%s\"", why);
	return FLOW_NEXT;
}

static const char *claim(const struct outside *o, const char *name)
{
	const char *text = json_string_value(json_object_get(o->check.claims.all, name));
	return text ? text : json_string_value(json_object_get(o->userinfo, name));
}

/* Whoever tells the address tells whether it is verified. */
static const char *verified_email(const struct outside *o)
{
	const json_t *all = o->check.claims.all;
	const json_t *from = json_object_get(all, "email") ? all : o->userinfo;
	return json_is_true(json_object_get(from, "email_verified"))
		       ? json_string_value(json_object_get(from, "email"))
		       : NULL;
}

static enum flow_next step_arrive(struct flow *f)
{
	struct outside *o = outside_of(f);
	const struct conf *c = auth_parts()->conf;
	const struct claims *claims = &o->check.claims;
	struct arrival *v = &o->arrival;
	struct user_create fresh;
	identity_new_user(&fresh, claims->iss, claims->sub, o->p->r->arena);
	*v = (struct arrival) { .issuer = claims->iss,
		.subject = claims->sub,
		.email = verified_email(o),
		.name = claim(o, "preferred_username"),
		.invitation = o->invitation,
		.fallback_name = fresh.name,
		.link_email = c->signin_link_email,
		.create = c->signin_create,
		.peer = o->p->r->peer };
	page_session_draw(&v->session, o->p, NULL);
	return store_write(auth_parts()->store, f, arrival_write, v);
}

static enum flow_next step_arrived(struct flow *f)
{
	struct outside *o = outside_of(f);
	struct page *p = o->p;
	const struct arrival *v = &o->arrival;
	switch (v->outcome) {
	case ARRIVAL_DISABLED:
		return refuse(f,
			"This account is disabled. An administrator can enable it again",
			STR(""));
	case ARRIVAL_NOT_INVITED:
		return refuse(f,
			"You have no account here yet. Ask an administrator to invite you",
			STR(""));
	case ARRIVAL_REFUSED:
		return refuse(f, "No account could be made", str_of(v->fault.msg));
	case ARRIVAL_IN:
		break;
	}
	browser_set_cookie(p->r, &p->browser.site, v->session.start.text);
	http_see_other(p->r, page_return(&p->browser.session, p->r->arena));
	return FLOW_NEXT;
}

static const struct flow_step callback_steps[] = { PAGE_BEGIN(page_begin),
	{ "take", step_take }, { "taken", step_taken }, { "answer", step_answer },
	{ "open", page_open }, { "token", step_token }, { "open", page_open },
	{ "identity", step_identity }, { "open", page_open }, { "userinfo", step_userinfo },
	{ "arrive", step_arrive }, { "arrived", step_arrived }, { 0 } };

const struct http_route outside_sign_in_routes[] = {
	{ "GET", "/signin/start", ROUTE_PAGE, start_steps },
	{ "GET", "/signin/callback", ROUTE_PAGE, callback_steps },
	{ 0 },
};
