/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in and out. Where the browser goes next is in its session, never in the URL (7.33). */
#include "auth/page_consent.h"
#include "auth/page_rows.h"
#include "auth/sign_in.h"
#include "base/url.h"

const char *page_provider(struct arena *a)
{
	const struct conf *c = auth_parts()->conf;
	struct url u;
	struct err e;
	if (*c->signin_name)
		return c->signin_name;
	if (!url_parse(str_of(c->signin_issuer), true, a, &u, &e))
		return "your organisation";
	return arena_text(a, u.host);
}

/* The form, with what was wrong with it. A sign-in may lead on to the client without another page
 * (consent was given before), so the form may go where the client wants the browser. */
static enum flow_next show(struct page *p, const char *name, const char *fault)
{
	struct arena *a = p->r->arena;
	json_t *data = page_data(p);
	struct auth_request request;
	struct client client;
	bool pending = page_pending(p, &request, &client);
	page_set(data, "name", name);
	page_set_words(data, "fault", fault);
	page_set(data, "client", pending ? client.name : NULL);
	if (auth_parts()->sign_in)
		page_set(data, "provider", page_provider(a));
	json_object_set_new(data, "signup", json_boolean(signup_open(auth_parts()->store)));
	page_show_with(p->r, "login", data,
		(struct page_rules) { .redirect_uri = pending ? request.redirect_uri : NULL });
	return FLOW_NEXT;
}

static enum flow_next step_show(struct flow *f)
{
	struct page *p = page_of(f);
	if (!p->user)
		return show(p, NULL, NULL);
	http_see_other(p->r, page_return(&p->browser.session, p->r->arena));
	return FLOW_NEXT;
}
const struct flow_step login_show[] = { PAGE_BEGIN(page_begin), { "show", step_show }, { 0 } };

static enum flow_next step_sign_in(struct flow *f)
{
	struct page *p = page_of(f);
	struct sign_in *s = ARENA_NEW(p->r->arena, struct sign_in);
	s->name = str_trim(form_get(&p->form, "name"));
	s->password = form_get(&p->form, "password");
	if (!s->name.p)
		s->name = STR("");
	s->old_session = p->browser.session.hash;
	s->peer = p->r->peer;
	s->agent = arena_text(p->r->arena, http_header(p->r, "User-Agent"));
	p->own = s;
	return sign_in_enter(s, f);
}

static enum flow_next step_signed_in(struct flow *f)
{
	struct page *p = page_of(f);
	struct http_req *r = p->r;
	const struct sign_in *s = p->own;
	if (s->fault.code == ERR_NONE) {
		browser_set_cookie(r, &p->browser.site, s->session.text);
		http_see_other(r, page_return(&p->browser.session, r->arena));
		return FLOW_NEXT;
	}
	r->res.status = err_http(s->fault.code);
	if (s->fault.code == ERR_RATE_LIMITED)
		http_retry_after(r, s->retry_after_s);
	return show(p, arena_text(r->arena, s->name), s->fault.msg);
}
const struct flow_step login_post[] = { PAGE_BEGIN(page_begin), { "sign-in", step_sign_in },
	{ "signed-in", step_signed_in }, { 0 } };

static enum flow_next step_sign_out(struct flow *f)
{
	struct page *p = page_of(f);
	struct session_end *c = ARENA_NEW(p->r->arena, struct session_end);
	c->hash = p->browser.session.hash;
	c->peer = p->r->peer;
	return store_write(auth_parts()->store, f, session_end_write, c);
}

static enum flow_next step_signed_out(struct flow *f)
{
	struct page *p = page_of(f);
	browser_set_cookie(p->r, &p->browser.site, NULL);
	http_see_other(p->r, "/login");
	return FLOW_NEXT;
}
const struct flow_step logout_post[] = { PAGE_BEGIN(page_begin), { "sign-out", step_sign_out },
	{ "signed-out", step_signed_out }, { 0 } };
