/* SPDX-License-Identifier: Apache-2.0 */
#include "net/guard.h"
#include "base/mem.h"
#include "lib/test.h"
#include "net/special.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static struct guard *guard_of(const char *targets, const char *nat64)
{
	struct err e = { 0 };
	struct guard *g = guard_new(targets, nat64, &e);
	if (!g)
		test_fail(__FILE__, __LINE__, "%s", e.msg);
	return g;
}

static bool allows(struct guard *g, const char *address, int port)
{
	struct guard_address a;
	if (!guard_address_parse(str_of(address), &a))
		test_fail(__FILE__, __LINE__, "%s is no address", address);
	return guard_allows(g, &a, port, FETCH_PAGE);
}

static void want(
	struct guard *g, bool public, const char *before, uint32_t v4, const char *after)
{
	char text[64];
	snprintf(text, sizeof text, "%s%x:%x%s", before, v4 >> 16, v4 & 0xffff, after);
	if (allows(g, text, 80) != public)
		test_fail(__FILE__, __LINE__, "%s (%u.%u.%u.%u): public %d wanted", text,
			v4 >> 24, v4 >> 16 & 255, v4 >> 8 & 255, v4 & 255, public);
}

/* First, last and neighbours of every range, plain and in each embedding. */
static void boundaries4(void)
{
	struct guard *g = guard_of("", ""), *nat = guard_of("", "64:ff9b::/96");
	for (size_t i = 0; i < sizeof special4 / sizeof special4[0]; i++) {
		struct range4 r = range_of(special4[i]);
		uint32_t edges[] = { r.first - 1, r.first, r.first + (r.last - r.first) / 2,
			r.last, r.last + 1 };
		for (size_t k = 0; k < sizeof edges / sizeof edges[0]; k++) {
			struct in_addr in = { htonl(edges[k]) };
			struct guard_address a;
			char text[INET_ADDRSTRLEN];
			bool public = public4(edges[k]);
			guard_address_parse(
				str_of(inet_ntop(AF_INET, &in, text, sizeof text)), &a);
			if (guard_is_public(&a) != public)
				test_fail(__FILE__, __LINE__, "%s: public %d wanted", text,
					public);
			want(g, public, "::ffff:", edges[k], "");
			want(nat, public, "64:ff9b::", edges[k], "");
			want(g, false, "64:ff9b::", edges[k], "");
			want(g, false, "::", edges[k], "");
			want(g, false, "::ffff:0:", edges[k], "");
			want(g, false, "2002:", edges[k], "::1");
			want(g, false, "2001:0:1234:5678:8000:63bf:", ~edges[k], "");
			want(g, false, "fe80::5efe:", edges[k], "");
			want(g, false, "64:ff9b:1::", edges[k], "");
		}
	}
	guard_free(&g);
	guard_free(&nat);
}

static void step(unsigned char ip[16], int by)
{
	for (int i = 15, carry = by; i >= 0 && carry; i--) {
		int v = ip[i] + carry;
		ip[i] = (unsigned char)v;
		carry = v < 0 ? -1 : v > 255 ? 1 : 0;
	}
}

static void check6(const unsigned char ip[16])
{
	struct guard_address a = { .scope = 0 };
	char text[INET6_ADDRSTRLEN];
	memcpy(&a.ip, ip, 16);
	bool public = public6(ip);
	if (guard_is_public(&a) != public)
		test_fail(__FILE__, __LINE__, "%s: public %d wanted",
			inet_ntop(AF_INET6, ip, text, sizeof text), public);
	a.scope = 2;
	CHECK_TRUE(!guard_is_public(&a));
}

static void boundaries6(void)
{
	static const char *const edges[] = { "2000::/3", "2001::/23", "2400::/12", "::/128",
		"::1/128" };
	for (size_t i = 0; i < sizeof special6 / sizeof special6[0] + 5; i++) {
		size_t n = sizeof special6 / sizeof special6[0];
		const char *prefix = i < n ? special6[i] : edges[i - n];
		char text[64];
		unsigned char first[16], last[16];
		snprintf(text, sizeof text, "%s", prefix);
		char *slash = strchr(text, '/');
		*slash = 0;
		CHECK_INT(inet_pton(AF_INET6, text, first), 1);
		memcpy(last, first, 16);
		for (long bit = strtol(slash + 1, NULL, 10); bit < 128; bit++)
			last[bit / 8] |= (unsigned char)(1 << (7 - bit % 8));
		check6(first);
		check6(last);
		step(first, -1);
		step(last, 1);
		check6(first);
		check6(last);
	}
}

