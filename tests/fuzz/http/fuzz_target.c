/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is read out of a head before anybody is asked who they are: target, query, Host, Origin and
 * X-Forwarded-For. The first line of the input is the target, every further line feeds the rest.
 * Properties: a path or value that is accepted is UTF-8 without NUL and no longer than what was
 * sent, a route's parameters lie inside the path, and the peer is always an address.
 */
#include "http/exchange.h"
#include "http/request.h"
#include "http/route.h"

#define MUST(cond) ((cond) ? (void)0 : __builtin_trap())

static const struct http_route rows[] = {
	{ "GET", "/", 0 },
	{ "GET", "/a/:one/b/:two", 0 },
	{ "GET", "/a/:one", 0 },
	{ NULL, "/p", ROUTE_PREFIX },
	{ NULL },
};
static const struct http_route *const lists[] = { rows, NULL };

static bool clean(struct str s, size_t most)
{
	return s.n <= most && (!s.n || !memchr(s.p, 0, s.n)) && str_utf8_ok(s);
}

static void routes(const struct http_req *r)
{
	struct str params[HTTP_PARAMS];
	struct buf methods;
	buf_init(&methods, 0);
	bool known = route_methods(lists, r->path, &methods);
	const struct http_route *row = route_find(lists, r->method, r->path, params);
	MUST(!row || known);
	for (int i = 0; row && i < HTTP_PARAMS; i++)
		MUST(!params[i].n ||
			(params[i].p >= r->path.p &&
				params[i].p + params[i].n <= r->path.p + r->path.n));
	buf_release(&methods);
}

static void lines(struct http_server *s, struct http_req *r, struct str line)
{
	char text[ADDRESS_TEXT];
	struct address peer = { { [10] = 0xFF, [11] = 0xFF, [12] = 127, [15] = 1 } }, again;
	struct http_header header = { STR("x-forwarded-for"), line };
	r->headers = &header;
	r->n_headers = 1;
	request_peer(r, &peer, text);
	MUST(address_parse(str_of(text), &again));
	if (hostlist_has(&s->names, line))
		MUST(line.n >= 4 && !memchr(line.p, '@', line.n) &&
			!memchr(line.p, '/', line.n));
	if (hostlist_origin(&s->names, line))
		MUST(str_has(line, STR("://")) && !str_ieq(line, STR("null")));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct conf conf = { .public_url = "https://name.example",
		.allowed_hosts = "other.example:81",
		.allowed_origins = "https://app.example" };
	struct arena *a = arena_new(0);
	struct http_server s = { .conf = &conf };
	struct http_req r = { .arena = a, .server = &s, .method = STR("GET") };
	struct str rest = { (const char *)data, size }, value;
	struct err e;
	MUST(hostlist_build(&s.names, &conf, true, a, &e));
	MUST(subnets_parse(STR("127.0.0.1, 10.0.0.0/8"), a, &s.proxies, &e));
	if (size && str_cut(&rest, '\n', &r.target) && r.target.n) {
		if (request_target(&r, &e)) {
			MUST(r.path.n && clean(r.path, r.target.n));
			routes(&r);
			if (http_query(&r, "q", &value))
				MUST(clean(value, r.target.n));
		} else {
			MUST(e.code != ERR_NONE && e.msg[0]);
		}
	}
	for (int i = 0; i < 20 && str_cut(&rest, '\n', &value); i++)
		lines(&s, &r, value);
	arena_free(&a);
	return 0;
}
