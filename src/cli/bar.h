/* SPDX-License-Identifier: Apache-2.0 */
/* A line that says how far a job is: with a bar for a terminal, and how fast it goes. */
#ifndef CLI_BAR_H
#define CLI_BAR_H

#include "base/buf.h"

/* How many were done when, over the last seconds. */
enum { PACE_MARKS = 64, PACE_MS = 10000 };
struct pace {
	struct {
		int64_t at_ms, done;
	} marks[PACE_MARKS];
	size_t n;
};
/* Marks come in the order of time (mono_ms). */
void pace_mark(struct pace *p, int64_t at_ms, int64_t done);
/* Per second; 0: not known yet, or it stands still. */
double pace_per_s(const struct pace *p);

struct bar {
	int64_t total, done, failed;
	double per_s;
	int64_t width; /* columns of the terminal; the line has one less at most */
	bool color;
};
/* " 37% [#######------------] 37/100  4.2/s  15s left  3 failed", without a line's end. What does
 * not fit is left out from the right, the bar first. */
void bar_print(const struct bar *bar, struct buf *to);
/* "15s", "3m20s", "2h05m" */
const char *bar_time(int64_t seconds, char out[24]);

#endif
