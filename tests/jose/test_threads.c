/* SPDX-License-Identifier: Apache-2.0 */
/* Four threads verify while the keys are exchanged under them: whoever holds a set may use it. */
#include "auth/jose/verify.h"
#include "jose/forge.h"
#include "lib/test.h"

#include <pthread.h>
#include <stdatomic.h>

enum { THREADS = 4, ROUNDS = 150 };

static const char *const audiences[] = { FORGE_AUDIENCE, NULL };
static const char *const types[] = { "at+jwt", NULL };
static const struct verify_rules rules = { .issuer = FORGE_ISSUER,
	.audiences = audiences,
	.types = types,
	.algs = ALG_ES256,
	.leeway_s = 30 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct key_set *current;
static struct signing_key *key;
static struct dpop_seen *seen;
static atomic_int good, wrong, proofs_good, working;

static struct key_set *take(void)
{
	pthread_mutex_lock(&lock);
	struct key_set *s = key_set_hold(current);
	pthread_mutex_unlock(&lock);
	return s;
}

static void exchange(struct key_set *next)
{
	pthread_mutex_lock(&lock);
	struct key_set *old = current;
	current = next;
	pthread_mutex_unlock(&lock);
	key_set_drop(&old);
}

static void *verify_many(void *arg)
{
	for (int n = 0; n < ROUNDS; n++) {
		struct arena *a = arena_new(0);
		struct key_set *s = take();
		struct claims c;
		const char *why;
		struct str token = str_of(((const char **)arg)[0]);
		enum verdict v = verify_token(s, &rules, token, NULL, a, &c, &why);
		atomic_fetch_add(v == VERDICT_GOOD ? &good : &wrong, 1);
		struct str bound = str_of(((const char **)arg)[1]);
		/* each proof is offered by all threads and taken from one */
		struct dpop_proof p = { str_of(((const char **)arg)[2 + n]), "POST",
			FORGE_AUDIENCE, seen };
		v = verify_token(s, &rules, bound, &p, a, &c, &why);
		atomic_fetch_add(&proofs_good, v == VERDICT_GOOD);
		key_set_drop(&s);
		arena_free(&a);
	}
	atomic_fetch_sub(&working, 1);
	return NULL;
}

static void keys_may_be_exchanged_under_verifying_threads(void)
{
	struct arena *a = arena_new(0);
	struct err e;
	pthread_t threads[THREADS];
	const char *texts[2 + ROUNDS];
	int exchanges = 0;
	jose_start();
	key = signing_key_new();
	seen = dpop_seen_new();
	struct signing_key *client = signing_key_new();
	json_t *jwks = forge_jwks(key, a);
	texts[0] = forge_token(key, NULL, NULL, a);
	texts[1] = forge_token(key, NULL,
		arena_printf(a, "{\"cnf\":{\"jkt\":\"%s\"}}", signing_key_id(client)), a);
	for (int n = 0; n < ROUNDS; n++)
		texts[2 + n] = forge_proof(client, NULL, NULL, texts[1], a);
	current = key_set_new(jwks, &e);
	atomic_store(&working, THREADS);
	for (int n = 0; n < THREADS; n++)
		CHECK(pthread_create(&threads[n], NULL, verify_many, texts) == 0);
	for (; atomic_load(&working); exchanges++)
		exchange(key_set_new(jwks, &e));
	for (int n = 0; n < THREADS; n++)
		pthread_join(threads[n], NULL);
	CHECK_INT(good, THREADS * ROUNDS);
	CHECK_INT(wrong, 0);
	CHECK_INT(proofs_good, ROUNDS);
	CHECK_TRUE(exchanges > 0);
	exchange(NULL);
	dpop_seen_free(&seen);
	signing_key_free(&client);
	signing_key_free(&key);
	arena_free(&a);
	jose_stop();
}

TEST_MAIN(TEST(keys_may_be_exchanged_under_verifying_threads))
