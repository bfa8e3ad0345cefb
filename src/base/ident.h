/* SPDX-License-Identifier: Apache-2.0 */
/* Ids and random bytes, all from the kernel's generator. */
#ifndef BASE_IDENT_H
#define BASE_IDENT_H

#include <stddef.h>

enum { IDENT_SIZE = 48 };
enum { SECRET_CHARS = 43 }; /* of random_base62: 256 bits, which nobody guesses */
void random_bytes(void *out, size_t n);
/* prefix + "_" + 26 characters of [0-9a-z] (134 random bits), such as job_1k9x... */
void ident_new(const char *prefix, char out[IDENT_SIZE]);
/* n characters of [0-9A-Za-z] without modulo bias, then NUL: out has n + 1 bytes */
void random_base62(char *out, size_t n);

#endif
