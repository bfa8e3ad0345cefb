/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libwebsockets' complaints, in our log. It can write thousands of lines a second about one cause,
 * so at most a few pass per second and the rest are counted. Called on the door thread only.
 */
#include "base/clock.h"
#include "base/log.h"
#include "http/server.h"

enum { LINES_PER_SECOND = 5 };

static struct {
	int64_t second;
	int lines, dropped;
} budget; /* the door thread's */

static void emit(int level, const char *line)
{
	char quoted[LOG_QUOTE_SIZE];
	int64_t second = mono_ms() / 1000;
	if (second != budget.second) {
		if (budget.dropped)
			log_warn("http.library dropped=%d", budget.dropped);
		budget.second = second;
		budget.lines = budget.dropped = 0;
	}
	if (budget.lines++ >= LINES_PER_SECOND) {
		budget.dropped++;
		return;
	}
	log_line(level == LLL_ERR ? LOG_WARN : LOG_DEBUG, "http.library line=%s",
		log_quote(str_trim(str_of(line)), quoted));
}

void log_library(void)
{
	lws_set_log_level(LLL_ERR | LLL_WARN, emit);
}
