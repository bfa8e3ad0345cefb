/* SPDX-License-Identifier: Apache-2.0 */
/* Under which name the server issues, for every setting and Host (auth.md 7.29, 7.10). */
#include "auth/site.h"
#include "base/check.h"
#include "lib/test.h"

static struct arena *arena;

static struct conf conf_of(const char *public_url)
{
	return (struct conf) { .oauth = true,
		.public_url = public_url,
		.tls_cert = "",
		.issuer = "",
		.issuer_audience = "" };
}

/* The issuer for this Host; "" when OAuth is not offered. */
static const char *base_for(const char *host)
{
	struct http_header header = { STR("Host"), str_of(host) };
	struct http_req r = { .arena = arena, .headers = &header, .n_headers = 1 };
	struct site site;
	return site_of(&r, &site) ? site.base : "";
}

static void public_url_decides(void)
{
	static const struct {
		const char *url, *base;
	} rows[] = {
		{ "https://scrape.example", "https://scrape.example" },
		{ "https://Scrape.Example/", "https://scrape.example" },
		{ "https://scrape.example:443", "https://scrape.example" },
		{ "https://scrape.example:8443", "https://scrape.example:8443" },
		{ "http://127.0.0.1:8080", "http://127.0.0.1:8080" },
		{ "http://localhost:8080/", "http://localhost:8080" },
		{ "http://[::1]:8080", "http://[::1]:8080" },
		{ "http://scrape.example", "" },
		{ "http://10.0.0.1", "" },
		{ "https://scrape.example/path", "" },
		{ "https://scrape.example/?q", "" },
		{ "ftp://scrape.example", "" },
		{ "nonsense", "" },
	};
	arena = arena_new(0);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct conf c = conf_of(rows[i].url);
		site_start(&c, "127.0.0.1:8080");
		CHECK_TEXT(base_for("evil.example"), rows[i].base);
		CHECK_TEXT(base_for("localhost:9"), rows[i].base);
		CHECK_TRUE((site_refusal() != NULL) == (rows[i].base[0] == 0));
		site_stop();
	}
	arena_free(&arena);
}

static void loopback_goes_by_host(void)
{
	static const struct {
		const char *host, *base;
	} rows[] = {
		{ "127.0.0.1:8080", "http://127.0.0.1:8080" },
		{ "LocalHost:8080", "http://localhost:8080" },
		{ "localhost", "http://localhost" },
		{ "localhost:80", "http://localhost" },
		{ "[::1]:8080", "http://[::1]:8080" },
		{ "[::1]", "http://[::1]" },
		{ "evil.example", "" },
		{ "localhost.evil.example", "" },
		{ "evil.example:8080", "" },
		{ "10.0.0.1:8080", "" },
		{ "", "" },
	};
	arena = arena_new(0);
	struct conf c = conf_of("");
	site_start(&c, "127.0.0.1:8080");
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		CHECK_TEXT(base_for(rows[i].host), rows[i].base);
	CHECK_TEXT(site_home(), "http://127.0.0.1:8080");
	site_start(&c, "0.0.0.0:8080");
	CHECK_TEXT(base_for("localhost:8080"), "");
	CHECK_TRUE(site_refusal() && !site_home());
	c.oauth = false;
	site_start(&c, "127.0.0.1:8080");
	CHECK_TEXT(base_for("localhost:8080"), "");
	site_stop();
	arena_free(&arena);
}

static void resources(void)
{
	static const struct {
		const char *text;
		bool ok;
	} rows[] = {
		{ "https://scrape.example/mcp", true },
		{ "https://scrape.example/mcp/", true },
		{ "https://scrape.example", true },
		{ "HTTPS://SCRAPE.example/", true },
		{ "https://scrape.example/MCP", false },
		{ "https://scrape.example/mcp#x", false },
		{ "https://scrape.example/mcp?x", false },
		{ "https://scrape.example.evil.example/mcp", false },
		{ "https://scrape.example:8443/mcp", false },
		{ "http://scrape.example/mcp", false },
		{ "https://scrape.example@evil.example/mcp", false },
		{ "mcp", false },
	};
	const struct site site = { .base = "https://scrape.example",
		.resource = "https://scrape.example/mcp" };
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		CHECK_INT(site_resource_ok(&site, str_of(rows[i].text)), rows[i].ok);
}

TEST_MAIN(TEST(public_url_decides), TEST(loopback_goes_by_host), TEST(resources))
