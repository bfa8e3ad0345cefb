/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One URL to a result, as named steps of a flow (a cursor needs but the first):
 * look up (cache, single flight) -> fetch -> read, and keep in the cache -> ask (with a prompt).
 */
#ifndef SCRAPE_SCRAPE_H
#define SCRAPE_SCRAPE_H

#include "base/flow.h"
#include "page/page.h"
#include "page/pick.h"

#include <jansson.h>

enum scrape_format { FORMAT_MARKDOWN, FORMAT_HTML, FORMAT_BOTH };
enum agent { AGENT_DEFAULT, AGENT_MOBILE, AGENT_TABLET };

struct scrape_opts {
	const char *account; /* whose question it is: nothing is shared between accounts */
	int format; /* enum scrape_format */
	int agent; /* enum agent */
	int64_t timeout_ms; /* of the fetch; the model's time is its own setting */
	int64_t cache_ttl_s; /* 0: neither read nor kept */
	bool no_cache; /* do not read the cache (the result is kept) */
	bool only_main;
	int links, images; /* enum page_links, page_images */
	bool structured; /* what the page carries for machines, too */
	bool outline; /* the headings in place of the text */
	const char *section; /* one part of the page (page/section.h); NULL: all */
	int64_t max_tokens; /* of Markdown and HTML, the rest of which waits for a cursor, and of what is
			       structured; 0: no limit */
	int64_t max_structured_tokens; /* of that alone; 0: what max_tokens leaves it */
	const char *
		cursor; /* goes on with a text that was cut; of the rest max_tokens counts. NULL: none */
	const char *prompt; /* NULL: no extraction */
	const struct pick *pick; /* CSS selectors; NULL: none */
};
/* What callers get who do not say, and the most they may ask for (apis.md S4). */
enum { SCRAPE_TIMEOUT_MS = 30000, SCRAPE_TTL_S = 3600 };
enum { SCRAPE_TIMEOUT_MOST_MS = 120000, SCRAPE_PROMPT_MOST = 10000 /* code points */ };
struct scrape_warning {
	const char *code, *message;
};
struct scrape_usage {
	int64_t tokens_in, tokens_out, ms, calls;
};
struct scrape_result {
	const char *url; /* verbatim as asked */
	const char *final_url; /* NULL: no answer came */
	struct err err;
	bool no_name; /* with err: there is no such host, which another try does not change */
	bool cached;
	int http_status; /* 0: none */
	struct str markdown, html; /* p NULL: not asked for */
	const char *next_cursor; /* NULL: Markdown and HTML are all there is */
	int64_t tokens; /* of all of Markdown and HTML; 0: not counted */
	bool outlined; /* the headings are shown */
	struct headings outline;
	struct str structured; /* JSON object; p NULL: not asked for */
	bool asked; /* a prompt was given: `extract` is shown, if only as null */
	json_t *extract; /* any JSON value; NULL: none */
	struct str data; /* JSON object of the selectors; p NULL: none were given */
	int64_t retry_after_s; /* the site asks to wait; -1: it does not */
	struct page_meta meta;
	const char *mime,
		*encoding; /* as sent; as the page was read ("UTF-8"); NULL: unknown */
	int64_t words; /* of the Markdown */
	int64_t fetched_ms, took_ms, expires_ms;
	struct scrape_warning *warnings;
	size_t n_warnings;
	struct scrape_usage usage;
};

/* From a step: pushes the scrape's steps. A target's failure does not fail the flow: it is
 * out->err (with what is known of the answer); the flow fails only with ERR_CANCELLED, our own
 * faults and ERR_INVALID_REQUEST for options that no target could meet. url, opts and out live in f->call's arena. */
enum flow_next scrape_enter(struct flow *f, const char *url, const struct scrape_opts *opts,
	struct scrape_result *out);
void scrape_warn(
	struct scrape_result *r, struct arena *a, const char *code, const char *message);

#endif
