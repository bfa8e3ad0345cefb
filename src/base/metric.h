/* SPDX-License-Identifier: Apache-2.0 */
/* Counters, gauges and histograms: relaxed atomics, no lock; printed as Prometheus text. */
#ifndef BASE_METRIC_H
#define BASE_METRIC_H

#include "base/buf.h"

enum metric {
#define METRIC_ROW(id, kind, name, labels, help) METRIC_##id,
#include "base/metric_table.h"
#undef METRIC_ROW
	METRIC_COUNT
};
void metric_add(enum metric m, int64_t n); /* counters; gauges, also negative */
void metric_set(enum metric m, int64_t value); /* gauges */
void metric_ms(enum metric m, double ms); /* histograms */
int64_t metric_get(enum metric m); /* for tests; histograms: the count */
void metric_print(struct buf *b);

#endif
