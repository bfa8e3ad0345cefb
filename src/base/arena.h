/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory with one end. Everything made for one request, item or page lives in its arena and goes
 * with it; foreign things (json_t, handles, file descriptors) are tied to it with arena_defer.
 * An arena belongs to one thread at a time. Never returns NULL.
 *
 * Budget: past it the arena still answers, but arena_over() turns true, and every loop over
 * outside data looks at it and gives up with ERR_TOO_LARGE. At four times the budget the program
 * stops: a loop forgot to look.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/str.h"

#include <stdarg.h>

struct arena;

struct arena *arena_new(size_t budget_bytes); /* 0: 64 MiB */
/* Runs cleanups, last in first out; sets *a NULL, and *a may lie in the arena itself. */
void arena_free(struct arena **a);
void arena_reset(struct arena *a); /* cleanups run; the first blocks are kept for reuse */
/* Runs the cleanups now: what was tied or kept is gone, what was allocated stays. */
void arena_settle(struct arena *a);
void *arena_alloc(struct arena *a, size_t bytes); /* zeroed, 16-byte aligned */
void *arena_raw(struct arena *a, size_t bytes); /* not zeroed, 16-byte aligned */
/* Grows the newest allocation in place when it can, else copies. */
void *arena_grow(struct arena *a, void *p, size_t old_bytes, size_t new_bytes);
/* Room for one more behind n things of `size` bytes: an array that is only grown by this is doubled when it is full. */
void *arena_room(struct arena *a, void *array, size_t n, size_t size);
char *arena_text(struct arena *a, struct str s); /* a copy ended by NUL */
char *arena_copy(struct arena *a, const char *text); /* the same; NULL gives NULL */
/* The same in memory of its own, outside the budget: for bytes that another limit bounds. */
char *arena_keep(struct arena *a, struct str s);
char *arena_printf(struct arena *a, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void arena_defer(struct arena *a, void (*cleanup)(void *), void *arg);
bool arena_over(const struct arena *a);
/* Are so many bytes more within the budget? If not, arena_over() is true from here on. */
bool arena_fits(struct arena *a, size_t bytes);

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, count) ((type *)arena_alloc((a), sizeof(type) * (count)))

#endif
