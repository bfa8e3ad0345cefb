/* SPDX-License-Identifier: Apache-2.0 */
/* Clients: what may be registered, how redirect URIs are compared, and how clients end. */
#include "auth/grant/client.h"
#include "grant/world.h"

static enum oauth_code judged(const char *metadata, enum client_kind kind, struct client *c)
{
	struct oauth_error e;
	bool ok = client_metadata(json(metadata), kind, SCHEMES, arena, c, &e);
	CHECK_TRUE(ok == (e.code == OAUTH_NONE));
	return e.code;
}

static enum oauth_code judged_uri(const char *uri)
{
	struct client c;
	json_t *body = json_own(arena, json_pack("{s:[s]}", "redirect_uris", uri));
	struct oauth_error e;
	client_metadata(body, CLIENT_DCR, SCHEMES, arena, &c, &e);
	return e.code;
}

static void redirect_uris_that_may_be_registered(void)
{
	static const char *const good[] = { WEB, "https://app.example:8443/cb?x=1&y=%20",
		"https://app.example", "https://[2001:db8::1]/cb", "http://127.0.0.1/",
		"http://127.0.0.1:33418/", "http://localhost:8787/callback",
		"http://localhost/callback", "http://[::1]:9/cb",
		"cursor://anysphere.cursor-mcp/oauth/callback", "com.example.app:/cb",
		"vscode://x/y" };
	static const char *const bad[] = { "", "/cb", "app.example/cb", "//app.example/cb",
		"http://app.example/cb", "http://127.0.0.2/cb", "http://127.0.0.1.evil/cb",
		"http://localhost.evil/cb", "http://127.0.0.1:/cb", "http://127.0.0.1:99999/cb",
		"http://127.0.0.1:3000@evil/cb", "http://2130706433/cb", "http://0x7f.1/cb",
		"https://user@app.example/cb", "https://u:p@app.example/cb", WEB "#f", WEB "#",
		"https://*.example/cb", WEB "/*", WEB "\\x", "https:\\\\app.example",
		"https://app.example/a b", "https://app.example/\tx",
		"https://app.example/\x7f", "https://app.example/\xc3\xa9", WEB "?x=%",
		WEB "?x=%zz", "HTTPS://app.example/cb", "https:///cb", "https:app.example",
		"javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x",
		"file:///etc/passwd", "vbscript:x", "unknown:/cb", "cursor:", "Cursor://x",
		"https://a;sandbox/cb", "https://a,b/cb", "https://a'b/cb", "https://a$b/cb",
		"cursor://u@h/cb", "ftp://app.example/", "ws://127.0.0.1/",
		"urn:ietf:wg:oauth:2.0:oob" };
	fresh();
	for (size_t i = 0; i < COUNT_OF(good); i++)
		if (judged_uri(good[i]) != OAUTH_NONE)
			test_fail(__FILE__, __LINE__, "refused %s", good[i]);
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		if (judged_uri(bad[i]) != OAUTH_INVALID_REDIRECT_URI)
			test_fail(__FILE__, __LINE__, "accepted %s", bad[i]);
	char uri[REDIRECT_BYTES + 2];
	memset(uri, 'a', sizeof uri);
	memcpy(uri, "https://app.example/", 20);
	uri[REDIRECT_BYTES] = 0;
	CHECK_INT(judged_uri(uri), OAUTH_NONE);
	uri[REDIRECT_BYTES] = 'a';
	uri[REDIRECT_BYTES + 1] = 0;
	CHECK_INT(judged_uri(uri), OAUTH_INVALID_REDIRECT_URI);
	done();
}

/* A setting cannot let in what a browser runs. */
static void dangerous_schemes_stay_out(void)
{
	struct client c;
	struct oauth_error e;
	fresh();
	CHECK_TRUE(!client_metadata(json("{\"redirect_uris\":[\"javascript:alert(1)\"]}"),
		CLIENT_DCR, "javascript,data", arena, &c, &e));
	CHECK_INT(e.code, OAUTH_INVALID_REDIRECT_URI);
	CHECK_TRUE(str_has(str_of(e.about), STR("redirect_uris[0]")));
	done();
}

