/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What clients read before anybody signs in, asked for where they ask for it. Most of what goes
 * wrong is a proxy's: another name, a header that it keeps for itself, bodies that it rewrites.
 */
#include "base/check.h"
#include "base/clock.h"
#include "cli/doctor.h"

#include <stdlib.h>

enum { CLOCK_WARN_MS = 30 * 1000 };

static const char resource_path[] = "/.well-known/oauth-protected-resource";
static const char server_path[] = "/.well-known/oauth-authorization-server";

/* 200 and a JSON object, else it is said what came instead. */
static bool is_document(struct doctor *d, const char *what, const char *path, struct reply *r)
{
	doctor_get(d, path, r);
	if (r->err.code != ERR_NONE)
		doctor_say(d, VERDICT_FAIL, what, "%s%s: %s", d->url, path, r->err.msg);
	else if (r->status != 200)
		doctor_say(d, VERDICT_FAIL, what, "%s%s answers %d instead of 200", d->url,
			path, r->status);
	else if (!json_is_object(r->json))
		doctor_say(d, VERDICT_FAIL, what, "%s%s is no JSON document", d->url, path);
	else
		return true;
	if (r->status >= 300 && r->status < 400)
		doctor_mend("the proxy redirects it, and clients do not follow: use the final "
			    "URL as public_url");
	else if (r->err.code == ERR_NONE)
		doctor_mend("the proxy must hand on all paths: nginx `location / { proxy_pass "
			    "... }`, Caddy `reverse_proxy ...`");
	return false;
}

/* A URL of a document is what it must be; else whose fault that is. */
static bool is_url(struct doctor *d, const char *what, const char *member, const char *got,
	const char *want)
{
	if (strcmp(got, want) == 0)
		return true;
	doctor_say(d, VERDICT_FAIL, what, "%s is \"%.200s\" where clients expect \"%s\"",
		member, got, want);
	if (!*d->conf->public_url)
		doctor_mend("public_url = %s", d->url);
	else if (strcmp(d->conf->public_url, d->url) == 0)
		doctor_mend(
			"the server was started with another public_url (start it again), "
			"or the proxy rewrites bodies (nginx: no sub_filter for this host)");
	else
		doctor_mend("public_url is %s, but clients come to %s: make them the same",
			d->conf->public_url, d->url);
	return false;
}

/* --- each check --- */

static bool check_health(struct doctor *d)
{
	struct reply r;
	doctor_get(d, "/v1/health", &r);
	if (r.err.code != ERR_NONE) {
		doctor_say(d, d->url_given ? VERDICT_FAIL : VERDICT_WARN, "server",
			"nobody answers at %s: %s", d->url, r.err.msg);
		doctor_mend("start it (`scraped serve`), or say where it is: scraped doctor "
			    "--url URL");
		return false;
	}
	if (r.status != 200 || !*reply_text(&r, "version")) {
		doctor_say(d, VERDICT_FAIL, "server",
			"%s/v1/health answers %d: that is not this server, or a proxy in front "
			"of it answers itself",
			d->url, r.status);
		doctor_mend("look at the proxy's log and at the address it hands on to (%s)",
			d->conf->listen);
		return false;
	}
	doctor_say(d, VERDICT_OK, "server", "answers at %s, version %s", d->url,
		reply_text(&r, "version"));
	int64_t off = r.date_ms ? r.date_ms - now_ms() : 0;
	if (off > CLOCK_WARN_MS || off < -CLOCK_WARN_MS)
		doctor_say(d, VERDICT_WARN, "clock", "the server's is %lld s %s this machine's",
			(long long)llabs(off) / 1000, off > 0 ? "ahead of" : "behind");
	return true;
}

static bool check_resource(struct doctor *d)
{
	struct reply plain, with_path;
	const char *mcp = arena_printf(d->arena, "%s/mcp", d->url);
	const char *longer = arena_printf(d->arena, "%s/mcp", resource_path);
	if (!is_document(d, "resource metadata", longer, &with_path) ||
		!is_document(d, "resource metadata", resource_path, &plain))
		return false;
	if (!str_eq(plain.body, with_path.body)) {
		doctor_say(d, VERDICT_FAIL, "resource metadata",
			"%s and %s are not the same document", longer, resource_path);
		return false;
	}
	if (!is_url(d, "resource metadata", "resource", reply_text(&plain, "resource"), mcp))
		return false;
	const json_t *servers = json_object_get(plain.json, "authorization_servers");
	const char *server = json_string_value(json_array_get(servers, 0));
	const char *want = *d->conf->issuer ? d->conf->issuer : d->url;
	if (!is_url(d, "resource metadata", "authorization_servers", server ? server : "",
		    want))
		return false;
	doctor_say(d, VERDICT_OK, "resource metadata", "both forms name %s", mcp);
	return true;
}

