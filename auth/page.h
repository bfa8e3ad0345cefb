/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages for people: templates of auth/pages/ (template/template.h), the headers that every one of
 * them carries (auth.md section 9), and what the pages' own steps share.
 */
#ifndef AUTH_PAGE_H
#define AUTH_PAGE_H

#include "auth/browser.h"
#include "auth/grant/request.h"

/* The page of that name with status r->res.status (0: 200). Takes the reference to data over (NULL:
 * {}). Only template names from the source: one that is missing is a defect and answers 500. */
void page_show(struct http_req *r, const char *name, json_t *data);
struct page_rules { /* what the browser may do beyond the strictest */
	const char *redirect_uri; /* a form may lead on to its origin; NULL */
	bool script; /* /copy.js */
};
void page_show_with(
	struct http_req *r, const char *name, json_t *data, struct page_rules rules);

/* What a browser was up to before it had to sign in, kept in its session's state as JSON:
 * {"request": id, "ask": bool}, {"device": code} or {"page": "settings" | "admin"}; other members are others'.
 * The arena's; an object without members when there is none. */
json_t *page_state(const struct session *s, struct arena *a);
/* Where it goes on after signing in: a path of ours. Arena's. */
const char *page_return(const struct session *s, struct arena *a);

/* One request for a page, in the request's arena. */
enum page_need { NEED_NOBODY, NEED_USER, NEED_ADMIN };
struct page {
	struct http_req *r;
	struct browser browser;
	enum page_need need;
	const struct user *user; /* NULL: nobody has signed in */
	struct form form; /* of a POST, whose origin and csrf field are good */
	void *own; /* the page's */
};
/* The beginnings of the pages' lists of steps (self: struct http_req; then page_of). page_begin:
 * any browser. page_begin_user: who has not signed in is sent to do that and comes back.
 * page_begin_admin: the same, others get 403. A POST has its form read and checked. */
enum flow_next page_begin(struct flow *f), page_begin_user(struct flow *f),
	page_begin_admin(struct flow *f), page_checked(struct flow *f),
	page_open(struct flow *f);
/* The first steps of a list. */
#define PAGE_BEGIN(begin)                                                                      \
	{ "begin", begin }, { "checked", page_checked },                                       \
	{                                                                                      \
		"open", page_open                                                              \
	}
struct page *page_of(struct flow *f);
/* {"csrf":..., "user": {...}, "notice": ...}: what the frame of each page shows. A notice that is
 * taken along is cleared. */
json_t *page_data(struct page *p);
/* From a step, as its last act: notes what to tell ("!" in front: what went wrong), and sends the
 * browser to `path`. Returns FLOW_NEXT (flow_enter). */
enum flow_next page_tell(struct page *p, struct flow *f, const char *path, const char *format,
	...) __attribute__((format(printf, 4, 5)));

/* From a step, as its last act: what this browser is up to (JSON, see page_return), then to `path`. */
enum flow_next page_leave(struct page *p, struct flow *f, const char *path, const char *state);
/* From a step, as its last act: runs the command and tells `told`, or what its fault says (NULL: it
 * has none). */
struct page_act {
	write_fn *run;
	void *arg;
	const struct err *fault;
	const char *path, *told;
};
enum flow_next page_do(struct page *p, struct flow *f, struct page_act act);

/* The session of somebody who has just proven who they are: a new text for the cookie, what was
 * under way moves along. Composed into a command (write_fn, arg: this). */
struct page_session {
	struct session_start start; /* out: text for browser_set_cookie */
	struct request_move move;
};
/* user_id NULL: whoever was signed in is not any more. */
void page_session_draw(struct page_session *s, const struct page *p, const char *user_id);
write_fn page_session_write;

/* Values for templates. */
void page_set(json_t *o, const char *name, const char *text); /* NULL: absent */
void page_set_str(json_t *o, const char *name, struct str text); /* p NULL: absent */
/* What an error says, as a sentence: its first letter large. NULL: absent. At most 1023 bytes. */
void page_set_words(json_t *o, const char *name, const char *text);
const char *page_field(const struct page *p, const char *name); /* of its form; "": absent */
const char *page_param(const struct page *p); /* the ":id" of its path */
/* {"iso": "2026-01-27T10:30:00Z", "text": "27 Jan 2026, 10:30"}; 0: absent. */
void page_set_time(json_t *o, const char *name, int64_t ms);
/* `name`, and any_`name`: it is not empty. Takes the reference over. */
void page_set_list(json_t *o, const char *name, json_t *list);
/* [{"name": "scrape", "about": "Fetch web pages ...", "usual": true}]; usual: offered as chosen */
json_t *page_scopes(unsigned scopes);

#endif
