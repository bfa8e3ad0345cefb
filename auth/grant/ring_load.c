/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/grant/ring_in.h"
#include "auth/grant/seal.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/mem.h"

int64_t retired_end(const struct conf *c, int64_t retired_ms)
{
	return retired_ms + c->access_token_ms + RETIRED_EXTRA_MS;
}

int64_t rotation_due(
	const struct conf *c, const struct signing_row *current, const struct signing_row *next)
{
	int64_t old = current->current_ms + c->signing_key_days * DAY_MS;
	int64_t known = next->created_ms + JWKS_CACHE_MS;
	return old > known ? old : known;
}

void loaded_drop(struct loaded **lp)
{
	struct loaded *l = *lp;
	*lp = NULL;
	if (!l || atomic_fetch_sub_explicit(&l->users, 1, memory_order_acq_rel) > 1)
		return;
	for (size_t i = 0; i < l->n; i++)
		signing_key_free(&l->keys[i]);
	key_set_drop(&l->set);
	mem_free(l->jwks);
	mem_free(l);
}

static void digest_of(const struct signing_row *rows, size_t n, unsigned char out[SHA256_SIZE])
{
	struct buf b;
	buf_init(&b, 0);
	for (size_t i = 0; i < n; i++)
		buf_addf(&b, "%s %s %lld %lld %s\n", rows[i].kid, rows[i].state,
			(long long)rows[i].current_ms, (long long)rows[i].retired_ms,
			rows[i].jwk);
	sha256(buf_str(&b), out);
	mem_wipe(b.p, b.len);
	buf_release(&b);
}

/* Rows of retired keys whose time is over are left out; *until: when the next one's is. */
static size_t still_published(
	const struct conf *c, struct signing_row *rows, size_t n, int64_t *until)
{
	size_t kept = 0;
	int64_t now = now_ms();
	*until = INT64_MAX;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(rows[i].state, "retired") == 0) {
			int64_t end = retired_end(c, rows[i].retired_ms);
			if (end <= now)
				continue;
			*until = end < *until ? end : *until;
		}
		rows[kept++] = rows[i];
	}
	return kept;
}

/* Without a next key one is wanted at once. */
static int64_t due_of(const struct conf *c, const struct signing_row *rows, size_t n)
{
	if (n < 2 || strcmp(rows[1].state, "next") != 0)
		return 0;
	return rotation_due(c, &rows[0], &rows[1]);
}

static bool open_keys(const struct conf *c, struct loaded *l, const struct signing_row *rows,
	size_t n, struct arena *a, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		struct str jwk = unseal(str_of(rows[i].jwk), c->data_key, rows[i].kid, a);
		l->keys[l->n] = jwk.p ? signing_key_load(jwk) : NULL;
		if (jwk.p)
			mem_wipe((char *)jwk.p, jwk.n);
		if (!l->keys[l->n])
			return err_set(e, ERR_INVALID_REQUEST,
				"setting data_key: the stored signing keys do not open with "
				"it");
		l->n++;
	}
	return true;
}

static bool publish(struct loaded *l, struct arena *a, struct err *e)
{
	json_t *keys = json_array(), *doc = json_own(a, json_object());
	(void)json_object_set_new(doc, "keys", keys);
	for (size_t i = 0; i < l->n; i++)
		(void)json_array_append(keys, signing_key_public(l->keys[i], a));
	struct buf b;
	buf_init(&b, 0);
	json_put_value(&b, doc);
	size_t n;
	l->jwks = buf_take(&b, &n);
	l->set = key_set_new(doc, e);
	return l->set != NULL;
}

static bool load(const struct conf *c, struct signing_row *rows, size_t n,
	const struct loaded *old, struct arena *a, struct loaded **fresh, struct err *e)
{
	unsigned char rows_hash[SHA256_SIZE];
	int64_t until;
	size_t stored = n;
	digest_of(rows, n, rows_hash);
	n = still_published(c, rows, n, &until);
	if (old && old->n == n && memcmp(old->rows, rows_hash, sizeof rows_hash) == 0)
		return true;
	if (!n || strcmp(rows[0].state, "current") != 0)
		return err_set(e, ERR_INTERNAL, "there is no signing key");
	struct loaded *l = MEM_NEW(struct loaded);
	atomic_init(&l->users, 1);
	memcpy(l->rows, rows_hash, sizeof rows_hash);
	l->until_ms = until;
	l->due_ms = n < stored ? 0 : due_of(c, rows, n); /* one whose time is over goes */
	if (open_keys(c, l, rows, n, a, e) && publish(l, a, e))
		*fresh = l;
	else
		loaded_drop(&l);
	return *fresh != NULL;
}

bool loaded_read(const struct conf *c, struct store *s, const struct loaded *old,
	struct loaded **fresh, struct err *e)
{
	struct arena *a = arena_new(0);
	struct signing_row *rows;
	size_t n;
	*fresh = NULL;
	bool ok = signing_list(store_read(s), a, &rows, &n, e);
	store_read_end(s);
	ok = ok && load(c, rows, n, old, a, fresh, e);
	arena_free(&a);
	return ok;
}
