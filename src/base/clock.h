/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time. Deadlines and durations use mono_ms (CLOCK_MONOTONIC); what people see uses now_ms
 * (milliseconds since 1970, UTC). Tests may fake both.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/str.h"

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)

int64_t now_ms(void);
int64_t mono_ms(void);
int64_t mono_us(void);
int64_t cpu_ns(void); /* processor time of this thread */
void clock_fake(
	int64_t now_ms, int64_t mono_ms); /* tests only; both negative: real time again */

enum { ISO_SIZE = 32 };
/* "2026-01-27T10:30:00Z" */
const char *iso_print(int64_t ms, char out[ISO_SIZE]);
/* RFC 3339 date-time, or a date alone (midnight UTC). */
bool iso_parse(struct str text, int64_t *ms);

#endif
