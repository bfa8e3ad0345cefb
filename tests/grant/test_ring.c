/* SPDX-License-Identifier: Apache-2.0 */
/* Signing keys: published early, exchanged when due and by command, sealed, seen by every process. */
#include "auth/grant/seal.h"
#include "auth/jose/verify.h"
#include "grant/world.h"

#include <pthread.h>

static struct conf conf = {
	.access_token_ms = 3600 * 1000, .signing_key_days = 90, .data_key = ""
};
#define HOUR ((int64_t)3600 * 1000)

static struct ring *opened(const struct conf *c)
{
	struct err e = { ERR_NONE };
	struct ring *r = ring_open(c, store, &e);
	if (!r)
		test_fail(__FILE__, __LINE__, "%s", e.msg);
	return r;
}

static struct ring_rotate rotate_keys(bool now)
{
	struct ring_rotate c = { .conf = &conf, .now = now };
	ring_rotate_draw(&c, arena);
	run(ring_rotate_write, &c);
	return c;
}

static const char *state_of(const char *kid)
{
	struct ring_row *rows;
	struct err e;
	size_t n;
	CHECK_TRUE(ring_list(store, arena, &rows, &n, &e));
	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].kid, kid) == 0)
			return rows[i].state;
	return "gone";
}

static const char *kid_of(struct ring *r)
{
	struct err e;
	struct jws jws;
	const char *why, *token = ring_sign(r, "at+jwt", json("{\"sub\":\"x\"}"), arena, &e);
	CHECK_TRUE(token && jws_split(str_of(token), arena, &jws, &why));
	return json_string_value(json_object_get(jws.header, "kid"));
}

static size_t published(struct ring *r)
{
	return json_array_size(json_object_get(json(ring_jwks(r, arena)), "keys"));
}

static void the_first_keys_are_made(void)
{
	struct ring_row *rows;
	struct err e;
	size_t n;
	fresh();
	struct ring *r = opened(&conf);
	CHECK_TRUE(ring_list(store, arena, &rows, &n, &e) && n == 2);
	CHECK_TEXT(rows[0].state, "current");
	CHECK_TEXT(rows[1].state, "next");
	CHECK_TEXT(kid_of(r), rows[0].kid);
	CHECK_TRUE(!ring_due(r));
	struct ring *again = opened(&conf);
	CHECK_TEXT(kid_of(again), rows[0].kid);
	CHECK_INT(count("SELECT COUNT(*) FROM signing_keys"), 2);
	ring_close(&again);
	ring_close(&r);
	done();
}

static void only_public_parts_are_published(void)
{
	static const char *const members[] = { "kty", "crv", "x", "y", "kid", "alg", "use" };
	const char *name;
	json_t *key, *value;
	size_t i;
	fresh();
	struct ring *r = opened(&conf);
	json_t *keys = json_object_get(json(ring_jwks(r, arena)), "keys");
	CHECK_INT(json_array_size(keys), 2);
	json_array_foreach(keys, i, key)
	{
		CHECK_INT(json_object_size(key), COUNT_OF(members));
		for (size_t k = 0; k < COUNT_OF(members); k++)
			CHECK_TRUE(json_is_string(json_object_get(key, members[k])));
		json_object_foreach(key, name, value) CHECK_TRUE(strcmp(name, "d") != 0);
		CHECK_TEXT(json_string_value(json_object_get(key, "alg")), "ES256");
		CHECK_TEXT(json_string_value(json_object_get(key, "use")), "sig");
	}
	ring_close(&r);
	done();
}

