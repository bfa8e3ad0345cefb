/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/parts.h"

static bool open_issuer(struct issuer **out, const struct issuer_setup *setup,
	struct fetcher *fetcher, const char *setting, struct err *e)
{
	struct err why;
	if (!*setup->url)
		return true;
	*out = issuer_open(setup, fetcher, &why);
	return *out || err_set(e, why.code, "%s: %s", setting, why.msg);
}

static bool open_issuers(struct auth *a, const struct conf *c, struct err *e)
{
	const struct issuer_setup outside = { .url = c->issuer,
		.client_id = c->issuer_client_id,
		.client_secret = c->issuer_client_secret,
		.introspection_url = c->issuer_introspection_url };
	const struct issuer_setup sign_in = {
		.url = c->signin_issuer, .openid = true, .client_id = "", .client_secret = ""
	};
	return (!c->oauth || open_issuer(&a->outside, &outside, a->fetcher, "issuer", e)) &&
	       open_issuer(&a->sign_in, &sign_in, a->fetcher, "signin_issuer", e);
}

bool parts_open(struct auth *a, const struct conf *c, struct app *app, struct err *e)
{
	*a = (struct auth) {
		.conf = c, .store = app->store, .keys = app->keys, .fetcher = app->fetcher
	};
	a->grants = grants_open(a->store);
	if (c->oauth && !*c->issuer && !(a->ring = ring_open(c, a->store, e)))
		return false;
	if (c->client_documents)
		a->cimd = cimd_open(c, a->store, a->fetcher);
	if (a->ring)
		a->client_keys = client_keys_open(c, a->fetcher);
	a->passwords = passwords_start();
	a->dpop_seen = dpop_seen_new();
	return open_issuers(a, c, e);
}

void parts_close(struct auth *a)
{
	auth_stop();
	site_stop();
	issuer_close(&a->outside);
	issuer_close(&a->sign_in);
	dpop_seen_free(&a->dpop_seen);
	passwords_stop(&a->passwords);
	cimd_close(&a->cimd);
	client_keys_close(&a->client_keys);
	ring_close(&a->ring);
	grants_close(&a->grants);
}