static void numbers_of_redirect_uris(void)
{
	struct client c;
	fresh();
	json_t *uris = json_array(), *body = json_own(arena, json_object());
	(void)json_object_set_new(body, "redirect_uris", uris);
	struct oauth_error e;
	for (int i = 0; i <= REDIRECTS_MAX + 1; i++) {
		bool ok = client_metadata(body, CLIENT_DCR, SCHEMES, arena, &c, &e);
		CHECK_TRUE(ok == (i >= 1 && i <= REDIRECTS_MAX));
		CHECK_INT(e.code, ok ? OAUTH_NONE : OAUTH_INVALID_REDIRECT_URI);
		(void)json_array_append_new(uris, json_string(WEB));
	}
	/* one that is not acceptable takes all others along */
	CHECK_INT(judged("{\"redirect_uris\":[\"" WEB "\",\"http://evil.example/\"]}",
			  CLIENT_DCR, &c),
		OAUTH_INVALID_REDIRECT_URI);
	CHECK_INT(judged("{\"redirect_uris\":[\"" WEB "\",1]}", CLIENT_DCR, &c),
		OAUTH_INVALID_REDIRECT_URI);
	CHECK_INT(judged("{\"redirect_uris\":\"" WEB "\"}", CLIENT_DCR, &c),
		OAUTH_INVALID_REDIRECT_URI);
	CHECK_INT(judged("{}", CLIENT_DCR, &c), OAUTH_INVALID_REDIRECT_URI);
	done();
}

/* Bodies of real clients (mcp.md section 7). */
static void real_clients_are_let_in(void)
{
	struct client c;
	fresh();
	CHECK_INT(judged("{\"client_name\":\"Cursor\",\"redirect_uris\":["
			 "\"cursor://anysphere.cursor-mcp/oauth/callback\","
			 "\"https://www.cursor.com/agents/mcp/oauth/callback\","
			 "\"http://localhost:8787/"
			 "callback\"],\"grant_types\":[\"authorization_code\","
			 "\"refresh_token\"],\"response_types\":[\"code\"],"
			 "\"token_endpoint_auth_method\":\"none\"}",
			  CLIENT_DCR, &c),
		OAUTH_NONE);
	CHECK_INT(c.redirect_uris.n, 3);
	CHECK_INT(judged("{\"client_name\":\"VS "
			 "Code\",\"client_uri\":\"https://code.visualstudio.com\","
			 "\"grant_types\":[\"authorization_code\",\"refresh_token\","
			 "\"urn:ietf:params:oauth:grant-type:device_code\"],\"response_types\":"
			 "[\"code\"],"
			 "\"redirect_uris\":[\"https://insiders.vscode.dev/redirect\","
			 "\"https://vscode.dev/redirect\",\"http://127.0.0.1/\","
			 "\"http://127.0.0.1:33418/\"],\"token_endpoint_auth_method\":\"none\","
			 "\"application_type\":\"native\"}",
			  CLIENT_DCR, &c),
		OAUTH_NONE);
	CHECK_INT(c.grant_types, GRANT_CODE | GRANT_REFRESH | GRANT_DEVICE);
	CHECK_TEXT(c.uri, "https://code.visualstudio.com");
	CHECK_TEXT(c.name, "VS Code");
	done();
}

