/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One URL, once: cut by hand, the host folded (url_host.c), path and query escaped, and the
 * serialisation kept as the only form that anything later sees. Stricter than the standard where
 * two parsers are known to differ (user info, backslashes, controls, missing slashes); a Location
 * header may also hold blanks and raw bytes, for real servers send them.
 */
#include "base/url.h"
#include "base/url_host.h"
#include "base/url_part.h"

enum part { PATH, QUERY, FRAGMENT };

static bool bad(struct err *e, const char *why)
{
	return err_set(e, ERR_INVALID_URL, "the URL %s", why);
}

/* The standard's percent-encode sets for a special scheme; everything above 0x7e is in each. */
static bool is_escaped(unsigned char c, enum part part)
{
	static const char *const sets[] = { "\"#<>?^`{}", "\"#<>'", "\"<>`" };
	return c <= ' ' || c >= 0x7f || strchr(sets[part], c);
}

static void put_escaped(struct str s, enum part part, struct buf *out)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t from = 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (!is_escaped(c, part))
			continue;
		char code[3] = { '%', digits[c >> 4], digits[c & 15] };
		buf_add(out, s.p + from, i - from);
		buf_add(out, code, 3);
		from = i + 1;
	}
	buf_add(out, s.p + from, s.n - from);
}

/* Decimal, 1 to 65535; empty is the scheme's. */
static bool port_of(struct str text, int fallback, int *port, struct err *e)
{
	int64_t value = 0;
	*port = fallback;
	if (!text.n)
		return true;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return bad(e, "has a port that is not a number");
		if (value <= 65535)
			value = value * 10 + (text.p[i] - '0');
	}
	if (value < 1 || value > 65535)
		return bad(e, "has a port outside 1 to 65535");
	*port = (int)value;
	return true;
}

/* Length of "http://" or "https://" at the start of text, 0 with *e. */
static size_t scheme_of(struct str text, bool *tls, struct err *e)
{
	size_t n = url_scheme_length(text);
	struct str scheme = { text.p, n }, rest = { text.p + n, text.n - n };
	bool port_follows = rest.n > 1 && rest.p[1] >= '0' && rest.p[1] <= '9';
	*tls = str_ieq(scheme, STR("https"));
	if (!*tls && !str_ieq(scheme, STR("http"))) {
		if (n && !port_follows)
			err_set(e, ERR_SCHEME, "only http and https URLs are supported");
		else
			bad(e, "must begin with http:// or https://");
		return 0;
	}
	if (!str_starts(rest, STR("://"))) {
		bad(e, "must have two slashes after the scheme");
		return 0;
	}
	return n + 3;
}

static bool put_authority(struct str authority, bool tls, bool inside_ok, struct buf *out,
	struct url *u, struct err *e)
{
	size_t colon = authority.n;
	if (str_find(authority, '@') < authority.n)
		return bad(e, "must not have a user name or password");
	while (colon > 0 && authority.p[colon - 1] != ':' && authority.p[colon - 1] != ']')
		colon--;
	struct str host = authority, port = { NULL, 0 };
	if (colon && authority.p[colon - 1] == ':') {
		host.n = colon - 1;
		port = (struct str) { authority.p + colon, authority.n - colon };
	}
	if (!host.n)
		return bad(e, "has no host");
	if (!port_of(port, tls ? 443 : 80, &u->port, e) ||
		!url_host_put(host, inside_ok, out, &u->ip, e))
		return false;
	if (u->port != (tls ? 443 : 80))
		buf_addf(out, ":%d", u->port);
	return true;
}

static struct str view(const char *text, size_t from, size_t to)
{
	return (struct str) { text + from, to - from };
}

/* Points the views into the finished text. */
static void set_views(struct url *u, bool tls)
{
	struct str all = str_of(u->text);
	size_t host = tls ? 8 : 7, path = url_until(all, host, "/");
	size_t query = url_until(all, path, "?#"), fragment = url_until(all, query, "#");
	size_t host_end = path;
	u->scheme = view(all.p, 0, host - 3);
	if (all.p[host] == '[')
		host_end = url_until(all, ++host, "]");
	else
		host_end = url_until(all, host, ":/");
	u->host = view(all.p, host, host_end);
	u->path = view(all.p, path, query);
	u->query = view(all.p, query + (query < fragment), fragment);
	u->fragment = view(all.p, fragment + (fragment < all.n), all.n);
}

/* Path, query and fragment of text, which starts where the authority ended. */
static void put_rest(struct str text, struct buf *out)
{
	size_t path = url_until(text, 0, "?#"), query = url_until(text, path, "#");
	struct buf plain;
	buf_init(&plain, URL_MAX + 1);
	url_put_path(view(text.p, 0, path), 0, &plain);
	put_escaped(buf_str(&plain), PATH, out);
	out->full |= plain.full;
	buf_release(&plain);
	if (query > path) {
		buf_char(out, '?');
		put_escaped(view(text.p, path + 1, query), QUERY, out);
	}
	if (query < text.n) {
		buf_char(out, '#');
		put_escaped(view(text.p, query + 1, text.n), FRAGMENT, out);
	}
}

static bool parse(
	struct str text, bool inside_ok, struct arena *a, struct url *out, struct err *e)
{
	struct buf made;
	bool tls;
	size_t authority = scheme_of(text, &tls, e);
	if (!authority)
		return false;
	size_t path = url_until(text, authority, "/?#");
	buf_init(&made, URL_MAX);
	*out = (struct url) { 0 };
	buf_text(&made, tls ? "https://" : "http://");
	bool ok = put_authority(view(text.p, authority, path), tls, inside_ok, &made, out, e);
	if (ok) {
		put_rest(view(text.p, path, text.n), &made);
		ok = made.full ? bad(e, "is longer than 8192 bytes") : true;
	}
	if (ok) {
		out->text = arena_text(a, buf_str(&made));
		set_views(out, tls);
	}
	buf_release(&made);
	return ok;
}

/* Nothing below 0x20, no DEL. */
bool url_parse(struct str text, bool inside_ok, struct arena *a, struct url *out, struct err *e)
{
	text = str_trim(text);
	if (!text.n)
		return bad(e, "is empty");
	if (text.n > URL_MAX)
		return bad(e, "is longer than 8192 bytes");
	if (str_has_control(text) || str_find(text, ' ') < text.n)
		return bad(e, "must not have blanks or control characters");
	if (str_find(text, '\\') < text.n)
		return bad(e, "must not have backslashes");
	if (!str_utf8_ok(text))
		return bad(e, "is not UTF-8");
	return parse(text, inside_ok, a, out, e);
}

bool url_resolve(const struct url *base, struct str ref, bool inside_ok, struct arena *a,
	struct url *out, struct err *e)
{
	struct url_base from;
	struct buf text;
	ref = str_trim(ref);
	if (ref.n > URL_MAX)
		return bad(e, "is longer than 8192 bytes");
	if (str_has_control(ref) || url_until(ref, 0, "\\?#") != url_until(ref, 0, "?#"))
		return bad(e, "must not have backslashes or control characters");
	url_base_init(&from, str_of(base->text));
	buf_init(&text, 2 * URL_MAX);
	bool ok = url_resolve_text(&from, ref, &text)
			  ? parse(buf_str(&text), inside_ok, a, out, e)
			  : bad(e, "is not a valid reference");
	buf_release(&text);
	return ok;
}

bool url_same_origin(const struct url *a, const struct url *b)
{
	return str_eq(a->scheme, b->scheme) && str_eq(a->host, b->host) && a->port == b->port;
}
