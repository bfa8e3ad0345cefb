/* SPDX-License-Identifier: Apache-2.0 */
/* May it be looked at, and what of the answer counts. */
#include "auth/grant/document.h"
#include "auth/grant/document_in.h"

enum { FETCH_MS = 5000, BODY_BYTES = 64 * 1024 };

bool document_unusable(struct document *d, const char *word)
{
	return oauth_fail(d->fault, OAUTH_INVALID_CLIENT,
		"the %s of the client could not be used: %s", d->of->what, word);
}

/* 443, or what the operator's own setting names: an address and its port. */
static bool port_ok(struct documents *all, const struct url *url)
{
	struct guard_address address;
	if (url->port == 443)
		return true;
	pthread_mutex_lock(&all->lock);
	bool ok = guard_address_parse(url->host, &address) &&
		  guard_is_target(all->guard, &address, url->port);
	pthread_mutex_unlock(&all->lock);
	return ok;
}

bool document_acceptable(struct document *d)
{
	struct url *url = &d->req.url;
	struct err e;
	return (url_parse(d->address, guard_has_targets(d->of->guard), d->flow->call->arena,
			url, &e) &&
		       str_eq(url->scheme, STR("https")) && port_ok(d->of, url)) ||
	       document_unusable(d, "address");
}

void document_fetch(struct document *d)
{
	static const struct fetch_header headers[] = {
		{ "Accept", "application/json, application/jwk-set+json" }, { NULL, NULL }
	};
	d->req.policy = FETCH_PAGE;
	d->req.headers = headers;
	d->req.user_agent = d->of->conf->user_agent_default;
	d->req.timeout_ms = FETCH_MS;
	d->req.max_wire_bytes = d->req.max_body_bytes = BODY_BYTES;
	fetch_begin(d->of->fetcher, &d->req, &d->res, d->flow);
}

static bool is_json(const char *mime)
{
	struct str s = str_of(mime);
	return s.p &&
	       (str_eq(s, STR("application/json")) ||
		       (str_starts(s, STR("application/")) && str_ends(s, STR("+json"))));
}

json_t *document_read(struct document *d)
{
	struct arena *a = d->flow->call->arena;
	struct fetch_res *r = &d->res;
	const char *word = NULL;
	json_t *body = NULL;
	struct err e;
	d->gone = r->err.code != ERR_NONE || r->status != 200;
	d->cancelled = r->err.code == ERR_CANCELLED;
	if (d->gone)
		word = "fetch";
	else if (!is_json(r->mime))
		word = "type";
	else if (!fetch_unpack(r, BODY_BYTES, a, &e))
		word = "size";
	else if (!(body = json_read(a, r->body, &e)) || !json_is_object(body))
		word = "content";
	if (!word)
		return body;
	document_unusable(d, word);
	return NULL;
}

int64_t document_life_ms(const struct document *d)
{
	int64_t s = d->res.max_age_s;
	if (s > DOCUMENT_MOST_MS / 1000)
		return DOCUMENT_MOST_MS;
	return s * 1000 < DOCUMENT_LEAST_MS ? DOCUMENT_LEAST_MS : s * 1000;
}