static void what_is_absent_and_what_is_not_accepted(void)
{
	struct client c;
	fresh();
	CHECK_INT(judged("{\"redirect_uris\":[\"" WEB "\"]}", CLIENT_DCR, &c), OAUTH_NONE);
	CHECK_INT(c.auth, AUTH_BASIC);
	CHECK_INT(c.grant_types, GRANT_CODE | GRANT_REFRESH);
	CHECK_TEXT(c.name, "app.example");
	CHECK_TEXT(json_string_value(json_object_get(c.metadata, "token_endpoint_auth_method")),
		"client_secret_basic");
	static const char *const native[] = { "http://localhost/cb", "cursor://x/cb" };
	for (size_t i = 0; i < COUNT_OF(native); i++) {
		const char *body = arena_printf(
			arena, "{\"redirect_uris\":[\"%s\"],\"client_name\":null}", native[i]);
		CHECK_INT(judged(body, CLIENT_DCR, &c), OAUTH_NONE);
		CHECK_INT(c.auth, AUTH_NONE);
	}
	static const char *const bad[] = { "\"grant_types\":[\"implicit\"]",
		"\"grant_types\":[\"client_credentials\"]", "\"grant_types\":[\"password\"]",
		"\"grant_types\":[\"refresh_token\"]", "\"grant_types\":[]",
		"\"grant_types\":\"authorization_code\"", "\"grant_types\":[1]",
		"\"response_types\":[\"token\"]", "\"response_types\":[]",
		"\"response_types\":[\"code\",\"id_token\"]",
		"\"token_endpoint_auth_method\":\"private_key_jwt\"",
		"\"token_endpoint_auth_method\":\"x\"", "\"token_endpoint_auth_method\":1",
		"\"client_name\":1", "\"client_uri\":1", "\"logo_uri\":[]",
		"\"contacts\":\"x\"", "\"contacts\":[1]", "\"scope\":1" };
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		const char *body =
			arena_printf(arena, "{\"redirect_uris\":[\"" WEB "\"],%s}", bad[i]);
		struct oauth_error e;
		CHECK_TRUE(!client_metadata(json(body), CLIENT_DCR, SCHEMES, arena, &c, &e));
		CHECK_INT(e.code, OAUTH_INVALID_CLIENT_METADATA);
		struct str member = { bad[i] + 1, str_find(str_of(bad[i] + 1), '"') };
		if (!str_starts(str_of(e.about), member))
			test_fail(__FILE__, __LINE__, "%s: %s", bad[i], e.about);
	}
	CHECK_INT(judged("[]", CLIENT_DCR, &c), OAUTH_INVALID_CLIENT_METADATA);
	CHECK_INT(judged("{\"grant_types\":[\"client_credentials\"],"
			 "\"token_endpoint_auth_method\":\"client_secret_basic\"}",
			  CLIENT_STATIC, &c),
		OAUTH_NONE);
	done();
}

static void what_the_sender_may_not_choose_is_left_out(void)
{
	struct client c;
	fresh();
	CHECK_INT(judged("{\"redirect_uris\":[\"" WEB "\"],\"client_id\":\"mine\","
			 "\"client_secret\":\"s3cret\",\"software_statement\":\"a.b.c\","
			 "\"unknown\":{},\"logo_uri\":\"https://app.example/l.png\","
			 "\"contacts\":[\"a@b.example\"],\"software_id\":\"x\"}",
			  CLIENT_DCR, &c),
		OAUTH_NONE);
	static const char *const out[] = { "client_id", "client_secret", "software_statement",
		"unknown" };
	for (size_t i = 0; i < COUNT_OF(out); i++)
		CHECK_TRUE(!json_object_get(c.metadata, out[i]));
	CHECK_TEXT(json_string_value(json_object_get(c.metadata, "logo_uri")),
		"https://app.example/l.png");
	CHECK_INT(json_array_size(json_object_get(c.metadata, "contacts")), 1);
	done();
}

static void names_are_cleaned_and_bounded(void)
{
	struct client c;
	fresh();
	CHECK_INT(judged("{\"redirect_uris\":[\"" WEB "\"],\"client_name\":"
			 "\"  Cla\\u202eude\\u0007 \\u2066App\\u200b\\n\\u00e9 \"}",
			  CLIENT_DCR, &c),
		OAUTH_NONE);
	CHECK_TEXT(c.name, "Claude App\xc3\xa9");
	CHECK_INT(judged("{\"redirect_uris\":[\"cursor://x\"],\"client_name\":\"\\u202e\"}",
			  CLIENT_DCR, &c),
		OAUTH_NONE);
	CHECK_TEXT(c.name, "cursor: (an application on this device)");
	char name[CLIENT_NAME_CHARS + 2], *body;
	memset(name, 'n', sizeof name);
	name[CLIENT_NAME_CHARS + 1] = 0;
	for (int i = 0; i < 2; i++) {
		body = arena_printf(arena,
			"{\"redirect_uris\":[\"" WEB "\"],\"client_name\":\"%s\"}", name);
		CHECK_INT(judged(body, CLIENT_DCR, &c),
			i ? OAUTH_NONE : OAUTH_INVALID_CLIENT_METADATA);
		name[CLIENT_NAME_CHARS] = 0;
	}
	done();
}

