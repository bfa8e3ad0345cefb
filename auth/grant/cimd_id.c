/* SPDX-License-Identifier: Apache-2.0 */
/* draft-ietf-oauth-client-id-metadata-document-00 section 3, in the one form that nothing changes:
 * what is shown, compared and fetched is the same text. */
#include "auth/grant/cimd.h"
#include "base/url.h"

enum { ID_BYTES = 1024 };

/* "." or "..", each dot maybe as %2e. */
static bool is_dots(struct str segment)
{
	size_t dots = 0;
	for (size_t i = 0; i < segment.n; dots++) {
		struct str rest = { segment.p + i, segment.n - i };
		if (rest.p[0] == '.')
			i++;
		else if (str_istarts(rest, STR("%2e")))
			i += 3;
		else
			return false;
	}
	return dots == 1 || dots == 2;
}

static bool has_dots(struct str path)
{
	struct str segment;
	while (str_cut(&path, '/', &segment))
		if (is_dots(segment))
			return true;
	return false;
}

bool cimd_id_ok(struct str id)
{
	struct url url;
	struct err e;
	if (!id.p || id.n > ID_BYTES || !str_starts(id, STR("https://")) ||
		str_find(id, '#') < id.n || str_find(id, 0) < id.n)
		return false;
	struct str rest = { id.p + 8, id.n - 8 };
	size_t path = str_find(rest, '/');
	struct str tail = { rest.p + path, rest.n - path };
	tail.n = str_find(tail, '?');
	if (tail.n < 2 || has_dots(tail))
		return false;
	struct arena *a = arena_new(0);
	bool ok = url_parse(id, true, a, &url, &e) && str_eq(str_of(url.text), id);
	arena_free(&a);
	return ok;
}
