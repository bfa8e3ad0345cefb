/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Client ID Metadata Documents (auth.md section 10, mcp.md 6.7): the client's id is an https URL, the
 * document there describes it. Fetched through the guard of page fetches, https and public addresses
 * only, no redirects, 5 s, 64 KiB; kept 5 min to 24 h, failures 1 min, one fetch at a time for each.
 */
#ifndef GRANT_CIMD_H
#define GRANT_CIMD_H

#include "auth/grant/client.h"
#include "net/fetch.h"

/* Shape alone: https, a path beyond /, no user info, fragment, dot segments (also %2e). */
bool cimd_id_ok(struct str id);

struct cimd; /* limits and what is being fetched; safe from any desk */
struct cimd *cimd_open(const struct conf *c, struct store *s, struct fetcher *f);
void cimd_close(struct cimd **c);
struct cimd_find { /* in the call's arena */
	struct str id;
	const char *peer; /* for the rate limit of fetches */
	struct client client; /* out */
	struct oauth_error
		fault; /* out; never more than "the document could not be used" and why in one
				     word: no oracle about networks */
};
/* Steps: from the store when fresh, else fetched. Returns FLOW_NEXT (flow_enter). */
enum flow_next cimd_enter(struct cimd *c, struct cimd_find *find, struct flow *f);

#endif
