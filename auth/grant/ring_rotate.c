/* SPDX-License-Identifier: Apache-2.0 */
/*
 * next signs, current retires, a fresh key is published as the next one. The decision is taken inside
 * the transaction, from the rows: of two processes that find a rotation due, one rotates.
 */
#include "account/audit.h"
#include "auth/grant/ring_in.h"
#include "auth/grant/seal.h"
#include "base/check.h"
#include "base/clock.h"

static void free_key(void *arg)
{
	struct signing_key *key = arg;
	signing_key_free(&key);
}

void ring_rotate_draw(struct ring_rotate *c, struct arena *a)
{
	c->fresh = signing_key_new();
	CHECK(c->fresh);
	arena_defer(a, free_key, c->fresh);
	c->sealed = seal(signing_key_private(c->fresh, a), c->conf->data_key,
		signing_key_id(c->fresh), a);
}

static const struct signing_row *in_state(
	const struct signing_row *rows, size_t n, const char *state)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].state, state) == 0)
			return &rows[i];
	return NULL;
}

static bool put_fresh(struct db *d, const struct ring_rotate *c, const char *state, int64_t now,
	struct arena *a, struct err *e)
{
	return signing_put(d,
		&(struct signing_row) { .kid = signing_key_id(c->fresh),
			.jwk = arena_text(a, c->sealed),
			.state = state,
			.created_ms = now,
			.current_ms = strcmp(state, "current") == 0 ? now : 0 },
		e);
}

static void tell(struct ring_rotate *c, const char *kid)
{
	snprintf(c->kid, sizeof c->kid, "%s", kid);
}

static bool audit(struct db *d, const struct ring_rotate *c, struct err *e)
{
	return audit_put(d,
		&(struct audit) { AUDIT_SIGNING_KEY, c->by, c->kid, c->peer,
			c->now ? "by command" : "due" },
		e);
}

static bool rotate(struct db *d, struct ring_rotate *c, struct arena *a, struct err *e)
{
	struct signing_row *rows;
	size_t n;
	int64_t now = now_ms();
	if (!signing_drop(d, now - (retired_end(c->conf, now) - now), e) ||
		!signing_list(d, a, &rows, &n, e))
		return false;
	const struct signing_row *current = in_state(rows, n, "current"),
				 *next = in_state(rows, n, "next");
	if (!current) {
		tell(c, signing_key_id(c->fresh));
		return put_fresh(d, c, "current", now, a, e);
	}
	tell(c, current->kid);
	bool due = next && rotation_due(c->conf, current, next) <= now;
	if (!c->now && !due)
		return next || put_fresh(d, c, "next", now, a, e);
	c->rotated = true;
	if (!signing_retire(d, current->kid, now, e))
		return false;
	tell(c, next ? next->kid : signing_key_id(c->fresh));
	return (!next || signing_promote(d, next->kid, now, e)) &&
	       put_fresh(d, c, next ? "next" : "current", now, a, e) && audit(d, c, e);
}

bool ring_rotate_write(struct db *d, void *arg, struct err *e)
{
	struct ring_rotate *c = arg;
	struct arena *a = arena_new(0);
	c->rotated = false;
	c->kid[0] = 0;
	bool ok = rotate(d, c, a, e);
	arena_free(&a);
	return ok;
}
