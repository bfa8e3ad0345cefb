/* SPDX-License-Identifier: Apache-2.0 */
/* Requests, codes, refresh tokens and grants, one after the other; at the same time: test_race.c. */
#include "grant/world.h"

/* --- requests and consent --- */

static void a_request_belongs_to_its_session_and_is_answered_once(void)
{
	static const struct str other = { "ffffffffffffffffffffffffffffffff", SHA256_SIZE };
	struct auth_request r;
	struct err e;
	fresh();
	const struct client *c = web_client();
	struct str id = put_request(asked(c));
	CHECK_TRUE(!request_get(store, id, other, arena, &r, &e));
	CHECK_INT(e.code, ERR_NOT_FOUND);
	CHECK_TRUE(!request_get(store, STR("req_x"), session, arena, &r, &e));
	CHECK_TRUE(request_get(store, id, session, arena, &r, &e));
	CHECK_TEXT(r.client_id, c->id);
	CHECK_TEXT(r.redirect_uri, WEB);
	CHECK_TEXT(r.challenge, CHALLENGE);
	CHECK_STR(r.state, "xyz");
	CHECK_INT(r.scopes, SCOPE(SCRAPE) | SCOPE(JOBS_READ));
	run(request_move_write, &(struct request_move) { session, other });
	CHECK_TRUE(!request_get(store, id, session, arena, &r, &e));
	CHECK_INT(answered(id, SCOPES_ALL, true)->fault.code, ERR_NOT_FOUND);
	run(request_move_write, &(struct request_move) { other, session });
	CHECK_INT(answered(id, SCOPES_ALL, true)->fault.code, ERR_NONE);
	CHECK_INT(answered(id, SCOPES_ALL, true)->fault.code, ERR_NOT_FOUND);
	CHECK_INT(count("SELECT COUNT(*) FROM grants"), 1);
	id = put_request(asked(c));
	at(faked + REQUEST_LIFE_MS);
	CHECK_TRUE(!request_get(store, id, session, arena, &r, &e));
	CHECK_INT(answered(id, SCOPES_ALL, true)->fault.code, ERR_NOT_FOUND);
	done();
}

static void refusing_makes_nothing(void)
{
	fresh();
	const struct client *c = web_client();
	CHECK_INT(answered(put_request(asked(c)), SCOPES_ALL, false)->fault.code, ERR_NONE);
	CHECK_INT(count("SELECT COUNT(*) FROM grants"), 0);
	CHECK_INT(count("SELECT COUNT(*) FROM codes"), 0);
	CHECK_INT(audits("consent.denied"), 1);
	/* nothing of what was asked */
	CHECK_INT(answered(put_request(asked(c)), SCOPE(KEYS_MANAGE), true)->fault.code,
		ERR_NOT_FOUND);
	CHECK_INT(count("SELECT COUNT(*) FROM grants"), 0);
	done();
}

static void consent_is_for_one_client_and_its_scopes(void)
{
	fresh();
	const struct client *c = web_client(), *other = web_client();
	struct auth_request r = asked(c);
	CHECK_TRUE(!consent_known(store, "acc_local", &r));
	r.scopes = SCOPE(SCRAPE);
	allowed_as(r);
	CHECK_INT(audits("consent.given"), 1);
	CHECK_TRUE(consent_known(store, "acc_local", &r));
	CHECK_TRUE(!consent_known(store, "acc_other", &r));
	struct auth_request grown = r, moved = r, claimable = r, foreign = r;
	grown.scopes |= SCOPE(JOBS_READ);
	moved.resource = "https://other.example/mcp";
	claimable.redirect_uri = "http://localhost/cb";
	foreign.client_id = other->id;
	CHECK_TRUE(!consent_known(store, "acc_local", &grown));
	CHECK_TRUE(!consent_known(store, "acc_local", &moved));
	CHECK_TRUE(!consent_known(store, "acc_local", &claimable));
	CHECK_TRUE(!consent_known(store, "acc_local", &foreign));
	r.scopes = SCOPE(JOBS_READ);
	struct request_answer *second = allowed_as(r);
	CHECK_TRUE(consent_known(store, "acc_local", &grown)); /* each was asked for once */
	struct token_revoke end = { .grant_id = second->grant_id, .why = "user" };
	run(token_revoke_write, &end);
	CHECK_TRUE(!consent_known(store, "acc_local", &r));
	done();
}

