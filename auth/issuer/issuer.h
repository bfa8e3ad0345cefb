/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An outside issuer (auth.md section 5b): its metadata and keys, fetched by our own transfer loop and
 * cached, refetched at most once in 30 s for an unknown key. One struct serves both uses: access
 * tokens of SCRAPED_ISSUER, and ID tokens of the provider that people sign in at.
 */
#ifndef ISSUER_ISSUER_H
#define ISSUER_ISSUER_H

#include "auth/jose/introspect.h"
#include "auth/jose/verify.h"
#include "net/fetch.h"

enum { ISSUER_REFETCH_MS = 30000, ISSUER_WAIT_MS = 2000 };

struct issuer_setup {
	const char *url; /* the issuer, compared byte for byte with its metadata */
	bool openid; /* openid-configuration first (sign-in) */
	const char *client_id, *client_secret; /* for introspection; "" none */
	const char *
		introspection_url; /* NULL or "": what the metadata says when it is first read */
};
struct issuer; /* safe from any desk */
/* ERR_INVALID_REQUEST: not an https URL (http only to loopback). Nothing is fetched yet. */
struct issuer *issuer_open(const struct issuer_setup *s, struct fetcher *f, struct err *e);
/* After desks_stop: refreshes are flows of the desks. */
void issuer_close(struct issuer **i);

struct issuer_metadata { /* arena's; "" when absent */
	const char *issuer, *authorization_endpoint, *token_endpoint, *introspection_endpoint,
		*userinfo_endpoint, *jwks_uri, *end_session_endpoint;
	json_t *all;
	bool iss_in_response; /* authorization_response_iss_parameter_supported */
};
struct issuer_ask { /* in the call's arena */
	struct str kid; /* keys that must hold it; p NULL: any keys */
	bool metadata_only;
	struct issuer_metadata metadata; /* out, with metadata_only */
	struct key_set *keys; /* out, without metadata_only; dropped with the call's arena */
	struct err
		err; /* ERR_OVERLOADED: the issuer cannot be reached, or may not be asked again yet; ERR_NOT_FOUND: it has no such key
			   (kid remembered for 30 s) */
};
/* Steps: from the cache without any wait; else parks on a fetch that all who ask share, 2 s at most.
 * Returns FLOW_NEXT (flow_enter); `err` says how it went, the flow does not fail for it. */
enum flow_next issuer_enter(struct issuer *i, struct issuer_ask *ask, struct flow *f);

struct issuer_check { /* in the call's arena: an access token, JWT or opaque */
	struct str token;
	struct verify_rules rules;
	const struct dpop_proof *proof; /* NULL */
	struct claims claims; /* out */
	const char *why; /* out, when bad */
	struct err
		err; /* out: ERR_NONE good; ERR_UNAUTHORIZED; ERR_OVERLOADED: 503, not decidable */
};
/* Steps: verifies a JWT (refetching keys when its kid is unknown), asks the introspection endpoint
 * for an opaque one when there is one (verdicts kept min(60 s, exp), bad ones 5 s, under the
 * SHA-256 of the token). Returns FLOW_NEXT (flow_enter). */
enum flow_next issuer_check_enter(struct issuer *i, struct issuer_check *c, struct flow *f);

#endif