static void keys_are_exchanged_when_due(void)
{
	fresh();
	struct ring *r = opened(&conf);
	const char *first = kid_of(r);
	CHECK_TRUE(!rotate_keys(false).rotated);
	at(faked + 90 * DAY - 1);
	CHECK_TRUE(!ring_due(r) && !rotate_keys(false).rotated);
	at(faked + 1);
	CHECK_TRUE(ring_due(r));
	struct ring_rotate c = rotate_keys(false);
	CHECK_TRUE(c.rotated);
	CHECK_TEXT(kid_of(r), c.kid);
	CHECK_TRUE(strcmp(first, c.kid) != 0);
	CHECK_TEXT(state_of(first), "retired");
	CHECK_INT(published(r), 3);
	CHECK_TRUE(!ring_due(r) && !rotate_keys(false).rotated); /* once */
	CHECK_INT(audits("signing-key.rotated"), 1);
	/* published until its last token has expired, and a minute */
	at(faked + HOUR + 59999);
	CHECK_INT(published(r), 3);
	at(faked + 1);
	CHECK_INT(published(r), 2);
	CHECK_TRUE(ring_due(r)); /* to be thrown away */
	at(faked + 1);
	CHECK_TRUE(!rotate_keys(false).rotated);
	CHECK_TEXT(state_of(first), "gone");
	CHECK_TRUE(!ring_due(r));
	ring_close(&r);
	done();
}

/* The next key signs only when who keeps the JWKS for an hour has seen it. */
static void the_next_key_is_known_an_hour_before(void)
{
	fresh();
	struct ring *r = opened(&conf);
	at(faked + 90 * DAY - 1000);
	struct err e;
	CHECK_TRUE(
		store_run(store, run_sql, "DELETE FROM signing_keys WHERE state = 'next'", &e));
	CHECK_TRUE(ring_due(r));
	CHECK_TRUE(!rotate_keys(false).rotated);
	CHECK_INT(published(r), 2);
	at(faked + 2000);
	CHECK_TRUE(!ring_due(r) && !rotate_keys(false).rotated);
	at(faked + HOUR);
	CHECK_TRUE(ring_due(r) && rotate_keys(false).rotated);
	ring_close(&r);
	done();
}

static void by_command_at_once_and_everywhere(void)
{
	fresh();
	struct ring *r = opened(&conf);
	struct store *elsewhere = open_again();
	const char *first = kid_of(r);
	struct err e;
	struct ring_rotate c = { .conf = &conf, .now = true, .by = NULL };
	ring_rotate_draw(&c, arena);
	CHECK_TRUE(store_run(elsewhere, ring_rotate_write, &c, &e) && c.rotated);
	CHECK_TEXT(kid_of(r), c.kid); /* the very next signature of the other process */
	CHECK_TEXT(state_of(first), "retired");
	CHECK_INT(published(r), 3);
	store_close(&elsewhere);
	ring_close(&r);
	done();
}

static void sealed_keys_open_with_their_key_alone(void)
{
	struct err e;
	struct conf sealed = conf, wrong = conf;
	sealed.data_key = "correct horse battery staple";
	wrong.data_key = "correct horse battery stapler";
	fresh();
	struct ring *r = opened(&conf);
	const char *kid = kid_of(r);
	ring_close(&r);
	CHECK_INT(count("SELECT COUNT(*) FROM signing_keys WHERE jwk LIKE '%\"d\"%'"), 2);
	r = opened(&sealed); /* those that lie open are sealed now */
	CHECK_TEXT(kid_of(r), kid);
	CHECK_INT(count("SELECT COUNT(*) FROM signing_keys WHERE jwk LIKE '{%'"), 0);
	CHECK_INT(count("SELECT COUNT(*) FROM signing_keys WHERE jwk LIKE 'sealed1:%'"), 2);
	ring_close(&r);
	CHECK_TRUE(!ring_open(&wrong, store, &e));
	CHECK_INT(e.code, ERR_INVALID_REQUEST);
	CHECK_TRUE(!ring_open(&conf, store, &e));
	CHECK_INT(e.code, ERR_INVALID_REQUEST);
	CHECK_TRUE(str_has(str_of(e.msg), STR("data_key")));
	done();
}

