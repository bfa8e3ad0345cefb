/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole sign-in played against the server, over real HTTP, as an MCP client and its person would:
 * authorize, sign in, allow, exchange the code, list the tools, revoke. Client and user are made for
 * this in the same database, with a password that nobody ever sees, and removed at the end; signals
 * wait until then.
 */
#include "account/user.h"
#include "auth/grant/client.h"
#include "auth/jose/jose.h"
#include "base/mem.h"
#include "cli/doctor.h"
#include "store/forget.h"

#include <signal.h>

enum { TURNS = 10, COOKIE_SIZE = 512 };
static const char redirect_uri[] = "http://127.0.0.1:8976/scraped-doctor";
static const char what[] = "sign-in";

struct trial {
	struct doctor *d;
	struct user_create user;
	struct client_register client;
	char name[IDENT_SIZE], password[SECRET_CHARS + 1], verifier[SECRET_CHARS + 1],
		state[SECRET_CHARS + 1];
	char cookie[COOKIE_SIZE];
	bool signed_in, allowed;
	const char *code;
	const char *access, *refresh;
};

/* --- what it takes, and taking it away again --- */

static bool write_trial(struct db *d, void *arg, struct err *e)
{
	struct trial *t = arg;
	return user_create_write(d, &t->user, e) &&
	       (t->user.fault.code != ERR_NONE || client_register_write(d, &t->client, e));
}

static bool write_forget(struct db *d, void *arg, struct err *e)
{
	const struct trial *t = arg;
	return forget_trial(d, t->user.id, t->client.id, e);
}

static bool make(struct trial *t, struct err *e)
{
	static char hash[PASSWORD_HASH_SIZE];
	struct doctor *d = t->d;
	struct oauth_error fault = { 0 };
	json_t *body = json_own(d->arena,
		json_pack("{ss s[s] ss}", "client_name", "scraped doctor", "redirect_uris",
			redirect_uri, "token_endpoint_auth_method", "none"));
	ident_new("doctor", t->name);
	random_base62(t->password, SECRET_CHARS);
	random_base62(t->verifier, SECRET_CHARS);
	random_base62(t->state, SECRET_CHARS);
	if (!client_metadata(body, CLIENT_STATIC, "", d->arena, &t->client.client, &fault))
		return err_set(e, ERR_INTERNAL, "%s", fault.about);
	if (!password_hash(str_of(t->password), hash, e))
		return false;
	t->client.client.kind = CLIENT_STATIC;
	t->client.peer = "";
	client_register_draw(&t->client);
	t->user.name = t->name;
	t->user.role = ROLE_MEMBER;
	t->user.hash = hash;
	bool ok = store_run(d->store, write_trial, t, e);
	mem_wipe(hash, sizeof hash);
	if (ok && t->user.fault.code != ERR_NONE)
		*e = t->user.fault;
	return ok && t->user.fault.code == ERR_NONE;
}

/* --- the person's browser --- */

static bool failed(struct trial *t, const struct reply *r, const char *where, const char *why)
{
	doctor_say(t->d, VERDICT_FAIL, what, "%s: %s (status %d%s%s)", where, why, r->status,
		r->err.code != ERR_NONE ? ", " : "", r->err.code != ERR_NONE ? r->err.msg : "");
	return false;
}

/* Keeps the session's cookie as a browser would, and looks at it as one. */
static bool keep_cookie(struct trial *t, const struct reply *r)
{
	bool https = str_starts(str_of(t->d->url), STR("https:"));
	struct str line = reply_header(r, "Set-Cookie", 0), pair;
	if (!line.p)
		return true;
	str_cut(&line, ';', &pair);
	if (https && (!str_has(line, STR("Secure")) || !str_starts(pair, STR("__Host-")))) {
		doctor_say(t->d, VERDICT_FAIL, what,
			"the session's cookie came without Secure or its __Host- name");
		doctor_mend("the server does not know that it is reached by https (public_url "
			    "= %s), or the proxy rewrites cookies (nginx: no proxy_cookie_...)",
			t->d->url);
		return false;
	}
	snprintf(t->cookie, sizeof t->cookie, "%.*s", STR_ARG(pair));
	return true;
}

static void visit(struct trial *t, const char *url, struct buf *form, struct reply *r)
{
	struct ask ask = { .method = form ? "POST" : "GET",
		.url = url,
		.type = form ? "application/x-www-form-urlencoded" : NULL,
		.cookie = t->cookie[0] ? t->cookie : NULL,
		.accept = "text/html",
		.body = form ? buf_str(form) : STR("") };
	doctor_ask(t->d, &ask, r);
}

