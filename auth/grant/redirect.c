/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Redirect URIs. What may be registered is decided once and strictly; afterwards they are compared
 * as they are, byte for byte: nothing is decoded, resolved or folded (RFC 9700 section 4.1.3). Only
 * of loopback http URIs the port may differ (RFC 8252 section 7.3); "localhost" counts as one
 * because MCP clients use it, and it is not 127.0.0.1.
 */
#include "auth/grant/inner.h"
#include "base/check.h"
#include "base/url.h"

static const char *const loopback[] = { "http://127.0.0.1", "http://[::1]",
	"http://localhost" };

static struct str after(struct str s, size_t n)
{
	return (struct str) { s.p + n, s.n - n };
}

static size_t digits(struct str s)
{
	size_t n = 0;
	while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
		n++;
	return n;
}

/* The loopback host at the beginning: *rest is what follows it. */
static const char *loopback_of(struct str uri, struct str *rest)
{
	for (size_t i = 0; i < COUNT_OF(loopback); i++) {
		struct str head = str_of(loopback[i]);
		if (!str_starts(uri, head))
			continue;
		*rest = after(uri, head.n);
		if (!rest->n || strchr(":/?", rest->p[0]))
			return loopback[i];
	}
	return NULL;
}

/* Takes ":" and the digits off; false: a colon with too few or too many of them. */
static bool skip_port(struct str *rest)
{
	if (!rest->n || rest->p[0] != ':')
		return true;
	size_t n = digits(after(*rest, 1));
	*rest = after(*rest, 1 + n);
	return n >= 1 && n <= 5;
}

static bool same_but_port(struct str registered, struct str given)
{
	struct str r, g;
	const char *host = loopback_of(registered, &r);
	return host && loopback_of(given, &g) == host && skip_port(&r) && skip_port(&g) &&
	       r.n > 0 && r.p[0] == '/' && str_eq(r, g);
}

bool client_redirect_ok(const struct client *c, struct str uri)
{
	for (size_t i = 0; i < c->redirect_uris.n; i++) {
		struct str registered = str_of(c->redirect_uris.v[i]);
		if (str_eq(registered, uri) || same_but_port(registered, uri))
			return true;
	}
	return false;
}

bool redirect_is_claimable(struct str uri)
{
	return !str_starts(uri, STR("https://"));
}

const char *redirect_host(struct str uri, struct arena *a)
{
	size_t scheme = str_find(uri, ':');
	if (!str_starts(uri, STR("https://")) && !str_starts(uri, STR("http://")))
		return arena_printf(
			a, "%.*s: (an application on this device)", (int)scheme, uri.p);
	struct str rest = after(uri, scheme + 3);
	size_t n = 0;
	while (n < rest.n && !strchr("/?#", rest.p[n]))
		n++;
	return arena_text(a, (struct str) { rest.p, n });
}

/* --- registration --- */

/* The characters of RFC 3986 without those that have no business here: '#' begins a fragment, '*'
 * is taken for a wildcard by others. */
static bool characters_ok(struct str uri, const char **why)
{
	static const char others[] = "-._~:/?[]@!$&'()+,;=%";
	for (size_t i = 0; i < uri.n; i++) {
		char c = uri.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9');
		if (c == '#')
			*why = "it has a fragment";
		else if (c == '*')
			*why = "it has a wildcard";
		else if (!plain && (!c || !strchr(others, c)))
			*why = "it has a character that no URI has";
		else if (c == '%' && (i + 2 >= uri.n || str_hex(uri.p[i + 1]) < 0 ||
					     str_hex(uri.p[i + 2]) < 0))
			*why = "it has a percent sign without two hexadecimal digits";
		else
			continue;
		return false;
	}
	return true;
}

/* Letters in lower case, digits, + - . with a letter first. */
static size_t scheme_length(struct str uri)
{
	size_t n = 0;
	while (n < uri.n && ((uri.p[n] >= 'a' && uri.p[n] <= 'z') ||
				    (n && ((uri.p[n] >= '0' && uri.p[n] <= '9') ||
						  (uri.p[n] && strchr("+-.", uri.p[n]))))))
		n++;
	return n < uri.n && uri.p[n] == ':' ? n : 0;
}

/* Never, whatever the setting says: browsers run, read or open what follows them. */
static bool scheme_runs(struct str scheme)
{
	static const char *const never[] = { "javascript", "data", "file", "vbscript", "blob",
		"about", "filesystem", "view-source", "http", "https", "ws", "wss", "ftp" };
	for (size_t i = 0; i < COUNT_OF(never); i++)
		if (str_eq(scheme, str_of(never[i])))
			return true;
	return false;
}

static struct str authority_of(struct str rest)
{
	size_t n = 2;
	if (!str_starts(rest, STR("//")))
		return (struct str) { NULL, 0 };
	while (n < rest.n && rest.p[n] != '/' && rest.p[n] != '?')
		n++;
	return (struct str) { rest.p + 2, n - 2 };
}

/* Names and addresses as DNS and RFC 3986 have them. URL parsers let more through (";", ",", "'"),
 * which would begin a directive of its own where the host stands in Content-Security-Policy. */
static bool authority_plain(struct str authority)
{
	for (size_t i = 0; i < authority.n; i++) {
		char c = str_lower(authority.p[i]);
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || strchr(".-_:[]", c)))
			return false;
	}
	return authority.n > 0;
}

static bool web_uri_ok(struct str uri, bool tls, const char **why)
{
	struct arena *a = arena_new((size_t)1 << 20);
	struct str rest = uri;
	struct url url;
	struct err e;
	bool ok = url_parse(uri, true, a, &url, &e);
	arena_free(&a);
	if (!ok) {
		*why = "it is no valid URL";
		return false;
	}
	if (tls)
		return true;
	*why = "http is for 127.0.0.1, [::1] and localhost alone";
	return loopback_of(uri, &rest) && skip_port(&rest);
}

bool redirect_uri_ok(struct str uri, const char *schemes, const char **why)
{
	*why = "it is empty or longer than 2048 bytes";
	if (!uri.n || uri.n > REDIRECT_BYTES)
		return false;
	if (!characters_ok(uri, why))
		return false;
	size_t n = scheme_length(uri);
	struct str scheme = { uri.p, n }, rest = after(uri, n ? n + 1 : 0);
	*why = "it is not absolute, or its scheme is not in lower case";
	if (!n || !rest.n)
		return false;
	struct str authority = authority_of(rest);
	*why = "it has a user name";
	if (str_find(authority, '@') < authority.n)
		return false;
	bool tls = str_eq(scheme, STR("https"));
	*why = "its host has a character that no host has";
	if ((tls || str_eq(scheme, STR("http"))) && !authority_plain(authority))
		return false;
	if (tls || str_eq(scheme, STR("http")))
		return web_uri_ok(uri, tls, why);
	*why = "its scheme is not accepted here (setting client_schemes)";
	return !scheme_runs(scheme) && str_in_list(str_of(schemes), scheme);
}
