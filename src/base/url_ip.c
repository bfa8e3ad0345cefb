/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers as hosts. Every spelling of an address that a browser takes is folded here to the one
 * that is judged; what looks like a number and is none is no host at all, so that no spelling
 * is left for a resolver to make an address of.
 */
#include "base/url_host.h"

#include <arpa/inet.h>

/* One part: decimal, octal after 0, hexadecimal after 0x ("0x" alone is 0). Saturates. */
static bool number(struct str part, uint64_t *value)
{
	unsigned base = 10;
	size_t i = 0;
	if (!part.n)
		return false;
	if (part.n >= 2 && part.p[0] == '0' && (part.p[1] == 'x' || part.p[1] == 'X')) {
		base = 16;
		i = 2;
	} else if (part.n >= 2 && part.p[0] == '0') {
		base = 8;
		i = 1;
	}
	*value = 0;
	for (; i < part.n; i++) {
		int digit = str_hex(part.p[i]);
		if (digit < 0 || (unsigned)digit >= base)
			return false;
		if (*value <= UINT32_MAX)
			*value = *value * base + (unsigned)digit;
	}
	return true;
}

static bool all_digits(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

bool url_ends_in_number(struct str host)
{
	uint64_t value;
	if (host.n && host.p[host.n - 1] == '.')
		host.n--;
	size_t from = host.n;
	while (from > 0 && host.p[from - 1] != '.')
		from--;
	struct str last = { host.p + from, host.n - from };
	return all_digits(last) || number(last, &value);
}

bool url_ipv4_parse(struct str host, uint32_t *address)
{
	uint64_t parts[4], sum = 0;
	size_t count = 0;
	struct str part;
	if (host.n && host.p[host.n - 1] == '.')
		host.n--;
	while (str_cut(&host, '.', &part))
		if (count == 4 || !number(part, &parts[count++]))
			return false;
	for (size_t i = 0; i + 1 < count; i++) {
		if (parts[i] > 255)
			return false;
		sum += parts[i] << (8 * (3 - i));
	}
	if (!count || parts[count - 1] >= (uint64_t)1 << (8 * (5 - count)))
		return false;
	*address = (uint32_t)(sum + parts[count - 1]);
	return true;
}

bool url_ipv6_parse(struct str text, unsigned char address[16])
{
	char copy[INET6_ADDRSTRLEN];
	if (text.n >= sizeof copy || str_find(text, 0) < text.n)
		return false;
	memcpy(copy, text.p, text.n);
	copy[text.n] = 0;
	return inet_pton(AF_INET6, copy, address) == 1;
}

/* The first of the longest runs of two or more zero pieces. */
static int longest_run(const uint16_t piece[8], int *length)
{
	int best = -1, best_n = 1;
	for (int i = 0; i < 8; i++) {
		int n = 0;
		while (i + n < 8 && !piece[i + n])
			n++;
		if (n > best_n) {
			best = i;
			best_n = n;
		}
		i += n;
	}
	*length = best_n;
	return best;
}

void url_ipv6_put(const unsigned char address[16], struct buf *out)
{
	uint16_t piece[8];
	int length;
	for (int i = 0; i < 8; i++)
		piece[i] = (uint16_t)(address[2 * i] << 8 | address[2 * i + 1]);
	int run = longest_run(piece, &length);
	buf_char(out, '[');
	for (int i = 0; i < 8; i++) {
		if (i == run) {
			buf_text(out, i ? ":" : "::");
			i += length - 1;
			continue;
		}
		buf_addf(out, i < 7 ? "%x:" : "%x", (unsigned)piece[i]);
	}
	buf_char(out, ']');
}