/* An address of ours, absolute or a path; NULL: it leads elsewhere. */
static const char *own_url(struct trial *t, struct str to)
{
	struct arena *a = t->d->arena;
	if (to.n > 1 && to.p[0] == '/' && to.p[1] != '/')
		return arena_printf(a, "%s%.*s", t->d->url, STR_ARG(to));
	struct str base = str_of(arena_printf(a, "%s/", t->d->url));
	return str_starts(to, base) ? arena_text(a, to) : NULL;
}

/* "code" and "iss" of the address that a real client would be called at. */
static bool take_code(struct trial *t, struct str to, const struct reply *r)
{
	struct arena *a = t->d->arena;
	struct str query = to, part, name;
	struct buf iss;
	bool state = false, issuer = false;
	str_cut(&query, '?', &part);
	buf_init(&iss, 0);
	form_add(&iss, "iss", str_of(t->d->url));
	while (str_cut(&query, '&', &part)) {
		issuer = issuer || str_eq(part, buf_str(&iss));
		str_cut(&part, '=', &name);
		if (str_eq(name, STR("code")))
			t->code = arena_text(a, part);
		state = state || (str_eq(name, STR("state")) && str_eq(part, str_of(t->state)));
	}
	buf_release(&iss);
	if (!t->code)
		return failed(t, r, "consent", "the client was sent back without a code");
	return (state && issuer) ||
	       failed(t, r, "consent", "state or iss did not come back as they were sent");
}

/* Fills in the page's form: 0 none of those that are known. */
static const char *fill(struct trial *t, const struct reply *r, struct buf *out)
{
	struct page_form form;
	struct str page = r->body;
	while (page_next_form(&page, "allow", &form)) {
		if (!form.password_name.p && !form.button)
			continue;
		for (int i = 0; i < form.n; i++)
			form_add(out, arena_text(t->d->arena, form.fields[i].name),
				form.fields[i].value);
		if (form.password_name.p) {
			form_add(out, arena_text(t->d->arena, form.text_name), str_of(t->name));
			form_add(out, arena_text(t->d->arena, form.password_name),
				str_of(t->password));
			t->signed_in = true;
		} else {
			t->allowed = true;
		}
		return own_url(t, form.action);
	}
	return NULL;
}

/* One page: fills its form in. false: something is wrong, and it was said. */
static bool answer_page(struct trial *t, const struct reply *page, struct reply *r)
{
	bool before = t->signed_in;
	struct buf form;
	buf_init(&form, 0);
	const char *to = fill(t, page, &form);
	bool again = before && t->signed_in && !t->allowed;
	if (!to)
		failed(t, page, "pages",
			page->status == 400 ? "the server refuses the request: it may use "
					      "another data folder than this one"
					    : "neither the sign-in nor the consent page came");
	else if (again)
		failed(t, page, "pages", "the sign-in page came back after the right password");
	else
		visit(t, to, &form, r);
	if (again)
		doctor_mend("the session's cookie gets lost on the way: the proxy must hand on "
			    "Cookie and Set-Cookie");
	mem_wipe(form.p, form.len);
	buf_release(&form);
	return to && !again;
}

static const char *authorize_url(struct trial *t)
{
	struct arena *a = t->d->arena;
	struct buf q;
	buf_init(&q, 0);
	form_add(&q, "response_type", STR("code"));
	form_add(&q, "client_id", str_of(t->client.id));
	form_add(&q, "redirect_uri", str_of(redirect_uri));
	form_add(&q, "code_challenge", str_of(sha256_b64(str_of(t->verifier), a)));
	form_add(&q, "code_challenge_method", STR("S256"));
	form_add(&q, "state", str_of(t->state));
	form_add(&q, "resource", str_of(arena_printf(a, "%s/mcp", t->d->url)));
	const char *url = arena_printf(a, "%s/authorize?%.*s", t->d->url, STR_ARG(buf_str(&q)));
	buf_release(&q);
	return url;
}