static void answers_carry_state_and_issuer(void)
{
	struct auth_request r = {
		.redirect_uri = WEB, .issuer = ISSUER, .state = { "a&b= \xc3\xa9#", 8 }
	};
	struct oauth_error e = { OAUTH_ACCESS_DENIED, "" };
	fresh();
	CHECK_TEXT(request_redirect(&r, "C0de", NULL, arena),
		WEB "?code=C0de&state=a%26b%3D%20%C3%A9%23&iss=https%3A%2F%2Fscrape.example");
	CHECK_TEXT(request_redirect(&r, NULL, &e, arena),
		WEB "?error=access_denied&state=a%26b%3D%20%C3%A9%23"
		    "&iss=https%3A%2F%2Fscrape.example");
	r.state = (struct str) { NULL, 0 };
	r.redirect_uri = WEB "?x=1";
	oauth_fail(&e, OAUTH_INVALID_SCOPE, "no scope");
	CHECK_TEXT(request_redirect(&r, NULL, &e, arena),
		WEB "?x=1&error=invalid_scope&error_description=no%20scope"
		    "&iss=https%3A%2F%2Fscrape.example");
	r.redirect_uri = "cursor://x/cb?";
	CHECK_TEXT(request_redirect(&r, "c", NULL, arena),
		"cursor://x/cb?code=c&iss=https%3A%2F%2Fscrape.example");
	done();
}

/* --- codes --- */

static void a_code_gives_a_pair(void)
{
	fresh();
	const struct client *c = web_client();
	struct request_answer *a = allowed(c);
	CHECK_INT(strlen(a->code), 43);
	struct code_redeem r = redeem(c, a->code);
	CHECK_INT(r.fault.code, OAUTH_NONE);
	CHECK_TEXT(r.grant.id, a->grant_id);
	CHECK_TEXT(r.grant.account_id, "acc_local");
	CHECK_TEXT(r.grant.client_id, c->id);
	CHECK_TEXT(r.grant.issuer, ISSUER);
	CHECK_TEXT(r.grant.resource, RESOURCE);
	CHECK_INT(r.grant.scopes, SCOPE(SCRAPE) | SCOPE(JOBS_READ));
	CHECK_INT(r.grant.auth_ms, faked - 5000);
	CHECK_TRUE(r.grant.refresh && !r.grant.dpop_jkt);
	CHECK_INT(strlen(r.refresh), 46);
	CHECK_INT(audits("token.issued"), 1);
	/* only hashes are kept */
	CHECK_INT(count("SELECT COUNT(*) FROM codes WHERE length(hash) = 32"), 1);
	CHECK_INT(count("SELECT COUNT(*) FROM refresh WHERE length(hash) = 32"), 1);
	done();
}

static void a_used_code_ends_its_grant(void)
{
	fresh();
	const struct client *c = web_client();
	struct grants *g = grants_open(store);
	struct request_answer *a = allowed(c);
	struct code_redeem first = redeem(c, a->code);
	CHECK_INT(living(g, first.grant.id), ERR_NONE);
	struct code_redeem second = redeem(c, a->code);
	CHECK_INT(second.fault.code, OAUTH_INVALID_GRANT);
	CHECK_TRUE(!second.grant.id);
	CHECK_INT(living(g, first.grant.id), ERR_UNAUTHORIZED);
	CHECK_INT(rotate(c, first.refresh).fault.code, OAUTH_INVALID_GRANT);
	CHECK_INT(audits("token.reused"), 1);
	CHECK_INT(redeem(c, a->code).fault.code, OAUTH_INVALID_GRANT);
	CHECK_INT(audits("token.reused"), 1);
	grants_close(&g);
	done();
}

