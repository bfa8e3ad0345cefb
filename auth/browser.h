/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The person's browser: its session cookie, and which forms are really its own (auth.md 7.17, 7.18,
 * section 9). Cookie: __Host-sid on https, sid on plain http (loopback); HttpOnly, SameSite=Lax.
 */
#ifndef AUTH_BROWSER_H
#define AUTH_BROWSER_H

#include "auth/auth.h"
#include "http/form.h"

struct browser { /* in the request's arena */
	struct http_req *r;
	struct site site;
	struct session session; /* valid when known */
	bool known; /* it has a session that counts */
	bool create; /* in: make one (nobody signed in) when it has none */
};
/* Steps: finds the session of the cookie, or makes one and sets the cookie. ERR_NOT_FOUND when OAuth
 * is not offered here. Returns FLOW_NEXT (flow_enter). */
enum flow_next browser_enter(
	struct browser *b, struct http_req *r, bool create, struct flow *f);
/* Sets or (text NULL) clears the cookie. */
void browser_set_cookie(struct http_req *r, const struct site *site, const char *text);
/* The hidden field `csrf` is the session's, and Origin (or Sec-Fetch-Site) is this site's.
 * ERR_FORBIDDEN in words for the person. */
bool browser_form_ok(const struct browser *b, const struct form *form, struct err *e);

#endif
