/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Client metadata of strangers. Input: one byte that chooses the kind, the JSON. What is accepted
 * holds to the rules, and means the same when it is read back from the store.
 */
#include "auth/grant/inner.h"
#include "base/check.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_client(const struct client *c)
{
	struct str name = str_of(c->name);
	CHECK(name.n && str_utf8_ok(name));
	for (size_t i = 0; i < name.n; i++)
		CHECK((unsigned char)name.p[i] >= ' ' && name.p[i] != 0x7F);
	CHECK(c->grant_types & ~(unsigned)GRANT_REFRESH);
	CHECK(c->kind == CLIENT_STATIC || !(c->grant_types & GRANT_CLIENT));
	CHECK(c->redirect_uris.n <= REDIRECTS_MAX);
	CHECK(!(c->grant_types & GRANT_CODE) || c->redirect_uris.n);
	for (size_t i = 0; i < c->redirect_uris.n; i++) {
		const char *why;
		CHECK(redirect_uri_ok(str_of(c->redirect_uris.v[i]), "cursor,vscode", &why));
		CHECK(client_redirect_ok(c, str_of(c->redirect_uris.v[i])));
	}
	bool signs = c->auth == AUTH_PRIVATE_KEY_JWT;
	CHECK(c->kind == CLIENT_CIMD ? c->auth == AUTH_NONE || signs
				     : c->kind == CLIENT_STATIC || !signs);
	CHECK(!signs || json_is_object(json_object_get(c->metadata, "jwks")) ||
		json_is_string(json_object_get(c->metadata, "jwks_uri")));
	CHECK(!c->may_be_public || (signs && c->kind == CLIENT_CIMD));
	CHECK(!json_object_get(c->metadata, "client_secret"));
	CHECK(!json_object_get(c->metadata, "client_id"));
}

static void check_again(const struct client *c, struct arena *a)
{
	static const char *const kinds[] = { "dcr", "cimd", "static" };
	struct client back;
	struct err e;
	char *text = json_dumps(c->metadata, JSON_COMPACT);
	CHECK(text);
	struct clients_row row = { .id = "client_1",
		.kind = kinds[c->kind],
		.name = c->name,
		.metadata = text,
		.scopes = "" };
	CHECK(client_from_row(&row, a, &back, &e));
	CHECK(back.auth == c->auth && back.grant_types == c->grant_types &&
		back.redirect_uris.n == c->redirect_uris.n && back.kind == c->kind);
	for (size_t i = 0; i < c->redirect_uris.n; i++)
		CHECK(strcmp(back.redirect_uris.v[i], c->redirect_uris.v[i]) == 0);
	CHECK(!back.uri == !c->uri);
	CHECK(back.may_be_public == c->may_be_public);
	mem_free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool started;
	if (!started)
		mem_init();
	started = true;
	if (size < 2 || size > METADATA_BYTES)
		return 0;
	struct arena *a = arena_new(0);
	struct client c;
	struct oauth_error fault;
	struct err e;
	json_t *j = json_read(a, (struct str) { (const char *)data + 1, size - 1 }, &e);
	if (j && client_metadata(j, data[0] % 3, "cursor,vscode", a, &c, &fault)) {
		CHECK(fault.code == OAUTH_NONE);
		check_client(&c);
		check_again(&c, a);
	} else if (j) {
		CHECK(fault.code == OAUTH_INVALID_CLIENT_METADATA ||
			fault.code == OAUTH_INVALID_REDIRECT_URI);
		CHECK(fault.about[0] && !strpbrk(fault.about, "\"\\\n"));
	}
	arena_free(&a);
	return 0;
}
