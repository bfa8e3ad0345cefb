/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The REST dialects as data: which paths are whose, and how each words an error (apis.md X-14,
 *
 */
#ifndef REST_DIALECT_H
#define REST_DIALECT_H

#include "base/field.h"
#include "http/http.h"

/* What surrounds every answer; the dialects' tables pick and name its members. */
struct dialect_words {
	const char *request_id;
	const char *code, *message; /* of an error */
	const char *type, *title; /* problem details (RFC 9457) */
	int64_t status;
};

struct dialect {
	const char *prefix; /* of its paths; "" takes what no other has */
	const char *name;
	const struct field *head; /* struct dialect_words: in every answer */
	const struct field *error; /* struct dialect_words: in every refusal and fault */
	bool lower_codes; /* invalid_url instead of INVALID_URL */
};

extern const struct dialect dialects[]; /* longest prefix first; the last has "" */
/* The dialect of a decoded path; never NULL. */
const struct dialect *dialect_of(struct str path);
/* Adds the members of the head, and with e those of the error, to the open object in b. */
void dialect_put_head(const struct dialect *d, const struct http_req *r, struct buf *b);
void dialect_put_error(
	const struct dialect *d, const struct http_req *r, const struct err *e, struct buf *b);

extern const struct http_route dialect_page[]; /* scrape_: /v1/scrape */
extern const struct http_route dialect_bulk[]; /* scrpy: /v1/jobs */
extern const struct http_route dialect_hooks[]; /* ours: /v1/webhooks, deliveries of jobs */
extern const struct http_route dialect_goal_keys[]; /* ScrapeHub: /api/v1/api-keys */
extern const struct http_route dialect_goal_auth[]; /* ScrapeHub: /api/v1/auth/... */
extern const struct http_route dialect_goal_logout[];

#endif
