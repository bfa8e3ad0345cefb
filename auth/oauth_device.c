/* SPDX-License-Identifier: Apache-2.0 */
/* POST /device_authorization (RFC 8628 section 3.1): codes for a terminal without a browser. */
#include "auth/oauth.h"

enum { DEVICE_DRAWS = 5 };

struct device { /* oauth_call.work */
	struct device_begin begin;
	int draws;
};

static enum flow_next step_prepare(struct flow *f)
{
	struct oauth_call *c = oauth_of(f);
	struct device *d = c->work = ARENA_NEW(c->r->arena, struct device);
	struct http_req *r = c->r;
	if (!(c->client.grant_types & GRANT_DEVICE))
		return oauth_stop(f, OAUTH_UNAUTHORIZED_CLIENT,
			"this client has not registered the device_code grant type");
	d->begin = (struct device_begin) {
		.client = &c->client,
		.issuer = c->site.base,
		.resource = c->site.resource,
		.peer = r->peer,
	};
	if (!oauth_scopes(&c->form, &d->begin.scopes, &c->fault))
		return oauth_stop_with(f, &c->fault);
	if (!oauth_take(f, oauth_rates()->device))
		return FLOW_FAILED;
	oauth_stranger();
	return FLOW_NEXT;
}

static enum flow_next step_draw(struct flow *f)
{
	struct device *d = oauth_of(f)->work;
	device_begin_draw(&d->begin);
	return store_write(auth_parts()->store, f, device_begin_write, &d->begin);
}

/* A code that somebody has just now is drawn again. */
static enum flow_next step_drawn(struct flow *f)
{
	struct device *d = oauth_of(f)->work;
	if (d->begin.fault.code == ERR_NONE)
		return FLOW_NEXT;
	if (++d->draws < DEVICE_DRAWS)
		return flow_again(f);
	f->err = d->begin.fault;
	return FLOW_FAILED;
}

static const struct flow_step draw_steps[] = {
	{ "draw", step_draw },
	{ "drawn", step_drawn },
	{ 0 },
};

static enum flow_next step_codes(struct flow *f)
{
	return flow_enter(f, draw_steps, flow_self(f));
}

static enum flow_next step_say(struct flow *f)
{
	struct oauth_call *c = oauth_of(f);
	const struct device_begin *b = &((struct device *)c->work)->begin;
	struct arena *a = c->r->arena;
	const char *uri = arena_printf(a, "%s/device", c->site.base);
	oauth_put(c->r, 200,
		json_pack("{ss ss ss ss si si}", "device_code", b->device_code, "user_code",
			b->user_code, "verification_uri", uri, "verification_uri_complete",
			arena_printf(a, "%s?user_code=%s", uri, b->user_code), "expires_in",
			DEVICE_LIFE_MS / 1000, "interval", DEVICE_INTERVAL_MS / 1000));
	return FLOW_NEXT;
}

const struct flow_step oauth_device[] = {
	{ "form", oauth_step_form },
	{ "client", oauth_step_client },
	{ "prepare", step_prepare },
	{ "codes", step_codes },
	{ "say", step_say },
	{ "answer", oauth_step_answer, .always = true },
	{ 0 },
};