/* However wrong or late the second use is. */
static void a_used_code_ends_its_grant_at_any_time(void)
{
	fresh();
	const struct client *c = web_client();
	struct grants *g = grants_open(store);
	struct request_answer *a = allowed(c), *b = allowed(c);
	CHECK_INT(redeem(c, a->code).fault.code, OAUTH_NONE);
	CHECK_INT(redeem(c, b->code).fault.code, OAUTH_NONE);
	struct code_redeem wrong = redemption(c, a->code);
	wrong.verifier = STR("wrong");
	CHECK_INT(redeemed(wrong).fault.code, OAUTH_INVALID_GRANT);
	CHECK_INT(living(g, a->grant_id), ERR_UNAUTHORIZED);
	CHECK_INT(living(g, b->grant_id), ERR_NONE);
	at(faked + 10 * CODE_LIFE_MS);
	CHECK_INT(redeem(c, b->code).fault.code, OAUTH_INVALID_GRANT);
	CHECK_INT(living(g, b->grant_id), ERR_UNAUTHORIZED);
	grants_close(&g);
	done();
}

static void codes_live_a_minute(void)
{
	fresh();
	const struct client *c = web_client();
	struct request_answer *a = allowed(c), *b = allowed(c);
	at(faked + CODE_LIFE_MS - 1);
	CHECK_INT(redeem(c, a->code).fault.code, OAUTH_NONE);
	at(faked + 1);
	CHECK_INT(redeem(c, b->code).fault.code, OAUTH_INVALID_GRANT);
	CHECK_INT(redeem(c, "unknown").fault.code, OAUTH_INVALID_GRANT);
	CHECK_INT(redeem(c, "").fault.code, OAUTH_INVALID_GRANT);
	done();
}

/* A request that is wrong gets nothing and does not spend the code. */
static void codes_are_bound_to_their_request(void)
{
	fresh();
	const struct client *c = web_client(), *other = web_client();
	struct request_answer *a = allowed(c);
	struct code_redeem r = redemption(other, a->code);
	CHECK_INT(redeemed(r).fault.code, OAUTH_INVALID_GRANT);
	r = redemption(c, a->code);
	r.resource = STR("https://other.example/mcp");
	CHECK_INT(redeemed(r).fault.code, OAUTH_INVALID_TARGET);
	r.resource = STR(RESOURCE "#f");
	CHECK_INT(redeemed(r).fault.code, OAUTH_INVALID_TARGET);
	r.resource = STR("");
	CHECK_INT(redeemed(r).fault.code, OAUTH_INVALID_TARGET);
	r.resource = STR("HTTPS://Scrape.Example/mcp/");
	r.redirect_uri = STR(WEB);
	CHECK_INT(redeemed(r).fault.code, OAUTH_NONE);
	done();
}

static void redirect_uri_is_compared_when_it_is_sent(void)
{
	static const char *const wrong[] = { WEB "/", WEB "?x", "https://evil.example/cb", "" };
	fresh();
	const struct client *c = web_client();
	struct request_answer *a = allowed(c);
	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		struct code_redeem r = redemption(c, a->code);
		r.redirect_uri = str_of(wrong[i]);
		CHECK_INT(redeemed(r).fault.code, OAUTH_INVALID_GRANT);
	}
	CHECK_INT(redeem(c, a->code).fault.code, OAUTH_NONE); /* not sent */
	done();
}

static void challenges_are_base64url_of_a_hash(void)
{
	CHECK_TRUE(challenge_ok(STR(CHALLENGE)));
	CHECK_TRUE(!challenge_ok(STR("")));
	CHECK_TRUE(!challenge_ok(STR(CHALLENGE "A")));
	CHECK_TRUE(!challenge_ok(STR("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c")));
	CHECK_TRUE(!challenge_ok(STR("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM")));
	CHECK_TRUE(!challenge_ok(STR("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c=")));
	CHECK_TRUE(!challenge_ok(STR("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cN")));
}

