/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Our pages carry Referrer-Policy: no-referrer, under which browsers post even their own forms with
 * `Origin: null`; then Sec-Fetch-Site, which no page can forge, has to say that it is the same site.
 * Text browsers send neither: the token in the form, which only this session's pages hold, decides.
 */
#include "auth/browser.h"
#include "auth/oauth.h"
#include "base/mem.h"

enum { COOKIE_MAX = 200 };

static const char *cookie_name(const struct site *site)
{
	return site->secure ? "__Host-sid" : "sid";
}

void browser_set_cookie(struct http_req *r, const struct site *site, const char *text)
{
	http_set_header(r, "Set-Cookie",
		arena_printf(r->arena, "%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s",
			cookie_name(site), text ? text : "", site->secure ? "; Secure" : "",
			text ? "" : "; Max-Age=0"));
}

/* --- entering --- */

struct entering {
	struct browser *b;
	struct session_start start;
};

static bool find(struct browser *b, struct str text)
{
	const struct auth *auth = auth_parts();
	struct err e;
	b->known = session_find(
		auth->store, text, auth_session_life(auth->conf), b->r->arena, &b->session, &e);
	return b->known;
}

static enum flow_next step_find(struct flow *f)
{
	struct entering *in = flow_self(f);
	struct browser *b = in->b;
	struct http_req *r = b->r;
	const struct auth *auth = auth_parts();
	struct str text;
	if (!site_of(r, &b->site))
		return flow_fail(f, ERR_NOT_FOUND, "%s",
			site_refusal() ? site_refusal()
				       : "the pages are not offered under this name");
	if (http_cookie(r, cookie_name(&b->site), &text) && text.n && text.n <= COOKIE_MAX &&
		find(b, text)) {
		session_touch(auth->store, &b->session);
		return FLOW_DONE;
	}
	if (!b->create)
		return FLOW_DONE;
	if (!oauth_take(f, oauth_rates()->sessions))
		return FLOW_FAILED;
	in->start.peer = r->peer;
	in->start.agent = arena_text(r->arena, http_header(r, "User-Agent"));
	session_start_draw(&in->start);
	return store_write(auth->store, f, session_start_write, &in->start);
}

static enum flow_next step_made(struct flow *f)
{
	struct entering *in = flow_self(f);
	struct browser *b = in->b;
	if (!find(b, str_of(in->start.text)))
		return flow_fail(f, ERR_INTERNAL, "the session could not be read");
	browser_set_cookie(b->r, &b->site, in->start.text);
	mem_wipe(in->start.text, sizeof in->start.text);
	return FLOW_NEXT;
}

static const struct flow_step enter_steps[] = {
	{ "find", step_find },
	{ "made", step_made },
	{ 0 },
};

enum flow_next browser_enter(struct browser *b, struct http_req *r, bool create, struct flow *f)
{
	struct entering *in = ARENA_NEW(r->arena, struct entering);
	oauth_stranger();
	*b = (struct browser) { .r = r, .create = create };
	in->b = b;
	return flow_enter(f, enter_steps, in);
}

/* --- forms --- */

static bool from_here(const struct browser *b)
{
	struct str origin = http_header(b->r, "Origin");
	struct str site = http_header(b->r, "Sec-Fetch-Site");
	if (http_header_count(b->r, "Origin") > 1 ||
		http_header_count(b->r, "Sec-Fetch-Site") > 1)
		return false;
	if (origin.p && !str_eq(origin, STR("null")))
		return str_eq(origin, str_of(b->site.base));
	return site.p ? str_eq(site, STR("same-origin")) : !origin.p;
}

bool browser_form_ok(const struct browser *b, const struct form *form, struct err *e)
{
	if (!from_here(b))
		return err_set(e, ERR_FORBIDDEN,
			"this form was sent from another site, and so was not accepted");
	if (!b->known || !same_secret(form_get(form, "csrf"), str_of(b->session.csrf)))
		return err_set(e, ERR_FORBIDDEN,
			"this form is no longer good: go back, load the page again, and send "
			"it once more");
	return true;
}
