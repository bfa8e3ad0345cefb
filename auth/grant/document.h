/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A document that a client publishes: who fetches it, and what of the answer counts. Fetched through
 * the guard of page fetches, https and public addresses only, no redirects, 5 s, 64 KiB; one fetch at
 * a time for each, failures are remembered for a minute, and a network may ask for 20 in a minute.
 * What is learnt from it is kept by others (cimd.c, client_keys.c).
 */
#ifndef GRANT_DOCUMENT_H
#define GRANT_DOCUMENT_H

#include "auth/grant/oauth_error.h"
#include "base/conf.h"
#include "base/json.h"
#include "net/fetch.h"

#define DOCUMENT_LEAST_MS ((int64_t)5 * 60 * 1000)
#define DOCUMENT_MOST_MS ((int64_t)24 * 60 * 60 * 1000)

struct documents; /* limits and what is being fetched; safe from any desk */
/* what: "document", "keys": told to clients. NULL: the settings are unusable (the fetcher said so). */
struct documents *documents_open(
	const struct conf *conf, struct fetcher *fetcher, const char *what);
void documents_close(struct documents **d);

enum document_role { DOCUMENT_REFUSED, DOCUMENT_LEADS, DOCUMENT_WAITS };
struct document { /* one look, in its call's arena; zero but for the first five */
	struct documents *of;
	struct flow *flow;
	struct str address;
	const char *peer; /* for the rate limit of fetches */
	struct oauth_error *fault; /* never more than "it could not be used" and why in one
				      word: no oracle about networks */
	enum document_role role;
	struct document *waiting; /* of a leader: those who wait for it */
	struct document *next;
	bool good; /* it was read and is kept: set by the leader before document_end */
	bool gone; /* it could not be had: the way there, not the document, is at fault */
	bool cancelled; /* that says nothing about it */
	struct fetch_req req;
	struct fetch_res res;
};

/* Fills the fault. Returns false. */
bool document_unusable(struct document *d, const char *word);
/* https, at port 443 or where the operator's own setting leads; fills req.url. */
bool document_acceptable(struct document *d);
/* DOCUMENT_REFUSED: the fault is filled. DOCUMENT_WAITS: the flow is parked already; when it goes
 * on, `good` or the fault tells what its leader got. */
enum document_role document_join(struct document *d);
/* The leader's, as the last act of its step: return FLOW_PARKED after it. */
void document_fetch(struct document *d);
/* The leader's: the JSON object that came (arena's). NULL: the fault and `gone` say why. */
json_t *document_read(struct document *d);
/* By its Cache-Control, DOCUMENT_LEAST_MS to DOCUMENT_MOST_MS. */
int64_t document_life_ms(const struct document *d);
/* The leader's duty, once: those who wait go on. */
void document_end(struct document *d);

#endif
