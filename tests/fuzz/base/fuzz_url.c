/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What url_parse takes, it takes again and gives the same; its views lie in its text; a host of
 * digits and dots is an address; and two parsers of the world agree with us on the host. The first
 * byte picks what is done with the rest.
 */
#include "base/check.h"
#include "base/mem.h"
#include "base/url.h"

#include <arpa/inet.h>

static void inside(const struct url *u, struct str view)
{
	size_t n = strlen(u->text);
	CHECK(!view.p || (view.p >= u->text && view.p + view.n <= u->text + n));
}

static void check_host(const struct url *u)
{
	char text[300];
	unsigned char address[16];
	CHECK(u->host.n > 0 && u->host.n < sizeof text);
	memcpy(text, u->host.p, u->host.n);
	text[u->host.n] = 0;
	bool v4 = inet_pton(AF_INET, text, address) == 1;
	bool v6 = inet_pton(AF_INET6, text, address) == 1;
	struct in_addr loose;
	CHECK(u->ip == (v4 || v6));
	/* Whatever the C library would take for an address was taken for one, and written plainly. */
	CHECK(u->ip || inet_aton(text, &loose) == 0);
	for (size_t i = 0; i < u->host.n; i++)
		CHECK((unsigned char)text[i] > ' ' && (unsigned char)text[i] < 0x7f &&
			!strchr("@/\\?#[]%", text[i]) && !(text[i] >= 'A' && text[i] <= 'Z'));
	CHECK(v6 || str_find(u->host, ':') == u->host.n);
}

static void check_url(const struct url *u, bool inside_ok, struct arena *a)
{
	struct url again;
	struct err e;
	inside(u, u->scheme);
	inside(u, u->host);
	inside(u, u->path);
	inside(u, u->query);
	inside(u, u->fragment);
	check_host(u);
	CHECK(u->port >= 1 && u->port <= 65535 && u->path.n && u->path.p[0] == '/');
	CHECK(strlen(u->text) <= URL_MAX);
	for (const char *c = u->text; *c; c++)
		CHECK((unsigned char)*c > ' ' && (unsigned char)*c < 0x7f);
	if (strchr(u->text, '\\'))
		return; /* of a reference's query: not taken from a caller */
	CHECK(url_parse(str_of(u->text), inside_ok, a, &again, &e));
	CHECK(strcmp(again.text, u->text) == 0 && url_same_origin(u, &again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	struct str text = { (const char *)data + 1, size - 1 };
	struct arena *a = arena_new(0);
	struct url u, base;
	struct err e = { 0 };
	bool inside_ok = data[0] & 1;
	if (data[0] & 2) {
		CHECK(url_parse(STR("http://a.example/b/c?d#e"), false, a, &base, &e));
		if (url_resolve(&base, text, inside_ok, a, &u, &e))
			check_url(&u, inside_ok, a);
	} else if (url_parse(text, inside_ok, a, &u, &e)) {
		check_url(&u, inside_ok, a);
	}
	struct url_base from;
	struct buf out;
	buf_init(&out, 1 << 20);
	url_base_init(&from, data[0] & 4 ? text : STR("https://h/a/b?q"));
	if (!url_resolve_text(&from, data[0] & 4 ? STR("../x?y") : text, &out))
		CHECK(out.len == 0);
	char line[URL_LOG_SIZE];
	CHECK(strlen(url_for_log(text, line)) < URL_LOG_SIZE);
	buf_release(&out);
	arena_free(&a);
	return 0;
}
