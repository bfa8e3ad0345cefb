/* SPDX-License-Identifier: Apache-2.0 */
/* Where an issuer's metadata stands, and what of it is believed. Pure: nothing is fetched here. */
#ifndef ISSUER_DISCOVER_H
#define ISSUER_DISCOVER_H

#include "auth/issuer/issuer.h"

enum { DISCOVER_URLS = 2 };

/* https, or http to a loopback address; no query, no fragment, no user info (RFC 8414 section 2).
 * ERR_INVALID_REQUEST. */
bool discover_issuer(const char *issuer, struct arena *a, struct url *out, struct err *e);
/* The documents, in the order to try them: RFC 8414 section 3.1 puts its name before the issuer's
 * path, OpenID Connect Discovery section 4 behind it. */
void discover_urls(const struct url *issuer, bool openid, struct arena *a,
	const char *urls[DISCOVER_URLS]);
/* An endpoint that the metadata names: https, or http to loopback when the issuer is there too. */
bool discover_endpoint(
	const struct url *issuer, const char *text, struct arena *a, struct url *out);
/* `issuer` must be the text that was configured, byte for byte (RFC 8414 section 3.3), and the keys
 * must be fetchable. Other endpoints that are not usable count as absent. all: the arena's. */
bool discover_read(json_t *all, const char *text, const struct url *issuer, struct arena *a,
	struct issuer_metadata *out, struct err *e);

#endif
