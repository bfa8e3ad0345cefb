/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All addresses are IPv6 here, IPv4 in its mapped form, so there is one comparison and one kind of
 * prefix. What is not expressly allowed is refused: that covers loopback, unique local, link- and
 * site-local, multicast, NAT64 without the setting, and whatever is allocated one day.
 */
#include "net/guard.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "net/guard_prefix.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <stdio.h>

enum { OWN_FRESH_MS = 10000 };

struct guard {
	struct guard_target targets[GUARD_TARGETS_MAX];
	size_t n_targets;
	struct guard_prefix nat64; /* bits 0: none */
	struct in6_addr *own;
	size_t n_own, own_room;
	int64_t own_read_ms; /* mono_ms; 0: never */
};

static const struct guard_prefix special[] = {
#define RANGE4(a, b, c, d, bits, why)                                                          \
	{ { { { [10] = 0xff, 0xff, a, b, c, d } } }, 96 + (bits) },
#define RANGE6(w0, w1, w2, w3, bits, why)                                                      \
	{ { { { (w0) >> 8, (w0)&255, (w1) >> 8, (w1)&255, (w2) >> 8, (w2)&255, (w3) >> 8,      \
		  (w3)&255 } } },                                                              \
		(bits) },
#include "net/range_table.h"
};
static const struct guard_prefix mapped = { { { { [10] = 0xff, 0xff } } }, 96 };
static const struct guard_prefix global = { { { { 0x20 } } }, 3 };

struct guard *guard_new(const char *allow_targets, const char *nat64_prefix, struct err *e)
{
	struct guard *g = MEM_NEW(struct guard);
	struct guard_target nat64 = { 0 };
	struct str text = str_of(allow_targets), item;
	bool ok = true;
	while (ok && str_cut(&text, ',', &item)) {
		item = str_trim(item);
		if (!item.n)
			continue;
		if (g->n_targets == GUARD_TARGETS_MAX)
			ok = err_set(e, ERR_INVALID_REQUEST,
				"allow_targets: more than %d items", GUARD_TARGETS_MAX);
		else
			ok = guard_target_parse(
				"allow_targets", item, &g->targets[g->n_targets++], e);
	}
	item = str_trim(str_of(nat64_prefix));
	if (ok && item.n) {
		ok = guard_target_parse("nat64_prefix", item, &nat64, e) &&
		     guard_nat64_ok(&nat64, e);
		g->nat64 = nat64.prefix;
	}
	if (!ok)
		guard_free(&g);
	return g;
}

void guard_free(struct guard **g)
{
	if (*g)
		mem_free((*g)->own);
	mem_free(*g);
	*g = NULL;
}

bool guard_has_targets(const struct guard *g)
{
	return g->n_targets > 0;
}

bool guard_address_of(const struct sockaddr *from, struct guard_address *to)
{
	*to = (struct guard_address) { 0 };
	if (from->sa_family == AF_INET) {
		struct sockaddr_in v4;
		memcpy(&v4, from, sizeof v4);
		to->ip = mapped.address;
		memcpy(to->ip.s6_addr + 12, &v4.sin_addr, 4);
		return true;
	}
	if (from->sa_family == AF_INET6) {
		struct sockaddr_in6 v6;
		memcpy(&v6, from, sizeof v6);
		to->ip = v6.sin6_addr;
		to->scope = v6.sin6_scope_id;
		return true;
	}
	return false;
}

bool guard_address_parse(struct str host, struct guard_address *to)
{
	char text[INET6_ADDRSTRLEN];
	*to = (struct guard_address) { 0 };
	if (!host.n || host.n >= sizeof text)
		return false;
	memcpy(text, host.p, host.n);
	text[host.n] = 0;
	if (inet_pton(AF_INET6, text, &to->ip) == 1)
		return true;
	to->ip = mapped.address;
	return inet_pton(AF_INET, text, to->ip.s6_addr + 12) == 1;
}

void guard_address_print(const struct guard_address *a, char out[INET6_ADDRSTRLEN])
{
	if (guard_prefix_has(&mapped, &a->ip))
		inet_ntop(AF_INET, a->ip.s6_addr + 12, out, INET6_ADDRSTRLEN);
	else
		inet_ntop(AF_INET6, &a->ip, out, INET6_ADDRSTRLEN);
}

/* A laptop changes networks and a container gets its address late: read again now and then. */
static void read_own(struct guard *g)
{
	struct ifaddrs *all = NULL;
	struct guard_address a;
	int64_t now = mono_ms();
	if (g->own_read_ms && now - g->own_read_ms < OWN_FRESH_MS)
		return;
	if (getifaddrs(&all) != 0)
		return; /* the last list stays in force */
	g->own_read_ms = now ? now : 1;
	g->n_own = 0;
	for (struct ifaddrs *i = all; i; i = i->ifa_next) {
		if (!i->ifa_addr || !guard_address_of(i->ifa_addr, &a))
			continue;
		if (g->n_own == g->own_room) {
			g->own_room = g->own_room ? g->own_room * 2 : 16;
			g->own = mem_grow(g->own, g->own_room * sizeof g->own[0]);
		}
		g->own[g->n_own++] = a.ip;
	}
	freeifaddrs(all);
}

static bool is_own(struct guard *g, const struct in6_addr *ip)
{
	read_own(g);
	for (size_t i = 0; i < g->n_own; i++)
		if (memcmp(&g->own[i], ip, sizeof *ip) == 0)
			return true;
	return false;
}

/* The address that a packet would reach in the end: the one inside a NAT64 address. */
static struct guard_address real_of(const struct guard *g, const struct guard_address *a)
{
	struct guard_address inner = { mapped.address, a->scope };
	if (!g->nat64.bits || !guard_prefix_has(&g->nat64, &a->ip) ||
		!guard_nat64_inner(g->nat64.bits, &a->ip, inner.ip.s6_addr + 12))
		return *a;
	return inner;
}

bool guard_is_public(const struct guard_address *a)
{
	if (a->scope ||
		(!guard_prefix_has(&mapped, &a->ip) && !guard_prefix_has(&global, &a->ip)))
		return false;
	for (size_t i = 0; i < COUNT_OF(special); i++)
		if (guard_prefix_has(&special[i], &a->ip))
			return false;
	return true;
}

bool guard_is_target(const struct guard *g, const struct guard_address *a, int port)
{
	for (size_t i = 0; i < g->n_targets; i++)
		if (!a->scope && (!g->targets[i].port || g->targets[i].port == port) &&
			guard_prefix_has(&g->targets[i].prefix, &a->ip))
			return true;
	return false;
}

bool guard_allows(
	struct guard *g, const struct guard_address *a, int port, enum fetch_policy policy)
{
	if (policy == FETCH_OPERATOR || guard_is_target(g, a, port))
		return true;
	struct guard_address real = real_of(g, a);
	if (guard_is_public(&real) && !is_own(g, &real.ip) && !is_own(g, &a->ip))
		return true;
	char text[INET6_ADDRSTRLEN];
	guard_address_print(a, text);
	log_debug("guard.refused address=%s port=%d", text, port);
	return false;
}