static void verifiers_must_fit(void)
{
	char text[131];
	fresh();
	const struct client *c = web_client();
	static const char *const wrong[] = { "", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjX",
		VERIFIER "x", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXK", CHALLENGE,
		"dBjftJeZ4CVP+mB92K27uhbUJU1p1r_wW1gFWFOEjXk" };
	struct request_answer *a = allowed(c);
	for (size_t i = 0; i < COUNT_OF(wrong); i++) {
		struct code_redeem r = redemption(c, a->code);
		r.verifier = str_of(wrong[i]);
		CHECK_INT(redeemed(r).fault.code, OAUTH_INVALID_GRANT);
	}
	struct code_redeem none = redemption(c, a->code);
	none.verifier = (struct str) { NULL, 0 };
	CHECK_INT(redeemed(none).fault.code, OAUTH_INVALID_GRANT);
	CHECK_INT(redeem(c, a->code).fault.code, OAUTH_NONE);
	/* 43 and 128 characters are the ends; a verifier outside is refused though its hash fits */
	static const struct {
		size_t n;
		char c;
		enum oauth_code want;
	} rows[] = { { 42, 'a', OAUTH_INVALID_GRANT }, { 43, '~', OAUTH_NONE },
		{ 128, '.', OAUTH_NONE }, { 129, 'a', OAUTH_INVALID_GRANT },
		{ 43, '+', OAUTH_INVALID_GRANT }, { 43, ' ', OAUTH_INVALID_GRANT } };
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		unsigned char hash[SHA256_SIZE];
		struct auth_request ask = asked(c);
		memset(text, rows[i].c, sizeof text);
		struct code_redeem r;
		sha256((struct str) { text, rows[i].n }, hash);
		ask.challenge = b64url((struct str) { (char *)hash, SHA256_SIZE }, arena);
		r = redemption(c, allowed_as(ask)->code);
		r.verifier = (struct str) { text, rows[i].n };
		CHECK_INT(redeemed(r).fault.code, rows[i].want);
	}
	done();
}

static void a_code_without_challenge_gives_nothing(void)
{
	fresh();
	const struct client *c = web_client();
	struct auth_request ask = asked(c);
	ask.challenge = "";
	struct request_answer *a = allowed_as(ask);
	struct code_redeem r = redemption(c, a->code);
	CHECK_INT(redeemed(r).fault.code, OAUTH_INVALID_GRANT);
	r.verifier = (struct str) { NULL, 0 };
	CHECK_INT(redeemed(r).fault.code, OAUTH_INVALID_GRANT);
	done();
}

/* --- refresh tokens --- */

static void refresh_tokens_rotate(void)
{
	fresh();
	const struct client *c = web_client(), *other = web_client();
	struct code_redeem r = redeem(c, allowed(c)->code);
	CHECK_INT(rotate(other, r.refresh).fault.code, OAUTH_INVALID_GRANT);
	struct refresh_rotate one = rotate(c, r.refresh);
	CHECK_INT(one.fault.code, OAUTH_NONE);
	CHECK_TRUE(one.grant.refresh && strcmp(one.refresh, r.refresh) != 0);
	CHECK_TEXT(one.grant.id, r.grant.id);
	CHECK_INT(one.grant.scopes, r.grant.scopes);
	CHECK_INT(rotate(c, one.refresh).fault.code, OAUTH_NONE);
	CHECK_INT(rotate(c, "rt_unknown").fault.code, OAUTH_INVALID_GRANT);
	CHECK_INT(rotate(c, "").fault.code, OAUTH_INVALID_GRANT);
	done();
}

static void a_replaced_token_after_the_grace_ends_the_family(void)
{
	fresh();
	const struct client *c = web_client();
	struct grants *g = grants_open(store);
	struct code_redeem r = redeem(c, allowed(c)->code);
	struct refresh_rotate one = rotate(c, r.refresh);
	at(faked + REFRESH_GRACE_MS + 1);
	CHECK_INT(living(g, r.grant.id), ERR_NONE);
	CHECK_INT(rotate(c, r.refresh).fault.code, OAUTH_INVALID_GRANT);
	CHECK_INT(living(g, r.grant.id), ERR_UNAUTHORIZED);
	CHECK_INT(rotate(c, one.refresh).fault.code, OAUTH_INVALID_GRANT);
	CHECK_INT(audits("token.reused"), 1);
	grants_close(&g);
	done();
}

static void the_grace_gives_a_few_siblings(void)
{
	struct refresh_rotate twin[REFRESH_SIBLINGS];
	fresh();
	const struct client *c = web_client();
	struct grants *g = grants_open(store);
	struct code_redeem r = redeem(c, allowed(c)->code);
	for (int i = 0; i < REFRESH_SIBLINGS; i++) {
		twin[i] = rotate(c, r.refresh);
		CHECK_INT(twin[i].fault.code, OAUTH_NONE);
		at(faked + REFRESH_GRACE_MS / REFRESH_SIBLINGS);
	}
	CHECK_INT(rotate(c, r.refresh).fault.code, OAUTH_INVALID_GRANT);
	CHECK_INT(living(g, r.grant.id), ERR_NONE); /* one too many ends nothing */
	for (int i = 0; i < REFRESH_SIBLINGS; i++)
		CHECK_INT(rotate(c, twin[i].refresh).fault.code, OAUTH_NONE);
	grants_close(&g);
	done();
}

