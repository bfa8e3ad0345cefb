/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the doors see of the scraping operations: arguments, answers and the view of one result.
 * REST decodes its own spelling into the same structs; MCP uses the operations' own tables.
 */
#ifndef OP_ANSWER_H
#define OP_ANSWER_H

#include "op/jobs.h"
#include "scrape/cursor.h"
#include "scrape/scrape.h"
#include "scrape/view.h"

enum scrape_mode { SCRAPE_SYNC, SCRAPE_ASYNC };

/* op_scrape_url: one page, the MCP tool. */
struct scrape_url_args {
	const char *url;
	struct scrape_opts o;
};

/* op_scrape: sync takes exactly one URL; more give ERR_TOO_MANY_URLS ("sync mode requires exactly
 * 1 URL"). More than 5 are ERR_TOO_MANY_URLS before any URL is looked at: tables leave the count of
 * urls open (min and max 0) and the operation judges it. async makes a job of the dialect "page",
 * which takes the scope jobs:write besides; min and max of the pause are judged in both modes. */
struct scrape_args {
	struct create_job_args job; /* first: urls, options, pace; sync reads what it needs */
	int mode; /* enum scrape_mode */
};
struct scrape_out {
	struct scrape_result result; /* first; async: its warnings alone */
	int mode;
	struct job_out job; /* async */
};

/* The out of op_scrape_url is a struct scrape_result. A failed target does not fail the operation:
 * it is result.err, and the view shows status "error" and error {code, message}. Members the tables
 * do not know become a warning UNKNOWN_FIELD of the result where they stand inside "config". */
extern const struct op op_scrape_url, op_scrape;
#endif