static void nat64_lengths(void)
{
	static const char *const rows[][3] = {
		/* RFC 6052 section 2.4 and 2.2 */
		{ "2001:db8::/32", "2001:db8:808:808::", "2001:db8:a00:1::" },
		{ "2001:db8:100::/40", "2001:db8:108:808:8::", "2001:db8:10a:0:1::" },
		{ "2001:db8:122::/48", "2001:db8:122:808:8:800::", "2001:db8:122:a00:0:100::" },
		{ "2001:db8:122:300::/56",
			"2001:db8:122:308:8:808::", "2001:db8:122:30a:0:1::" },
		{ "2001:db8:122:344::/64",
			"2001:db8:122:344:8:808:800::", "2001:db8:122:344:a:0:100::" },
		{ "2001:db8:122:344::/96", "2001:db8:122:344::8.8.8.8",
			"2001:db8:122:344::10.0.0.1" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct guard *g = guard_of("", rows[i][0]);
		if (!allows(g, rows[i][1], 80) || allows(g, rows[i][2], 80))
			test_fail(__FILE__, __LINE__, "prefix %s", rows[i][0]);
		CHECK_TRUE(allows(g, "8.8.8.8", 80));
		CHECK_TRUE(!allows(g, "64:ff9b::8.8.8.8", 80));
		guard_free(&g);
	}
}

static void targets(void)
{
	struct guard *g = guard_of(" 127.0.0.1:8081, 10.9.0.0/16 ,[::1]:8080,fd00:1::/32,"
				   "[fd00:2::/32]:443,192.168.7.7,",
		"");
	static const struct {
		const char *address;
		int port;
		bool allowed;
	} rows[] = {
		{ "127.0.0.1", 8081, true },
		{ "::ffff:127.0.0.1", 8081, true },
		{ "127.0.0.1", 8080, false },
		{ "127.0.0.2", 8081, false },
		{ "10.9.255.255", 1, true },
		{ "10.10.0.0", 1, false },
		{ "10.8.255.255", 1, false },
		{ "::1", 8080, true },
		{ "::1", 8081, false },
		{ "fd00:1:ffff::1", 9, true },
		{ "fd00:2::1", 443, true },
		{ "fd00:2::1", 80, false },
		{ "fd00:3::1", 443, false },
		{ "192.168.7.7", 65535, true },
		{ "192.168.7.8", 80, false },
		{ "169.254.169.254", 80, false },
		{ "8.8.8.8", 80, true },
	};
	CHECK_TRUE(guard_has_targets(g));
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (allows(g, rows[i].address, rows[i].port) != rows[i].allowed)
			test_fail(__FILE__, __LINE__, "%s port %d", rows[i].address,
				rows[i].port);
	struct guard_address a;
	guard_address_parse(STR("169.254.169.254"), &a);
	CHECK_TRUE(guard_allows(g, &a, 80, FETCH_OPERATOR));
	guard_free(&g);
	g = guard_of("", "");
	CHECK_TRUE(!guard_has_targets(g));
	guard_free(&g);
}

static void bad_settings(void)
{
	static const char *const targets[] = { "localhost", "127.0.0.1:0", "127.0.0.1:65536",
		"127.0.0.1:", "127.0.0.1:x", "127.0.0", "127.0.0.1/33", "127.0.0.1/-1",
		"127.0.0.1/", "/8", "::1:8080:x", "[::1", "[::1]8080",
		"[::1]:", "[127.0.0.1]:80", "fd00::/129", "10.0.0.0/8/8", "10.0.0.1 10.0.0.2",
		"[]", "fe80::1%eth0", "0x7f.1" };
	static const char *const prefixes[] = { "x", "64:ff9b::", "64:ff9b::/95", "10.0.0.0/8",
		"0.0.0.0/0", "[64:ff9b::/96]:80" };
	struct err e;
	for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
		char text[100];
		snprintf(text, sizeof text, "10.0.0.1,%s", targets[i]);
		struct guard *g = guard_new(text, "", &e);
		if (g)
			test_fail(__FILE__, __LINE__, "%s was taken", targets[i]);
		else if (!strstr(e.msg, targets[i]) || !strstr(e.msg, "allow_targets"))
			test_fail(__FILE__, __LINE__, "%s: %s", targets[i], e.msg);
	}
	for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
		if (guard_new("", prefixes[i], &e) || !strstr(e.msg, "nat64_prefix"))
			test_fail(__FILE__, __LINE__, "%s was taken", prefixes[i]);
}