/* Within the grace, only the immediate predecessor is forgiven. */
static void the_grace_is_for_the_last_one_alone(void)
{
	fresh();
	const struct client *c = web_client();
	struct code_redeem r = redeem(c, allowed(c)->code);
	struct refresh_rotate one = rotate(c, r.refresh), two = rotate(c, one.refresh);
	CHECK_INT(two.fault.code, OAUTH_NONE);
	CHECK_INT(rotate(c, r.refresh).fault.code, OAUTH_INVALID_GRANT);
	CHECK_INT(rotate(c, two.refresh).fault.code, OAUTH_INVALID_GRANT);
	CHECK_INT(audits("token.reused"), 1);
	done();
}

static void scope_shrinks_and_never_grows(void)
{
	fresh();
	const struct client *c = web_client();
	struct code_redeem r = redeem(c, allowed(c)->code);
	struct refresh_rotate less = rotation(c, r.refresh);
	less.scope = STR("scrape offline_access");
	less = rotated(less);
	CHECK_INT(less.fault.code, OAUTH_NONE);
	CHECK_INT(less.grant.scopes, SCOPE(SCRAPE));
	struct refresh_rotate more = rotation(c, less.refresh);
	more.scope = STR("scrape keys:manage");
	CHECK_INT(rotated(more).fault.code, OAUTH_INVALID_SCOPE);
	more.scope = STR("nothing:known");
	CHECK_INT(rotated(more).fault.code, OAUTH_INVALID_SCOPE);
	more.scope = (struct str) { NULL, 0 };
	more = rotated(more); /* what was refused spent nothing; the grant still has both */
	CHECK_INT(more.fault.code, OAUTH_NONE);
	CHECK_INT(more.grant.scopes, SCOPE(SCRAPE) | SCOPE(JOBS_READ));
	struct refresh_rotate moved = rotation(c, more.refresh);
	moved.resource = STR("https://other.example/");
	CHECK_INT(rotated(moved).fault.code, OAUTH_INVALID_TARGET);
	moved.resource = STR(ISSUER);
	CHECK_INT(rotated(moved).fault.code, OAUTH_NONE);
	done();
}

static void idle_and_old_families_end(void)
{
	fresh();
	const struct client *c = web_client();
	struct code_redeem idle = redeem(c, allowed(c)->code);
	struct code_redeem busy = redeem(c, allowed(c)->code);
	const char *token = busy.refresh;
	for (int month = 0; month < 3; month++) {
		at(faked + 30 * DAY - (month == 2 ? 1 : 60000));
		struct refresh_rotate next = rotate(c, token);
		CHECK_INT(next.fault.code, OAUTH_NONE);
		token = arena_text(arena, str_of(next.refresh));
	}
	CHECK_INT(rotate(c, idle.refresh).fault.code, OAUTH_INVALID_GRANT);
	at(faked + 120001);
	CHECK_INT(rotate(c, token).fault.code, OAUTH_INVALID_GRANT);
	done();
}

static void tokens_stay_with_their_key(void)
{
	fresh();
	const struct client *c = web_client();
	struct auth_request ask = asked(c);
	ask.dpop_jkt = "key-one";
	struct request_answer *a = allowed_as(ask);
	struct code_redeem r = redemption(c, a->code);
	CHECK_INT(redeemed(r).fault.code, OAUTH_INVALID_GRANT);
	r.dpop_jkt = "key-two";
	CHECK_INT(redeemed(r).fault.code, OAUTH_INVALID_GRANT);
	r.dpop_jkt = "key-one";
	r = redeemed(r);
	CHECK_INT(r.fault.code, OAUTH_NONE);
	CHECK_TEXT(r.grant.dpop_jkt, "key-one");
	/* a public client's refresh token takes the key it came with */
	r = redemption(c, allowed(c)->code);
	r.dpop_jkt = "key-three";
	r = redeemed(r);
	struct refresh_rotate next = rotation(c, r.refresh);
	CHECK_INT(rotated(next).fault.code, OAUTH_INVALID_GRANT);
	next.dpop_jkt = "key-one";
	CHECK_INT(rotated(next).fault.code, OAUTH_INVALID_GRANT);
	next.dpop_jkt = "key-three";
	CHECK_INT(rotated(next).fault.code, OAUTH_NONE);
	done();
}

