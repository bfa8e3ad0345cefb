/* SPDX-License-Identifier: Apache-2.0 */
#include "net/guard_prefix.h"

#include <arpa/inet.h>

bool guard_prefix_has(const struct guard_prefix *p, const struct in6_addr *ip)
{
	unsigned whole = p->bits / 8, rest = p->bits % 8;
	if (memcmp(p->address.s6_addr, ip->s6_addr, whole) != 0)
		return false;
	return !rest || ((p->address.s6_addr[whole] ^ ip->s6_addr[whole]) & (0xff00 >> rest) &
				0xff) == 0;
}

static bool wrong(struct err *e, const char *setting, struct str item)
{
	return err_set(e, ERR_INVALID_REQUEST,
		"%s: \"%.*s\" is no address or CIDR with an optional :port (IPv6 in brackets "
		"then)",
		setting, (int)(item.n > 60 ? 60 : item.n), item.p);
}

/* address, or address/bits */
static bool prefix_parse(struct str text, struct guard_prefix *out)
{
	char copy[INET6_ADDRSTRLEN];
	struct str address;
	int64_t bits, most = 128;
	str_cut(&text, '/', &address);
	if (address.n >= sizeof copy || !address.n)
		return false;
	memcpy(copy, address.p, address.n);
	copy[address.n] = 0;
	*out = (struct guard_prefix) { 0 };
	if (str_find(address, ':') == address.n) {
		out->address.s6_addr[10] = out->address.s6_addr[11] = 0xff;
		most = 32;
		if (inet_pton(AF_INET, copy, out->address.s6_addr + 12) != 1)
			return false;
	} else if (inet_pton(AF_INET6, copy, &out->address) != 1) {
		return false;
	}
	bits = most;
	if (text.p && (!str_to_int(text, &bits) || bits < 0 || bits > most))
		return false;
	out->bits = (unsigned)(bits + (most == 32 ? 96 : 0));
	return true;
}

bool guard_target_parse(
	const char *setting, struct str item, struct guard_target *out, struct err *e)
{
	struct str address = item, port = { NULL, 0 };
	int64_t number = 0;
	size_t colon = item.n;
	while (colon > 0 && item.p[colon - 1] != ':')
		colon--;
	bool bracket = item.n && item.p[0] == '[';
	if (bracket) {
		size_t end = str_find(item, ']');
		if (end == item.n || (end + 1 < item.n && item.p[end + 1] != ':'))
			return wrong(e, setting, item);
		address = (struct str) { item.p + 1, end - 1 };
		if (end + 1 < item.n)
			port = (struct str) { item.p + end + 2, item.n - end - 2 };
	} else if (colon && str_find(item, ':') == colon - 1) {
		address.n = colon - 1;
		port = (struct str) { item.p + colon, item.n - colon };
	}
	if ((port.p && (!str_to_int(port, &number) || number < 1 || number > 65535)) ||
		(bracket && str_find(address, ':') == address.n) ||
		!prefix_parse(address, &out->prefix))
		return wrong(e, setting, item);
	out->port = (int)number;
	return true;
}

bool guard_nat64_ok(const struct guard_target *prefix, struct err *e)
{
	unsigned bits = prefix->prefix.bits;
	bool length = bits == 32 || bits == 40 || bits == 48 || bits == 56 || bits == 64 ||
		      bits == 96;
	static const unsigned char v4[12] = { [10] = 0xff, 0xff };
	if (!length || prefix->port || memcmp(prefix->prefix.address.s6_addr, v4, 12) == 0)
		return err_set(e, ERR_INVALID_REQUEST,
			"nat64_prefix: must be an IPv6 prefix of 32, 40, 48, 56, 64 or 96 "
			"bits, such "
			"as 64:ff9b::/96");
	return true;
}

bool guard_nat64_inner(unsigned bits, const struct in6_addr *ip, unsigned char v4[4])
{
	unsigned at = bits / 8;
	if (bits < 96 && ip->s6_addr[8])
		return false;
	for (unsigned i = 0; i < 4; i++, at++) {
		if (at == 8) /* RFC 6052 section 2.2: jumped over */
			at++;
		v4[i] = ip->s6_addr[at];
	}
	return true;
}
