/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One event, one line of key=value on stderr. The first word names the event (`area.verb`) and
 * never changes with data. Outside text goes through log_quote (control characters escaped,
 * length capped); URLs through url_for_log; secrets never.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/str.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_OFF };

void log_level(enum log_level least);
/* Ids that every line of this thread carries from now on; NULL or "" for none. Copied (63 bytes). */
void log_tag(const char *request_id);
void log_line(enum log_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
#define log_debug(...) log_line(LOG_DEBUG, __VA_ARGS__)
#define log_info(...) log_line(LOG_INFO, __VA_ARGS__)
#define log_warn(...) log_line(LOG_WARN, __VA_ARGS__)
#define log_error(...) log_line(LOG_ERROR, __VA_ARGS__)

enum { LOG_QUOTE_SIZE = 256 };
/* "text" in double quotes with escapes; cut at 200 bytes. */
const char *log_quote(struct str s, char out[LOG_QUOTE_SIZE]);

#endif
