/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rate and concurrency of each key: token buckets behind one lock, bounded in number.
 *
 * A bucket fills with rate_per_minute and holds a quarter of it, at least 10 but never more than a
 * minute's worth: that many requests may come at once. VIA_LOCAL is not limited: it is the person
 * whose machine this is.
 */
#ifndef ACCOUNT_QUOTA_H
#define ACCOUNT_QUOTA_H

#include "account/principal.h"
#include "base/conf.h"

struct quota;
struct quota *quota_new(const struct conf *c);
void quota_free(struct quota **q);
/* Takes `cost` requests of the rate and one place in flight. false: ERR_RATE_LIMITED (the message says which
 * limit), *retry_after_s filled, and nothing is held. */
bool quota_take(struct quota *q, const struct principal *p, int cost, int *retry_after_s,
	struct err *e);
void quota_give_back(struct quota *q, const struct principal *p); /* the place in flight */

#endif