static void documents_are_read_by_their_own_rules(void)
{
	struct client c;
	fresh();
#define DOC "\"client_name\":\"D\",\"redirect_uris\":[\"" WEB "\"]"
	CHECK_INT(judged("{" DOC "}", CLIENT_CIMD, &c), OAUTH_NONE);
	CHECK_INT(c.auth, AUTH_NONE);
	CHECK_INT(c.grant_types, GRANT_CODE | GRANT_REFRESH);
	CHECK_INT(judged("{" DOC ",\"token_endpoint_auth_method\":\"client_secret_basic\"}",
			  CLIENT_CIMD, &c),
		OAUTH_NONE);
	CHECK_INT(c.auth, AUTH_NONE);
	CHECK_INT(judged("{" DOC ",\"grant_types\":[\"authorization_code\",\"urn:x:y\"]}",
			  CLIENT_CIMD, &c),
		OAUTH_NONE);
	CHECK_INT(c.grant_types, GRANT_CODE);
	CHECK_INT(judged("{" DOC ",\"token_endpoint_auth_method\":\"private_key_jwt\","
			 "\"jwks\":{\"keys\":[]}}",
			  CLIENT_CIMD, &c),
		OAUTH_NONE);
	CHECK_INT(c.auth, AUTH_PRIVATE_KEY_JWT);
	CHECK_TRUE(json_is_object(json_object_get(c.metadata, "jwks")));
	CHECK_INT(judged("{" DOC ",\"client_secret\":\"x\"}", CLIENT_CIMD, &c),
		OAUTH_INVALID_CLIENT_METADATA);
	CHECK_INT(judged("{\"redirect_uris\":[\"" WEB "\"]}", CLIENT_CIMD, &c),
		OAUTH_INVALID_CLIENT_METADATA);
	CHECK_INT(
		judged("{\"client_name\":\"D\"}", CLIENT_CIMD, &c), OAUTH_INVALID_REDIRECT_URI);
	done();
}

/* Where the keys of a client that signs may be. */
static void keys_that_may_be_named(void)
{
#define SIGNS DOC ",\"token_endpoint_auth_method\":\"private_key_jwt\""
#define AT_HOME ",\"client_id\":\"https://app.example/client.json\""
	static const struct {
		const char *more;
		bool document, made; /* good in a document, in a client that is made here */
	} rows[] = {
		{ ",\"jwks\":{\"keys\":[]}", true, true },
		{ ",\"jwks_uri\":\"https://app.example/keys\"" AT_HOME, true, true },
		{ ",\"jwks_uri\":\"https://app.example:443/keys\"" AT_HOME, true, true },
		{ ",\"jwks_uri\":\"https://app.example/keys\"", false, true },
		{ ",\"jwks_uri\":\"https://other.example/keys\"" AT_HOME, false, true },
		{ ",\"jwks_uri\":\"https://x.app.example/keys\"" AT_HOME, false, true },
		{ ",\"jwks_uri\":\"https://app.example:8443/keys\"" AT_HOME, false, true },
		{ ",\"jwks_uri\":\"http://app.example/keys\"" AT_HOME, false, false },
		{ ",\"jwks_uri\":\"https://u@app.example/keys\"" AT_HOME, false, false },
		{ ",\"jwks_uri\":\"keys\"" AT_HOME, false, false },
		{ ",\"jwks\":{\"keys\":[]},\"jwks_uri\":\"https://app.example/keys\"" AT_HOME,
			false, false },
		{ "", false, false },
		{ ",\"jwks\":null", false, false },
		{ ",\"jwks\":\"x\"", false, false },
		{ ",\"jwks\":{}", false, false },
		{ ",\"jwks\":{\"keys\":[{\"kty\":\"EC\",\"d\":\"x\"}]}", false, false },
		{ ",\"jwks\":{\"keys\":[{\"kty\":\"oct\",\"k\":\"x\"}]}", false, false },
	};
	struct client c;
	fresh();
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *body = arena_printf(arena, "{" SIGNS "%s}", rows[i].more);
		if ((judged(body, CLIENT_CIMD, &c) == OAUTH_NONE) != rows[i].document ||
			(judged(body, CLIENT_STATIC, &c) == OAUTH_NONE) != rows[i].made)
			test_fail(__FILE__, __LINE__, "misjudged %s", body);
		CHECK_INT(judged(body, CLIENT_DCR, &c), OAUTH_INVALID_CLIENT_METADATA);
		/* what may come without a signature is not refused for its keys */
		body = arena_printf(arena,
			"{" SIGNS ",\"token_endpoint_auth_methods_supported\":[\"none\","
			"\"private_key_jwt\"]%s}",
			rows[i].more);
		CHECK_INT(judged(body, CLIENT_CIMD, &c), OAUTH_NONE);
		CHECK_INT(c.auth, rows[i].document ? AUTH_PRIVATE_KEY_JWT : AUTH_NONE);
		CHECK_TRUE(c.may_be_public || !rows[i].document);
	}
	CHECK_INT(judged("{" SIGNS ",\"jwks\":{\"keys\":[]}}", CLIENT_CIMD, &c), OAUTH_NONE);
	CHECK_TRUE(!c.may_be_public);
	CHECK_INT(judged("{" SIGNS ",\"jwks_uri\":5" AT_HOME "}", CLIENT_CIMD, &c),
		OAUTH_INVALID_CLIENT_METADATA);
	done();
}