/* Whatever this machine's addresses are, public or not. */
static void own_addresses(void)
{
	struct guard *g = guard_of("", "");
	struct ifaddrs *all = NULL;
	CHECK_INT(getifaddrs(&all), 0);
	for (struct ifaddrs *i = all; i; i = i->ifa_next) {
		struct guard_address a;
		if (!i->ifa_addr || !guard_address_of(i->ifa_addr, &a))
			continue;
		CHECK_TRUE(!guard_allows(g, &a, 80, FETCH_PAGE));
	}
	freeifaddrs(all);
	guard_free(&g);
}

static char *expand(struct str url, size_t *n)
{
	struct buf out;
	buf_init(&out, 0);
	for (size_t i = 0; i < url.n; i++) {
		struct str rest = { url.p + i, url.n - i };
		size_t end = str_find(rest, '}');
		int64_t count;
		if (str_starts(rest, STR("{PORT}"))) {
			buf_text(&out, "8080");
			i += 5;
		} else if (rest.n > 3 && rest.p[0] == '{' && rest.p[2] == '*' && end < rest.n &&
			   str_to_int((struct str) { rest.p + 3, end - 3 }, &count)) {
			while (count-- > 0)
				buf_char(&out, rest.p[1]);
			i += end;
		} else {
			buf_char(&out, url.p[i]);
		}
	}
	return buf_take(&out, n);
}

/* What a caller would be told, as far as it is known without a socket. */
static const char *judge(struct guard *g, struct str url, bool *name)
{
	struct arena *a = arena_new(0);
	struct guard_address address;
	struct err e;
	struct url u;
	const char *code = "OK";
	*name = false;
	if (!url_parse(url, false, a, &u, &e))
		code = err_name(e.code);
	else if (!u.ip)
		*name = true;
	else if (!guard_address_parse(u.host, &address) ||
		 !guard_allows(g, &address, u.port, FETCH_PAGE))
		code = "PRIVATE_NETWORK_TARGET";
	arena_free(&a);
	return code;
}

static bool has(const json_t *codes, const char *code)
{
	size_t i;
	const json_t *v;
	json_array_foreach(
		codes, i, v) if (strcmp(json_string_value(v), code) == 0) return true;
	return false;
}

static void check_vector(struct guard *g, const json_t *v, int *checked, int *left)
{
	const json_t *url = json_object_get(v, "url"), *codes = json_object_get(v, "codes");
	const char *expect = json_string_value(json_object_get(v, "expect"));
	const char *target = json_string_value(json_object_get(v, "target"));
	size_t n;
	bool name;
	char *text =
		expand((struct str) { json_string_value(url), json_string_length(url) }, &n);
	const char *code = judge(g, (struct str) { text, n }, &name);
	bool ok;
	if (name && (json_object_get(v, "dns") || strcmp(expect, "allow") != 0)) {
		ok = true; /* for the name server to say */
		++*left;
	} else if (target && strcmp(target, "45.76.99.2") == 0) {
		ok = true; /* the server's own address, in its namespace only */
		++*left;
	} else {
		ok = strcmp(expect, "allow") == 0 ? strcmp(code, "OK") == 0 : has(codes, code);
		if (json_object_get(v, "http") && strcmp(code, "OK") == 0)
			ok = true;
		++*checked;
	}
	if (!ok)
		test_fail(__FILE__, __LINE__, "%s %.80s: %s, expected %s",
			json_string_value(json_object_get(v, "id")), text, code, expect);
	mem_free(text);
}

static void vectors(void)
{
	char path[1000];
	int checked = 0, left = 0, unread = 0;
	if (!test_corpus()) {
		test_skip("no corpus beside the clone");
		return;
	}
	snprintf(path, sizeof path, "%s/ssrf-vectors.jsonl", test_corpus());
	size_t len = 0;
	char *all = test_read_file(path, &len);
	if (!all) {
		test_skip("no ssrf-vectors.jsonl in the corpus");
		return;
	}
	struct guard *g = guard_of("", "");
	struct str rest = { all, len }, line;
	while (str_cut(&rest, '\n', &line)) {
		json_t *v = json_loadb(line.p, line.n, JSON_ALLOW_NUL, NULL);
		const char *channel = json_string_value(json_object_get(v, "channel"));
		if (!v && line.n)
			unread++; /* a lone surrogate: refused with the JSON */
		if (channel && (strcmp(channel, "scrape") == 0 || strcmp(channel, "mcp") == 0))
			check_vector(g, v, &checked, &left);
		json_decref(v);
	}
	printf("# %d judged, %d left to the name server, %d not readable as JSON\n", checked,
		left, unread);
	CHECK_TRUE(checked > 400 && unread <= 2);
	guard_free(&g);
	mem_free(all);
}

TEST_MAIN(TEST(boundaries4), TEST(boundaries6), TEST(nat64_lengths), TEST(targets),
	TEST(bad_settings), TEST(own_addresses), TEST(vectors))