/* --- who lost the right --- */

static void disabled_accounts_get_nothing(void)
{
	const char *account;
	unsigned scopes;
	struct err e;
	fresh();
	const struct client *c = web_client();
	struct grants *g = grants_open(store);
	struct code_redeem r = redeem(c, allowed(c)->code);
	struct request_answer *waiting = allowed(c);
	CHECK_TRUE(grants_live(g, r.grant.id, arena, &account, &scopes, &e));
	CHECK_TEXT(account, "acc_local");
	CHECK_INT(scopes, SCOPE(SCRAPE) | SCOPE(JOBS_READ));
	struct store *elsewhere = open_again(); /* another process */
	CHECK_TRUE(store_run(elsewhere, run_sql, "UPDATE accounts SET disabled = 1", &e));
	CHECK_INT(living(g, r.grant.id), ERR_USER_DISABLED);
	CHECK_INT(rotate(c, r.refresh).fault.code, OAUTH_INVALID_GRANT);
	CHECK_INT(redeem(c, waiting->code).fault.code, OAUTH_INVALID_GRANT);
	CHECK_TRUE(store_run(elsewhere, run_sql, "UPDATE accounts SET disabled = 0", &e));
	CHECK_INT(living(g, r.grant.id), ERR_NONE);
	CHECK_INT(rotate(c, r.refresh).fault.code, OAUTH_NONE);
	CHECK_INT(living(g, "grant_unknown"), ERR_UNAUTHORIZED);
	at(faked + 90 * DAY);
	CHECK_INT(living(g, r.grant.id), ERR_UNAUTHORIZED);
	store_close(&elsewhere);
	grants_close(&g);
	done();
}

static void revocation_is_for_the_owner(void)
{
	fresh();
	const struct client *c = web_client(), *other = web_client();
	struct grants *g = grants_open(store);
	struct code_redeem r = redeem(c, allowed(c)->code);
	struct token_revoke end = {
		.token = str_of(r.refresh), .client_id = other->id, .why = "client asked"
	};
	run(token_revoke_write, &end);
	CHECK_TRUE(!end.found && living(g, r.grant.id) == ERR_NONE);
	end = (struct token_revoke) { .grant_id = r.grant.id, .account_id = "acc_other" };
	run(token_revoke_write, &end);
	CHECK_TRUE(!end.found && living(g, r.grant.id) == ERR_NONE);
	end = (struct token_revoke) { .token = STR("rt_unknown"), .client_id = c->id };
	run(token_revoke_write, &end);
	CHECK_TRUE(!end.found);
	end = (struct token_revoke) {
		.token = str_of(r.refresh), .client_id = c->id, .why = "client asked"
	};
	run(token_revoke_write, &end);
	CHECK_TRUE(end.found);
	CHECK_INT(living(g, r.grant.id), ERR_UNAUTHORIZED);
	CHECK_INT(rotate(c, r.refresh).fault.code, OAUTH_INVALID_GRANT);
	run(token_revoke_write, &end);
	CHECK_TRUE(end.found);
	CHECK_INT(audits("token.revoked"), 1);
	/* the access token's gid ends the same */
	r = redeem(c, allowed(c)->code);
	end = (struct token_revoke) { .grant_id = r.grant.id, .client_id = c->id };
	run(token_revoke_write, &end);
	CHECK_TRUE(end.found && living(g, r.grant.id) == ERR_UNAUTHORIZED);
	grants_close(&g);
	done();
}

static void clients_without_refresh_get_none(void)
{
	fresh();
	const struct client *c = made("{\"redirect_uris\":[\"" WEB "\"],\"grant_types\":"
				      "[\"authorization_code\"],\"token_endpoint_auth_method\":"
				      "\"none\"}",
		CLIENT_DCR);
	struct code_redeem r = redeem(c, allowed(c)->code);
	CHECK_TRUE(r.fault.code == OAUTH_NONE && !r.grant.refresh);
	CHECK_INT(rotate(c, r.refresh).fault.code, OAUTH_INVALID_GRANT);
	done();
}

