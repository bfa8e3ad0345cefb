/* SPDX-License-Identifier: Apache-2.0 */
/* Which failures may pass by themselves, and how long to wait for that. */
#ifndef JOB_AGAIN_H
#define JOB_AGAIN_H

#include "base/conf.h"
#include "scrape/scrape.h"

/* May another try give what this one did not? Connections that failed, time-outs, 408, 425, 429 and
 * 5xx; not what the site or the URL will give again, nor a host that does not exist. */
bool again_helps(const struct scrape_result *r);
/* Pause after try number `tries` (from 1), in ms: job_retry_ms, four times as long each time, a fifth
 * more or less by the dice; at least what the site asks for. */
int64_t again_pause_ms(
	const struct conf *c, int64_t tries, int64_t retry_after_s, uint64_t dice);

#endif
