/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list of blocks that double in size up to 1 MiB; an allocation is a pointer bump. The newest
 * block is the head of the list. A reset keeps one block, so a worker's arena settles at the size
 * its pages need without holding on to the largest page it ever saw.
 */
#include "base/arena.h"
#include "base/check.h"
#include "base/mem.h"

#include <stdio.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(p, n) ASAN_POISON_MEMORY_REGION(p, n)
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
enum { RED_ZONE = 16 };
#else
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
enum { RED_ZONE = 0 };
#endif

enum { ALIGN = 16, FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 20, KEEP_BLOCK = 1 << 20 };

struct block {
	struct block *next;
	size_t size, used; /* bytes of data[] */
	_Alignas(ALIGN) char data[];
};
struct cleanup {
	struct cleanup *next;
	void (*run)(void *);
	void *arg;
};
struct arena {
	struct block *blocks;
	struct cleanup *cleanups;
	size_t budget, used;
	char *newest; /* for arena_grow */
};

struct arena *arena_new(size_t budget_bytes)
{
	struct arena *a = MEM_NEW(struct arena);
	a->budget = budget_bytes ? budget_bytes : (size_t)64 << 20;
	return a;
}

static void run_cleanups(struct arena *a)
{
	while (a->cleanups) {
		struct cleanup *c = a->cleanups;
		a->cleanups = c->next;
		c->run(c->arg);
	}
}

static void free_block(struct block *b)
{
	UNPOISON(b->data, b->size);
	mem_free(b);
}

void arena_reset(struct arena *a)
{
	run_cleanups(a);
	struct block *keep = NULL;
	while (a->blocks) {
		struct block *b = a->blocks;
		a->blocks = b->next;
		if (b->size <= KEEP_BLOCK && (!keep || b->size > keep->size)) {
			if (keep)
				free_block(keep);
			keep = b;
		} else {
			free_block(b);
		}
	}
	if (keep) {
		keep->next = NULL;
		keep->used = 0;
		POISON(keep->data, keep->size);
	}
	a->blocks = keep;
	a->used = 0;
	a->newest = NULL;
}

void arena_free(struct arena **ap)
{
	struct arena *a = *ap;
	if (!a)
		return;
	*ap = NULL; /* first: it may lie in the arena itself */
	run_cleanups(a);
	while (a->blocks) {
		struct block *b = a->blocks;
		a->blocks = b->next;
		free_block(b);
	}
	mem_free(a);
}

static void add_block(struct arena *a, size_t need)
{
	size_t size = a->blocks ? a->blocks->size * 2 : FIRST_BLOCK;
	if (size > LARGEST_BLOCK)
		size = LARGEST_BLOCK;
	if (size < need)
		size = need;
	struct block *b = mem_raw(sizeof *b + size);
	b->size = size;
	b->used = 0;
	b->next = a->blocks;
	a->blocks = b;
	POISON(b->data, size);
}

void *arena_raw(struct arena *a, size_t bytes)
{
	size_t need;
	if (__builtin_add_overflow(bytes, (size_t)ALIGN - 1 + RED_ZONE, &need))
		check_failed(__FILE__, __LINE__, "arena size overflow");
	need &= ~((size_t)ALIGN - 1);
	if (need == 0)
		need = ALIGN;
	a->used += need;
	CHECK(a->used / 4 <= a->budget + LARGEST_BLOCK);
	if (!a->blocks || a->blocks->size - a->blocks->used < need)
		add_block(a, need);
	char *p = a->blocks->data + a->blocks->used;
	a->blocks->used += need;
	a->newest = p;
	UNPOISON(p, bytes);
	return p;
}

void *arena_alloc(struct arena *a, size_t bytes)
{
	return memset(arena_raw(a, bytes), 0, bytes);
}

void *arena_grow(struct arena *a, void *p, size_t old_bytes, size_t new_bytes)
{
	CHECK(new_bytes >= old_bytes);
	if (p && p == a->newest) {
		struct block *b = a->blocks;
		size_t start = (size_t)((char *)p - b->data), need;
		if (!__builtin_add_overflow(new_bytes, (size_t)ALIGN - 1 + RED_ZONE, &need) &&
			(need &= ~((size_t)ALIGN - 1)) <= b->size - start) {
			a->used += start + need - b->used;
			CHECK(a->used / 4 <= a->budget + LARGEST_BLOCK);
			b->used = start + need;
			UNPOISON(p, new_bytes);
			return p;
		}
	}
	void *grown = arena_raw(a, new_bytes);
	if (old_bytes)
		memcpy(grown, p, old_bytes);
	return grown;
}

void *arena_room(struct arena *a, void *array, size_t n, size_t size)
{
	if (n & (n - 1)) /* full are 0, 1, 2, 4, 8, ... */
		return array;
	return arena_grow(a, array, n * size, (n ? 2 * n : 1) * size);
}

static char *fill(char *copy, struct str s)
{
	if (s.n)
		memcpy(copy, s.p, s.n);
	copy[s.n] = 0;
	return copy;
}

char *arena_text(struct arena *a, struct str s)
{
	return fill(arena_raw(a, s.n + 1), s);
}

char *arena_copy(struct arena *a, const char *text)
{
	return text ? arena_text(a, str_of(text)) : NULL;
}

char *arena_keep(struct arena *a, struct str s)
{
	char *copy = fill(mem_raw(s.n + 1), s);
	arena_defer(a, mem_free, copy);
	return copy;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
	va_list args, again;
	CHECK(format);
	va_start(args, format);
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	CHECK(n >= 0);
	char *text = arena_raw(a, (size_t)n + 1);
	vsnprintf(text, (size_t)n + 1, format, again);
	va_end(again);
	return text;
}

void arena_settle(struct arena *a)
{
	run_cleanups(a);
}

void arena_defer(struct arena *a, void (*cleanup)(void *), void *arg)
{
	struct cleanup *c = ARENA_NEW(a, struct cleanup);
	*c = (struct cleanup) { a->cleanups, cleanup, arg };
	a->cleanups = c;
}

bool arena_over(const struct arena *a)
{
	return a->used > a->budget;
}

bool arena_fits(struct arena *a, size_t bytes)
{
	if (a->used <= a->budget && bytes <= a->budget - a->used)
		return true;
	if (!arena_over(a))
		a->used = a->budget + 1;
	return false;
}