static struct client_grant machine(const struct client *c, unsigned scopes)
{
	struct client_grant m = { .client = c,
		.scopes = scopes,
		.issuer = ISSUER,
		.resource = RESOURCE,
		.peer = "192.0.2.1",
		.life_ms = 3600 * 1000,
		.arena = arena };
	client_grant_draw(&m);
	run(client_grant_write, &m);
	return m;
}

static void machine_clients_have_one_grant(void)
{
	fresh();
	const struct client *c =
		made("{\"grant_types\":[\"client_credentials\"],\"client_name\":"
		     "\"Bot\",\"token_endpoint_auth_method\":"
		     "\"client_secret_basic\"}",
			CLIENT_STATIC);
	struct grants *g = grants_open(store);
	struct client_grant one = machine(c, SCOPE(SCRAPE) | SCOPE(KEYS_MANAGE));
	CHECK_INT(one.fault.code, OAUTH_NONE);
	CHECK_INT(one.grant.scopes, SCOPE(SCRAPE));
	CHECK_TRUE(!one.grant.refresh);
	CHECK_TEXT(one.grant.account_id, "acc_local");
	struct client_grant two = machine(c, SCOPE(JOBS_READ));
	CHECK_TEXT(two.grant.id, one.grant.id);
	CHECK_INT(living(g, one.grant.id), ERR_NONE);
	CHECK_INT(machine(c, SCOPE(KEYS_MANAGE)).fault.code, OAUTH_INVALID_SCOPE);
	CHECK_INT(machine(web_client(), SCOPE(SCRAPE)).fault.code, OAUTH_UNAUTHORIZED_CLIENT);
	struct client_revoke end = { .id = c->id };
	run(client_revoke_write, &end);
	CHECK_INT(living(g, one.grant.id), ERR_UNAUTHORIZED);
	CHECK_INT(machine(c, SCOPE(SCRAPE)).fault.code, OAUTH_UNAUTHORIZED_CLIENT);
	grants_close(&g);
	done();
}

static void assertions_count_once(void)
{
	fresh();
	struct assertion_use a = { "https://a.example/c", "jti-1", faked + 60000, true };
	run(assertion_use_write, &a);
	CHECK_TRUE(!a.used_before);
	run(assertion_use_write, &a);
	CHECK_TRUE(a.used_before);
	a.client_id = "https://b.example/c";
	run(assertion_use_write, &a);
	CHECK_TRUE(!a.used_before);
	done();
}

static void grants_are_listed_and_swept(void)
{
	struct grant_row *rows;
	size_t n;
	struct err e;
	fresh();
	const struct client *c = web_client();
	struct code_redeem old = redeem(c, allowed(c)->code);
	at(faked + 1);
	struct code_redeem new = redeem(c, allowed(c)->code);
	CHECK_TRUE(grant_list(store, "acc_local", arena, &rows, &n, &e));
	CHECK_INT(n, 2);
	CHECK_TEXT(rows[0].id, new.grant.id);
	CHECK_TEXT(rows[0].client_name, "App");
	CHECK_INT(rows[0].scopes, new.grant.scopes);
	CHECK_TRUE(grant_list(store, "acc_other", arena, &rows, &n, &e) && n == 0);
	struct token_revoke end = { .grant_id = old.grant.id, .why = "user" };
	run(token_revoke_write, &end);
	CHECK_TRUE(grant_list(store, NULL, arena, &rows, &n, &e) && n == 1);
	put_request(asked(c));
	run(grant_sweep_write, NULL);
	CHECK_INT(count("SELECT COUNT(*) FROM grants"), 2);
	at(faked + 32 * DAY); /* codes, refresh tokens and the revoked grant have gone */
	run(grant_sweep_write, NULL);
	CHECK_INT(count("SELECT COUNT(*) FROM grants"), 1);
	CHECK_INT(count("SELECT COUNT(*) FROM auth_requests"), 0);
	CHECK_INT(count("SELECT COUNT(*) FROM codes"), 0);
	CHECK_INT(count("SELECT COUNT(*) FROM refresh"), 0);
	at(faked + 90 * DAY);
	run(grant_sweep_write, NULL);
	CHECK_INT(count("SELECT COUNT(*) FROM grants"), 0);
	done();
}

