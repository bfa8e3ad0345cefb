/* SPDX-License-Identifier: Apache-2.0 */
#include "http/route.h"
#include "base/check.h"

static struct str without_slash(struct str path)
{
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	return path;
}

/* Compares segment by segment; a segment ":name" of the row takes any that is not empty. */
static bool path_fits(const struct http_route *row, struct str path, struct str *params)
{
	struct str want = str_of(row->path), w, p;
	int n = 0;
	if (row->flags & ROUTE_PREFIX) {
		want = without_slash(want);
		return str_starts(path, want) &&
		       (path.n == want.n || want.n == 1 || path.p[want.n] == '/');
	}
	while (str_cut(&want, '/', &w)) {
		if (!str_cut(&path, '/', &p))
			return false;
		if (w.n > 1 && w.p[0] == ':') {
			if (p.n == 0)
				return false;
			CHECK(n < HTTP_PARAMS);
			params[n++] = p;
		} else if (!str_eq(w, p)) {
			return false;
		}
	}
	return path.p == NULL;
}

static bool method_fits(const struct http_route *row, struct str method)
{
	struct str want = str_of(row->method);
	return !method.p || !want.p || str_eq(want, method) ||
	       (str_eq(method, STR("HEAD")) && str_eq(want, STR("GET")));
}

const struct http_route *route_find(const struct http_route *const *lists, struct str method,
	struct str path, struct str params[HTTP_PARAMS])
{
	path = without_slash(path);
	for (; *lists; lists++)
		for (const struct http_route *row = *lists; row->path; row++) {
			memset(params, 0, sizeof(struct str) * HTTP_PARAMS);
			if (method_fits(row, method) && path_fits(row, path, params))
				return row;
		}
	return NULL;
}

/* `any`: a row for any method takes what MCP's endpoint knows; the others would mislead. */
static const struct {
	const char *name;
	bool any;
} methods[] = {
	{ "GET", true },
	{ "HEAD", false },
	{ "POST", true },
	{ "PUT", false },
	{ "PATCH", false },
	{ "DELETE", true },
};

bool route_methods(const struct http_route *const *lists, struct str path, struct buf *out)
{
	struct str params[HTTP_PARAMS];
	if (!route_find(lists, (struct str) { NULL, 0 }, path, params))
		return false;
	for (size_t i = 0; i < COUNT_OF(methods); i++) {
		struct str name = str_of(methods[i].name);
		const struct http_route *row = route_find(lists, name, path, params);
		if (row && (row->method || methods[i].any))
			buf_addf(out, "%s, ", methods[i].name);
	}
	buf_text(out, "OPTIONS");
	return true;
}
