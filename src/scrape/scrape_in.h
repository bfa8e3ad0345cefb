/* SPDX-License-Identifier: Apache-2.0 */
/* One scrape on its way; between the files of the scrape only. */
#ifndef SCRAPE_SCRAPE_IN_H
#define SCRAPE_SCRAPE_IN_H

#include "extract/ask.h"
#include "net/fetch.h"
#include "scrape/answer.h"
#include "scrape/cache.h"
#include "scrape/flight.h"
#include "scrape/kit.h"
#include "scrape/scrape.h"

struct scrape {
	const struct scrape_opts *o;
	struct scrape_result *out;
	struct url url;
	const struct section *section; /* NULL: all of the page */
	int64_t deadline_ms; /* of the fetch, mono_ms */
	struct answer_id id;
	struct flight_seat seat;
	struct fetch_req req;
	struct fetch_res res;
	struct answer answer;
	bool have; /* the answer is there: nothing is fetched */
	bool fetching, asking; /* begun, not ended */
	struct str page; /* the body, unpacked, when `unpacked` */
	bool unpacked;
	struct str text; /* Markdown for the model */
	struct ask ask;
};

/* The target failed: what is known stands in the result, and the way ends here. */
enum flow_next scrape_give_up(struct scrape *s, const struct err *e);
/* Progress for the caller, in steps: fetching, reading, asking. */
void scrape_say(struct flow *f, double done, const char *message);

/* Steps of scrape_read.c; self is the struct scrape. */
enum flow_next scrape_step_sort(struct flow *f);
enum flow_next scrape_step_read(struct flow *f);
enum flow_next scrape_step_ask(struct flow *f);
enum flow_next scrape_step_asked(struct flow *f);

#endif