static void seals_are_bound_to_their_key_id(void)
{
	fresh();
	struct str one = seal(STR("{secret}"), "k", "kid-1", arena),
		   two = seal(STR("{secret}"), "k", "kid-1", arena);
	CHECK_TRUE(seal_is_sealed(one) && !str_eq(one, two) && !str_has(one, STR("secret")));
	CHECK_STR(unseal(one, "k", "kid-1", arena), "{secret}");
	CHECK_TRUE(!unseal(one, "k", "kid-2", arena).p);
	CHECK_TRUE(!unseal(one, "l", "kid-1", arena).p);
	CHECK_TRUE(!unseal(one, "", "kid-1", arena).p);
	for (size_t i = 8; i < one.n; i++) { /* every character counts */
		char *changed = arena_text(arena, one);
		changed[i] = changed[i] == 'A' ? 'B' : 'A';
		CHECK_TRUE(!unseal(str_of(changed), "k", "kid-1", arena).p);
	}
	CHECK_TRUE(!unseal(STR("sealed1:"), "k", "kid-1", arena).p);
	CHECK_STR(unseal(STR("{plain}"), "k", "kid-1", arena), "{plain}");
	CHECK_STR(seal(STR("{plain}"), "", "kid-1", arena), "{plain}");
	done();
}

static void access_tokens_have_the_claims_of_rfc_9068(void)
{
	static const char *const audiences[] = { RESOURCE, NULL }, *const types[] = { "at+jwt",
		NULL };
	struct verify_rules rules = { .issuer = ISSUER,
		.audiences = audiences,
		.types = types,
		.algs = ALG_ES256,
		.scope_needed = true };
	struct token_grant g = { .id = "grant_1",
		.account_id = "acc_1",
		.client_id = "client_1",
		.issuer = ISSUER,
		.resource = RESOURCE,
		.scopes = SCOPE(SCRAPE) | SCOPE(JOBS_READ) };
	struct claims claims;
	struct err e;
	struct jws jws;
	const char *why = "";
	fresh();
	clock_fake(-1, -1); /* the library looks at the real clock */
	struct ring *r = opened(&conf);
	const char *token = access_token(r, &g, &life, arena, &e);
	const char *other = access_token(r, &g, &life, arena, &e);
	CHECK_TRUE(jws_split(str_of(token), arena, &jws, &why));
	CHECK_TEXT(json_string_value(json_object_get(jws.header, "typ")), "at+jwt");
	CHECK_TEXT(json_string_value(json_object_get(jws.header, "alg")), "ES256");
	CHECK_INT(json_object_size(jws.header), 3);
	CHECK_INT(json_object_size(jws.payload), 9);
	struct key_set *keys = ring_keys(r);
	CHECK_INT(verify_token(keys, &rules, str_of(token), NULL, arena, &claims, &why),
		VERDICT_GOOD);
	CHECK_TEXT(claims.sub, "acc_1");
	CHECK_TEXT(claims.gid, "grant_1");
	CHECK_TEXT(claims.client_id, "client_1");
	CHECK_TEXT(claims.scope, "scrape jobs:read");
	CHECK_INT(claims.exp_s - claims.iat_s, 3600);
	const char *jti = claims.jti;
	CHECK_INT(verify_token(keys, &rules, str_of(other), NULL, arena, &claims, &why),
		VERDICT_GOOD);
	CHECK_TRUE(strlen(jti) == 22 && strcmp(jti, claims.jti) != 0);
	g.dpop_jkt = "thumb";
	g.auth_ms = 5000;
	token = access_token(r, &g, &life, arena, &e);
	CHECK_TRUE(jws_split(str_of(token), arena, &jws, &why));
	CHECK_TEXT(
		json_string_value(json_object_get(json_object_get(jws.payload, "cnf"), "jkt")),
		"thumb");
	CHECK_INT(json_integer_value(json_object_get(jws.payload, "auth_time")), 5);
	CHECK_INT(verify_token(keys, &rules, str_of(token), NULL, arena, &claims, &why),
		VERDICT_BAD); /* bound: no bearer token */
	key_set_drop(&keys);
	ring_close(&r);
	done();
}

