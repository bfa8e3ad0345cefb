/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "base/check.h"

#include <jansson.h>
#include <malloc.h>

_Noreturn void check_failed(const char *file, int line, const char *what)
{
	fprintf(stderr, "check.failed at=%s:%d what=\"%s\"\n", file, line, what);
	abort();
}

static _Noreturn void out_of_memory(size_t bytes)
{
	fprintf(stderr, "mem.exhausted bytes=%zu\n", bytes);
	abort();
}

void *mem_new(size_t bytes)
{
	void *p = calloc(1, bytes ? bytes : 1);
	if (!p)
		out_of_memory(bytes);
	return p;
}

void *mem_raw(size_t bytes)
{
	void *p = malloc(bytes ? bytes : 1);
	if (!p)
		out_of_memory(bytes);
	return p;
}

void *mem_grow(void *p, size_t bytes)
{
	void *grown = realloc(p, bytes ? bytes : 1);
	if (!grown)
		out_of_memory(bytes);
	return grown;
}

char *mem_text(const char *text)
{
	if (!text)
		return NULL;
	size_t n = strlen(text) + 1;
	return memcpy(mem_raw(n), text, n);
}

void mem_free(void *p)
{
	free(p);
}

void mem_wipe(void *p, size_t bytes)
{
	if (p)
		explicit_bzero(p, bytes);
}

void mem_init(void)
{
	mallopt(M_ARENA_MAX,
		2); /* threads would otherwise keep an arena of 64 MB address space each */
	mallopt(M_MMAP_THRESHOLD,
		256 * 1024); /* a page's buffers go back to the system when freed */
	mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
	json_set_alloc_funcs(mem_raw, mem_free);
	json_object_seed(0);
}
