/* SPDX-License-Identifier: Apache-2.0 */
/* What is not public, for judges: IPv4 in host byte order, IPv6 as 16 bytes. */
#ifndef TESTS_NET_SPECIAL_H
#define TESTS_NET_SPECIAL_H

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Written down apart from the guard's own table. */
static const char *const special4[] = { "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10",
	"127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
	"192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
	"203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "255.255.255.255/32" };
static const char *const special6[] = { "::/8", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64",
	"2001::/32", "2001:2::/48", "2001:10::/28", "2001:20::/28", "2001:db8::/32",
	"2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10",
	"ff00::/8" };

struct range4 {
	uint32_t first, last;
};

static inline struct range4 range_of(const char *text)
{
	unsigned a, b, c, d, bits;
	if (sscanf(text, "%u.%u.%u.%u/%u", &a, &b, &c, &d, &bits) != 5)
		return (struct range4) { 0, 0 };
	uint32_t first = a << 24 | b << 16 | c << 8 | d;
	return (struct range4) { first, first | (uint32_t)(0xffffffffull >> bits) };
}

static inline bool public4(uint32_t v4)
{
	for (size_t i = 0; i < sizeof special4 / sizeof special4[0]; i++) {
		struct range4 r = range_of(special4[i]);
		if (v4 >= r.first && v4 <= r.last)
			return false;
	}
	return true;
}

static inline bool in_prefix(const unsigned char ip[16], const char *prefix)
{
	char text[64];
	unsigned char p[16];
	snprintf(text, sizeof text, "%s", prefix);
	char *slash = strchr(text, '/');
	*slash = 0;
	inet_pton(AF_INET6, text, p);
	for (long i = 0; i < strtol(slash + 1, NULL, 10); i++)
		if (((ip[i / 8] ^ p[i / 8]) >> (7 - i % 8)) & 1)
			return false;
	return true;
}

static inline bool public6(const unsigned char ip[16])
{
	if (!in_prefix(ip, "2000::/3"))
		return false;
	for (size_t i = 0; i < sizeof special6 / sizeof special6[0]; i++)
		if (in_prefix(ip, special6[i]))
			return false;
	return true;
}

#endif