static const char *const endpoints[] = { "authorization_endpoint", "token_endpoint",
	"revocation_endpoint", "jwks_uri", NULL };

static bool check_server(struct doctor *d)
{
	struct reply r;
	if (!is_document(d, "authorization server", server_path, &r) ||
		!is_url(d, "authorization server", "issuer", reply_text(&r, "issuer"), d->url))
		return false;
	for (const char *const *name = endpoints; *name; name++)
		if (!str_starts(str_of(reply_text(&r, *name)),
			    str_of(arena_printf(d->arena, "%s/", d->url)))) {
			doctor_say(d, VERDICT_FAIL, "authorization server",
				"%s is \"%.200s\", which is not below %s", *name,
				reply_text(&r, *name), d->url);
			return false;
		}
	doctor_say(d, VERDICT_OK, "authorization server", "names itself %s", d->url);
	return true;
}

static bool check_keys(struct doctor *d)
{
	struct reply r;
	size_t i;
	const json_t *key;
	if (!is_document(d, "signing keys", "/jwks", &r))
		return false;
	const json_t *keys = json_object_get(r.json, "keys");
	if (json_array_size(keys) == 0) {
		doctor_say(d, VERDICT_FAIL, "signing keys", "%s/jwks has none", d->url);
		return false;
	}
	json_array_foreach(keys, i, key)
	{
		if (json_object_get(key, "d") || !json_object_get(key, "kid")) {
			doctor_say(d, VERDICT_FAIL, "signing keys",
				"%s/jwks is not the list of this server's public keys", d->url);
			return false;
		}
	}
	doctor_say(d, VERDICT_OK, "signing keys", "%zu are published", json_array_size(keys));
	return true;
}

static void ask_mcp(struct doctor *d, const char *bearer, struct reply *r)
{
	struct ask ask = { .method = "POST",
		.url = arena_printf(d->arena, "%s/mcp", d->url),
		.type = "application/json",
		.accept = "application/json, text/event-stream",
		.bearer = bearer,
		.body = STR("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}") };
	doctor_ask(d, &ask, r);
}

static bool check_challenge(struct doctor *d)
{
	struct reply r;
	const char *want =
		arena_printf(d->arena, "resource_metadata=\"%s%s/mcp\"", d->url, resource_path);
	ask_mcp(d, NULL, &r);
	struct str challenge = reply_header(&r, "WWW-Authenticate", 0);
	if (r.err.code != ERR_NONE || r.status != 401) {
		doctor_say(d, VERDICT_FAIL, "challenge",
			"%s/mcp without a token answers %d%s instead of 401", d->url, r.status,
			r.err.msg);
		doctor_mend("a proxy that answers itself, or lets strangers in, keeps clients "
			    "from signing in");
		return false;
	}
	if (!str_has(challenge, STR("resource_metadata="))) {
		doctor_say(d, VERDICT_FAIL, "challenge",
			"the 401 of %s/mcp has no WWW-Authenticate with resource_metadata",
			d->url);
		doctor_mend("the proxy takes it away: nginx `proxy_hide_header` and "
			    "`error_page 401`, or a login of the proxy's own, must go");
		return false;
	}
	if (!str_has(challenge, str_of(want))) {
		doctor_say(d, VERDICT_FAIL, "challenge",
			"WWW-Authenticate leads clients elsewhere: %.*s", STR_ARG(challenge));
		doctor_mend("public_url = %s", d->url);
		return false;
	}
	doctor_say(d, VERDICT_OK, "challenge", "strangers at %s/mcp are told where to sign in",
		d->url);
	return true;
}

/* A wrong token is told from none by the words of the refusal: so the header has arrived. */
static bool check_authorization(struct doctor *d)
{
	struct reply r;
	ask_mcp(d, "sk_live_this_is_no_key", &r);
	struct str challenge = reply_header(&r, "WWW-Authenticate", 0);
	if (r.err.code == ERR_NONE && r.status == 401 &&
		str_has(challenge, STR("error=\"invalid_token\""))) {
		doctor_say(d, VERDICT_OK, "Authorization", "the header reaches the server");
		return true;
	}
	doctor_say(d, VERDICT_FAIL, "Authorization",
		"your proxy drops the Authorization header: a wrong token is answered as if "
		"none was sent");
	doctor_mend("nginx: no `proxy_set_header Authorization` and no auth_basic in this "
		    "location; Apache: `CGIPassAuth On` or `ProxyPass` without AuthType");
	return false;
}

