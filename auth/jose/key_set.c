/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/jose/key_set.h"
#include "auth/jose/inner.h"
#include "base/check.h"
#include "base/mem.h"

#include <oauth2/mem.h>

/* The library's result cache takes expired tokens and URLs for good ones: an unknown name switches
 * it off. iat is ours: the library allows 10 s, rules say how much. */
#define COMMON "verify.exp=required&verify.iat=skip&verify.cache=off"
static oauth2_cfg_token_verify_t *chain_of(const char *jwk, const char *options)
{
	oauth2_cfg_token_verify_t *chain = NULL;
	char *why = oauth2_cfg_token_verify_add_options(NULL, &chain, "jwk", jwk, options);
	if (why) {
		oauth2_cfg_token_verify_free(NULL, chain);
		chain = NULL;
	}
	oauth2_mem_free(why);
	return chain;
}

static void key_release(struct key *k)
{
	oauth2_cfg_token_verify_free(NULL, k->bearer);
	oauth2_cfg_token_verify_free(NULL, k->dpop);
	mem_free(k->kid);
}

static bool key_make(const struct jwk *jwk, struct arena *a, struct key *out)
{
	const char *dpop = arena_printf(a,
		COMMON "&type=dpop&dpop.cache=off&dpop.iat.slack.before=%d"
		       "&dpop.iat.slack.after=%d&dpop.expiry=%d",
		DPOP_BEFORE_S, DPOP_AHEAD_S, DPOP_LIFE_S);
	*out = (struct key) {
		.kid = mem_text(jwk->kid),
		.algs = jwk->algs,
		.bearer = chain_of(jwk->text, COMMON),
		.dpop = chain_of(jwk->text, dpop),
	};
	if (out->bearer && out->dpop)
		return true;
	key_release(out);
	return false;
}

struct key_set *key_set_new(const json_t *jwks, struct err *e)
{
	const json_t *keys = json_object_get(jwks, "keys"), *j;
	const char *why = "it has no list of keys";
	struct key_set *s = MEM_NEW(struct key_set);
	struct arena *a = arena_new(2 * (size_t)KEY_SET_BYTES);
	size_t i;
	atomic_init(&s->users, 1);
	json_array_foreach(keys, i, j)
	{
		struct jwk jwk;
		if (s->n == KEY_SET_MAX || arena_over(a))
			break;
		s->n += jwk_read(j, a, &jwk, &why) && key_make(&jwk, a, &s->keys[s->n]);
	}
	arena_free(&a);
	if (s->n)
		return s;
	key_set_drop(&s);
	err_set(e, ERR_INVALID_REQUEST, "the JWKS has no key that can be used here: %s", why);
	return NULL;
}

struct key_set *key_set_hold(struct key_set *s)
{
	CHECK(atomic_fetch_add_explicit(&s->users, 1, memory_order_relaxed) > 0);
	return s;
}

void key_set_drop(struct key_set **s)
{
	struct key_set *gone = *s;
	*s = NULL;
	if (!gone || atomic_fetch_sub_explicit(&gone->users, 1, memory_order_acq_rel) > 1)
		return;
	for (size_t i = 0; i < gone->n; i++)
		key_release(&gone->keys[i]);
	mem_free(gone);
}

bool key_set_has(const struct key_set *s, struct str kid)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->keys[i].kid && str_eq(str_of(s->keys[i].kid), kid))
			return true;
	return false;
}

size_t key_set_count(const struct key_set *s)
{
	return s->n;
}
