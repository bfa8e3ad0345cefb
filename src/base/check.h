/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CHECK(cond): for our own bugs only. It stops the program and names the place. Never used on
 * anything that came from a client, a page, a model or a database.
 */
#ifndef BASE_CHECK_H
#define BASE_CHECK_H

_Noreturn void check_failed(const char *file, int line, const char *what);

#define CHECK(cond) ((cond) ? (void)0 : check_failed(__FILE__, __LINE__, #cond))
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
