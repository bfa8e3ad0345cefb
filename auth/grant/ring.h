/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signing keys (auth.md section 6): next (published, not signing), current, retired (published
 * until the last token it signed has expired). Exchanged every signing_key_days and by command, also
 * by another process: the database's version is looked at.
 */
#ifndef GRANT_RING_H
#define GRANT_RING_H

#include "auth/jose/key_set.h"
#include "auth/jose/sign.h"
#include "base/conf.h"
#include "store/store.h"

struct ring; /* safe from any desk */
/* Makes the first keys when there are none. c->data_key, when set, seals the private keys
 * (AES-256-GCM under its SHA-256 derived key); ERR_INVALID_REQUEST when stored keys do not open. */
struct ring *ring_open(const struct conf *c, struct store *s, struct err *e);
void ring_close(struct ring **r);
/* Signs with the current key. Arena's; NULL: no key could be read. */
const char *ring_sign(
	struct ring *r, const char *typ, const json_t *payload, struct arena *a, struct err *e);
/* The JWKS document, public parts alone. Arena's. */
const char *ring_jwks(struct ring *r, struct arena *a);
/* The same as keys to verify with; the caller drops it. */
struct key_set *ring_keys(struct ring *r);
/* True when the keys are due to be exchanged: then post ring_rotate_write. Cheap. */
bool ring_due(struct ring *r);

struct ring_rotate { /* in: now (by command) or only what is due; keys drawn by ring_rotate_draw */
	const struct conf *conf;
	bool now;
	struct signing_key *fresh;
	struct str sealed; /* what is stored of it */
	const char *by, *peer;
	bool rotated; /* out */
	char kid[64]; /* out: the current key */
};
void ring_rotate_draw(struct ring_rotate *c, struct arena *a);
write_fn ring_rotate_write;
struct ring_row {
	const char *kid, *state;
	int64_t created_ms, current_ms, retired_ms;
};
bool ring_list(
	struct store *s, struct arena *a, struct ring_row **out, size_t *count, struct err *e);

#endif