static bool browse(struct trial *t)
{
	struct reply r;
	visit(t, authorize_url(t), NULL, &r);
	for (int turn = 0; turn < TURNS; turn++) {
		if (r.err.code != ERR_NONE)
			return failed(t, &r, "pages", "no answer");
		if (!keep_cookie(t, &r))
			return false;
		struct str to = reply_header(&r, "Location", 0);
		if (r.status < 300 || r.status >= 400 || !to.p) {
			struct reply next = { 0 };
			if (!answer_page(t, &r, &next))
				return false;
			r = next;
			continue;
		}
		if (str_starts(to, str_of(redirect_uri)))
			return take_code(t, to, &r);
		const char *url = own_url(t, to);
		if (!url) {
			doctor_say(t->d, VERDICT_FAIL, what,
				"the browser is sent to %.200s, which is not below %s",
				arena_text(t->d->arena, to), t->d->url);
			doctor_mend("public_url = %s, and no proxy_redirect in the proxy",
				t->d->url);
			return false;
		}
		visit(t, url, NULL, &r);
	}
	return failed(t, &r, "pages", "they lead round in a circle");
}

/* --- the client --- */

static void post(struct trial *t, const char *path, struct buf *form, struct reply *r)
{
	struct ask ask = { .method = "POST",
		.url = arena_printf(t->d->arena, "%s%s", t->d->url, path),
		.type = "application/x-www-form-urlencoded",
		.body = buf_str(form) };
	doctor_ask(t->d, &ask, r);
}

static bool exchange(struct trial *t)
{
	struct buf form;
	struct reply r;
	buf_init(&form, 0);
	form_add(&form, "grant_type", STR("authorization_code"));
	form_add(&form, "code", str_of(t->code));
	form_add(&form, "redirect_uri", str_of(redirect_uri));
	form_add(&form, "client_id", str_of(t->client.id));
	form_add(&form, "code_verifier", str_of(t->verifier));
	form_add(&form, "resource", str_of(arena_printf(t->d->arena, "%s/mcp", t->d->url)));
	post(t, "/token", &form, &r);
	buf_release(&form);
	t->access = reply_text(&r, "access_token");
	t->refresh = reply_text(&r, "refresh_token");
	if (r.status == 200 && *t->access && *t->refresh)
		return true;
	return failed(t, &r, "token",
		*reply_text(&r, "error_description") ? reply_text(&r, "error_description")
						     : "no tokens came for the code");
}

static void list_tools(struct trial *t, struct reply *r)
{
	struct ask ask = { .method = "POST",
		.url = arena_printf(t->d->arena, "%s/mcp", t->d->url),
		.type = "application/json",
		.accept = "application/json, text/event-stream",
		.bearer = t->access,
		.body = STR("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}") };
	doctor_ask(t->d, &ask, r);
}

static bool use(struct trial *t)
{
	struct reply r;
	list_tools(t, &r);
	if (r.status == 200 && str_has(r.body, STR("\"scrape_url\"")))
		return true;
	return failed(t, &r, "/mcp", "the token that was just issued does not list the tools");
}

static bool end_access(struct trial *t)
{
	struct buf form;
	struct reply r;
	buf_init(&form, 0);
	form_add(&form, "token", str_of(t->refresh));
	form_add(&form, "client_id", str_of(t->client.id));
	post(t, "/revoke", &form, &r);
	buf_release(&form);
	if (r.status != 200)
		return failed(t, &r, "revoke", "the token could not be revoked");
	list_tools(t, &r);
	return r.status == 401 || failed(t, &r, "revoke", "a revoked token still works");
}

static void run(struct trial *t)
{
	struct err e = { 0 };
	if (!make(t, &e))
		doctor_say(
			t->d, VERDICT_FAIL, what, "the trial could not be prepared: %s", e.msg);
	else if (browse(t) && exchange(t) && use(t) && end_access(t))
		doctor_say(t->d, VERDICT_OK, what,
			"a client and a person, made for this, signed in, allowed, listed the "
			"tools and revoked");
	if (t->user.id[0] && !store_run(t->d->store, write_forget, t, &e))
		doctor_say(t->d, VERDICT_WARN, what,
			"the trial's user %s and client %s could not be removed: %s", t->name,
			t->client.id, e.msg);
}

void doctor_flow(struct doctor *d)
{
	sigset_t ends, before;
	if (!d->store) {
		doctor_say(d, VERDICT_WARN, what,
			"was not played: the server's database is not at %s", d->conf->data);
		return;
	}
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &ends, &before);
	struct trial *t = ARENA_NEW(d->arena, struct trial);
	t->d = d;
	run(t);
	mem_wipe(t, sizeof *t);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}
