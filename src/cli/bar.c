/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/bar.h"

#include <stdio.h>

void pace_mark(struct pace *p, int64_t at_ms, int64_t done)
{
	enum { APART_MS = PACE_MS / (PACE_MARKS - 1) + 1 };
	/* marks that lie closer replace the newest one, so that the oldest is some seconds old */
	if (p->n > 1 && at_ms - p->marks[p->n - 2].at_ms < APART_MS) {
		p->marks[p->n - 1].at_ms = at_ms;
		p->marks[p->n - 1].done = done;
		return;
	}
	size_t old = 0;
	while (old < p->n &&
		(at_ms - p->marks[old].at_ms > PACE_MS || p->n - old == PACE_MARKS))
		old++;
	p->n -= old;
	memmove(p->marks, p->marks + old, p->n * sizeof *p->marks);
	p->marks[p->n].at_ms = at_ms;
	p->marks[p->n].done = done;
	p->n++;
}

double pace_per_s(const struct pace *p)
{
	if (p->n < 2)
		return 0;
	int64_t ms = p->marks[p->n - 1].at_ms - p->marks[0].at_ms;
	int64_t done = p->marks[p->n - 1].done - p->marks[0].done;
	return ms > 0 && done > 0 ? (double)done * 1000 / (double)ms : 0;
}

const char *bar_time(int64_t seconds, char out[24])
{
	enum { MINUTE = 60, HOUR = 3600, MOST = 999 * HOUR };
	int64_t s = seconds < 0 ? 0 : seconds > MOST ? MOST : seconds;
	if (s < MINUTE)
		snprintf(out, 24, "%llds", (long long)s);
	else if (s < HOUR)
		snprintf(out, 24, "%lldm%02llds", (long long)s / MINUTE, (long long)s % MINUTE);
	else
		snprintf(out, 24, "%lldh%02lldm", (long long)s / HOUR,
			(long long)s % HOUR / MINUTE);
	return out;
}

static void paint(struct buf *to, const struct bar *bar, const char *color, const char *text)
{
	if (bar->color)
		buf_addf(to, "\033[%sm%s\033[0m", color, text);
	else
		buf_text(to, text);
}

static void print_bar(const struct bar *bar, int64_t columns, struct buf *to)
{
	int64_t full = bar->total > 0 ? bar->done * columns / bar->total : 0;
	buf_text(to, " [");
	if (bar->color)
		buf_text(to, "\033[32m");
	for (int64_t i = 0; i < columns; i++) {
		if (bar->color && i == full)
			buf_text(to, "\033[0m");
		buf_char(to, i < full ? '#' : '-');
	}
	if (bar->color && full == columns)
		buf_text(to, "\033[0m");
	buf_char(to, ']');
}

void bar_print(const struct bar *bar, struct buf *to)
{
	enum { PARTS = 5, BAR_LEAST = 5, BAR_MOST = 60, FRAME = 3 };
	char text[PARTS][48], left[24];
	int64_t room = bar->width - 1, used = 0;
	snprintf(text[0], sizeof text[0], "%3lld%%",
		(long long)(bar->total > 0 ? bar->done * 100 / bar->total : 0));
	snprintf(text[1], sizeof text[1], " %lld/%lld", (long long)bar->done,
		(long long)bar->total);
	text[2][0] = text[3][0] = text[4][0] = 0;
	if (bar->failed)
		snprintf(text[2], sizeof text[2], "  %lld failed", (long long)bar->failed);
	if (bar->per_s > 0) {
		snprintf(text[3], sizeof text[3], bar->per_s < 10 ? "  %.1f/s" : "  %.0f/s",
			bar->per_s);
		double s = (double)(bar->total - bar->done) / bar->per_s;
		snprintf(text[4], sizeof text[4], "  %s left",
			bar_time(s < 1e7 ? (int64_t)(s + 0.5) : INT64_MAX, left));
	}
	int shown = 0;
	for (; shown < PARTS && used + (int64_t)strlen(text[shown]) <= room; shown++)
		used += (int64_t)strlen(text[shown]);
	int64_t columns = room - used - FRAME;
	columns = columns > BAR_MOST ? BAR_MOST : columns;
	for (int i = 0; i < shown; i++) {
		if (i == 1 && shown == PARTS && columns >= BAR_LEAST)
			print_bar(bar, columns, to);
		paint(to, bar, i == 2 && text[i][0] ? "31" : "0", text[i]);
	}
}
