/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Issuer and resource are texts that clients compare byte for byte with what their user typed, so
 * they are made in one form alone: lower-case scheme and host, no port that goes without saying, no
 * slash at the end.
 */
#include "auth/site.h"
#include "base/url.h"
#include "http/address.h"

#include <stdio.h>

enum { AUDIENCES = 3, REFUSAL_SIZE = 240 };

/* Set once, before the doors open. */
static struct {
	const struct conf *conf;
	struct arena *arena;
	const char *base; /* NULL: from Host, which must be one of loopback's names */
	const char *home; /* base, or the address that was bound */
	bool tls;
	char refusal[REFUSAL_SIZE];
} own;

static void refuse(const char *why)
{
	snprintf(own.refusal, sizeof own.refusal, "%s", why);
}

/* "name:port" or "[v6]:port" as bound, without the port. */
static bool bound_to_loopback(const char *address)
{
	struct str text = str_of(address);
	struct address a;
	while (text.n && text.p[text.n - 1] != ':')
		text.n--;
	return text.n > 1 && address_parse((struct str) { text.p, text.n - 1 }, &a) &&
	       address_loopback(&a);
}

static bool loopback_host(struct str host)
{
	struct address a;
	return str_ieq(host, STR("localhost")) ||
	       (address_parse(host, &a) && address_loopback(&a));
}

static void use_public_url(const char *text)
{
	struct url u;
	struct err e;
	if (!url_parse(str_of(text), true, own.arena, &u, &e) ||
		!(str_eq(u.path, STR("/")) && u.query.n == 0 && u.fragment.n == 0))
		refuse("public_url is not just scheme, host and port, as in "
		       "https://scrape.example");
	else if (!str_eq(u.scheme, STR("https")) && !loopback_host(u.host))
		refuse("public_url is plain http: set it to the https URL at which clients "
		       "reach "
		       "this server");
	own.base = arena_text(own.arena,
		(struct str) { u.text, own.refusal[0] ? 0 : (size_t)(u.path.p - u.text) });
}

void site_start(const struct conf *c, const char *address)
{
	arena_free(&own.arena);
	memset(&own, 0, sizeof own);
	own.conf = c;
	own.arena = arena_new(0);
	own.tls = *c->tls_cert != 0;
	if (!c->oauth)
		refuse("the setting oauth is off");
	else if (*c->public_url)
		use_public_url(c->public_url);
	else if (!bound_to_loopback(address))
		refuse("public_url is not set: set it to the https URL at which clients reach "
		       "this server");
	own.home =
		own.base ? own.base
			 : arena_printf(own.arena, "http%s://%s", own.tls ? "s" : "", address);
}

void site_stop(void)
{
	arena_free(&own.arena);
	memset(&own, 0, sizeof own);
}

const char *site_refusal(void)
{
	return own.refusal[0] ? own.refusal : NULL;
}

const char *site_home(void)
{
	return site_refusal() ? NULL : own.home;
}

/* The name of this request, if it is one of loopback's: others may have been let in by allowed_hosts,
 * and who chooses the name must not choose the issuer. */
static const char *base_of_host(struct str host, struct arena *a)
{
	struct str name = host, usual = own.tls ? STR(":443") : STR(":80");
	if (str_ends(host, usual))
		host.n -= usual.n;
	size_t end = host.n && host.p[0] == '[' ? str_find(host, ']') + 1 : str_find(host, ':');
	name.n = end < host.n ? end : host.n;
	if (!loopback_host(name))
		return NULL;
	char *text = arena_printf(a, "http%s://%.*s", own.tls ? "s" : "", STR_ARG(host));
	for (char *p = text; *p; p++)
		*p = str_lower(*p);
	return text;
}

/* Our own tokens always name the canonical resource. Others' issuers know it as it was typed there. */
static const char *const *audiences(const char *resource, struct arena *a)
{
	const char **list = ARENA_ARRAY(a, const char *, AUDIENCES);
	list[0] = resource;
	if (*own.conf->issuer_audience && *own.conf->issuer)
		list[0] = own.conf->issuer_audience;
	else if (*own.conf->issuer)
		list[1] = arena_printf(a, "%s/", resource);
	return list;
}

bool site_of(const struct http_req *r, struct site *out)
{
	if (own.refusal[0] || !own.conf)
		return false;
	*out = (struct site) { .base = own.base };
	if (!out->base)
		out->base = base_of_host(http_header(r, "Host"), r->arena);
	if (!out->base)
		return false;
	out->resource = arena_printf(r->arena, "%s/mcp", out->base);
	out->audiences = audiences(out->resource, r->arena);
	out->secure = str_starts(str_of(out->base), STR("https:"));
	return true;
}

bool site_resource_ok(const struct site *site, struct str resource)
{
	struct str base = str_of(site->base), path = resource;
	if (!str_istarts(resource, base))
		return false;
	path.p += base.n;
	path.n -= base.n;
	return path.n == 0 || str_eq(path, STR("/")) || str_eq(path, STR("/mcp")) ||
	       str_eq(path, STR("/mcp/"));
}
