/* SPDX-License-Identifier: Apache-2.0 */
#include "mcp/protocol/header.h"
#include "base/digest.h"

bool header_plain(struct str value)
{
	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] != '\t' && (value.p[i] < 0x20 || value.p[i] > 0x7E))
			return false;
	return true;
}

bool header_decode(struct str value, struct arena *a, struct str *out)
{
	const struct str open = STR("=?base64?"), close = STR("?=");
	value = str_trim(value);
	if (!header_plain(value))
		return false;
	*out = value;
	if (!str_starts(value, open) || !str_ends(value, close))
		return true;
	if (value.n < open.n + close.n)
		return false;
	struct str code = { value.p + open.n, value.n - open.n - close.n };
	unsigned char *bytes = arena_raw(a, code.n / 4 * 3 + 1);
	size_t n = 0;
	if (!b64_decode(code, bytes, &n))
		return false;
	*out = (struct str) { (char *)bytes, n };
	return str_utf8_ok(*out);
}

/* ";q=0", ";q=0.0" and the like */
static bool refused(struct str parameters)
{
	struct str p;
	while (str_cut(&parameters, ';', &p)) {
		p = str_trim(p);
		if (!str_istarts(p, STR("q=0")))
			continue;
		size_t i = 3;
		while (i < p.n && (p.p[i] == '0' || p.p[i] == '.'))
			i++;
		if (i == p.n)
			return true;
	}
	return false;
}

enum accept header_accept(struct str value)
{
	static const struct {
		struct str range;
		enum accept what;
	} ranges[] = {
		{ { "*/*", 3 }, ACCEPT_BOTH },
		{ { "application/json", 16 }, ACCEPT_JSON },
		{ { "application/*", 13 }, ACCEPT_JSON },
		{ { "text/event-stream", 17 }, ACCEPT_SSE },
		{ { "text/*", 6 }, ACCEPT_SSE },
	};
	if (value.n == 0)
		return ACCEPT_BOTH;
	unsigned got = ACCEPT_NONE;
	struct str one, type;
	while (str_cut(&value, ',', &one)) {
		str_cut(&one, ';', &type);
		type = str_trim(type);
		for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
			if (str_ieq(type, ranges[i].range) && !refused(one))
				got |= ranges[i].what;
	}
	return (enum accept)got;
}

bool header_is_json(struct str value)
{
	struct str type;
	return value.p && str_cut(&value, ';', &type) &&
	       str_ieq(str_trim(type), STR("application/json"));
}
