/* SPDX-License-Identifier: Apache-2.0 */
/* Device authorization (RFC 8628): begin, answer, poll. */
#include "grant/world.h"

static struct client *terminal(void)
{
	return made("{\"client_name\":\"TV\",\"grant_types\":"
		    "[\"urn:ietf:params:oauth:grant-type:device_code\",\"refresh_token\"]}",
		CLIENT_DCR);
}

static struct device_begin *begun(const struct client *c)
{
	struct device_begin *b = ARENA_NEW(arena, struct device_begin);
	*b = (struct device_begin) { .client = c,
		.scopes = SCOPE(SCRAPE) | SCOPE(JOBS_READ),
		.issuer = ISSUER,
		.resource = RESOURCE };
	device_begin_draw(b);
	run(device_begin_write, b);
	CHECK_INT(b->fault.code, ERR_NONE);
	return b;
}

static struct device_poll polled(const struct client *c, const char *code)
{
	struct device_poll p = {
		.device_code = str_of(code), .client = c, .life = life, .arena = arena
	};
	device_poll_draw(&p);
	run(device_poll_write, &p);
	return p;
}

static enum err_code answer(const char *typed, bool allow)
{
	struct device_answer a = { .typed = str_of(typed),
		.user_id = "acc_local",
		.client_name = "TV",
		.allow = allow,
		.scopes = SCOPE(SCRAPE),
		.auth_ms = faked,
		.grant_life_ms = 90 * DAY };
	device_answer_draw(&a);
	run(device_answer_write, &a);
	return a.fault.code;
}

static void user_codes_are_made_of_consonants(void)
{
	struct device_begin b = { 0 };
	for (int i = 0; i < 200; i++) {
		device_begin_draw(&b);
		CHECK_INT(strlen(b.user_code), 9);
		CHECK_TRUE(b.user_code[4] == '-');
		CHECK_INT(strspn(b.user_code, "BCDFGHJKLMNPQRSTVWXZ-"), 9);
		CHECK_INT(strlen(b.device_code), 43);
	}
}

static void what_is_typed_is_found_however_it_is_typed(void)
{
	struct device_row row;
	struct err e;
	char lower[USER_CODE_SIZE] = "";
	fresh();
	const struct client *c = terminal();
	struct device_begin *b = begun(c);
	for (int i = 0, n = 0; i < 9; i++)
		if (b->user_code[i] != '-')
			lower[n++] = str_lower(b->user_code[i]);
	const char *ways[] = { b->user_code, lower,
		arena_printf(arena, " %.3s %.5s - ", lower, lower + 3) };
	for (size_t i = 0; i < COUNT_OF(ways); i++) {
		CHECK_TRUE(device_get(store, str_of(ways[i]), arena, &row, &e));
		CHECK_TEXT(row.user_code, b->user_code);
		CHECK_TEXT(row.client_id, c->id);
		CHECK_INT(row.scopes, SCOPE(SCRAPE) | SCOPE(JOBS_READ));
	}
	static const char *const wrong[] = { "", "BCDF", "BCDF-GHJA", "BCDF-GHJKL", "'--" };
	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		CHECK_TRUE(!device_get(store, str_of(wrong[i]), arena, &row, &e));
		CHECK_INT(e.code, ERR_NOT_FOUND);
	}
	at(faked + DEVICE_LIFE_MS);
	CHECK_TRUE(!device_get(store, str_of(b->user_code), arena, &row, &e));
	done();
}

static void polling_waits_slows_down_and_gets_a_pair_once(void)
{
	fresh();
	const struct client *c = terminal();
	struct grants *g = grants_open(store);
	struct device_begin *b = begun(c);
	CHECK_INT(polled(c, b->device_code).fault.code, OAUTH_AUTHORIZATION_PENDING);
	at(faked + 4999);
	CHECK_INT(polled(c, b->device_code).fault.code, OAUTH_SLOW_DOWN);
	at(faked + 9999); /* 10 s now */
	CHECK_INT(polled(c, b->device_code).fault.code, OAUTH_SLOW_DOWN);
	at(faked + 15000);
	CHECK_INT(polled(c, b->device_code).fault.code, OAUTH_AUTHORIZATION_PENDING);
	CHECK_INT(polled(web_client(), b->device_code).fault.code, OAUTH_INVALID_GRANT);
	CHECK_INT(polled(c, "unknown").fault.code, OAUTH_INVALID_GRANT);
	CHECK_INT(answer(b->user_code, true), ERR_NONE);
	CHECK_INT(answer(b->user_code, true), ERR_NOT_FOUND);
	struct device_poll p = polled(c, b->device_code);
	CHECK_INT(p.fault.code, OAUTH_NONE);
	CHECK_INT(p.grant.scopes, SCOPE(SCRAPE));
	CHECK_TEXT(p.grant.account_id, "acc_local");
	CHECK_TEXT(p.grant.resource, RESOURCE);
	CHECK_TRUE(p.grant.refresh);
	CHECK_INT(living(g, p.grant.id), ERR_NONE);
	CHECK_INT(rotate(c, p.refresh).fault.code, OAUTH_NONE);
	CHECK_INT(polled(c, b->device_code).fault.code, OAUTH_INVALID_GRANT);
	CHECK_INT(audits("consent.given"), 1);
	grants_close(&g);
	done();
}

static void refusing_and_running_out(void)
{
	fresh();
	const struct client *c = terminal();
	struct device_begin *b = begun(c), *late = begun(c);
	CHECK_INT(answer(b->user_code, false), ERR_NONE);
	CHECK_INT(polled(c, b->device_code).fault.code, OAUTH_ACCESS_DENIED);
	CHECK_INT(count("SELECT COUNT(*) FROM grants"), 0);
	at(faked + DEVICE_LIFE_MS);
	CHECK_INT(polled(c, late->device_code).fault.code, OAUTH_EXPIRED_TOKEN);
	CHECK_INT(answer(late->user_code, true), ERR_NOT_FOUND);
	at(faked + 2 * DAY);
	run(grant_sweep_write, NULL);
	CHECK_INT(count("SELECT COUNT(*) FROM device_codes"), 0);
	done();
}

static void a_code_in_use_is_drawn_again(void)
{
	fresh();
	const struct client *c = terminal();
	struct device_begin *b = begun(c), twice = *b;
	device_begin_draw(&twice);
	memcpy(twice.user_code, b->user_code, sizeof twice.user_code);
	run(device_begin_write, &twice);
	CHECK_INT(twice.fault.code, ERR_OVERLOADED);
	device_begin_draw(&twice);
	run(device_begin_write, &twice);
	CHECK_INT(twice.fault.code, ERR_NONE);
	done();
}

static void a_revoked_client_cannot_be_allowed(void)
{
	fresh();
	const struct client *c = terminal();
	struct device_begin *b = begun(c);
	struct client_revoke end = { .id = c->id };
	run(client_revoke_write, &end);
	CHECK_INT(answer(b->user_code, true), ERR_NOT_FOUND);
	CHECK_INT(polled(c, b->device_code).fault.code, OAUTH_ACCESS_DENIED);
	CHECK_INT(count("SELECT COUNT(*) FROM grants"), 0);
	done();
}

TEST_MAIN(TEST(user_codes_are_made_of_consonants),
	TEST(what_is_typed_is_found_however_it_is_typed),
	{ "checklist.08 polling waits, slows down and gets a pair once",
		polling_waits_slows_down_and_gets_a_pair_once },
	TEST(refusing_and_running_out), TEST(a_code_in_use_is_drawn_again),
	TEST(a_revoked_client_cannot_be_allowed))
