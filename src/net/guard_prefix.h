/* SPDX-License-Identifier: Apache-2.0 */
/* Prefixes of addresses, and how the settings write them. The guard's own; IPv4 is mapped. */
#ifndef NET_GUARD_PREFIX_H
#define NET_GUARD_PREFIX_H

#include "base/err.h"
#include "base/str.h"

#include <netinet/in.h>

enum { GUARD_TARGETS_MAX = 256 };
struct guard_prefix {
	struct in6_addr address;
	unsigned bits; /* 0 to 128 */
};
struct guard_target {
	struct guard_prefix prefix;
	int port; /* 0: any */
};

bool guard_prefix_has(const struct guard_prefix *p, const struct in6_addr *ip);
/* "192.0.2.1", "10.0.0.0/8:8081", "fd00::/8", "[::1]:8080", "[fd00::/8]:80". The error names the
 * setting and the item. */
bool guard_target_parse(
	const char *setting, struct str item, struct guard_target *out, struct err *e);
/* RFC 6052: IPv6, of 32, 40, 48, 56, 64 or 96 bits, and no port. */
bool guard_nat64_ok(const struct guard_target *prefix, struct err *e);
/* false: bits 64 to 71 of the address are not zero, as they must be. */
bool guard_nat64_inner(unsigned bits, const struct in6_addr *ip, unsigned char v4[4]);

#endif
