/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of auth/grant/ring.h. */
#ifndef GRANT_RING_IN_H
#define GRANT_RING_IN_H

#include "auth/grant/ring.h"
#include "store/signing.h"

#include <pthread.h>
#include <stdatomic.h>

enum { RETIRED_EXTRA_MS = 60 * 1000, JWKS_CACHE_MS = 60 * 60 * 1000 };

/* The keys that count at a time; constant, counted. */
struct loaded {
	atomic_int users;
	struct signing_key *keys[SIGNING_MAX]; /* [0] signs */
	size_t n;
	struct key_set *set;
	char *jwks;
	unsigned char rows[32]; /* SHA-256 of the rows it was made of */
	int64_t due_ms; /* from then on a rotation has something to do */
	int64_t until_ms; /* then a retired key is no longer published */
};
struct ring {
	const struct conf *conf;
	struct store *store;
	pthread_mutex_t lock;
	int64_t version;
	struct loaded *now;
};

/* When a key that retired then is forgotten: its last token has expired. */
int64_t retired_end(const struct conf *c, int64_t retired_ms);
/* When the current key may be exchanged: old enough, and the next one known to who caches keys. */
int64_t rotation_due(const struct conf *c, const struct signing_row *current,
	const struct signing_row *next);

/* *fresh stays NULL when the rows are those that `old` (may be NULL) was made of. */
bool loaded_read(const struct conf *c, struct store *s, const struct loaded *old,
	struct loaded **fresh, struct err *e);
void loaded_drop(struct loaded **l);
struct loaded *loaded_hold(struct ring *r); /* the picture of this moment */

#endif
