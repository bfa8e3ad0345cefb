/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line is put together on the stack and leaves in one write, so lines of threads never mix. When
 * whoever reads the log has stopped reading (a full pipe), lines are dropped and counted: the
 * service must not wait for them. A pipe that takes anything takes a line (PIPE_BUF is 4 KiB).
 */
#include "base/log.h"
#include "base/clock.h"

#include <poll.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <unistd.h>

enum { LINE_SIZE = 2048, TAG_SIZE = 64 };
static atomic_int least_level = LOG_INFO;
static _Thread_local char tag[TAG_SIZE];
static atomic_llong dropped;

void log_level(enum log_level least)
{
	atomic_store(&least_level, (int)least);
}

void log_tag(const char *request_id)
{
	snprintf(tag, sizeof tag, "%s", request_id ? request_id : "");
}

/* Closed counts as ready: the write then fails at once. */
static bool reader_waits(void)
{
	struct pollfd err = { .fd = STDERR_FILENO, .events = POLLOUT };
	return poll(&err, 1, 0) != 0;
}

static void send_line(const char *line, size_t n)
{
	char note[LINE_SIZE], iso[ISO_SIZE];
	if (!reader_waits()) {
		atomic_fetch_add(&dropped, 1);
		return;
	}
	long long lost = atomic_exchange(&dropped, 0);
	if (lost) {
		int told = snprintf(note, sizeof note, "%s warn  log.dropped lines=%lld\n",
			iso_print(now_ms(), iso), lost);
		ssize_t written = write(STDERR_FILENO, note, (size_t)told);
		(void)written;
		if (!reader_waits()) {
			atomic_fetch_add(&dropped, 1);
			return;
		}
	}
	ssize_t written = write(STDERR_FILENO, line, n);
	(void)written; /* nobody is left to tell */
}

void log_line(enum log_level level, const char *format, ...)
{
	static const char *const words[] = { "debug", "info", "warn", "error" };
	char line[LINE_SIZE], iso[ISO_SIZE];
	if ((int)level < atomic_load_explicit(&least_level, memory_order_relaxed) ||
		level >= LOG_OFF)
		return;
	int n = snprintf(line, sizeof line, "%s %-5s ", iso_print(now_ms(), iso), words[level]);
	va_list args;
	va_start(args, format);
	int more = vsnprintf(line + n, sizeof line - (size_t)n, format, args);
	va_end(args);
	n = more < 0 ? n : n + more;
	if (n > LINE_SIZE - TAG_SIZE - 8)
		n = LINE_SIZE - TAG_SIZE - 8;
	if (tag[0])
		n += snprintf(line + n, sizeof line - (size_t)n, " req=%s", tag);
	line[n++] = '\n';
	send_line(line, (size_t)n);
}

const char *log_quote(struct str s, char out[LOG_QUOTE_SIZE])
{
	size_t n = 0;
	out[n++] = '"';
	for (size_t i = 0; i < s.n && n < 200; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c == '"' || c == '\\') {
			out[n++] = '\\';
			out[n++] = (char)c;
		} else if (c < 0x20 || c >= 0x7F) {
			n += (size_t)snprintf(out + n, 5, "\\x%02x", c);
		} else {
			out[n++] = (char)c;
		}
	}
	out[n++] = '"';
	out[n] = 0;
	return out;
}
