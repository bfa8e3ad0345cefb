/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The error value. A function that can fail returns bool with `struct err *e` last:
 *	return err_set(e, ERR_TIMEOUT, "no answer in %lld ms", ms);
 * fills *e and returns false. The message is read by callers: no secrets, no internal paths.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

enum err_code {
#define ERR_ROW(name, code, http, retry, meaning) ERR_##name,
#include "base/err_table.h"
#undef ERR_ROW
	ERR_COUNT
};

struct err {
	enum err_code code; /* ERR_NONE: no error */
	char msg[240];
};

bool err_set(struct err *e, enum err_code code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
const char *err_name(enum err_code code); /* "FETCH_FAILED" */
const char *err_meaning(enum err_code code);
int err_http(enum err_code code); /* 502 */
bool err_retry(enum err_code code);

#endif