/* --- the same documents without the proxy --- */

/* Where the server listens, as this machine reaches it; NULL: that cannot be told. */
static const char *direct_url(struct doctor *d)
{
	struct str listen = str_of(d->conf->listen);
	size_t colon = listen.n;
	while (colon && listen.p[colon - 1] != ':')
		colon--;
	struct str port = { listen.p + colon, listen.n - colon },
		   host = { listen.p, colon ? colon - 1 : 0 };
	if (*d->conf->tls_cert || !host.n || str_eq(port, STR("0")))
		return NULL;
	if (str_eq(host, STR("0.0.0.0")))
		host = STR("127.0.0.1");
	else if (str_eq(host, STR("[::]")))
		host = STR("[::1]");
	return arena_printf(d->arena, "http://%.*s:%.*s", STR_ARG(host), STR_ARG(port));
}

static void check_bodies(struct doctor *d)
{
	const char *paths[] = { "/openapi.json", resource_path, server_path };
	const char *direct = direct_url(d);
	size_t n = *d->conf->public_url ? COUNT_OF(paths) : 1; /* else they name the Host */
	if (!direct || strcmp(direct, d->url) == 0)
		return;
	for (size_t i = 0; i < n; i++) {
		struct reply here, there;
		doctor_ask(d,
			&(struct ask) {
				.url = arena_printf(d->arena, "%s%s", direct, paths[i]) },
			&here);
		doctor_get(d, paths[i], &there);
		if (here.err.code != ERR_NONE || here.status != 200) {
			doctor_say(d, VERDICT_WARN, "bodies",
				"%s does not answer from this machine, so what a proxy does "
				"to bodies cannot be told",
				direct);
			return;
		}
		if (there.status != 200 || !str_eq(here.body, there.body)) {
			doctor_say(d, VERDICT_FAIL, "bodies",
				"the proxy rewrites what the server sends: %s has %zu bytes at "
				"%s and %zu at %s",
				paths[i], here.body.n, direct, there.body.n, d->url);
			doctor_mend("no sub_filter, substitute, minifier or e-mail "
				    "obfuscation for this host");
			return;
		}
	}
	doctor_say(d, VERDICT_OK, "bodies", "come through unchanged");
}

/* --- an outside issuer --- */

static void check_issuer(struct doctor *d)
{
	struct reply r = { 0 };
	const char *const forms[] = { server_path, "/.well-known/openid-configuration" };
	for (size_t i = 0; i < COUNT_OF(forms); i++) {
		struct url u;
		struct err e;
		if (!url_parse(str_of(d->conf->issuer), true, d->arena, &u, &e))
			break;
		struct str path = u.path;
		if (path.n == 1)
			path.n = 0;
		struct str origin = { u.text, (size_t)(u.path.p - u.text) };
		const char *at = i ? arena_printf(d->arena, "%.*s%.*s%s", STR_ARG(origin),
					     STR_ARG(path), forms[i])
				   : arena_printf(d->arena, "%.*s%s%.*s", STR_ARG(origin),
					     forms[i], STR_ARG(path));
		doctor_ask(d, &(struct ask) { .url = at }, &r);
		if (r.err.code == ERR_NONE && r.status == 200 && json_is_object(r.json))
			break;
	}
	if (strcmp(reply_text(&r, "issuer"), d->conf->issuer) != 0) {
		doctor_say(d, VERDICT_FAIL, "issuer", "%s does not tell its metadata: %s",
			d->conf->issuer,
			r.err.code != ERR_NONE	    ? r.err.msg
			: *reply_text(&r, "issuer") ? "it names another issuer"
						    : "no document");
		return;
	}
	int64_t off = r.date_ms ? r.date_ms - now_ms() : 0;
	doctor_say(d, VERDICT_OK, "issuer", "%s tells its metadata", d->conf->issuer);
	if (off > CLOCK_WARN_MS || off < -CLOCK_WARN_MS)
		doctor_say(d, VERDICT_WARN, "clock",
			"the issuer's is %lld s %s this machine's: fresh tokens may be refused",
			(long long)llabs(off) / 1000, off > 0 ? "ahead of" : "behind");
}

bool doctor_wire(struct doctor *d)
{
	if (!check_health(d))
		return false;
	check_bodies(d);
	bool ok = true;
	if (d->oauth) {
		ok = check_resource(d);
		if (*d->conf->issuer)
			check_issuer(d);
		else
			ok = check_server(d) && check_keys(d) && ok;
		ok = check_challenge(d) && ok;
	}
	return check_authorization(d) && ok && d->oauth && !*d->conf->issuer;
}