static bool matches(const char *registered, const char *given)
{
	const char *uris[] = { "https://other.example/", registered };
	struct client c = { .redirect_uris = { uris, 2 } };
	return client_redirect_ok(&c, str_of(given));
}

static void redirects_are_compared_byte_for_byte(void)
{
	static const char *const evil[] = { WEB "/", WEB "?x=1", WEB "x", WEB "#",
		"https://app.example.evil/cb", "https://app.example@evil/cb",
		"HTTPS://app.example/cb", "https://app.example:444/cb",
		"https://app.example:443/cb", "https://app.example/%63b",
		"https://app.example//cb", "https://app.example/x/../cb", "",
		"http://app.example/cb", "javascript:alert(1)" };
	static const char *const local[] = { "http://127.0.0.1.evil/cb",
		"http://127.0.0.1:3000@evil/cb", "http://127.0.0.1:/cb",
		"http://localhost:3000/cb", "http://[::1]:3000/cb",
		"http://127.0.0.1:3000/cb/../x", "http://127.0.0.1:999999/cb",
		"http://127.0.0.1:3000/cb?x", "http://127.0.0.1:3000/CB",
		"https://127.0.0.1:3000/cb", "http://127.0.0.1:3000", "http://127.0.0.1:+1/cb",
		"http://u@127.0.0.1:3000/cb" };
	CHECK_TRUE(matches(WEB, WEB));
	for (size_t i = 0; i < COUNT_OF(evil); i++)
		if (matches(WEB, evil[i]))
			test_fail(__FILE__, __LINE__, "%s", evil[i]);
	for (size_t i = 0; i < COUNT_OF(local); i++)
		if (matches("http://127.0.0.1:3000/cb", local[i]))
			test_fail(__FILE__, __LINE__, "%s", local[i]);
	CHECK_TRUE(matches("http://127.0.0.1:3000/cb", "http://127.0.0.1:51234/cb"));
	CHECK_TRUE(matches("http://127.0.0.1:3000/cb", "http://127.0.0.1/cb"));
	CHECK_TRUE(matches("http://localhost/callback", "http://localhost:54321/callback"));
	CHECK_TRUE(matches("http://[::1]/cb", "http://[::1]:1/cb"));
	CHECK_TRUE(!matches("cursor://x:1/cb", "cursor://x:2/cb"));
	CHECK_TRUE(!matches("https://localhost:1/cb", "https://localhost:2/cb"));
}

static void what_anybody_could_claim(void)
{
	fresh();
	CHECK_TRUE(!redirect_is_claimable(STR(WEB)));
	CHECK_TRUE(redirect_is_claimable(STR("http://localhost/cb")));
	CHECK_TRUE(redirect_is_claimable(STR("cursor://x/cb")));
	CHECK_TEXT(
		redirect_host(STR("https://app.example:8443/cb?x"), arena), "app.example:8443");
	CHECK_TEXT(redirect_host(STR("http://[::1]:8/"), arena), "[::1]:8");
	CHECK_TEXT(redirect_host(STR("cursor://x/cb"), arena),
		"cursor: (an application on this device)");
	done();
}

