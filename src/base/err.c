/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"
#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>

static const struct {
	const char *name, *meaning;
	int http;
	bool retry;
} rows[] = {
#define ERR_ROW(name, code, http, retry, meaning) { code, meaning, http, retry },
#include "base/err_table.h"
#undef ERR_ROW
};
_Static_assert(sizeof rows / sizeof rows[0] == ERR_COUNT, "one row per code");

/* A message may quote outside bytes and is cut at a fixed length: keep it printable and whole. */
static void make_printable(char *msg)
{
	size_t n = strlen(msg);
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)msg[i] < 0x20 || msg[i] == 0x7F)
			msg[i] = '?';
	while (n && !str_utf8_ok((struct str) { msg, n })) {
		size_t cut = n;
		while (cut && ((unsigned char)msg[cut - 1] & 0xC0) == 0x80)
			cut--;
		if (n < sizeof((struct err *)0)->msg - 1 ||
			!cut) { /* not a cut sequence: bad bytes */
			for (size_t i = 0; i < n; i++)
				if ((unsigned char)msg[i] >= 0x80)
					msg[i] = '?';
			return;
		}
		n = cut - 1;
		msg[n] = 0;
	}
}

bool err_set(struct err *e, enum err_code code, const char *format, ...)
{
	va_list args;
	e->code = code;
	va_start(args, format);
	vsnprintf(e->msg, sizeof e->msg, format, args);
	va_end(args);
	make_printable(e->msg);
	return false;
}

const char *err_name(enum err_code code)
{
	return rows[code].name;
}

const char *err_meaning(enum err_code code)
{
	return rows[code].meaning;
}

int err_http(enum err_code code)
{
	return rows[code].http;
}

bool err_retry(enum err_code code)
{
	return rows[code].retry;
}
