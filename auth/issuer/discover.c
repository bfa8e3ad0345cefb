/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/issuer/discover.h"
#include "base/check.h"

/* Names count only where they cannot lead elsewhere: RFC 6761 section 6.3. */
static bool is_loopback(const struct url *u)
{
	return u->ip ? str_starts(u->host, STR("127.")) || str_eq(u->host, STR("::1"))
		     : str_eq(u->host, STR("localhost"));
}

static bool is_plain(const struct url *u)
{
	return str_eq(u->scheme, STR("http"));
}

bool discover_issuer(const char *issuer, struct arena *a, struct url *out, struct err *e)
{
	struct err why;
	bool ok = url_parse(str_of(issuer), true, a, out, &why) &&
		  (!is_plain(out) || is_loopback(out)) && !strpbrk(issuer, "?#");
	return ok ||
	       err_set(e, ERR_INVALID_REQUEST,
		       "an issuer is an https URL without query and fragment (http only on "
		       "a loopback address)");
}

static struct str origin_of(const struct url *u)
{
	return (struct str) { u->text, (size_t)(u->path.p - u->text) };
}

void discover_urls(
	const struct url *issuer, bool openid, struct arena *a, const char *urls[DISCOVER_URLS])
{
	struct str origin = origin_of(issuer), path = issuer->path;
	while (path.n && path.p[path.n - 1] == '/')
		path.n--;
	urls[openid] = arena_printf(a, "%.*s/.well-known/oauth-authorization-server%.*s",
		STR_ARG(origin), STR_ARG(path));
	urls[!openid] = arena_printf(
		a, "%.*s%.*s/.well-known/openid-configuration", STR_ARG(origin), STR_ARG(path));
}

bool discover_endpoint(
	const struct url *issuer, const char *text, struct arena *a, struct url *out)
{
	struct err e;
	return text && url_parse(str_of(text), true, a, out, &e) &&
	       (!is_plain(out) || (is_loopback(out) && is_plain(issuer)));
}

static const struct {
	const char *name;
	size_t at;
} endpoints[] = {
#define ENDPOINT(name)                                                                         \
	{                                                                                      \
#name, offsetof(struct issuer_metadata, name)                                  \
	}
	ENDPOINT(authorization_endpoint),
	ENDPOINT(token_endpoint),
	ENDPOINT(introspection_endpoint),
	ENDPOINT(userinfo_endpoint),
	ENDPOINT(jwks_uri),
	ENDPOINT(end_session_endpoint),
#undef ENDPOINT
};

bool discover_read(json_t *all, const char *text, const struct url *issuer, struct arena *a,
	struct issuer_metadata *out, struct err *e)
{
	const char *named = json_string_value(json_object_get(all, "issuer"));
	*out = (struct issuer_metadata) { .issuer = text, .all = all };
	if (!named || strcmp(named, text) != 0)
		return err_set(e, ERR_OVERLOADED, "its metadata names another issuer");
	for (size_t i = 0; i < COUNT_OF(endpoints); i++) {
		struct url u;
		const char *v = json_string_value(json_object_get(all, endpoints[i].name));
		bool ok = discover_endpoint(issuer, v, a, &u);
		*(const char **)(void *)((char *)out + endpoints[i].at) = ok ? u.text : "";
	}
	out->iss_in_response = json_is_true(
		json_object_get(all, "authorization_response_iss_parameter_supported"));
	return *out->jwks_uri ||
	       err_set(e, ERR_OVERLOADED, "its metadata has no usable jwks_uri");
}
