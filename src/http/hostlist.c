/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Host is compared as name and port, each for itself; what does not parse as exactly that (user
 * information, blanks, a second colon) is nobody's name. Origins of loopback are accepted on every
 * bind: development tools run there, and such a page is on the user's own machine already.
 */
#include "http/hostlist.h"

static bool port_parse(struct str s, int *port)
{
	int64_t n;
	if (s.n == 0 || s.n > 5 || s.p[0] == '-' || !str_to_int(s, &n) || n > 65535)
		return false;
	*port = (int)n;
	return true;
}

/* "name", "name:port", "[v6]", "[v6]:port" */
static bool authority_parse(struct str s, struct host_rule *out)
{
	size_t end = s.n && s.p[0] == '[' ? str_find(s, ']') + 1 : str_find(s, ':');
	*out = (struct host_rule) { { s.p, end }, 0 };
	if (end == 0 || end > s.n)
		return false;
	for (size_t i = 0; i < end; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c <= ' ' || c >= 0x7F || memchr("@/\\?#,\"<>%", c, 10))
			return false;
	}
	if (end == s.n)
		return true;
	return s.p[end] == ':' &&
	       port_parse((struct str) { s.p + end + 1, s.n - end - 1 }, &out->port);
}

static bool loopback_name(struct str host)
{
	return str_ieq(host, STR("localhost")) || str_eq(host, STR("127.0.0.1")) ||
	       str_eq(host, STR("[::1]"));
}

static size_t count_parts(const char *list)
{
	size_t count = 1;
	for (; *list; list++)
		count += *list == ',';
	return count;
}

static bool add_host(struct hostlist *l, struct str text, struct err *e)
{
	if (str_eq(text, STR("*")))
		l->any_host = true;
	else if (text.n && !authority_parse(text, &l->hosts[l->n_hosts++]))
		return err_set(e, ERR_INVALID_REQUEST,
			"allowed_hosts: \"%.*s\" is not a name such as scrape.example or "
			"scrape.example:8080, or *",
			STR_ARG(text));
	return true;
}

/* scheme://name[:port], nothing behind it; rule gets name and port. */
static bool origin_parse(struct str s, struct str *scheme, struct host_rule *rule)
{
	size_t at = str_find(s, ':');
	*scheme = (struct str) { s.p, at };
	if (at == 0 || s.n - at < 4 || memcmp(s.p + at, "://", 3) != 0)
		return false;
	return authority_parse((struct str) { s.p + at + 3, s.n - at - 3 }, rule);
}

static void add_origin(struct hostlist *l, struct str text, struct arena *a)
{
	char *lower = arena_text(a, text);
	for (size_t i = 0; i < text.n; i++)
		lower[i] = str_lower(lower[i]);
	l->origins[l->n_origins++] = (struct str) { lower, text.n };
}

static bool add_origins(struct hostlist *l, struct str list, struct arena *a, struct err *e)
{
	struct str part, scheme;
	struct host_rule rule;
	while (str_cut(&list, ',', &part)) {
		part = str_trim(part);
		if (part.n && part.p[part.n - 1] == '/')
			part.n--;
		if (part.n == 0)
			continue;
		if (str_eq(part, STR("*")))
			l->any_origin = true;
		else if (!origin_parse(part, &scheme, &rule))
			return err_set(e, ERR_INVALID_REQUEST,
				"allowed_origins: \"%.*s\" is not an origin such as "
				"https://app.example, or *",
				STR_ARG(part));
		else
			add_origin(l, part, a);
	}
	return true;
}

/* A browser leaves the port of the scheme away. */
static struct str short_origin(struct str scheme, const struct host_rule *rule, struct arena *a)
{
	int usual = str_ieq(scheme, STR("https")) ? 443 : 80;
	bool with_port = rule->port && rule->port != usual;
	const char *text = with_port ? arena_printf(a, "%.*s://%.*s:%d", STR_ARG(scheme),
					       STR_ARG(rule->host), rule->port)
				     : arena_printf(a, "%.*s://%.*s", STR_ARG(scheme),
					       STR_ARG(rule->host));
	return str_of(text);
}

static bool add_public(struct hostlist *l, struct str url, struct arena *a, struct err *e)
{
	struct str scheme, origin = url;
	struct host_rule rule;
	size_t at = str_find(url, ':');
	if (url.n == 0)
		return true;
	for (size_t i = at + 3; i < url.n; i++)
		if (url.p[i] == '/') {
			origin.n = i;
			break;
		}
	if (!origin_parse(origin, &scheme, &rule) ||
		!(str_ieq(scheme, STR("http")) || str_ieq(scheme, STR("https"))))
		return err_set(e, ERR_INVALID_REQUEST,
			"public_url: \"%.*s\" is not a URL such as https://scrape.example",
			STR_ARG(url));
	l->hosts[l->n_hosts++] = (struct host_rule) { rule.host, 0 };
	add_origin(l, short_origin(scheme, &rule, a), a);
	return true;
}

bool hostlist_build(
	struct hostlist *l, const struct conf *c, bool loopback, struct arena *a, struct err *e)
{
	struct str hosts = str_of(c->allowed_hosts), part;
	*l = (struct hostlist) { .loopback = loopback };
	l->hosts = ARENA_ARRAY(a, struct host_rule, count_parts(c->allowed_hosts) + 1);
	l->origins = ARENA_ARRAY(a, struct str, count_parts(c->allowed_origins) + 1);
	if (!add_public(l, str_of(c->public_url), a, e))
		return false;
	while (str_cut(&hosts, ',', &part))
		if (!add_host(l, str_trim(part), e))
			return false;
	return add_origins(l, str_of(c->allowed_origins), a, e);
}

bool hostlist_empty(const struct hostlist *l)
{
	return !l->any_host && !l->loopback && l->n_hosts == 0;
}

bool hostlist_has(const struct hostlist *l, struct str host)
{
	struct host_rule got;
	if (!authority_parse(host, &got))
		return false;
	if (l->any_host || (l->loopback && loopback_name(got.host)))
		return true;
	for (size_t i = 0; i < l->n_hosts; i++)
		if (str_ieq(l->hosts[i].host, got.host) &&
			(l->hosts[i].port == 0 || l->hosts[i].port == got.port))
			return true;
	return false;
}

bool hostlist_origin(const struct hostlist *l, struct str origin)
{
	struct str scheme;
	struct host_rule rule;
	if (!origin_parse(origin, &scheme, &rule))
		return false; /* also "null" */
	if (l->any_origin)
		return true;
	if (loopback_name(rule.host) &&
		(str_ieq(scheme, STR("http")) || str_ieq(scheme, STR("https"))))
		return true;
	for (size_t i = 0; i < l->n_origins; i++)
		if (str_ieq(l->origins[i], origin))
			return true;
	return false;
}
