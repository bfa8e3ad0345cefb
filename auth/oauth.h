/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the OAuth endpoints share: one call with its form and client, the authentication of clients,
 * and answers. A step that finds a fault returns oauth_stop; the list's last step, oauth_answer
 * (always), words it.
 */
#ifndef AUTH_OAUTH_H
#define AUTH_OAUTH_H

#include "auth/auth.h"
#include "auth/rate.h"
#include "http/form.h"

struct oauth_call { /* r->door_state; in the request's arena */
	struct http_req *r;
	struct site site;
	struct form form;
	struct client client;
	struct cimd_find find;
	struct str client_id, secret;
	bool basic; /* client_secret_basic was tried */
	struct assertion *assertion; /* private_key_jwt: of oauth_assertion.c */
	const char *jkt; /* of the DPoP proof; NULL: none */
	struct oauth_error fault;
	void *work; /* the endpoint's own */
};

/* The first step of POST endpoints: makes the call, reads site and form. */
enum flow_next oauth_step_form(struct flow *f);
/* Then: who is the client, proven by exactly one method (auth.md 7.25), and the DPoP proof. */
extern const struct flow_step oauth_client_steps[];
enum flow_next oauth_step_client(struct flow *f); /* enters them */
/* oauth_assertion.c: private_key_jwt */
bool oauth_assertion_sent(const struct form *form);
struct str oauth_assertion_client(struct oauth_call *c);
extern const struct flow_step oauth_assertion_steps[];
enum flow_next oauth_step_answer(struct flow *f); /* the last step, always */

/* A call without a form. NULL: OAuth is not offered here, *f has failed. */
struct oauth_call *oauth_begin(struct flow *f);
struct oauth_call *oauth_of(struct flow *f);
enum flow_next oauth_stop(struct flow *f, enum oauth_code code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
enum flow_next oauth_stop_with(struct flow *f, const struct oauth_error *fault);
/* j becomes the answer (its reference is taken). */
void oauth_put(struct http_req *r, int status, json_t *j);

/* No parameter twice but `resource` (RFC 8707), and each of these ours. */
bool oauth_form_ok(const struct form *form, const struct site *site, struct oauth_error *fault);
/* The scopes that are asked for: unknown ones dropped, none sent: the setting's. */
bool oauth_scopes(const struct form *form, unsigned *scopes, struct oauth_error *fault);
unsigned oauth_default_scopes(void);
/* The one DPoP header of r, as sent to this endpoint. */
struct dpop_proof oauth_proof(const struct http_req *r, const struct site *site);
/* Is this server the issuer of the tokens that count? */
bool oauth_is_issuer(void);
/* Is this client one that the settings let in? */
bool oauth_client_allowed(const struct client *c);

/* What an address may begin within an hour. */
struct oauth_rates {
	struct rate *authorize, *device, *sessions;
};
const struct oauth_rates *oauth_rates(void);
/* Takes one. false: f->err and when to come again are set. */
bool oauth_take(struct flow *f, struct rate *rate);

void chores_start(void);
/* Posts what is due of the hourly work: old rows removed, signing keys exchanged. Cheap. */
void oauth_chores(void);
/* Somebody is about to leave something behind: every thousandth time it is looked whether there is
 * too much of it. Cheap. */
void oauth_stranger(void);

/* Lists of steps, hung by auth.c */
extern const struct flow_step oauth_resource_doc[], oauth_server_doc[], oauth_openid_doc[],
	oauth_jwks_doc[], oauth_no_doc[];
extern const struct flow_step oauth_authorize[], oauth_token[], oauth_register[],
	oauth_revoke[], oauth_device[];

#endif
