/* SPDX-License-Identifier: Apache-2.0 */
/* The steps that pages share: who is there, is the form good, and where to next. */
#include "auth/page.h"
#include "base/mem.h"

#include <stdarg.h>

struct page *page_of(struct flow *f)
{
	return ((struct http_req *)flow_self(f))->door_state;
}

static enum flow_next begin(struct flow *f, enum page_need need)
{
	struct http_req *r = flow_self(f);
	struct page *p = ARENA_NEW(r->arena, struct page);
	p->r = r;
	p->need = need;
	r->door_state = p;
	return browser_enter(&p->browser, r, !str_eq(r->method, STR("POST")), f);
}
enum flow_next page_begin(struct flow *f)
{
	return begin(f, NEED_NOBODY);
}
enum flow_next page_begin_user(struct flow *f)
{
	return begin(f, NEED_USER);
}
enum flow_next page_begin_admin(struct flow *f)
{
	return begin(f, NEED_ADMIN);
}

static bool read_form(struct page *p, struct err *e)
{
	struct http_req *r = p->r;
	bool ok = form_of_body(r, &p->form, e) && browser_form_ok(&p->browser, &p->form, e);
	mem_wipe((char *)r->body.p, r->body.n); /* it may hold a password */
	return ok;
}

enum flow_next page_checked(struct flow *f)
{
	struct page *p = page_of(f);
	struct str path = p->r->path;
	if (p->browser.known)
		p->user = p->browser.session.user;
	if (str_eq(p->r->method, STR("POST")) && !read_form(p, &f->err))
		return FLOW_FAILED;
	if (p->need != NEED_NOBODY && !p->user)
		return page_leave(p, f, "/login",
			str_starts(path, STR("/admin"))	   ? "{\"page\":\"admin\"}"
			: str_starts(path, STR("/device")) ? "{\"page\":\"device\"}"
							   : "{\"page\":\"settings\"}");
	if (p->need == NEED_ADMIN && p->user->role != ROLE_ADMIN)
		return flow_fail(f, ERR_FORBIDDEN, "only administrators may see this page");
	return FLOW_NEXT;
}

enum flow_next page_open(struct flow *f)
{
	return page_of(f)->r->res.status ? FLOW_DONE : FLOW_NEXT;
}

/* --- leaving --- */

struct leaving {
	struct page *p;
	struct session_state state;
	struct page_act act;
};

static enum flow_next step_note(struct flow *f)
{
	struct leaving *l = flow_self(f);
	return store_write(auth_parts()->store, f, session_state_write, &l->state);
}

static enum flow_next step_go(struct flow *f)
{
	struct leaving *l = flow_self(f);
	http_see_other(l->p->r, l->act.path);
	return FLOW_NEXT;
}

static const struct flow_step leave_steps[] = {
	{ "note", step_note },
	{ "go", step_go },
	{ 0 },
};

static struct leaving *leaving(struct page *p)
{
	struct leaving *l = ARENA_NEW(p->r->arena, struct leaving);
	l->p = p;
	l->state = (struct session_state) { p->browser.session.hash, p->browser.session.state,
		NULL };
	return l;
}

enum flow_next page_leave(struct page *p, struct flow *f, const char *path, const char *state)
{
	struct leaving *l = leaving(p);
	l->act.path = path;
	l->state.state = state;
	return flow_enter(f, leave_steps, l);
}

enum flow_next page_tell(
	struct page *p, struct flow *f, const char *path, const char *format, ...)
{
	struct leaving *l = leaving(p);
	char text[1024]; /* names are 400 bytes at most, reasons 240 */
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	l->act.path = path;
	l->state.notice = arena_text(p->r->arena, str_of(text));
	return flow_enter(f, leave_steps, l);
}

static enum flow_next step_do(struct flow *f)
{
	struct leaving *l = flow_self(f);
	return store_write(auth_parts()->store, f, l->act.run, l->act.arg);
}

static enum flow_next step_done(struct flow *f)
{
	struct leaving *l = flow_self(f);
	const struct err *fault = l->act.fault;
	bool bad = fault && fault->code != ERR_NONE;
	return page_tell(
		l->p, f, l->act.path, "%s%s", bad ? "!" : "", bad ? fault->msg : l->act.told);
}

static const struct flow_step do_steps[] = {
	{ "do", step_do },
	{ "done", step_done },
	{ 0 },
};

enum flow_next page_do(struct page *p, struct flow *f, struct page_act act)
{
	struct leaving *l = leaving(p);
	l->act = act;
	return flow_enter(f, do_steps, l);
}

json_t *page_state(const struct session *s, struct arena *a)
{
	struct err e;
	json_t *j = s->state ? json_read(a, str_of(s->state), &e) : NULL;
	return json_is_object(j) ? j : json_own(a, json_object());
}

const char *page_return(const struct session *s, struct arena *a)
{
	const json_t *j = page_state(s, a);
	const char *id = json_string_value(json_object_get(j, "request"));
	const char *page = json_string_value(json_object_get(j, "page"));
	bool id_ok = id && *id;
	for (const char *c = id; id_ok && *c; c++)
		id_ok = (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '_';
	if (id_ok)
		return arena_printf(a, "/consent/%s", id);
	if (json_object_get(j, "device"))
		return "/device";
	if (page && str_eq(str_of(page), STR("admin")))
		return "/admin";
	return page && str_eq(str_of(page), STR("device")) ? "/device" : "/settings";
}

/* --- a new session --- */

void page_session_draw(struct page_session *s, const struct page *p, const char *user_id)
{
	struct http_req *r = p->r;
	const struct session *old = &p->browser.session;
	*s = (struct page_session) { 0 };
	s->start.old = old->hash;
	s->start.user_id = user_id;
	s->start.peer = r->peer;
	s->start.agent = arena_text(r->arena, http_header(r, "User-Agent"));
	session_start_draw(&s->start);
	s->move.from = old->hash;
	s->move.to = hash_str(s->start.hash);
}

bool page_session_write(struct db *d, void *arg, struct err *e)
{
	struct page_session *s = arg;
	return session_start_write(d, &s->start, e) && request_move_write(d, &s->move, e);
}

/* --- the frame of each page --- */

static void free_state(void *arg, const struct err *e)
{
	(void)e;
	mem_free(arg);
}

/* Nobody waits: seen twice is better than not at all. */
static void forget_notice(const struct session *s)
{
	size_t n = s->state ? strlen(s->state) + 1 : 0;
	struct session_state *c = mem_new(sizeof *c + s->hash.n + n);
	char *hash = (char *)(c + 1), *state = hash + s->hash.n;
	memcpy(hash, s->hash.p, s->hash.n);
	if (n)
		memcpy(state, s->state, n);
	*c = (struct session_state) { { hash, s->hash.n }, n ? state : NULL, NULL };
	if (!store_post(auth_parts()->store, session_state_write, free_state, c))
		mem_free(c);
}

json_t *page_data(struct page *p)
{
	const struct session *s = &p->browser.session;
	json_t *data = json_object();
	page_set(data, "csrf", s->csrf);
	if (p->user) {
		json_t *user = json_object();
		page_set(user, "name", p->user->name);
		json_object_set_new(user, "admin", json_boolean(p->user->role == ROLE_ADMIN));
		json_object_set_new(data, "user", user);
	}
	if (s->notice && *s->notice) {
		bool bad = *s->notice == '!';
		json_t *notice = json_object();
		page_set_words(notice, "text", s->notice + bad);
		json_object_set_new(notice, "bad", json_boolean(bad));
		json_object_set_new(data, "notice", notice);
		forget_notice(s);
	}
	return data;
}
