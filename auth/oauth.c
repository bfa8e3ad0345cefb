/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/oauth.h"

#include <stdarg.h>
#include <stdio.h>

bool oauth_is_issuer(void)
{
	return auth_parts()->ring != NULL;
}

struct oauth_call *oauth_of(struct flow *f)
{
	struct http_req *r = flow_self(f);
	return r->door_state;
}

struct oauth_call *oauth_begin(struct flow *f)
{
	struct http_req *r = flow_self(f);
	struct oauth_call *c = ARENA_NEW(r->arena, struct oauth_call);
	c->r = r;
	r->door_state = c;
	if (oauth_is_issuer() && site_of(r, &c->site))
		return c;
	flow_fail(f, ERR_NOT_FOUND, "%s",
		*auth_parts()->conf->issuer ? "another authorization server issues the tokens "
					      "of this server: see "
					      "/.well-known/oauth-protected-resource"
		: site_refusal()	    ? site_refusal()
					    : "OAuth is not offered under this name");
	return NULL;
}

enum flow_next oauth_step_form(struct flow *f)
{
	struct http_req *r = flow_self(f);
	struct oauth_call *c = oauth_begin(f);
	http_set_header(r, "Cache-Control", "no-store");
	http_set_header(r, "Pragma", "no-cache");
	if (!c)
		return FLOW_FAILED;
	if (!form_of_body(r, &c->form, &f->err)) {
		if (f->err.code == ERR_MEDIA_TYPE)
			f->err.code = ERR_INVALID_REQUEST;
		return FLOW_FAILED;
	}
	if (!oauth_form_ok(&c->form, &c->site, &c->fault))
		return oauth_stop_with(f, &c->fault);
	oauth_chores();
	return FLOW_NEXT;
}

enum flow_next oauth_stop_with(struct flow *f, const struct oauth_error *fault)
{
	struct oauth_call *c = oauth_of(f);
	c->fault = *fault;
	return flow_fail(f, ERR_INVALID_REQUEST, "%s", c->fault.about);
}

enum flow_next oauth_stop(struct flow *f, enum oauth_code code, const char *format, ...)
{
	struct oauth_error fault = { .code = code };
	va_list args;
	va_start(args, format);
	vsnprintf(fault.about, sizeof fault.about, format, args);
	va_end(args);
	return oauth_stop_with(f, &fault);
}

void oauth_put(struct http_req *r, int status, json_t *j)
{
	r->res.status = status;
	buf_clear(&r->res.body);
	json_put_value(&r->res.body, json_own(r->arena, j));
}

static void put_fault(struct http_req *r, int status, const char *name, const char *about)
{
	struct buf *b = &r->res.body;
	r->res.status = status;
	buf_clear(b);
	buf_char(b, '{');
	json_key(b, "error");
	json_put_text(b, name);
	json_key(b, "error_description");
	json_put_text(b, about);
	buf_char(b, '}');
}

enum flow_next oauth_step_answer(struct flow *f)
{
	struct http_req *r = flow_self(f);
	struct oauth_call *c = r->door_state;
	if (f->err.code == ERR_NONE)
		return FLOW_NEXT;
	if (c && c->fault.code != OAUTH_NONE) {
		int status = oauth_http(c->fault.code);
		if (c->basic && status == 401)
			http_set_header(r, "WWW-Authenticate", "Basic realm=\"scraped\"");
		else if (c->fault.code == OAUTH_INVALID_TOKEN)
			http_set_header(
				r, "WWW-Authenticate", "Bearer error=\"invalid_token\"");
		put_fault(r, status, oauth_name(c->fault.code), c->fault.about);
	} else {
		http_error(r, &f->err);
	}
	f->err.code = ERR_NONE;
	return FLOW_NEXT;
}

/* Errors that no step of the endpoints has worded. */
void oauth_print_error(struct http_req *r, const struct err *e)
{
	const char *name = "invalid_request";
	if (e->code == ERR_NOT_FOUND)
		name = "not_found";
	else if (e->code == ERR_RATE_LIMITED || err_http(e->code) == 503)
		name = "temporarily_unavailable";
	else if (err_http(e->code) >= 500)
		name = "server_error";
	put_fault(r, r->res.status, name, e->msg);
}

/* The name of a parameter from outside, fit for an error_description. */
static bool repeated(struct str name, struct oauth_error *fault)
{
	char safe[64];
	size_t n = 0;
	for (; n < name.n && n < sizeof safe - 1; n++)
		safe[n] = (name.p[n] >= 'a' && name.p[n] <= 'z') || name.p[n] == '_' ? name.p[n]
										     : '?';
	safe[n] = 0;
	return oauth_fail(
		fault, OAUTH_INVALID_REQUEST, "the parameter %s comes more than once", safe);
}

bool oauth_form_ok(const struct form *form, const struct site *site, struct oauth_error *fault)
{
	struct str twice = form_repeated(form, "resource");
	if (twice.p)
		return repeated(twice, fault);
	for (size_t i = 0; i < form->n; i++) {
		const struct form_field *field = &form->fields[i];
		if (str_eq(field->name, STR("resource")) && field->value.n &&
			!site_resource_ok(site, field->value))
			return oauth_fail(fault, OAUTH_INVALID_TARGET, "resource must be %s",
				site->resource);
	}
	return true;
}

unsigned oauth_default_scopes(void)
{
	unsigned scopes;
	struct err e; /* auth_settings_ok has looked at it */
	return scopes_parse(str_of(auth_parts()->conf->oauth_scopes), &scopes, &e) ? scopes : 0;
}

bool oauth_scopes(const struct form *form, unsigned *scopes, struct oauth_error *fault)
{
	struct str asked = form_get(form, "scope"), rest = asked, name;
	bool only_offline = true;
	*scopes = scopes_known(asked);
	while (str_cut(&rest, ' ', &name))
		only_offline &= name.n == 0 || str_eq(name, STR("offline_access"));
	if (only_offline)
		*scopes = oauth_default_scopes();
	return *scopes ||
	       oauth_fail(fault, OAUTH_INVALID_SCOPE, "none of these scopes is known here");
}

bool oauth_take(struct flow *f, struct rate *rate)
{
	return rate_take(rate, f->call->peer, &f->call->retry_after_s, &f->err);
}

bool oauth_client_allowed(const struct client *c)
{
	return !c->disabled && (c->kind != CLIENT_CIMD || auth_parts()->conf->client_documents);
}
