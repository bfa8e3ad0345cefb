/* SPDX-License-Identifier: Apache-2.0 */
/* What an OAuth endpoint refuses with (RFC 6749 section 5.2, auth.md section 8). */
#ifndef GRANT_OAUTH_ERROR_H
#define GRANT_OAUTH_ERROR_H

#include "base/err.h"

enum oauth_code {
#define OAUTH_ROW(id, name, http) OAUTH_##id,
#include "auth/grant/oauth_error_table.h"
#undef OAUTH_ROW
	OAUTH_COUNT
};
struct oauth_error {
	enum oauth_code code; /* OAUTH_NONE: none */
	char about[200]; /* error_description: ASCII without " and \, no secrets */
};
const char *oauth_name(enum oauth_code code);
int oauth_http(enum oauth_code code);
/* Always false, for return oauth_fail(...). */
bool oauth_fail(struct oauth_error *e, enum oauth_code code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
