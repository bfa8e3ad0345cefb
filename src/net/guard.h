/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which addresses may be dialled: an allow rule on the numeric address and port. It is asked for a
 * literal host before anything starts, for every address of a DNS answer, again just before each
 * connect, and once more for the peer of each request. A guard belongs to one thread at a time.
 *
 * Public means: an IPv4 address in no special range; an IPv6 address of 2000::/3 in no special
 * range and without a scope id; an IPv4-mapped address, and one of the NAT64 prefix, as the IPv4
 * address in it; and never an address of an own interface.
 */
#ifndef NET_GUARD_H
#define NET_GUARD_H

#include "base/url.h"
#include "net/fetch.h"

#include <netinet/in.h>

struct guard;
struct guard_address { /* IPv4 as ::ffff:a.b.c.d */
	struct in6_addr ip;
	uint32_t scope;
};

/* The settings' texts. NULL with *e, which names the item that is not understood. */
struct guard *guard_new(const char *allow_targets, const char *nat64_prefix, struct err *e);
void guard_free(struct guard **g);
bool guard_has_targets(const struct guard *g); /* names inside may be asked for: inside_ok */

bool guard_address_of(const struct sockaddr *from, struct guard_address *to);
/* Of a literal host, without brackets. */
bool guard_address_parse(struct str host, struct guard_address *to);
void guard_address_print(const struct guard_address *a, char out[INET6_ADDRSTRLEN]);
bool guard_allows(
	struct guard *g, const struct guard_address *a, int port, enum fetch_policy policy);
/* Whether allow_targets names it. */
bool guard_is_target(const struct guard *g, const struct guard_address *a, int port);
/* By the tables alone: no own interfaces, no targets, no NAT64. Needs no guard: any thread. */
bool guard_is_public(const struct guard_address *a);

#endif
