/* SPDX-License-Identifier: Apache-2.0 */
/* The caller: one type for API keys, OAuth tokens and the user on stdio. */
#ifndef ACCOUNT_PRINCIPAL_H
#define ACCOUNT_PRINCIPAL_H

#include "base/err.h"
#include "base/str.h"

enum via {
	VIA_KEY, /* an API key */
	VIA_LOCAL, /* the person at this machine (stdio, command line) */
	VIA_TOKEN, /* an OAuth access token */
};

enum scope {
#define SCOPE_ROW(id, name, about) SCOPE_BIT_##id,
#include "account/scope_table.h"
#undef SCOPE_ROW
	SCOPE_COUNT
};
#define SCOPE(id) (1u << SCOPE_BIT_##id)
#define SCOPES_ALL ((1u << SCOPE_COUNT) - 1)

struct principal {
	const char *account_id;
	const char *credential_id; /* id of the key or of the token's grant; "local" on stdio */
	enum via via;
	unsigned scopes;
};

/* false with ERR_SCOPE naming what is missing. */
bool principal_may(const struct principal *p, unsigned scopes, struct err *e);
/* "scrape,jobs:read" to bits; ERR_INVALID_REQUEST names an unknown one and lists the known. */
bool scopes_parse(struct str text, unsigned *scopes, struct err *e);
/* The same, blanks between, for what is stored and what an OAuth client asks for: names that nobody
 * knows (any more) give nothing. */
unsigned scopes_known(struct str text);
/* Bits to "scrape jobs:read", at most 255 bytes. */
void scopes_print(unsigned scopes, char sep, char out[256]);

#endif
