/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <stdatomic.h>
#include <time.h>

static atomic_bool faked;
static _Atomic int64_t fake_now, fake_mono;

static int64_t read_us(clockid_t id)
{
	struct timespec t;
	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t now_ms(void)
{
	return atomic_load_explicit(&faked, memory_order_relaxed)
		       ? atomic_load(&fake_now)
		       : read_us(CLOCK_REALTIME) / 1000;
}

int64_t mono_us(void)
{
	return atomic_load_explicit(&faked, memory_order_relaxed)
		       ? atomic_load(&fake_mono) * 1000
		       : read_us(CLOCK_MONOTONIC);
}

int64_t cpu_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t mono_ms(void)
{
	return mono_us() / 1000;
}

void clock_fake(int64_t now, int64_t mono)
{
	atomic_store(&fake_now, now);
	atomic_store(&fake_mono, mono);
	atomic_store(&faked, now >= 0 || mono >= 0);
}

const char *iso_print(int64_t ms, char out[ISO_SIZE])
{
	time_t seconds = (time_t)(ms / 1000 - (ms % 1000 < 0));
	struct tm tm;
	if (!gmtime_r(&seconds, &tm) || tm.tm_year < -1900 || tm.tm_year > 8099)
		return memcpy(out, "0000-00-00T00:00:00Z", 21);
	strftime(out, ISO_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm);
	return out;
}

/* n digits at *s to *out; *s moves past them. */
static bool digits(struct str *s, size_t n, int *out)
{
	*out = 0;
	if (s->n < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (s->p[i] < '0' || s->p[i] > '9')
			return false;
		*out = *out * 10 + (s->p[i] - '0');
	}
	*s = (struct str) { s->p + n, s->n - n };
	return true;
}

static bool letter(struct str *s, const char *any_of)
{
	if (!s->n || !strchr(any_of, s->p[0]) || !s->p[0])
		return false;
	*s = (struct str) { s->p + 1, s->n - 1 };
	return true;
}

/* "Z", "+01:00", "+0100" or nothing (UTC) to minutes east. */
static bool zone(struct str *s, int *minutes)
{
	*minutes = 0;
	if (!s->n || letter(s, "Zz"))
		return true;
	int sign = s->p[0] == '-' ? -1 : 1, hour, minute;
	if (!letter(s, "+-") || !digits(s, 2, &hour))
		return false;
	(void)letter(s, ":");
	if (!digits(s, 2, &minute) || hour > 23 || minute > 59)
		return false;
	*minutes = sign * (hour * 60 + minute);
	return true;
}

bool iso_parse(struct str s, int64_t *ms)
{
	struct tm tm = { 0 };
	int year, month, east = 0, milli = 0;
	if (!digits(&s, 4, &year) || !letter(&s, "-") || !digits(&s, 2, &month) ||
		!letter(&s, "-") || !digits(&s, 2, &tm.tm_mday) || month < 1 || month > 12 ||
		tm.tm_mday < 1 || tm.tm_mday > 31)
		return false;
	if (s.n) {
		if (!letter(&s, "Tt ") || !digits(&s, 2, &tm.tm_hour) || !letter(&s, ":") ||
			!digits(&s, 2, &tm.tm_min))
			return false;
		if (letter(&s, ":") && !digits(&s, 2, &tm.tm_sec))
			return false;
		if (letter(&s, ".")) {
			int scale = 100, one;
			if (!s.n)
				return false;
			for (; digits(&s, 1, &one); scale /= 10)
				milli += one * scale;
		}
		if (!zone(&s, &east) || s.n || tm.tm_hour > 23 || tm.tm_min > 59 ||
			tm.tm_sec > 60)
			return false;
	}
	tm.tm_year = year - 1900;
	tm.tm_mon = month - 1;
	int day = tm.tm_mday;
	time_t t = timegm(&tm);
	if (tm.tm_mday != day && tm.tm_hour == 0 && tm.tm_min == 0 && !milli)
		return false; /* 31 April: timegm moved it */
	*ms = ((int64_t)t - (int64_t)east * 60) * 1000 + milli;
	return true;
}
