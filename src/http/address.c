/* SPDX-License-Identifier: Apache-2.0 */
#include "http/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

static const unsigned char mapped[12] = { [10] = 0xFF, [11] = 0xFF };

static void from_v4(const void *four, struct address *a)
{
	memcpy(a->b, mapped, sizeof mapped);
	memcpy(a->b + 12, four, 4);
}

void address_of(const struct sockaddr *sa, struct address *a)
{
	*a = (struct address) { { 0 } };
	if (sa->sa_family == AF_INET)
		from_v4(&((const struct sockaddr_in *)(const void *)sa)->sin_addr, a);
	else if (sa->sa_family == AF_INET6)
		memcpy(a->b, &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr, 16);
}

bool address_parse(struct str text, struct address *a)
{
	char plain[ADDRESS_TEXT];
	unsigned char four[4];
	bool brackets = text.n >= 2 && text.p[0] == '[' && text.p[text.n - 1] == ']';
	if (brackets)
		text = (struct str) { text.p + 1, text.n - 2 };
	if (text.n == 0 || text.n >= sizeof plain || memchr(text.p, 0, text.n))
		return false;
	memcpy(plain, text.p, text.n);
	plain[text.n] = 0;
	if (!brackets && inet_pton(AF_INET, plain, four) == 1) {
		from_v4(four, a);
		return true;
	}
	return inet_pton(AF_INET6, plain, a->b) == 1;
}

bool address_v4(const struct address *a)
{
	return memcmp(a->b, mapped, sizeof mapped) == 0;
}

/* By hand: this is done for every request, and inet_ntop goes through sprintf. */
static const char *print_v4(const unsigned char four[4], char *out)
{
	char *to = out;
	for (int i = 0; i < 4; i++) {
		unsigned n = four[i];
		if (i)
			*to++ = '.';
		if (n >= 100)
			*to++ = (char)('0' + n / 100);
		if (n >= 10)
			*to++ = (char)('0' + n / 10 % 10);
		*to++ = (char)('0' + n % 10);
	}
	*to = 0;
	return out;
}

const char *address_print(const struct address *a, char out[ADDRESS_TEXT])
{
	if (address_v4(a))
		return print_v4(a->b + 12, out);
	if (!inet_ntop(AF_INET6, a->b, out, ADDRESS_TEXT))
		out[0] = 0;
	return out;
}

bool address_loopback(const struct address *a)
{
	static const unsigned char one[16] = { [15] = 1 };
	return address_v4(a) ? a->b[12] == 127 : memcmp(a->b, one, 16) == 0;
}

struct address address_holder(const struct address *a)
{
	struct address holder = *a;
	if (!address_v4(a))
		memset(holder.b + 8, 0, 8);
	return holder;
}

static bool subnet_parse(struct str text, struct subnet *out)
{
	struct str base;
	int64_t bits;
	if (!str_cut(&text, '/', &base) || !address_parse(base, &out->base))
		return false;
	int most = address_v4(&out->base) ? 32 : 128;
	bits = most;
	if (text.p && (!str_to_int(text, &bits) || bits < 0 || bits > most))
		return false;
	out->bits = (int)bits + 128 - most;
	return true;
}

bool subnets_parse(struct str text, struct arena *a, struct subnets *out, struct err *e)
{
	struct str part;
	size_t count = 1;
	for (size_t i = 0; i < text.n; i++)
		count += text.p[i] == ',';
	*out = (struct subnets) { ARENA_ARRAY(a, struct subnet, count), 0 };
	while (text.n && str_cut(&text, ',', &part)) {
		part = str_trim(part);
		if (part.n == 0)
			continue;
		if (!subnet_parse(part, &out->v[out->n++]))
			return err_set(e, ERR_INVALID_REQUEST,
				"trusted_proxies: \"%.*s\" is not an address or a network such "
				"as "
				"10.0.0.0/8",
				STR_ARG(part));
	}
	return true;
}

static bool within(const struct subnet *s, const struct address *a)
{
	int whole = s->bits / 8, rest = s->bits % 8;
	if (memcmp(s->base.b, a->b, (size_t)whole) != 0)
		return false;
	return rest == 0 || ((s->base.b[whole] ^ a->b[whole]) >> (8 - rest)) == 0;
}

bool subnets_have(const struct subnets *s, const struct address *a)
{
	for (size_t i = 0; i < s->n; i++)
		if (within(&s->v[i], a))
			return true;
	return false;
}
