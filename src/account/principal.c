/* SPDX-License-Identifier: Apache-2.0 */
#include "account/principal.h"
#include "base/check.h"

static const struct {
	const char *name;
} scopes[] = {
#define SCOPE_ROW(id, name, about) { name },
#include "account/scope_table.h"
#undef SCOPE_ROW
};
_Static_assert(COUNT_OF(scopes) == SCOPE_COUNT, "one row per scope");

bool principal_may(const struct principal *p, unsigned wanted, struct err *e)
{
	unsigned have = p ? p->scopes : 0, missing = wanted & ~have;
	char names[256];
	if (!missing)
		return true;
	scopes_print(missing, ' ', names);
	return err_set(e, ERR_SCOPE, "this needs a key with the scope %s", names);
}

static bool scope_find(struct str name, unsigned *bit)
{
	for (unsigned i = 0; i < SCOPE_COUNT; i++)
		if (str_eq(name, str_of(scopes[i].name))) {
			*bit = 1u << i;
			return true;
		}
	return false;
}

bool scopes_parse(struct str text, unsigned *bits, struct err *e)
{
	*bits = 0;
	while (text.n) {
		size_t n = 0;
		while (n < text.n && text.p[n] != ',' && text.p[n] != ' ')
			n++;
		struct str name = { text.p, n };
		text.p += n < text.n ? n + 1 : n;
		text.n -= n < text.n ? n + 1 : n;
		unsigned bit;
		if (n == 0)
			continue;
		if (!scope_find(name, &bit)) {
			char known[256];
			scopes_print(SCOPES_ALL, ' ', known);
			return err_set(e, ERR_INVALID_REQUEST,
				"no such scope: %.*s (known: %s)", (int)(n < 60 ? n : 60),
				name.p, known);
		}
		*bits |= bit;
	}
	return true;
}

unsigned scopes_known(struct str text)
{
	unsigned bits = 0, bit;
	struct str name;
	while (str_cut(&text, ' ', &name))
		if (scope_find(name, &bit))
			bits |= bit;
	return bits;
}

void scopes_print(unsigned bits, char sep, char out[256])
{
	size_t n = 0;
	for (unsigned i = 0; i < SCOPE_COUNT; i++) {
		size_t more = strlen(scopes[i].name);
		if (!(bits & 1u << i) || n + more + 2 > 256)
			continue;
		if (n)
			out[n++] = sep;
		memcpy(out + n, scopes[i].name, more);
		n += more;
	}
	out[n] = 0;
}
