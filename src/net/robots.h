/* SPDX-License-Identifier: Apache-2.0 */
/*
 * robots.txt (RFC 9309): the parser, and a cache of what sites answered, by origin, bounded and
 * shared by all. 2xx counts as it stands (the first 500 KiB), 4xx allows everything, 5xx and no
 * answer forbid everything (for minutes, not a day); kept for a day, or as Cache-Control says, a
 * week at most when the site cannot be reached later. It is fetched through the gate with at most
 * five redirects.
 */
#ifndef NET_ROBOTS_H
#define NET_ROBOTS_H

#include "base/flow.h"
#include "base/url.h"
#include "net/fetch.h"

/* --- the rules --- */
struct robots_rules; /* constant once made */
/* The groups that are for `agent` (else those for *), in the arena. Never fails. */
const struct robots_rules *robots_parse(struct arena *a, struct str text, struct str agent);
/* target: path and query as in the URL ("/a?b=1"). The longest rule wins, Allow at equal length. */
bool robots_may(const struct robots_rules *r, struct str target);
int64_t robots_delay_ms(const struct robots_rules *r); /* Crawl-delay, at most 60 s; 0: none */

/* --- the cache --- */
struct robots; /* shared by all desks */
struct robots *robots_open(const struct conf *c, struct fetcher *fetcher);
void robots_close(struct robots **r); /* when no flow uses it any more */
struct robots_answer {
	bool allowed;
	int64_t delay_ms;
};
/* From a step: parks while the file is fetched (one transfer for all who ask), for ten seconds at
 * most and not past the call's deadline: who has no time left to learn it is not allowed. *url and
 * *out live in the call's arena. The flow fails only with ERR_CANCELLED: at once when it leads, when
 * the transfer has ended if it waits for another's. */
enum flow_next robots_ask(
	struct robots *r, struct flow *f, const struct url *url, struct robots_answer *out);

#endif
