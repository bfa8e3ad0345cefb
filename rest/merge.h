/* SPDX-License-Identifier: Apache-2.0 */
/* The arguments of a request as one flat JSON object. */
#ifndef REST_MERGE_H
#define REST_MERGE_H

#include "base/field.h"
#include "http/http.h"

/*
 * The members of the JSON body, then of the query (only names that stand in the table, turned into
 * the kind of JSON the field wants), then the path's parts; the later ones win. Arena's.
 * NULL with ERR_MEDIA_TYPE (a declared type that is not JSON, a packed body) or
 * ERR_INVALID_REQUEST (not JSON, not an object, a body that is missing though the table requires
 * something that is not hidden).
 */
json_t *merge_args(struct http_req *r, const struct field *in, struct err *e);

#endif
