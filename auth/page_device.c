/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A terminal without a browser shows a code, the person types it here and sees who asks (RFC 8628
 * section 3.3). The code is in the session until it is answered. Guessing is slowed down.
 */
#include "account/throttle.h"
#include "auth/page_rows.h"

struct device {
	struct str typed;
	struct device_row row;
	struct client client;
	unsigned scopes;
	struct device_answer answer;
	struct throttle_note note;
};

static struct device *device_of(struct page *p)
{
	if (!p->own)
		p->own = ARENA_NEW(p->r->arena, struct device);
	return p->own;
}

/* The code of the session's state; p NULL: none. */
static struct str code_of(struct page *p)
{
	return json_str(
		json_object_get(page_state(&p->browser.session, p->r->arena), "device"));
}

static bool find(struct page *p, struct device *d, struct err *e)
{
	struct store *s = auth_parts()->store;
	struct arena *a = p->r->arena;
	if (!d->typed.n)
		return err_set(e, ERR_NOT_FOUND, "no code was typed");
	if (!device_get(s, d->typed, a, &d->row, e) ||
		!client_find(s, str_of(d->row.client_id), a, &d->client, e))
		return false;
	d->scopes = d->row.scopes & role_scopes(p->user->role);
	return !d->client.disabled || err_set(e, ERR_NOT_FOUND, "this application was revoked");
}

/* --- the code --- */

/* verification_uri_complete brings the code: it moves into the session, through signing in too. */
static enum flow_next step_code_of_link(struct flow *f)
{
	struct page *p = page_of(f);
	struct str code;
	if (p->user || !http_query(p->r, "user_code", &code) || code.n >= USER_CODE_SIZE)
		return FLOW_NEXT;
	json_t *j = json_object();
	page_set_str(j, "device", code);
	return page_leave(p, f, "/login", json_print(p->r->arena, json_own(p->r->arena, j)));
}

static enum flow_next step_user(struct flow *f)
{
	struct page *p = page_of(f);
	if (p->r->res.status)
		return FLOW_DONE;
	return p->user ? FLOW_NEXT : page_leave(p, f, "/login", "{\"page\":\"device\"}");
}

static enum flow_next step_show(struct flow *f)
{
	struct page *p = page_of(f);
	struct str code;
	json_t *data = page_data(p);
	if (!http_query(p->r, "user_code", &code))
		code = code_of(p);
	if (code.n < USER_CODE_SIZE)
		page_set_str(data, "code", code);
	page_show(p->r, "device", data);
	return FLOW_NEXT;
}
const struct flow_step device_show[] = { PAGE_BEGIN(page_begin), { "link", step_code_of_link },
	{ "user", step_user }, { "found", page_open }, { "show", step_show }, { 0 } };

/* A wrong code counts against who typed it, a right one takes the browser on. */
static enum flow_next step_look(struct flow *f)
{
	struct page *p = page_of(f);
	struct device *d = device_of(p);
	struct str name = str_of(p->user->name);
	struct err e;
	d->typed = form_get(&p->form, "code");
	if (!throttle_allows(auth_parts()->store, THROTTLE_DEVICE, name, p->r->peer,
		    &f->call->retry_after_s, &f->err))
		return FLOW_FAILED;
	if (find(p, d, &e))
		return page_leave(p, f, "/device/confirm",
			arena_printf(p->r->arena, "{\"device\":\"%s\"}", d->row.user_code));
	d->note = (struct throttle_note) {
		.what = THROTTLE_DEVICE, .name = name, .peer = p->r->peer, .failed = true
	};
	return store_write(auth_parts()->store, f, throttle_note_write, &d->note);
}

static enum flow_next step_wrong(struct flow *f)
{
	return page_tell(page_of(f), f, "/device",
		"!No device is waiting for this code. Codes are good for 15 minutes: look at "
		"the device for a new one.");
}
const struct flow_step device_post[] = { PAGE_BEGIN(page_begin_user), { "look", step_look },
	{ "looked", page_open }, { "wrong", step_wrong }, { 0 } };

/* --- who asks --- */

static enum flow_next step_find(struct flow *f)
{
	struct page *p = page_of(f);
	struct device *d = device_of(p);
	struct err e;
	d->typed = code_of(p);
	if (find(p, d, &e))
		return FLOW_NEXT;
	return page_leave(p, f, "/device", NULL);
}

static enum flow_next step_confirm(struct flow *f)
{
	struct page *p = page_of(f);
	struct device *d = device_of(p);
	json_t *data = page_data(p);
	page_set(data, "client", d->client.name);
	json_object_set_new(
		data, "self_registered", json_boolean(d->client.kind != CLIENT_STATIC));
	page_set(data, "code", d->row.user_code);
	page_set_list(data, "scopes", page_scopes(d->scopes));
	page_show(p->r, "device_confirm", data);
	return FLOW_NEXT;
}
const struct flow_step device_confirm_show[] = { PAGE_BEGIN(page_begin_user),
	{ "find", step_find }, { "found", page_open }, { "confirm", step_confirm }, { 0 } };

static enum flow_next step_answer(struct flow *f)
{
	struct page *p = page_of(f);
	struct device *d = device_of(p);
	struct str word = form_get(&p->form, "answer");
	bool allow = str_eq(word, STR("allow")) && d->scopes;
	if (!allow && !str_eq(word, STR("deny")))
		return flow_fail(f, ERR_INVALID_REQUEST, "this answer cannot be given here");
	d->answer = (struct device_answer) { .typed = str_of(d->row.user_code),
		.user_id = p->user->id,
		.client_name = d->client.name,
		.peer = p->r->peer,
		.allow = allow,
		.scopes = d->scopes,
		.auth_ms = p->browser.session.auth_ms,
		.grant_life_ms = auth_token_life(auth_parts()->conf).refresh_max_ms };
	device_answer_draw(&d->answer);
	p->browser.session.state = NULL; /* what page_do leaves behind: it is answered */
	return page_do(p, f,
		(struct page_act) { device_answer_write, &d->answer, &d->answer.fault,
			"/settings",
			allow ? "The device is connected. You can go back to it."
			      : "The device was refused. You can close this page." });
}
const struct flow_step device_confirm_post[] = { PAGE_BEGIN(page_begin_user),
	{ "find", step_find }, { "found", page_open }, { "answer", step_answer }, { 0 } };
