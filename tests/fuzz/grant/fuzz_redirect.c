/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Redirect URIs: a line that was registered, and what is given. What is accepted besides the same
 * bytes is the same URI with another port, on loopback, and where the browser would go by the rules
 * of URLs is the same host.
 */
#include "auth/grant/cimd.h"
#include "auth/grant/inner.h"
#include "base/check.h"
#include "base/mem.h"
#include "base/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_registered(struct str uri, struct arena *a)
{
	const char *why;
	struct url url;
	struct err e;
	if (!redirect_uri_ok(uri, "cursor,com.example.app", &why)) {
		CHECK(why && *why);
		return;
	}
	for (size_t i = 0; i < uri.n; i++)
		CHECK(uri.p[i] > ' ' && uri.p[i] < 0x7F && !strchr("\\#*\"<>", uri.p[i]));
	bool web = str_starts(uri, STR("https:")) || str_starts(uri, STR("http:"));
	CHECK(web || str_starts(uri, STR("cursor:")) ||
		str_starts(uri, STR("com.example.app:")));
	CHECK(!web || url_parse(uri, true, a, &url, &e));
	if (str_starts(uri, STR("http:")))
		CHECK(str_eq(url.host, STR("127.0.0.1")) ||
			str_eq(url.host, STR("localhost")) || str_eq(url.host, STR("::1")));
	CHECK(redirect_is_claimable(uri) == !str_starts(uri, STR("https:")));
	CHECK(redirect_host(uri, a)[0]);
}

static void check_match(struct str registered, struct str given, struct arena *a)
{
	const char *uris[] = { arena_text(a, registered) }, *why;
	struct client c = { .redirect_uris = { uris, 1 } };
	struct url one, other;
	struct err e;
	if (!redirect_uri_ok(registered, "cursor", &why) || !client_redirect_ok(&c, given))
		return;
	if (str_eq(registered, given))
		return;
	CHECK(str_starts(registered, STR("http://")));
	if (!url_parse(given, true, a, &other, &e)) /* a port above 65535: nobody goes there */
		return;
	CHECK(url_parse(registered, true, a, &one, &e));
	CHECK(str_eq(one.host, other.host) && str_eq(one.path, other.path) &&
		str_eq(one.query, other.query) && !other.fragment.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool started;
	struct str given = { (const char *)data, size }, registered;
	if (!started)
		mem_init();
	started = true;
	if (!str_cut(&given, '\n', &registered) || memchr(data, 0, size))
		return 0;
	struct arena *a = arena_new(0);
	check_registered(registered, a);
	check_match(registered, given, a);
	(void)cimd_id_ok(registered);
	arena_free(&a);
	return 0;
}
