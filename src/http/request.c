/* SPDX-License-Identifier: Apache-2.0 */
#include "http/request.h"
#include "http/exchange.h"

enum { PROXIES_MAX = 32 };

struct str http_header(const struct http_req *r, const char *name)
{
	struct str want = str_of(name);
	for (size_t i = 0; i < r->n_headers; i++)
		if (str_ieq(r->headers[i].name, want))
			return r->headers[i].value;
	return (struct str) { NULL, 0 };
}

size_t http_header_count(const struct http_req *r, const char *name)
{
	struct str want = str_of(name);
	size_t count = 0;
	for (size_t i = 0; i < r->n_headers; i++)
		count += str_ieq(r->headers[i].name, want);
	return count;
}

enum flow_next http_admit(struct flow *f)
{
	struct http_req *r = flow_self(f);
	if (r->asked || !r->route->admit) {
		r->admitted |= !r->route->admit;
		return FLOW_NEXT;
	}
	r->asked = true;
	return flow_enter(f, r->route->admit, r);
}

enum flow_next http_admitted(struct flow *f)
{
	const struct http_req *r = flow_self(f);
	return r->admitted ? FLOW_NEXT : FLOW_DONE; /* the refusal is the answer */
}

bool http_cookie(const struct http_req *r, const char *name, struct str *value)
{
	struct str want = str_of(name), pair, key;
	int found = 0;
	for (size_t i = 0; i < r->n_headers; i++) {
		struct str rest = r->headers[i].value;
		if (!str_ieq(r->headers[i].name, STR("Cookie")))
			continue;
		while (str_cut(&rest, ';', &pair)) {
			struct str raw = str_trim(pair);
			if (!str_cut(&raw, '=', &key) || !str_eq(str_trim(key), want))
				continue;
			*value = str_trim(raw);
			found++;
		}
	}
	return found == 1;
}

/* Percent-decoding. `form`: + is a blank, and a sign that is not followed by two hex digits stands
 * for itself; else it is refused. false: that, a NUL, or bad UTF-8. */
static bool decode(struct str in, bool form, struct arena *a, struct str *out)
{
	char *to = arena_raw(a, in.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < in.n; i++) {
		char c = in.p[i];
		if (c == '%' && i + 2 < in.n && str_hex(in.p[i + 1]) >= 0 &&
			str_hex(in.p[i + 2]) >= 0) {
			c = (char)(str_hex(in.p[i + 1]) << 4 | str_hex(in.p[i + 2]));
			i += 2;
		} else if (c == '%' && !form) {
			return false;
		} else if (c == '+' && form) {
			c = ' ';
		}
		if (c == 0)
			return false;
		to[n++] = c;
	}
	to[n] = 0;
	*out = (struct str) { to, n };
	return str_utf8_ok(*out);
}

bool http_query(const struct http_req *r, const char *name, struct str *value)
{
	struct str rest = r->query, pair, key, want = str_of(name);
	while (str_cut(&rest, '&', &pair)) {
		struct str raw = pair, text;
		if (!str_cut(&raw, '=', &key) || !decode(key, true, r->arena, &text) ||
			!str_eq(text, want))
			continue;
		return decode(raw, true, r->arena, value);
	}
	return false;
}

bool request_target(struct http_req *r, struct err *e)
{
	struct str rest = r->target, query;
	if (str_eq(r->target, STR("*")) && str_eq(r->method, STR("OPTIONS"))) {
		r->path = r->target;
		return true;
	}
	if (r->target.p[0] != '/')
		return err_set(e, ERR_INVALID_REQUEST,
			"the request target must be a path that begins with /");
	(void)str_cut(&rest, '?', &r->path);
	r->query = rest;
	if (!decode(r->path, false, r->arena, &r->path)) {
		r->path = (struct str) { NULL, 0 };
		return err_set(e, ERR_INVALID_REQUEST,
			"the path is not percent-encoded UTF-8 without NUL");
	}
	if (rest.n && !decode(rest, true, r->arena, &query))
		return err_set(e, ERR_INVALID_REQUEST,
			"the query is not percent-encoded UTF-8 without NUL");
	return true;
}

/* "1.2.3.4", "1.2.3.4:99", "::1", "[::1]:99" */
static bool forwarded_address(struct str text, struct address *a)
{
	if (address_parse(text, a))
		return true;
	size_t colon = text.n;
	while (colon && text.p[colon - 1] != ':')
		colon--;
	return colon > 1 && address_parse((struct str) { text.p, colon - 1 }, a);
}

/* The last element of a comma list; *list loses it. */
static struct str last_part(struct str *list)
{
	size_t at = list->n;
	while (at && list->p[at - 1] != ',')
		at--;
	struct str part = str_trim((struct str) { list->p + at, list->n - at });
	list->n = at ? at - 1 : 0;
	return part;
}

/* From the right: each trusted proxy vouches for the address left of its own. */
static void follow_proxies(const struct http_req *r, struct address *peer)
{
	const struct subnets *trusted = &r->server->proxies;
	int hops = 0;
	for (size_t i = r->n_headers; i-- > 0;) {
		struct str list = r->headers[i].value;
		if (!str_ieq(r->headers[i].name, STR("X-Forwarded-For")))
			continue;
		while (list.n) {
			struct address next;
			struct str part = last_part(&list);
			if (!subnets_have(trusted, peer) || hops++ == PROXIES_MAX ||
				!forwarded_address(part, &next))
				return;
			*peer = next;
		}
	}
}

void request_peer(
	struct http_req *r, const struct address *socket_peer, char text[ADDRESS_TEXT])
{
	struct address peer = *socket_peer;
	if (r->server->proxies.n)
		follow_proxies(r, &peer);
	r->peer = address_print(&peer, text);
}
