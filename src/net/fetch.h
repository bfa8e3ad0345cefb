/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every outgoing transfer of the program: one thread, libcurl's multi interface on epoll. A flow
 * parks on a transfer and is resumed when its result is filled in. The only file family that may
 * touch libcurl (tests/lint checks it).
 *
 * Policy decides who may be dialled; each policy has its own multi handle, so a connection opened
 * under one is never used under the other.
 */
#ifndef NET_FETCH_H
#define NET_FETCH_H

#include "base/conf.h"
#include "base/flow.h"
#include "base/url.h"

enum fetch_policy {
	FETCH_PAGE, /* public addresses, and what allow_targets names */
	FETCH_OPERATOR, /* the operator's own endpoints (the LLM): any address, no redirects */
};
enum { FETCH_UNREAD_BYTES = 65536 };
struct fetch_header {
	const char *name, *value;
};
struct fetch_req {
	struct url url;
	enum fetch_policy policy;
	const char *method; /* NULL: GET */
	struct str body; /* sent as is; must outlive the transfer */
	const struct fetch_header
		*headers; /* ends with a NULL name; not sent to another origin */
	const char *user_agent;
	int64_t timeout_ms; /* from now to the last byte: waiting, DNS and redirects included */
	size_t max_wire_bytes, max_body_bytes; /* 0: the settings' */
	int max_hops; /* redirects followed; -1: the settings' */
	bool keep_head; /* all header lines are wanted: fetch_res.head */
	bool page_only; /* refuse by Content-Type, when the header ends, what is no page */
	bool head_only; /* the answer's body is read to FETCH_UNREAD_BYTES at most, and dropped */
};
struct fetch_res {
	struct err err; /* code ERR_NONE: an answer came, whatever its status */
	int status; /* of the last answer; 0: none */
	struct url final;
	const char *mime; /* lower case, no parameters; NULL: none was sent */
	const char *charset; /* of Content-Type; NULL: none */
	const char *encoding; /* Content-Encoding as sent; NULL: none */
	int64_t retry_after_s; /* -1: none */
	int64_t max_age_s; /* of Cache-Control; 0: it says not to keep it; -1: says nothing */
	struct str head; /* with keep_head: "Name: value\n" for each line of the last answer */
	struct str body; /* packed until fetch_unpack; memory tied to the call's arena */
	void *held; /* net's own; NULL when the result did not come from here */
	int hops;
	bool astray; /* with err: too many redirects, or they went round in a circle */
	bool no_name; /* with err: the name servers say that there is no such host */
	int64_t fetched_ms, took_ms; /* wall clock at the end; duration */
};

struct fetcher;
/* c must outlive it. NULL with *e: allow_targets, nat64_prefix or ca_file is not usable. */
struct fetcher *fetcher_start(const struct conf *c, struct err *e);
/* Transfers in flight end with ERR_CANCELLED, and so do at once those that are begun later. */
void fetcher_close(struct fetcher *f);
void fetcher_stop(struct fetcher **f); /* closes; no flow may begin a transfer any more */
/* From a step, as its last act: return FLOW_PARKED after it. req, *res live in f->call's arena. */
void fetch_begin(struct fetcher *fetcher, const struct fetch_req *req, struct fetch_res *res,
	struct flow *f);
/* After call->cancelled was set, from any thread: the transfer ends with ERR_CANCELLED. */
void fetcher_kick(struct fetcher *f);
/* On a desk: unpacks res->body (one layer of gzip, deflate, br or zstd) within max_body_bytes. */
bool fetch_unpack(struct fetch_res *res, size_t max_body_bytes, struct arena *a, struct err *e);

#endif
