/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of auth/grant/document.h. */
#ifndef GRANT_DOCUMENT_IN_H
#define GRANT_DOCUMENT_IN_H

#include "auth/grant/document.h"
#include "base/map.h"
#include "net/guard.h"

#include <pthread.h>

struct documents {
	const struct conf *conf;
	struct fetcher *fetcher;
	const char *what;
	pthread_mutex_t lock; /* of what follows */
	struct guard *guard; /* never changed: guard_has_targets needs no lock */
	struct map *flights; /* address -> struct document that leads */
	struct map *failures; /* address -> struct failure */
	struct map *rates; /* network -> struct rate */
};

#endif
