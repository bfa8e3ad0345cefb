/* SPDX-License-Identifier: Apache-2.0 */
#include "job/again.h"

#define PAUSE_MOST_MS (INT64_C(24) * 3600 * 1000)

bool again_helps(const struct scrape_result *r)
{
	int status = r->http_status;
	if (r->err.code == ERR_TIMEOUT || r->err.code == ERR_OVERLOADED)
		return true;
	if (r->err.code != ERR_FETCH || r->no_name)
		return false;
	return status == 0 || status == 408 || status == 425 || status == 429 || status >= 500;
}

int64_t again_pause_ms(
	const struct conf *c, int64_t tries, int64_t retry_after_s, uint64_t dice)
{
	int64_t pause = c->job_retry_ms;
	for (int64_t n = 1; n < tries && pause < PAUSE_MOST_MS; n++)
		pause *= 4;
	if (pause > PAUSE_MOST_MS)
		pause = PAUSE_MOST_MS;
	pause += pause * ((int64_t)(dice % 401) - 200) / 1000;
	int64_t asked = retry_after_s > 0 ? retry_after_s : 0;
	asked = asked < INT64_MAX / 1000 ? asked * 1000 : INT64_MAX;
	return pause > asked ? pause : asked;
}
