/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only caller of malloc. Out of memory stops the program (house rule: no code handles a NULL
 * that cannot come). Memory from here is freed with mem_free and belongs to who asked.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

void *mem_new(size_t bytes); /* zeroed */
void *mem_raw(size_t bytes); /* not zeroed */
void *mem_grow(void *p, size_t bytes); /* p may be NULL */
char *mem_text(const char *text); /* a copy; NULL gives NULL */
void mem_free(void *p); /* NULL is fine */
void mem_wipe(void *p, size_t bytes); /* for secrets: not optimised away */

/* Gives jansson our allocator, seeds its hash, limits glibc's arenas: once, first thing in main. */
void mem_init(void);

/* Gives memory that only the start needed back to the system: free heap, and the code and constants
 * of all libraries (they are read from the file again when they are used). For a server that has
 * just got ready: half of what it holds then is never touched again. */
void mem_give_back(void);

#define MEM_NEW(type) ((type *)mem_new(sizeof(type)))

#endif
