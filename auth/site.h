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
/* NULL: OAuth is offered. Else a sentence for the operator. */
const char *site_refusal(void);
/* false: not offered. Text in r's arena or constant. */
bool site_of(const struct http_req *r, struct site *out);

#endif