static void a_registered_client_is_found_again(void)
{
	struct client found;
	struct err e;
	fresh();
	const struct client *c =
		made("{\"redirect_uris\":[\"" WEB "\",\"http://localhost/x\"],"
		     "\"client_name\":\"App\",\"token_endpoint_auth_method\":"
		     "\"client_secret_post\",\"client_uri\":\"https://a.example/\"}",
			CLIENT_DCR);
	CHECK_TRUE(client_find(store, str_of(c->id), arena, &found, &e));
	CHECK_TEXT(found.name, "App");
	CHECK_INT(found.redirect_uris.n, 2);
	CHECK_TEXT(found.redirect_uris.v[0], WEB);
	CHECK_INT(found.auth, AUTH_POST);
	CHECK_INT(found.grant_types, GRANT_CODE | GRANT_REFRESH);
	CHECK_INT(found.kind, CLIENT_DCR);
	CHECK_TEXT(found.uri, "https://a.example/");
	CHECK_INT(found.created_ms, faked);
	CHECK_TRUE(!client_find(store, STR("client_nobody"), arena, &found, &e));
	CHECK_INT(e.code, ERR_NOT_FOUND);
	CHECK_TRUE(!client_find(store, STR(""), arena, &found, &e));
	CHECK_TRUE(!client_find(store, ((struct str) { "a\0b", 3 }), arena, &found, &e));
	CHECK_INT(audits("client.registered"), 1);
	done();
}

/* While registrations push each other out the audit tells nothing new. */
static void a_flood_of_registrations_does_not_fill_the_audit(void)
{
	struct oauth_error why;
	fresh();
	for (int i = 0; i < 5; i++) {
		struct client_register c = { .peer = "192.0.2.1", .most = 2 };
		CHECK_TRUE(client_metadata(json("{\"redirect_uris\":[\"" WEB "\"]}"),
			CLIENT_DCR, SCHEMES, arena, &c.client, &why));
		client_register_draw(&c);
		run(client_register_write, &c);
	}
	CHECK_INT(count("SELECT COUNT(*) FROM clients"), 2);
	CHECK_INT(audits("client.registered"), 2);
	done();
}

static void secrets_are_hashed_and_compared(void)
{
	struct client found, *open;
	struct err e;
	struct client_register c = { .peer = "192.0.2.1" };
	struct oauth_error why;
	fresh();
	CHECK_TRUE(client_metadata(json("{\"redirect_uris\":[\"" WEB "\"]}"), CLIENT_DCR,
		SCHEMES, arena, &c.client, &why));
	client_register_draw(&c);
	run(client_register_write, &c);
	CHECK_INT(strlen(c.secret), 43);
	CHECK_TRUE(client_find(store, str_of(c.id), arena, &found, &e));
	CHECK_INT(found.secret_hash.n, SHA256_SIZE);
	CHECK_TRUE(client_secret_ok(&found, str_of(c.secret)));
	CHECK_TRUE(!client_secret_ok(&found, STR("")));
	CHECK_TRUE(!client_secret_ok(&found, ((struct str) { NULL, 0 })));
	c.secret[42] ^= 1;
	CHECK_TRUE(!client_secret_ok(&found, str_of(c.secret)));
	open = web_client();
	CHECK_TRUE(!open->secret_hash.p && client_secret_ok(open, STR("")));
	CHECK_INT(count("SELECT COUNT(*) FROM clients WHERE length(secret_hash) = 32"), 1);
	done();
}

static void registrations_are_limited(void)
{
	struct client_register c;
	struct oauth_error why;
	fresh();
	const char *peers[] = { "192.0.2.1", "2001:db8::1", "2001:db8::2:1" };
	int refused = 0;
	for (int i = 0; i < 8; i++) {
		c = (struct client_register) { .per_hour = 2, .most = 5, .peer = peers[i % 3] };
		CHECK_TRUE(client_metadata(json("{\"redirect_uris\":[\"" WEB "\"]}"),
			CLIENT_DCR, SCHEMES, arena, &c.client, &why));
		client_register_draw(&c);
		run(client_register_write, &c);
		refused += c.fault.code == ERR_RATE_LIMITED;
		at(faked + 1);
	}
	/* 3 of the address, 5 of the network 2001:db8::/64 */
	CHECK_INT(refused, 4);
	at(faked + 3600 * 1000);
	for (int i = 0; i < 2; i++) {
		client_register_draw(&c);
		run(client_register_write, &c);
		CHECK_INT(c.fault.code, ERR_NONE);
	}
	CHECK_INT(count("SELECT COUNT(*) FROM clients"), 5); /* the oldest went */
	done();
}

