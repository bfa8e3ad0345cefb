/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kept under the token's SHA-256: the memory holds nothing that could be used as a token. Full, it
 * forgets everything and begins again, which costs one more check for each client.
 */
#include "auth/good_tokens.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/map.h"
#include "base/mem.h"

#include <pthread.h>

struct good_tokens {
	pthread_mutex_t lock;
	struct map *known; /* hash -> struct good */
	struct key_set *keys; /* held: what `known` was checked with */
};
struct good {
	int64_t exp_s, iat_s, auth_time_s;
	size_t at[6]; /* of each text in `text` */
	char text[]; /* iss sub client_id scope jti gid, each with its NUL */
};

struct good_tokens *good_tokens_new(void)
{
	struct good_tokens *g = MEM_NEW(struct good_tokens);
	pthread_mutex_init(&g->lock, NULL);
	g->known = map_new(GOOD_TOKENS_MAX);
	return g;
}

void good_tokens_free(struct good_tokens **g)
{
	if (!*g)
		return;
	map_free(&(*g)->known, mem_free);
	key_set_drop(&(*g)->keys);
	pthread_mutex_destroy(&(*g)->lock);
	mem_free(*g);
	*g = NULL;
}

static void copy(const struct good *good, struct arena *a, struct claims *out)
{
	const char **const to[] = { &out->iss, &out->sub, &out->client_id, &out->scope,
		&out->jti, &out->gid };
	*out = (struct claims) { .nonce = "", .azp = "", .jkt = "" };
	for (size_t i = 0; i < COUNT_OF(to); i++)
		*to[i] = arena_text(a, str_of(good->text + good->at[i]));
	out->exp_s = good->exp_s;
	out->iat_s = good->iat_s;
	out->auth_time_s = good->auth_time_s;
}

bool good_tokens_find(struct good_tokens *g, struct key_set *keys, const char *issuer,
	struct str token, struct arena *a, struct claims *out)
{
	unsigned char hash[SHA256_SIZE];
	sha256(token, hash);
	struct str key = hash_str(hash);
	pthread_mutex_lock(&g->lock);
	struct good *good = g->keys == keys ? map_get(g->known, key) : NULL;
	bool lives = good && good->exp_s > now_ms() / 1000;
	if (good && !lives)
		mem_free(map_remove(g->known, key));
	bool found = lives && strcmp(good->text + good->at[0], issuer) == 0;
	if (found)
		copy(good, a, out);
	pthread_mutex_unlock(&g->lock);
	return found;
}

static struct good *good_new(const struct claims *c)
{
	const char *const from[] = { c->iss, c->sub, c->client_id, c->scope, c->jti, c->gid };
	size_t bytes = 0, n = 0;
	for (size_t i = 0; i < COUNT_OF(from); i++)
		bytes += strlen(from[i]) + 1;
	struct good *good = mem_new(sizeof *good + bytes);
	good->exp_s = c->exp_s;
	good->iat_s = c->iat_s;
	good->auth_time_s = c->auth_time_s;
	for (size_t i = 0; i < COUNT_OF(from); i++) {
		good->at[i] = n;
		memcpy(good->text + n, from[i], strlen(from[i]) + 1);
		n += strlen(from[i]) + 1;
	}
	return good;
}

void good_tokens_add(struct good_tokens *g, struct key_set *keys, struct str token,
	const struct claims *claims)
{
	unsigned char hash[SHA256_SIZE];
	if (*claims->jkt)
		return;
	sha256(token, hash);
	struct str key = hash_str(hash);
	struct good *good = good_new(claims);
	pthread_mutex_lock(&g->lock);
	if (g->keys != keys || map_count(g->known) >= GOOD_TOKENS_MAX)
		map_clear(g->known, mem_free);
	if (g->keys != keys) {
		key_set_drop(&g->keys);
		g->keys = key_set_hold(keys);
	}
	mem_free(map_remove(g->known, key));
	map_put(g->known, key, good);
	pthread_mutex_unlock(&g->lock);
}