/* 10020 of them, made by the database alone. */
static void requests_of_strangers_are_kept_down(void)
{
	static char many[] = "INSERT INTO auth_requests SELECT 'r' || n, x'00', 'c', '', '', "
			     "'', '', '', NULL,"
			     " NULL, 0, n FROM (WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL "
			     "SELECT n + 1 FROM t"
			     " WHERE n < 10020) SELECT n FROM t)";
	fresh();
	run(run_sql, many);
	run(request_trim_write, NULL);
	CHECK_INT(count("SELECT COUNT(*) FROM auth_requests"), REQUESTS_KEPT);
	CHECK_INT(count("SELECT MIN(expires_ms) FROM auth_requests"), 21);
	done();
}

/* Between the reading of the page and the writing of the answer a person may lose a role. */
static void a_role_that_changed_meanwhile_gives_no_more(void)
{
	static char member[] =
		"INSERT INTO accounts (id, name, created_ms) VALUES ('acc_m', 'm', 0);"
		"INSERT INTO users VALUES ('acc_m', 'm', 'm', NULL, NULL, 'member', 0, 0, 0);";
	fresh();
	run(run_sql, member);
	struct auth_request r = asked(web_client());
	r.scopes = SCOPE(SCRAPE) | SCOPE(METRICS_READ);
	struct request_answer c = { .id = put_request(r),
		.session_hash = session,
		.user_id = "acc_m",
		.client_name = "App",
		.allow = true,
		.scopes = r.scopes, /* as an administrator */
		.grant_life_ms = 90 * DAY };
	request_answer_draw(&c);
	run(request_answer_write, &c);
	CHECK_INT(c.fault.code, ERR_NONE);
	CHECK_INT(count("SELECT COUNT(*) FROM grants WHERE scopes = 'scrape'"), 1);
	done();
}

TEST_MAIN({ "checklist.17 a request belongs to its session and is answered once",
		  a_request_belongs_to_its_session_and_is_answered_once },
	TEST(refusing_makes_nothing),
	{ "checklist.15 consent is for one client and its scopes",
		consent_is_for_one_client_and_its_scopes },
	{ "checklist.21 and 22 answers carry state and issuer",
		answers_carry_state_and_issuer },
	TEST(a_code_gives_a_pair),
	{ "checklist.08 a used code ends its grant", a_used_code_ends_its_grant },
	{ "checklist.08 a used code ends its grant at any time",
		a_used_code_ends_its_grant_at_any_time },
	{ "checklist.07 codes live a minute", codes_live_a_minute },
	{ "checklist.07 and 10 codes are bound to their request",
		codes_are_bound_to_their_request },
	{ "checklist.09 redirect_uri is compared when it is sent",
		redirect_uri_is_compared_when_it_is_sent },
	{ "checklist.02 challenges are base64url of a hash",
		challenges_are_base64url_of_a_hash },
	{ "checklist.02 verifiers must fit", verifiers_must_fit },
	{ "checklist.03 a code without challenge gives nothing",
		a_code_without_challenge_gives_nothing },
	{ "checklist.12 refresh tokens rotate", refresh_tokens_rotate },
	{ "checklist.12 a replaced token after the grace ends the family",
		a_replaced_token_after_the_grace_ends_the_family },
	{ "checklist.13 the grace gives a few siblings", the_grace_gives_a_few_siblings },
	{ "checklist.13 the grace is for the last one alone",
		the_grace_is_for_the_last_one_alone },
	{ "checklist.14 scope shrinks and never grows", scope_shrinks_and_never_grows },
	{ "checklist.14 idle and old families end", idle_and_old_families_end },
	TEST(tokens_stay_with_their_key), TEST(disabled_accounts_get_nothing),
	{ "checklist.26 revocation is for the owner", revocation_is_for_the_owner },
	TEST(clients_without_refresh_get_none), TEST(machine_clients_have_one_grant),
	TEST(assertions_count_once), TEST(grants_are_listed_and_swept),
	TEST(requests_of_strangers_are_kept_down),
	TEST(a_role_that_changed_meanwhile_gives_no_more))
