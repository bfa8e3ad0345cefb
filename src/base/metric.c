/* SPDX-License-Identifier: Apache-2.0 */
#include "base/metric.h"

#include <stdatomic.h>

enum kind { COUNTER, GAUGE, HISTOGRAM };
static const struct {
	enum kind kind;
	const char *name, *labels, *help;
} rows[] = {
#define METRIC_ROW(id, kind, name, labels, help) { kind, name, labels, help },
#include "base/metric_table.h"
#undef METRIC_ROW
};
_Static_assert(sizeof rows / sizeof rows[0] == METRIC_COUNT, "one row per metric");

static const double bounds_ms[] = { 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000,
	10000, 30000, 60000, 120000 };
enum { BOUNDS = sizeof bounds_ms / sizeof bounds_ms[0] };

static struct {
	_Atomic int64_t value; /* counter, gauge; histogram: the count */
	_Atomic int64_t sum_us;
	_Atomic int64_t buckets[BOUNDS];
} cells[METRIC_COUNT];

static void add(_Atomic int64_t *to, int64_t n)
{
	atomic_fetch_add_explicit(to, n, memory_order_relaxed);
}

void metric_add(enum metric m, int64_t n)
{
	add(&cells[m].value, n);
}

void metric_set(enum metric m, int64_t value)
{
	atomic_store_explicit(&cells[m].value, value, memory_order_relaxed);
}

void metric_ms(enum metric m, double ms)
{
	int i = 0;
	while (i < BOUNDS && ms > bounds_ms[i])
		i++;
	if (i < BOUNDS)
		add(&cells[m].buckets[i], 1);
	add(&cells[m].value, 1);
	add(&cells[m].sum_us, (int64_t)(ms * 1000));
}

int64_t metric_get(enum metric m)
{
	return atomic_load_explicit(&cells[m].value, memory_order_relaxed);
}

static void print_histogram(enum metric m, struct buf *b)
{
	int64_t below = 0;
	for (int i = 0; i < BOUNDS; i++) {
		below += atomic_load_explicit(&cells[m].buckets[i], memory_order_relaxed);
		buf_addf(b, "%s_bucket{le=\"%g\"} %lld\n", rows[m].name, bounds_ms[i],
			(long long)below);
	}
	long long count = (long long)metric_get(m);
	buf_addf(b, "%s_bucket{le=\"+Inf\"} %lld\n%s_sum %.3f\n%s_count %lld\n", rows[m].name,
		count, rows[m].name,
		(double)atomic_load_explicit(&cells[m].sum_us, memory_order_relaxed) / 1000.0,
		rows[m].name, count);
}

void metric_print(struct buf *b)
{
	static const char *const words[] = { "counter", "gauge", "histogram" };
	for (int m = 0; m < METRIC_COUNT; m++) {
		if (m == 0 || strcmp(rows[m].name, rows[m - 1].name) != 0)
			buf_addf(b, "# HELP %s %s\n# TYPE %s %s\n", rows[m].name, rows[m].help,
				rows[m].name, words[rows[m].kind]);
		if (rows[m].kind == HISTOGRAM)
			print_histogram((enum metric)m, b);
		else
			buf_addf(b, "%s%s%s%s %lld\n", rows[m].name,
				rows[m].labels[0] ? "{" : "", rows[m].labels,
				rows[m].labels[0] ? "}" : "",
				(long long)metric_get((enum metric)m));
	}
}
