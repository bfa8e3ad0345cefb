/* SPDX-License-Identifier: Apache-2.0 */
/* A store with clients, and what a person and a client do with it, step by step. */
#ifndef TESTS_GRANT_WORLD_H
#define TESTS_GRANT_WORLD_H

#include "auth/grant/device.h"
#include "auth/grant/token.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/mem.h"
#include "lib/place.h"
#include "lib/test.h"
#include "store/grants.h"

#include <stdio.h>

#define ISSUER "https://scrape.example"
#define RESOURCE ISSUER "/mcp"
#define WEB "https://app.example/cb"
/* RFC 7636 appendix B */
#define VERIFIER "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
#define SCHEMES "cursor,vscode,com.example.app"
#define DAY ((int64_t)24 * 60 * 60 * 1000)

static struct arena *arena;
static struct store *store;
static const struct str session = { "0123456789abcdef0123456789abcdef", SHA256_SIZE };
static const struct token_life life = {
	.access_ms = 3600 * 1000, .refresh_idle_ms = 30 * DAY, .refresh_max_ms = 90 * DAY
};
static int64_t faked;

static inline void at(int64_t ms)
{
	faked = ms;
	clock_fake(ms, ms);
}

static inline struct store *open_again(void)
{
	struct err e;
	struct store *s = store_open(place_made, &e);
	CHECK(s);
	return s;
}

static inline void fresh(void)
{
	at(1000000000);
	place_fresh();
	arena_free(&arena);
	arena = arena_new(0);
	store = open_again();
}

static inline void done(void)
{
	clock_fake(-1, -1);
	store_close(&store);
	arena_free(&arena);
}

static inline void run(write_fn *write, void *arg)
{
	struct err e;
	if (!store_run(store, write, arg, &e))
		test_fail(__FILE__, __LINE__, "%s", e.msg);
}

static inline bool run_sql(struct db *d, void *arg, struct err *e)
{
	return db_script(d, arg, e);
}

static inline int64_t count(const char *sql)
{
	struct err e;
	struct db_rows *r = db_query(store_read(store), sql, DB_NO_ARGS, &e);
	CHECK(r && db_next(r, &e));
	int64_t n = db_get_int(r, 0);
	db_end(r);
	store_read_end(store);
	return n;
}

static inline json_t *json(const char *text)
{
	struct err e;
	json_t *j = json_read(arena, str_of(text), &e);
	if (!j)
		test_fail(__FILE__, __LINE__, "%s: %s", text, e.msg);
	return j;
}

static inline struct client *made(const char *metadata, enum client_kind kind)
{
	struct client_register *c = ARENA_NEW(arena, struct client_register);
	struct oauth_error why;
	if (!client_metadata(json(metadata), kind, SCHEMES, arena, &c->client, &why))
		test_fail(__FILE__, __LINE__, "%s: %s", metadata, why.about);
	if (kind == CLIENT_STATIC) {
		c->client.account_id = "acc_local";
		c->client.scopes = SCOPE(SCRAPE) | SCOPE(JOBS_READ);
	}
	c->peer = "192.0.2.1";
	client_register_draw(c);
	run(client_register_write, c);
	CHECK_INT(c->fault.code, ERR_NONE);
	return &c->client;
}

static inline struct client *web_client(void)
{
	return made("{\"redirect_uris\":[\"" WEB "\"],\"client_name\":\"App\","
		    "\"token_endpoint_auth_method\":\"none\"}",
		CLIENT_DCR);
}

static inline struct auth_request asked(const struct client *c)
{
	return (struct auth_request) { .client_id = c->id,
		.redirect_uri = WEB,
		.challenge = CHALLENGE,
		.scopes = SCOPE(SCRAPE) | SCOPE(JOBS_READ),
		.issuer = ISSUER,
		.resource = RESOURCE,
		.state = STR("xyz") };
}

/* The request is kept; its id. */
static inline struct str put_request(struct auth_request r)
{
	struct request_put *c = ARENA_NEW(arena, struct request_put);
	c->request = r;
	c->session_hash = session;
	request_draw(c);
	run(request_put_write, c);
	return str_of(c->id);
}

static inline struct request_answer *answered(struct str id, unsigned scopes, bool allow)
{
	struct request_answer *c = ARENA_NEW(arena, struct request_answer);
	*c = (struct request_answer) { .id = id,
		.session_hash = session,
		.user_id = "acc_local",
		.client_name = "App",
		.peer = "192.0.2.1",
		.allow = allow,
		.scopes = scopes,
		.auth_ms = faked - 5000,
		.grant_life_ms = 90 * DAY };
	request_answer_draw(c);
	run(request_answer_write, c);
	return c;
}

static inline struct request_answer *allowed_as(struct auth_request r)
{
	struct request_answer *c = answered(put_request(r), SCOPES_ALL, true);
	CHECK_INT(c->fault.code, ERR_NONE);
	return c;
}

static inline struct request_answer *allowed(const struct client *c)
{
	return allowed_as(asked(c));
}

static inline struct code_redeem redemption(const struct client *c, const char *code)
{
	struct code_redeem r = { .code = str_of(code),
		.verifier = STR(VERIFIER),
		.client = c,
		.life = life,
		.peer = "192.0.2.1",
		.arena = arena };
	code_redeem_draw(&r);
	return r;
}

static inline struct code_redeem redeemed(struct code_redeem r)
{
	run(code_redeem_write, &r);
	return r;
}

static inline struct code_redeem redeem(const struct client *c, const char *code)
{
	return redeemed(redemption(c, code));
}

static inline struct refresh_rotate rotation(const struct client *c, const char *token)
{
	struct refresh_rotate r = { .token = str_of(arena_text(arena, str_of(token))),
		.client = c,
		.life = life,
		.peer = "192.0.2.1",
		.arena = arena };
	refresh_rotate_draw(&r);
	return r;
}

static inline struct refresh_rotate rotated(struct refresh_rotate r)
{
	run(refresh_rotate_write, &r);
	return r;
}

static inline struct refresh_rotate rotate(const struct client *c, const char *token)
{
	return rotated(rotation(c, token));
}

static inline enum err_code living(struct grants *g, const char *id)
{
	const char *account;
	unsigned scopes;
	struct err e = { ERR_NONE };
	return grants_live(g, id, arena, &account, &scopes, &e) ? ERR_NONE : e.code;
}

static inline int64_t audits(const char *event)
{
	char sql[200];
	snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM audit WHERE event = '%s'", event);
	struct err e;
	struct db_place place = { place_made, "scraped.db", .read_only = true };
	struct db *d = db_open(&place, &e);
	struct db_rows *r = db_query(d, arena_text(arena, str_of(sql)), DB_NO_ARGS, &e);
	CHECK(r && db_next(r, &e));
	int64_t n = db_get_int(r, 0);
	db_end(r);
	db_close(&d);
	return n;
}

#endif
