/* SPDX-License-Identifier: Apache-2.0 */
/* Client addresses: IPv4 and IPv6 in one form, and lists of networks (conf trusted_proxies). */
#ifndef HTTP_ADDRESS_H
#define HTTP_ADDRESS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#include <sys/socket.h>

enum { ADDRESS_TEXT = 48 };
struct address {
	unsigned char b[16]; /* IPv4 as ::ffff:a.b.c.d */
};
void address_of(const struct sockaddr *sa, struct address *a); /* other families: :: */
bool address_parse(struct str text, struct address *a); /* a literal; IPv6 also in brackets */
const char *address_print(const struct address *a, char out[ADDRESS_TEXT]); /* IPv4 dotted */
bool address_v4(const struct address *a);
bool address_loopback(const struct address *a);
/* Who holds an address holds its neighbours too: IPv6 is counted by /64. */
struct address address_holder(const struct address *a);

struct subnet {
	struct address base;
	int bits;
};
struct subnets {
	struct subnet *v;
	size_t n;
};
/* "10.0.0.0/8, ::1": comma separated. */
bool subnets_parse(struct str text, struct arena *a, struct subnets *out, struct err *e);
bool subnets_have(const struct subnets *s, const struct address *a);

#endif
