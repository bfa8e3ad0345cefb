/* SPDX-License-Identifier: Apache-2.0 */
/* Measuring the conversion, behind `scraped convert --bench`. */
#ifndef CLI_CONVERT_BENCH_H
#define CLI_CONVERT_BENCH_H

#include "base/buf.h"
#include "page/page.h"

/* Converts all n pages twice, each in `a` after a reset, and prints the second pass's seconds, the bytes
 * and the peak RSS (KiB) as one line of JSON; before it, with `profile`, what each stage took of the
 * processor.
 * Returns the exit code; says on standard error which page failed. */
int convert_bench(
	struct arena *a, const struct buf *pages, int n, struct page_opts *o, bool profile);

#endif
