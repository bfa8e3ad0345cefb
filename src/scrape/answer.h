/* SPDX-License-Identifier: Apache-2.0 */
/* What a site answered, from the network, the cache or another caller's transfer. */
#ifndef SCRAPE_ANSWER_H
#define SCRAPE_ANSWER_H

#include "base/err.h"
#include "base/str.h"

struct answer {
	struct err err; /* no answer came: everything below may be missing */
	bool no_name; /* with err: there is no such host */
	int status;
	const char *final_url;
	const char *mime, *charset; /* NULL: not sent */
	const char *encoding; /* NULL: the body is not packed */
	struct str body; /* as it travelled */
	int64_t retry_after_s; /* -1: none */
	int64_t fetched_ms, took_ms;
};

enum { ANSWER_ID_SIZE = 32 };
/* Who asked for what: account, normalised URL, user agent profile (apis.md S4-41). */
struct answer_id {
	unsigned char hash[ANSWER_ID_SIZE];
};

#endif
