/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keys of clients that sign who they are (private_key_jwt) and publish them at a jwks_uri
 * (RFC 7591 section 2). Fetched as document.h says, kept in memory 5 min to 24 h by Cache-Control;
 * fetched again at most once in 30 s for a key that is not among them. What was good stays so within
 * a day while it cannot be had; what is there but unusable ends at once.
 */
#ifndef GRANT_CLIENT_KEYS_H
#define GRANT_CLIENT_KEYS_H

#include "auth/grant/client.h"
#include "auth/jose/key_set.h"
#include "net/fetch.h"

enum { CLIENT_KEYS_MAX = 128, CLIENT_KEYS_PAUSE_MS = 30000 };

/* What is wrong with the keys that client metadata names; NULL: nothing. Either jwks or jwks_uri, public
 * keys alone. A document may name keys only at home (the origin of its client_id): a host that it
 * names elsewhere would else sign in its name when it changes hands. */
const char *client_keys_fault(const json_t *metadata, enum client_kind kind, struct arena *a);

struct client_keys; /* safe from any desk */
struct client_keys *client_keys_open(const struct conf *c, struct fetcher *f);
void client_keys_close(struct client_keys **k);
struct client_keys_find { /* in the call's arena */
	const char *uri; /* https */
	const char *peer; /* for the rate limit of fetches */
	struct key_set *keys; /* in: those that have not the key, NULL: any will do. out: the
				 same when there are none newer; dropped with the call's arena */
	struct oauth_error fault; /* out; keys is NULL then */
};
/* Steps: from memory when they are fresh, else fetched. Returns FLOW_NEXT (flow_enter). */
enum flow_next client_keys_enter(
	struct client_keys *k, struct client_keys_find *find, struct flow *f);

#endif
