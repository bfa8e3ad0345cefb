/* SPDX-License-Identifier: Apache-2.0 */
/* From method and path to a row of the doors' lists. The first row that fits wins. */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include "base/buf.h"
#include "http/http.h"

/* method.p NULL: any method. A slash at the end of `path` counts for nothing. NULL: none. */
const struct http_route *route_find(const struct http_route *const *lists, struct str method,
	struct str path, struct str params[HTTP_PARAMS]);
/* Writes the methods of all rows with this path as Allow wants them, OPTIONS last.
 * false: no row has the path (nothing is written). */
bool route_methods(const struct http_route *const *lists, struct str path, struct buf *out);

#endif