static void the_oldest_unused_go_and_used_ones_stay(void)
{
	struct client_register c = { .most = 2 };
	struct client found;
	struct oauth_error why;
	struct err e;
	fresh();
	const struct client *used = web_client();
	allowed(used);
	for (int i = 0; i < 4; i++) {
		at(faked + 1);
		CHECK_TRUE(client_metadata(json("{\"redirect_uris\":[\"" WEB "\"]}"),
			CLIENT_DCR, SCHEMES, arena, &c.client, &why));
		client_register_draw(&c);
		run(client_register_write, &c);
	}
	CHECK_INT(count("SELECT COUNT(*) FROM clients"), 3);
	CHECK_TRUE(client_find(store, str_of(used->id), arena, &found, &e));
	CHECK_TRUE(client_find(store, str_of(c.id), arena, &found, &e));
	done();
}

static void sweeping_spares_clients_with_living_grants(void)
{
	struct client found;
	struct err e;
	fresh();
	const struct client *idle = web_client(), *used = web_client();
	allowed(used);
	at(faked + 29 * DAY);
	run(client_sweep_write, NULL);
	CHECK_INT(count("SELECT COUNT(*) FROM clients"), 2);
	at(faked + 2 * DAY);
	run(client_sweep_write, NULL);
	CHECK_TRUE(!client_find(store, str_of(idle->id), arena, &found, &e));
	CHECK_TRUE(client_find(store, str_of(used->id), arena, &found, &e));
	at(faked + 90 * DAY);
	run(client_sweep_write, NULL);
	CHECK_TRUE(!client_find(store, str_of(used->id), arena, &found, &e));
	done();
}

static void revoking_a_client_ends_its_grants(void)
{
	struct client found;
	struct err e;
	fresh();
	const struct client *c = web_client(), *other = web_client();
	struct grants *g = grants_open(store);
	struct code_redeem r = redeem(c, allowed(c)->code),
			   o = redeem(other, allowed(other)->code);
	CHECK_INT(living(g, r.grant.id), ERR_NONE);
	struct client_revoke revoke = { .id = c->id, .peer = "" };
	run(client_revoke_write, &revoke);
	CHECK_INT(revoke.fault.code, ERR_NONE);
	CHECK_INT(living(g, r.grant.id), ERR_UNAUTHORIZED);
	CHECK_INT(living(g, o.grant.id), ERR_NONE);
	CHECK_INT(rotate(c, r.refresh).fault.code, OAUTH_INVALID_GRANT);
	CHECK_TRUE(client_find(store, str_of(c->id), arena, &found, &e) && found.disabled);
	revoke.id = "client_nobody";
	run(client_revoke_write, &revoke);
	CHECK_INT(revoke.fault.code, ERR_NOT_FOUND);
	CHECK_INT(audits("client.revoked"), 1);
	grants_close(&g);
	done();
}

static void errors_are_safe_to_print(void)
{
	struct oauth_error e;
	CHECK_TRUE(!oauth_fail(&e, OAUTH_INVALID_REQUEST, "a\"b\\c\n\xc3\xa9%s", "x"));
	CHECK_TEXT(e.about, "a?b?c???x");
	CHECK_TEXT(oauth_name(OAUTH_INVALID_GRANT), "invalid_grant");
	CHECK_INT(oauth_http(OAUTH_INVALID_CLIENT), 401);
	CHECK_INT(oauth_http(OAUTH_INVALID_GRANT), 400);
}

TEST_MAIN(TEST(a_flood_of_registrations_does_not_fill_the_audit),
	{ "checklist.34 redirect URIs that may be registered",
		redirect_uris_that_may_be_registered },
	TEST(dangerous_schemes_stay_out), TEST(numbers_of_redirect_uris),
	TEST(real_clients_are_let_in), TEST(what_is_absent_and_what_is_not_accepted),
	TEST(what_the_sender_may_not_choose_is_left_out), TEST(names_are_cleaned_and_bounded),
	{ "checklist.34 documents are read by their own rules",
		documents_are_read_by_their_own_rules },
	{ "checklist.04 redirects are compared byte for byte",
		redirects_are_compared_byte_for_byte },
	TEST(keys_that_may_be_named), TEST(what_anybody_could_claim),
	TEST(a_registered_client_is_found_again),
	{ "checklist.36 client secrets are hashed and compared",
		secrets_are_hashed_and_compared },
	{ "checklist.34 registrations are limited", registrations_are_limited },
	{ "checklist.34 the oldest unused clients go",
		the_oldest_unused_go_and_used_ones_stay },
	{ "checklist.34 sweeping spares clients with living grants",
		sweeping_spares_clients_with_living_grants },
	TEST(revoking_a_client_ends_its_grants), TEST(errors_are_safe_to_print))
