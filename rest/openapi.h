/* SPDX-License-Identifier: Apache-2.0 */
/* The OpenAPI 3.1 document, from the rows and their field tables: what runs is what it says. */
#ifndef REST_OPENAPI_H
#define REST_OPENAPI_H

#include "base/buf.h"
#include "http/http.h"

/* lists: as rest_routes(); every route's row is a struct rest_row. public_url may be NULL or "". */
void openapi_print(
	const struct http_route *const *lists, const char *public_url, struct buf *b);

#endif
