/* SPDX-License-Identifier: Apache-2.0 */
/* Which header counts, and what two of them mean (apis.md X-01). */
#include "auth/bearer.h"
#include "base/check.h"
#include "lib/keys.h"
#include "lib/place.h"
#include "lib/test.h"

static struct arena *arena;
static struct key_made good, other;
static struct keys *keys;
static struct auth parts;

static struct desks *desks;

static void begin(void)
{
	struct err e;
	arena = arena_new(0);
	CHECK((keys = open_keys(place_fresh(), &e)));
	CHECK(make_key(keys, "a", SCOPES_ALL, &good, &e));
	CHECK(make_key(keys, "b", SCOPES_ALL, &other, &e));
	parts.keys = keys;
	bearer_start(&parts);
	desks = desks_start(1, 8, NULL, NULL, NULL);
}

/* "GOOD" and "OTHER" in a header's value stand for the two keys. */
static struct str value(const char *text)
{
	static const struct {
		const char *name, *key;
	} words[] = { { "GOOD", good.text }, { "OTHER", other.text } };
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		const char *at = strstr(text, words[i].name);
		if (at)
			return str_of(arena_printf(arena, "%.*s%s%s", (int)(at - text), text,
				words[i].key, at + strlen(words[i].name)));
	}
	return str_of(text);
}

static void headers_decide(void)
{
	static const struct {
		const char *name[2], *value[2];
		enum err_code code;
	} rows[] = {
		{ { "Authorization" }, { "Bearer GOOD" }, ERR_NONE },
		{ { "authorization" }, { "bearer GOOD" }, ERR_NONE },
		{ { "AUTHORIZATION" }, { "BEARER   GOOD" }, ERR_NONE },
		{ { "X-API-KEY" }, { "GOOD" }, ERR_NONE },
		{ { "x-api-key" }, { "GOOD" }, ERR_NONE },
		{ { "Authorization", "X-Api-Key" }, { "Bearer GOOD", "GOOD" }, ERR_NONE },
		{ { "Authorization", "X-Api-Key" }, { "Basic eHg6eQ==", "GOOD" }, ERR_NONE },
		{ { "Authorization", "X-Api-Key" }, { "Bearer GOOD", "OTHER" },
			ERR_INVALID_REQUEST },
		{ { "Authorization", "X-Api-Key" }, { "Bearer GOOD", "x" },
			ERR_INVALID_REQUEST },
		{ { "Authorization", "Authorization" }, { "Bearer GOOD", "Bearer OTHER" },
			ERR_INVALID_REQUEST },
		{ { "X-API-KEY", "X-API-KEY" }, { "GOOD", "GOOD" }, ERR_INVALID_REQUEST },
		{ { "Cookie" }, { "GOOD" }, ERR_UNAUTHORIZED },
		{ { "Authorization" }, { "GOOD" }, ERR_UNAUTHORIZED },
		{ { "Authorization" }, { "Basic GOOD" }, ERR_UNAUTHORIZED },
		{ { "Authorization" }, { "Bearer" }, ERR_UNAUTHORIZED },
		{ { "Authorization" }, { "Bearer " }, ERR_UNAUTHORIZED },
		{ { "Authorization" }, { "Bearer x" }, ERR_UNAUTHORIZED },
		{ { "Authorization" }, { "Bearer GOODx" }, ERR_UNAUTHORIZED },
		{ { "Authorization" }, { "Bearer GOOD OTHER" }, ERR_UNAUTHORIZED },
		{ { "Authorization" }, { "" }, ERR_UNAUTHORIZED },
		{ { "X-API-KEY" }, { "" }, ERR_UNAUTHORIZED },
		{ { NULL }, { NULL }, ERR_UNAUTHORIZED },
	};
	begin();
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct http_header headers[2];
		struct http_req r = { .arena = arena, .headers = headers };
		struct err e = { ERR_NONE };
		for (; r.n_headers < 2 && rows[i].name[r.n_headers]; r.n_headers++)
			headers[r.n_headers] =
				(struct http_header) { str_of(rows[i].name[r.n_headers]),
					value(rows[i].value[r.n_headers]) };
		r.call.arena = arena;
		flow_init(&r.flow, &r.call, bearer_who, &r, NULL);
		if (!flow_run(desks, &r.flow))
			e = r.flow.err;
		if (e.code != rows[i].code || r.admitted != (rows[i].code == ERR_NONE) ||
			r.admitted != !!r.call.who)
			test_fail(__FILE__, __LINE__, "row %zu: %s", i, err_name(e.code));
	}
	desks_stop(&desks);
	close_keys(&keys);
	arena_free(&arena);
}

TEST_MAIN(TEST(headers_decide))
