/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Under which URL this server is itself: issuer, resource and links. Decided by public_url alone; on a
 * loopback address without one, by the Host that passed the list of loopback names. Never by headers
 * of strangers.
 */
#ifndef AUTH_SITE_H
#define AUTH_SITE_H

#include "http/http.h"

struct site {
	const char *base; /* "https://scrape.example", no slash at the end: the issuer */
	const char *resource; /* base + "/mcp" */
	const char *const *audiences; /* what a token's aud may be: NULL-ended */
	bool secure; /* https: cookies get Secure and __Host- */
};
/* Once, before the doors open. Without TLS (own or a proxy's, with public_url https) and without
 * loopback, OAuth is not offered: site_refusal says why. */
void site_start(const struct conf *c, const char *address);
void site_stop(void);
/* NULL: OAuth is offered. Else a sentence for the operator. */
const char *site_refusal(void);
/* Where the person at this machine finds the pages; NULL: not offered. */
const char *site_home(void);
/* false: not offered. Text in r's arena or constant. */
bool site_of(const struct http_req *r, struct site *out);
/* Does a `resource` parameter (RFC 8707) mean this server? Scheme and host without case; a slash at
 * the end and the origin alone are tolerated. What is issued names site.resource. */
bool site_resource_ok(const struct site *site, struct str resource);

#endif