/* --- many at once --- */

struct signer {
	pthread_t thread;
	struct ring *ring;
	atomic_bool *stop;
	int signed_count;
};

static void *sign_on(void *arg)
{
	struct signer *s = arg;
	struct arena *own = arena_new(0);
	json_t *payload = json_pack("{s:s}", "sub", "x");
	struct err e;
	const char *why;
	struct jws jws;
	do {
		arena_reset(own);
		const char *token = ring_sign(s->ring, "at+jwt", payload, own, &e);
		CHECK_TRUE(token && jws_split(str_of(token), own, &jws, &why));
		struct key_set *keys = ring_keys(s->ring);
		CHECK_TRUE(key_set_count(keys) >= 2 && ring_jwks(s->ring, own));
		key_set_drop(&keys);
		s->signed_count++;
	} while (!atomic_load(s->stop));
	json_decref(payload);
	arena_free(&own);
	return NULL;
}

static void signing_goes_on_while_keys_are_exchanged(void)
{
	struct signer signers[4] = { 0 };
	atomic_bool stop = false;
	fresh();
	struct ring *r = opened(&conf);
	for (int i = 0; i < 4; i++) {
		signers[i].ring = r;
		signers[i].stop = &stop;
		CHECK(pthread_create(&signers[i].thread, NULL, sign_on, &signers[i]) == 0);
	}
	for (int i = 0; i < 8; i++)
		CHECK_TRUE(rotate_keys(true).rotated);
	atomic_store(&stop, true);
	for (int i = 0; i < 4; i++) {
		pthread_join(signers[i].thread, NULL);
		CHECK_TRUE(signers[i].signed_count > 0);
	}
	ring_close(&r);
	done();
}

struct rotator {
	pthread_t thread;
	struct store *store;
	struct ring_rotate c;
	struct err e;
};

static void *rotate_one(void *arg)
{
	struct rotator *r = arg;
	(void)!store_run(r->store, ring_rotate_write, &r->c, &r->e);
	return NULL;
}

static void of_two_processes_one_rotates(void)
{
	struct rotator rotators[4] = { 0 };
	fresh();
	struct ring *r = opened(&conf);
	struct store *second = open_again();
	at(faked + 90 * DAY);
	for (int i = 0; i < 4; i++) {
		rotators[i].store = i % 2 ? second : store;
		rotators[i].c.conf = &conf;
		ring_rotate_draw(&rotators[i].c, arena);
	}
	for (int i = 0; i < 4; i++)
		CHECK(pthread_create(&rotators[i].thread, NULL, rotate_one, &rotators[i]) == 0);
	int rotated = 0;
	for (int i = 0; i < 4; i++) {
		pthread_join(rotators[i].thread, NULL);
		CHECK_INT(rotators[i].e.code, ERR_NONE);
		rotated += rotators[i].c.rotated;
	}
	CHECK_INT(rotated, 1);
	CHECK_INT(count("SELECT COUNT(*) FROM signing_keys"), 3);
	store_close(&second);
	ring_close(&r);
	done();
}

int main(int argc, char **argv)
{
	static const struct test tests[] = { TEST(the_first_keys_are_made),
		{ "checklist.27 only public parts are published",
			only_public_parts_are_published },
		TEST(keys_are_exchanged_when_due), TEST(the_next_key_is_known_an_hour_before),
		TEST(by_command_at_once_and_everywhere),
		TEST(sealed_keys_open_with_their_key_alone),
		TEST(seals_are_bound_to_their_key_id),
		TEST(access_tokens_have_the_claims_of_rfc_9068),
		TEST(signing_goes_on_while_keys_are_exchanged),
		TEST(of_two_processes_one_rotates) };
	mem_init();
	jose_start();
	int code = test_main(tests, COUNT_OF(tests), argc, argv);
	jose_stop();
	return code;
}
