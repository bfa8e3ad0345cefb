/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/test.h"
#include "http/address.h"
#include "http/hostlist.h"

/* Three servers: on loopback; public with names; one that takes everything. */
static const struct conf local = {
	.public_url = "", .allowed_hosts = "", .allowed_origins = ""
};
static const struct conf named = { .public_url = "https://Scrape.example/base",
	.allowed_hosts = "other.example:8443, plain.example",
	.allowed_origins = "https://App.example, chrome-extension://abc/" };
static const struct conf open_to_all = {
	.public_url = "", .allowed_hosts = "*", .allowed_origins = "*"
};

static const struct {
	const char *value;
	bool local, named, open_to_all;
} hosts[] = {
	{ "localhost", true, false, true },
	{ "LOCALHOST:1234", true, false, true },
	{ "127.0.0.1:8080", true, false, true },
	{ "[::1]:8080", true, false, true },
	{ "[::1]", true, false, true },
	{ "127.0.0.2", false, false, true },
	{ "localhost.evil.example", false, false, true },
	{ "scrape.example", false, true, true },
	{ "SCRAPE.example:443", false, true, true },
	{ "scrape.example.", false, false, true },
	{ "other.example:8443", false, true, true },
	{ "other.example:8444", false, false, true },
	{ "other.example", false, false, true },
	{ "plain.example:1", false, true, true },
	{ "", false, false, false },
	{ "localhost:", false, false, false },
	{ "localhost:abc", false, false, false },
	{ "localhost:99999", false, false, false },
	{ "localhost:80:80", false, false, false },
	{ "user@localhost", false, false, false },
	{ "localhost, localhost", false, false, false },
	{ "localhost/", false, false, false },
	{ "[::1", false, false, false },
	{ "[::1]x", false, false, false },
	{ "http://localhost", false, false, false },
};

static const struct {
	const char *value;
	bool local, named, open_to_all;
} origins[] = {
	{ "http://localhost:6274", true, true, true },
	{ "https://127.0.0.1", true, true, true },
	{ "http://[::1]:9", true, true, true },
	{ "ftp://localhost", false, false, true },
	{ "http://localhost.evil.example", false, false, true },
	{ "https://scrape.example", false, true, true },
	{ "http://scrape.example", false, false, true },
	{ "https://scrape.example:8443", false, false, true },
	{ "https://app.example", false, true, true },
	{ "https://app.example/", false, false, false },
	{ "chrome-extension://abc", false, true, true },
	{ "null", false, false, false },
	{ "", false, false, false },
	{ "https://", false, false, false },
	{ "https://a@scrape.example", false, false, false },
};

static void lists(void)
{
	struct arena *a = arena_new(0);
	struct hostlist l, n, o;
	struct err e;
	CHECK_TRUE(hostlist_build(&l, &local, true, a, &e));
	CHECK_TRUE(hostlist_build(&n, &named, false, a, &e));
	CHECK_TRUE(hostlist_build(&o, &open_to_all, false, a, &e));
	for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
		struct str v = str_of(hosts[i].value);
		if (hostlist_has(&l, v) != hosts[i].local ||
			hostlist_has(&n, v) != hosts[i].named ||
			hostlist_has(&o, v) != hosts[i].open_to_all)
			test_fail(__FILE__, __LINE__, "Host %s", hosts[i].value);
	}
	for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++) {
		struct str v = str_of(origins[i].value);
		if (hostlist_origin(&l, v) != origins[i].local ||
			hostlist_origin(&n, v) != origins[i].named ||
			hostlist_origin(&o, v) != origins[i].open_to_all)
			test_fail(__FILE__, __LINE__, "Origin %s", origins[i].value);
	}
	CHECK_INT(hostlist_empty(&l), 0);
	CHECK_TRUE(hostlist_build(&l, &local, false, a, &e));
	CHECK_INT(hostlist_empty(&l), 1);
	arena_free(&a);
}

static void addresses(void)
{
	static const struct {
		const char *in, *out;
		bool loopback;
	} texts[] = {
		{ "127.0.0.1", "127.0.0.1", true },
		{ "::ffff:127.9.9.9", "127.9.9.9", true },
		{ "[::1]", "::1", true },
		{ "2001:DB8::5", "2001:db8::5", false },
		{ "10.1.2.3", "10.1.2.3", false },
		{ "255.99.100.0", "255.99.100.0", false },
		{ "010.1.2.3", NULL, false },
		{ "[10.1.2.3]", NULL, false },
		{ "10.1.2", NULL, false },
		{ "localhost", NULL, false },
		{ "", NULL, false },
	};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct address a;
		char text[ADDRESS_TEXT];
		bool ok = address_parse(str_of(texts[i].in), &a);
		CHECK_INT(ok, texts[i].out != NULL);
		if (ok && texts[i].out) {
			CHECK_TEXT(address_print(&a, text), texts[i].out);
			CHECK_INT(address_loopback(&a), texts[i].loopback);
		}
	}
}

static void networks(void)
{
	static const struct {
		const char *address;
		bool in;
	} rows[] = {
		{ "10.0.0.0", true },
		{ "10.255.255.255", true },
		{ "11.0.0.0", false },
		{ "192.168.5.127", true },
		{ "192.168.5.128", false },
		{ "::1", true },
		{ "::2", false },
		{ "2001:db8:ffff::1", true },
		{ "2001:db9::1", false },
		{ "::ffff:10.2.3.4", true },
	};
	struct arena *a = arena_new(0);
	struct subnets s;
	struct err e;
	CHECK_TRUE(subnets_parse(
		STR("10.0.0.0/8, 192.168.5.0/25,, ::1, 2001:db8::/32"), a, &s, &e));
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct address at;
		CHECK_TRUE(address_parse(str_of(rows[i].address), &at));
		if (subnets_have(&s, &at) != rows[i].in)
			test_fail(__FILE__, __LINE__, "%s", rows[i].address);
	}
	CHECK_TRUE(!subnets_parse(STR("10.0.0.0/33"), a, &s, &e));
	CHECK_TRUE(!subnets_parse(STR("10.0.0.0/-1"), a, &s, &e));
	CHECK_TRUE(!subnets_parse(STR("example.org"), a, &s, &e));
	CHECK_TRUE(subnets_parse(STR(""), a, &s, &e) && s.n == 0);
	arena_free(&a);
}

TEST_MAIN(TEST(lists), TEST(addresses), TEST(networks))
