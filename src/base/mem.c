/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"
#include "base/check.h"

#include <jansson.h>
#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <stdint.h>
#include <unistd.h>

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
		2 << 20); /* only a large page's buffers go back to the system when freed: */
	mallopt(M_TRIM_THRESHOLD,
		8 << 20); /* handing out zeroed memory is a tenth of the work */
	json_set_alloc_funcs(mem_raw, mem_free);
	json_object_seed(0);
}

/* Segments that are never written hold nothing but the file's bytes: dropping them loses nothing.
 * (Relocated data, RELRO included, lies in writable segments and is left alone.) */
static int drop_constants(struct dl_phdr_info *info, size_t size, void *page)
{
	(void)size;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *h = &info->dlpi_phdr[i];
		if (h->p_type != PT_LOAD || h->p_flags & PF_W)
			continue;
		uintptr_t mask = *(const uintptr_t *)page - 1,
			  from = info->dlpi_addr + h->p_vaddr;
		uintptr_t to = (from + h->p_memsz + mask) & ~mask;
		from &= ~mask;
		(void)madvise((void *)from, to - from, MADV_DONTNEED);
	}
	return 0;
}

void mem_give_back(void)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	malloc_trim(0);
	dl_iterate_phdr(drop_constants, &page);
}
