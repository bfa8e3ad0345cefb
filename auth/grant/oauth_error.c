/* SPDX-License-Identifier: Apache-2.0 */
#include "auth/grant/oauth_error.h"

#include <stdarg.h>

static const struct {
	const char *name;
	int http;
} rows[] = {
#define OAUTH_ROW(id, name, http) { name, http },
#include "auth/grant/oauth_error_table.h"
#undef OAUTH_ROW
};

const char *oauth_name(enum oauth_code code)
{
	return rows[code].name;
}

int oauth_http(enum oauth_code code)
{
	return rows[code].http;
}

/* What RFC 6749 section 5.2 allows in error_description: printable ASCII without " and \. */
bool oauth_fail(struct oauth_error *e, enum oauth_code code, const char *format, ...)
{
	va_list args;
	e->code = code;
	va_start(args, format);
	vsnprintf(e->about, sizeof e->about, format, args);
	va_end(args);
	for (char *c = e->about; *c; c++)
		if (*c < ' ' || *c > '~' || *c == '"' || *c == '\\')
			*c = '?';
	return false;
}
